//! `rokad listen` and `rokad trigger`: a developer's machine hears of events of a sandbox.

use crate::{
    house::House,
    program::{Program, rokad},
    receiver::Receiver,
    waiting::until,
};
use rokad_wire::collect::verify_webhook;

#[test]
fn a_developer_hears_what_a_webhook_would_be_posted_also_after_a_restart() {
    let house = House::start();
    let (hook, local) = (Receiver::start(), Receiver::start());
    house.tell(&["webhook", "add", house.fact("/payout/pid"), &hook.url]);
    let data = house.data();
    let listen = rokad(&[
        "listen",
        "--data",
        data.to_str().unwrap(),
        "--forward-to",
        &local.url,
    ]);
    let listening = Program::start(listen, "listen", data.parent().unwrap());
    until("it listens", || listening.printed().contains("Listening to"));

    let said = house.tell(&["trigger", "payment.failed", "--amount", "12.50"]);
    assert!(said.contains("payment.failed"), "{said}");
    until("both are told", || {
        (hook.told().len(), local.told().len()) == (1, 1)
    });
    let (posted, forwarded) = (hook.told().remove(0), local.told().remove(0));
    assert_eq!(
        (&posted.body, posted.event()),
        (&forwarded.body, forwarded.event())
    );
    let verified = verify_webhook(
        &forwarded.body,
        house.fact("/collect/key"),
        &[house.fact("/collect/salt")],
    );
    assert!(verified.is_ok_and(|verified| !verified.paid && said.contains(&verified.txnid)));
    until("it is printed", || {
        listening.printed().contains("-> HTTP 200 in ")
    });

    let house = house.restart();
    let said = house.tell(&["trigger", "payment.succeeded"]);
    assert!(said.contains("payment.succeeded"), "{said}");
    until("it goes on after a restart", || local.told().len() == 2);
    assert_eq!(local.told()[1].status(), "Success");
    until("it is printed", || {
        listening.printed().contains("payment.succeeded")
    });
    house.verify();
}

#[test]
fn only_what_a_sandbox_can_make_happen_is_triggered() {
    let house = House::start();
    let said = house.command(&["trigger", "payout.approved"]);
    assert!(
        !said.ok
            && said
                .err
                .contains("payment.succeeded, payment.failed, refund.initiated"),
        "{}",
        said.err
    );
    let elsewhere = house.data().join("nothing");
    let said = crate::program::run(&["trigger", "payment.failed", "--data", elsewhere.to_str().unwrap()]);
    assert!(
        !said.ok && said.err.contains("no sandbox runs in"),
        "{}",
        said.err
    );
    let url = house.fact("/url");
    let foreign = [
        "trigger",
        "payment.failed",
        "--url",
        url,
        "--authorization",
        house.fact("/collect/authorization"),
    ];
    let said = crate::program::run(&foreign);
    assert!(!said.ok && said.err.contains("in a sandbox only"), "{}", said.err);
    let said = crate::program::run(&["listen", "--url", url, "--authorization", "nobody"]);
    assert!(
        !said.ok && said.err.contains("Authorization is missing or wrong"),
        "{}",
        said.err
    );
}

#[test]
fn every_event_can_be_triggered_and_a_webhook_is_posted_what_the_document_has() {
    let house = House::start();
    let hook = Receiver::start();
    house.tell(&["webhook", "add", house.fact("/payout/pid"), &hook.url]);
    let trigger = |event: &str| {
        let before = hook.told().len();
        let said = house.tell(&["trigger", event]);
        assert!(said.contains(event), "{said}");
        before
    };
    trigger("refund.failed");
    let last = |word: &str| {
        until(&format!("it is told of {word}"), || {
            hook.told()
                .iter()
                .any(|told| String::from_utf8_lossy(&told.body).contains(word))
        });
        let told = hook.told();
        let told = told
            .iter()
            .rev()
            .find(|told| String::from_utf8_lossy(&told.body).contains(word));
        told.unwrap().body.clone()
    };
    last("Refund Initiated");
    let told = String::from_utf8_lossy(
        &hook
            .told()
            .iter()
            .flat_map(|told| told.body.clone())
            .collect::<Vec<u8>>(),
    )
    .into_owned();
    assert!(
        !told.contains("Refund Completed"),
        "a refund that failed is posted to nobody"
    );
    trigger("refund.completed");
    let names = |body: &[u8]| crate::document::names(body);
    assert_eq!(
        names(&last("Refund Completed")),
        [
            "notificationId",
            "completedOn",
            "refundAmount",
            "refundStatus",
            "refundId",
            "paymentId",
            "merchantTxnId",
            "addedOn"
        ]
    );
    trigger("dispute.resolved");
    for word in [
        "\"disputeStatus\":\"initiated\"",
        "\"disputeStatus\":\"resolved\"",
    ] {
        assert_eq!(
            names(&last(word)),
            [
                "paymentId",
                "adminComment",
                "issueType",
                "initiatorType",
                "merchantTransactionId",
                "initiatedOn",
                "notificationId",
                "disputeId",
                "title",
                "totalAmount",
                "comment",
                "disputeStatus",
                "updatedOn"
            ]
        );
    }
    assert!(
        String::from_utf8(last("resolved"))
            .unwrap()
            .contains("\"adminComment\":\"withdrawn\"")
    );
    house.verify();
}
