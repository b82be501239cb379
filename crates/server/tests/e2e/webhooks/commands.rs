//! `rokad webhook` and `rokad events`, beside a running gateway.

use crate::{
    house::House,
    receiver::{Receiver, Reply},
    waiting::until,
};

#[test]
fn an_operator_registers_lists_switches_on_and_removes_webhooks() {
    let house = House::start();
    let shop = house.hooked();
    let receiver = Receiver::replying(|_, _| Reply::Status(500));
    let added = house.tell(&[
        "webhook",
        "add",
        &shop.pid,
        &receiver.url,
        "--events",
        "payment.failed,refund",
        "--header",
        "X-Token: hush",
    ]);
    assert!(
        added.contains("payment.failed, refund.initiated, refund.completed") && !added.contains("hush"),
        "{added}"
    );
    let id = added.split_whitespace().next().unwrap().to_owned();
    let orders: Vec<_> = (0..22).map(|_| shop.cancelled("110")).collect();
    let list = || house.tell(&["webhook", "list", &shop.pid]);
    until("it is switched off", || list().contains("switched off"));
    assert!(
        list().contains("20 failures in a row, the last: HTTP 500"),
        "{}",
        list()
    );
    receiver.now_replies(|told, _| {
        assert_eq!(told.header("x-token"), "hush");
        Reply::Acknowledge
    });
    let before = receiver.told().len();
    let on = house.tell(&[
        "webhook",
        "switch-on",
        &shop.pid,
        &id,
        "--replay-since",
        "2026-01-01T00:00:00Z",
    ]);
    assert!(on.contains("is on; 22 events are replayed"), "{on}");
    until("all are told", || receiver.told().len() >= before + 22);
    assert!(orders.iter().all(|order| receiver.times(order) >= 1));

    let events = house.tell(&["events", "list", &shop.pid, "--limit", "3"]);
    assert_eq!(
        events
            .lines()
            .filter(|line| line.contains("payment.failed"))
            .count(),
        3,
        "{events}"
    );
    let last = orders.last().unwrap();
    assert!(events.lines().next().unwrap().contains(last.txnid()), "{events}");
    let event = events.split_whitespace().next().unwrap();
    let times = receiver.times(last);
    house.tell(&["events", "resend", &shop.pid, event]);
    until("it is told again", || receiver.times(last) > times);

    house.tell(&["webhook", "remove", &shop.pid, &id]);
    assert!(list().contains("There is no webhook"));
    for args in [
        &["webhook", "remove", &shop.pid, &id][..],
        &["webhook", "list", "nobody"],
        &["webhook", "add", &shop.pid, "ftp://x"],
        &[
            "webhook",
            "add",
            &shop.pid,
            "https://x.example",
            "--header",
            "Host: x",
        ],
        &[
            "webhook",
            "add",
            &shop.pid,
            "https://x.example",
            "--events",
            "payout",
        ],
        &["events", "resend", &shop.pid, "99999"],
        &["events", "resend", &shop.pid, event],
    ] {
        assert!(!house.command(args).ok, "{args:?}");
    }
    house.verify();
}
