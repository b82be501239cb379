//! What a merchant's server is told, in which order, and what happens when it does not listen. Source: contract.md §2.4.

use crate::{
    document::{FIELDS, is_now, names},
    house::{House, on_server},
    merchant::ORDINARY,
    receiver::{Receiver, Reply},
    waiting::{until, within_s},
};
use rokad_wire::payout::verify_callback;
use serde_json::json;

#[test]
fn a_merchant_hears_of_every_change_in_order_and_can_believe_it() {
    let house = House::start();
    let receiver = Receiver::start();
    let merchant = house.merchant(&["--callback-url", &receiver.url]);
    let mut order = merchant.order(8128, ORDINARY);
    order["account_holder"] = json!("आशा Rao/\"x\"");
    let ref_code = house.request(&order).field("ref_code");
    let paid = house.becomes(&merchant, &ref_code, "Approved");
    house.is_acknowledged(&merchant, &ref_code);
    assert_eq!(
        receiver.statuses(&ref_code),
        ["Pending", "Processing", "Approved"]
    );

    let utr = paid["bank_ref"].as_str().unwrap();
    assert_eq!(utr.len(), 12);
    let notes = [
        ("Pending", "Request saved"),
        ("Processing", "Given to the bank"),
        ("Approved", "Paid"),
    ];
    for (at, told) in receiver.told_of(&ref_code).iter().enumerate() {
        let (said, approved) = (told.json(), at == 2);
        assert_eq!(names(&told.body), FIELDS);
        let mut rest = said.clone();
        for checked_below in ["post_hash", "request_time", "action_time", "transaction_info"] {
            rest.as_object_mut().unwrap().remove(checked_below);
        }
        let expected = json!({
            "order_id": order["order_id"], "requested_amount": 8128, "processed_amount": if approved { 8128 } else { 0 },
            "bank_ref": if approved { utr } else { "" }, "sender_pg": if at == 0 { "" } else { "sandbox-main" },
            "ref_code": ref_code, "status": notes[at].0, "payment_type": "imps", "upi_vpa": "", "account_no": ORDINARY,
            "account_holder": "आशा Rao/\"x\"", "ifsc": "SBIN0000300", "bank_name": "SBI", "bank_address": "Pune",
        });
        assert_eq!(rest, expected, "nothing is told before its time");
        assert!(
            is_now(&said["request_time"]) && is_now(&said["action_time"]),
            "{said}"
        );
        let log = said["transaction_info"].as_array().unwrap();
        let told_log: Vec<_> = log
            .iter()
            .map(|c| (c["status"].as_str().unwrap(), c["note"].as_str().unwrap()))
            .collect();
        assert_eq!(told_log, notes[..=at], "the log grows");
        assert!(log.iter().all(|change| is_now(&change["time"])));
        verify_callback(&told.body, &merchant.secret).expect("the seal fits");
        assert!(verify_callback(&told.body, "another").is_err());
        assert!(
            told.is_signed_by(&merchant.signing)
                && !told.is_signed_by("whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=")
        );
        assert_eq!(told.header("content-type"), "application/json");
    }
}

#[test]
fn whoever_does_not_acknowledge_is_asked_again_and_hears_nothing_newer_before() {
    let house = House::start();
    let receiver = Receiver::replying(|told, times| match told.json()["requested_amount"].as_i64() {
        _ if told.status() != "Pending" || times > 1 => Reply::Acknowledge,
        Some(11) => Reply::Refuse,
        Some(12) => Reply::Status(500),
        Some(13) => Reply::HashMismatch,
        Some(14) => Reply::HangUp,
        Some(15) => Reply::Status(201),
        _ => Reply::Acknowledge,
    });
    let merchant = house.merchant(&["--callback-url", &receiver.url]);
    let ref_codes: Vec<String> = (11..=16).map(|rupees| house.pay(&merchant, rupees)).collect();
    for ref_code in &ref_codes {
        let paid = house.becomes(&merchant, ref_code, "Approved");
        assert!(
            paid["webhook_acknowledged"] == "0" || *ref_code == ref_codes[5],
            "not acknowledged yet: {paid}"
        );
    }
    for ref_code in &ref_codes {
        house.is_acknowledged(&merchant, ref_code);
    }
    for ref_code in &ref_codes[..5] {
        let told = receiver.told_of(ref_code);
        assert_eq!(
            receiver.statuses(ref_code),
            ["Pending", "Pending", "Processing", "Approved"],
            "in order"
        );
        assert_eq!(told[0].event(), told[1].event(), "one change, one name");
        assert_ne!(told[0].event(), told[2].event());
        assert!(
            told.iter()
                .all(|told| verify_callback(&told.body, &merchant.secret).is_ok())
        );
    }
    assert_eq!(
        receiver.statuses(&ref_codes[5]),
        ["Pending", "Processing", "Approved"]
    );
}

#[test]
fn a_hash_mismatch_is_shown_with_its_cause_and_a_resend_mends_it() {
    let house = House::start();
    let receiver = Receiver::replying(|_, _| Reply::HashMismatch);
    let merchant = house.merchant(&["--callback-url", &receiver.url]);
    let order = merchant.order(31, ORDINARY);
    let ref_code = house.request(&order).field("ref_code");
    house.becomes(&merchant, &ref_code, "Approved");
    let show = || house.tell(&["payout", "show", &ref_code]);
    until("the mismatch is shown", || show().contains("Hash Mismatch"));
    let shown = show();
    assert!(
        shown.contains("likely causes") && shown.contains("attempt 1"),
        "{shown}"
    );
    assert!(
        shown.contains(&format!("md5({}", order["order_id"].as_str().unwrap())),
        "{shown}"
    );
    assert!(!shown.contains(&merchant.secret), "the secret is masked");
    assert_eq!(house.status(&merchant, &ref_code)["webhook_acknowledged"], "0");

    receiver.now_replies(|_, _| Reply::Acknowledge);
    let said = house.tell(&["callbacks", "resend", &ref_code]);
    assert!(said.contains("3 callbacks are due now"), "{said}");
    within_s(4, "a resent callback does not wait for its turn", || {
        house.status(&merchant, &ref_code)["webhook_acknowledged"] == "1"
    });
    let mut told = receiver.statuses(&ref_code);
    told.dedup();
    assert_eq!(told, ["Pending", "Processing", "Approved"]);
    assert!(!show().contains("Hash Mismatch"), "settled: {}", show());
}

#[test]
fn a_delivered_callback_can_be_asked_for_again() {
    let house = House::start();
    let receiver = Receiver::start();
    let merchant = house.merchant(&["--callback-url", &receiver.url]);
    let ref_code = house.pay(&merchant, 32);
    house.becomes(&merchant, &ref_code, "Approved");
    house.is_acknowledged(&merchant, &ref_code);
    house.tell(&["callbacks", "resend", &ref_code]);
    until("the present state is told once more", || {
        receiver.statuses(&ref_code).len() == 4
    });
    assert_eq!(receiver.statuses(&ref_code)[3], "Approved");
    house.verify();
    assert!(
        !house.command(&["callbacks", "resend", &"ab".repeat(64)]).ok,
        "no ref_code of ours"
    );
}

#[test]
fn a_dead_endpoint_delays_nobody_else() {
    let house = House::start();
    let (dead, alive) = (Receiver::replying(|_, _| Reply::Silence), Receiver::start());
    let of_dead = house.merchant(&["--callback-url", &dead.url]);
    let of_nobody = house.merchant(&["--callback-url", "http://127.0.0.1:9/"]);
    let of_alive = house.merchant(&["--callback-url", &alive.url]);
    let stuck: Vec<String> = (0..30).map(|_| house.pay(&of_dead, 5)).collect();
    (0..10).for_each(|_| drop(house.pay(&of_nobody, 5)));
    until("the dead endpoint was called", || {
        !dead.told_of(&stuck[0]).is_empty()
    });
    let ref_codes: Vec<String> = (0..10).map(|_| house.pay(&of_alive, 5)).collect();
    within_s(6, "the other merchant hears of everything", || {
        ref_codes
            .iter()
            .all(|ref_code| alive.statuses(ref_code).len() == 3)
    });
    assert!(stuck.iter().all(|ref_code| dead.statuses(ref_code).len() <= 1));
}

#[test]
fn callbacks_go_on_after_a_restart_where_they_stopped() {
    let house = House::start();
    let receiver = Receiver::replying(|told, _| {
        if told.status() == "Pending" {
            Reply::Acknowledge
        } else {
            Reply::Status(503)
        }
    });
    let merchant = house.merchant(&["--callback-url", &receiver.url]);
    let ref_code = house.pay(&merchant, 33);
    until("the second change was told", || {
        receiver.statuses(&ref_code).len() >= 2
    });
    house.becomes(&merchant, &ref_code, "Approved");
    let house = house.restart();
    receiver.now_replies(|_, _| Reply::Acknowledge);
    house.is_acknowledged(&merchant, &ref_code);
    let mut told = receiver.statuses(&ref_code);
    told.dedup();
    assert_eq!(told, ["Pending", "Processing", "Approved"]);
}

#[test]
fn what_was_delivered_long_ago_is_forgotten_by_a_running_gateway_and_stays_acknowledged() {
    // The file is made older by hand; on a server the flows' tests say the same.
    if on_server() {
        return;
    }
    let house = House::start();
    let receiver = Receiver::start();
    let merchant = house.merchant(&["--callback-url", &receiver.url]);
    let ref_code = house.request(&merchant.order(300, ORDINARY)).field("ref_code");
    house.becomes(&merchant, &ref_code, "Approved");
    house.is_acknowledged(&merchant, &ref_code);
    let (_, ground) = house.stop();
    let file = ground.path().join("data/rokad.db");
    let book = rusqlite::Connection::open(file).unwrap();
    let delivered = || -> i64 {
        let count = "SELECT COUNT(*) FROM callbacks_done";
        book.query_row(count, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(delivered(), 3);
    let days_91 = "UPDATE callbacks_done SET done_at_ms = done_at_ms - 91 * 86400000";
    book.execute(days_91, []).unwrap();
    let house = House::start_on(ground, &[], |_| {});
    until("all of it is forgotten", || delivered() == 0);
    assert_eq!(house.status(&merchant, &ref_code)["webhook_acknowledged"], "1");
    house.verify();
    assert!(
        house
            .tell(&["callbacks", "parked"])
            .contains("No callback was given up.")
    );
}
