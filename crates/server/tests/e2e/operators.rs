//! What operators do at the command line, beside a running server that notices within a moment.

use crate::{
    house::House,
    merchant::{Merchant, ORDINARY},
    receiver::Receiver,
    waiting::{until, within_s},
};
use rokad_wire::payout::verify_callback;

#[test]
fn a_payout_that_waits_can_be_declined_and_its_money_is_back() {
    let house = House::start();
    let receiver = Receiver::start();
    let merchant = house.merchant(&["--callback-url", &receiver.url, "--fee-flat", "5"]);
    let wallet = house.wallet(&merchant);
    house.tell(&["accounts", "pause", "sandbox-main"]);
    let (declined, kept) = (house.pay(&merchant, 100), house.pay(&merchant, 200));
    assert_eq!(
        house.wallet(&merchant).1,
        10_590 + 20_590,
        "set aside, with fee and GST"
    );
    assert!(house.tell(&["accounts", "list"]).contains("paused"));

    house.tell(&[
        "payout",
        "decline",
        &declined,
        "--reason",
        "The name does not match",
    ]);
    let said = house.becomes(&merchant, &declined, "Declined");
    assert_eq!(said["transaction_info"][1]["note"], "The name does not match");
    assert_eq!(said["processed_amount"], 0);
    house.is_acknowledged(&merchant, &declined);
    assert_eq!(receiver.statuses(&declined), ["Pending", "Declined"]);
    assert_eq!(house.wallet(&merchant), (wallet.0 - 20_590, 20_590));
    let again = house.command(&["payout", "decline", &declined, "--reason", "x"]);
    assert!(
        !again.ok && again.err.contains("only a payout that is Pending"),
        "{}",
        again.err
    );

    assert_eq!(
        house.status(&merchant, &kept)["status"],
        "Pending",
        "nothing pays while the account is paused"
    );
    house.tell(&["accounts", "resume", "sandbox-main"]);
    house.becomes(&merchant, &kept, "Approved");
    assert_eq!(house.status(&merchant, &declined)["status"], "Declined");
    let late = house.command(&["payout", "decline", &kept, "--reason", "x"]);
    assert!(
        !late.ok && late.err.contains("this one is Approved"),
        "{}",
        late.err
    );
    assert_eq!((house.paid_at_the_bank(100), house.paid_at_the_bank(200)), (0, 1));
    house.verify();
}

#[test]
fn during_a_rotation_both_keys_ask_and_callbacks_are_sealed_with_the_old() {
    let house = House::start();
    let receiver = Receiver::start();
    let old = house.merchant(&["--callback-url", &receiver.url]);
    let first = house.pay(&old, 10);
    let rotated = house.tell(&["merchant", "rotate-keys", &old.pid]);
    let secret = |name: &str| {
        let row = rotated.lines().find_map(|line| line.trim().strip_prefix(name));
        row.unwrap_or_else(|| panic!("no {name}: {rotated}"))
            .trim()
            .to_owned()
    };
    let new = Merchant {
        secret: secret("payout_secret"),
        signing: secret("callback_signing"),
        ..old.clone()
    };
    assert_ne!(old.secret, new.secret);
    within_s(5, "the running server takes the new key", || {
        house.poll(&new, &first).status == 200
    });
    for keys in [&old, &new] {
        house.status(keys, &first); // answered under the key that asked
    }
    assert!(
        house
            .tell(&["merchant", "show", &old.pid])
            .contains("a rotation is under way")
    );

    let during = house.pay(&old, 11);
    house.becomes(&old, &during, "Approved");
    house.is_acknowledged(&old, &during);
    for told in receiver.told_of(&during) {
        assert!(
            verify_callback(&told.body, &old.secret).is_ok(),
            "{}",
            told.status()
        );
        assert!(
            told.is_signed_by(&old.signing) && told.is_signed_by(&new.signing),
            "signed with both"
        );
    }

    house.tell(&["merchant", "rotate-keys", &old.pid, "--finish"]);
    within_s(5, "the old key is valid no more", || {
        house.poll(&old, &first).status == 401
    });
    let after = house.pay(&new, 12);
    house.becomes(&new, &after, "Approved");
    house.is_acknowledged(&new, &after);
    for told in receiver.told_of(&after) {
        assert!(
            verify_callback(&told.body, &new.secret).is_ok(),
            "{}",
            told.status()
        );
        assert!(told.is_signed_by(&new.signing) && !told.is_signed_by(&old.signing));
    }
}

#[test]
fn a_rotation_without_grace_ends_the_old_key_at_once() {
    let house = House::start();
    let merchant = house.merchant(&[]);
    let ref_code = house.pay(&merchant, 10);
    house.tell(&["merchant", "rotate-keys", &merchant.pid, "--grace-hours", "0"]);
    within_s(5, "the old key is valid no more", || {
        house.poll(&merchant, &ref_code).status == 401
    });
}

#[test]
fn a_running_server_notices_what_is_done_beside_it() {
    let house = House::start();
    let (before, after) = (Receiver::start(), Receiver::start());
    let merchant = house.unknown_merchant(&["--address", "127.0.0.1", "--callback-url", &before.url]);
    within_s(5, "it knows the merchant", || {
        house.request(&merchant.order(10, ORDINARY)).status == 402
    });
    house.tell(&["fund", &merchant.pid, "250.50"]);
    assert_eq!(house.wallet(&merchant), (25_050, 0));
    let first = house.pay(&merchant, 10);
    until("the callbacks arrive", || before.statuses(&first).len() == 3);
    house.tell(&["merchant", "callback-url", &merchant.pid, &after.url]);
    within_s(8, "the callbacks go elsewhere", || {
        let ref_code = house.pay(&merchant, 1);
        until("they arrive somewhere", || {
            before.statuses(&ref_code).len() + after.statuses(&ref_code).len() == 3
        });
        after.statuses(&ref_code).len() == 3
    });
}

#[test]
fn lists_and_views_never_show_a_secret() {
    let house = House::start();
    let (demo, merchant) = (house.demo(), house.merchant(&[]));
    let ref_code = house.pay(&demo, 10);
    house.becomes(&demo, &ref_code, "Approved");
    house.tell(&["merchant", "rotate-keys", &merchant.pid]);
    let mut shown = Vec::new();
    for args in [
        &["merchant", "list"][..],
        &["merchant", "show", &demo.pid],
        &["merchant", "show", &merchant.pid],
        &["payout", "show", &ref_code],
        &["accounts", "list"],
        &["callbacks", "parked"],
        &["verify"],
    ] {
        shown.push(house.tell(args));
    }
    let shown = shown.concat();
    assert!(shown.contains(&demo.pid) && shown.contains(&merchant.pid) && shown.contains("Demo Shop"));
    let collect = [
        "/collect/salt",
        "/collect/authorization",
        "/payout/token",
        "/operator/password",
    ];
    let secrets = [&demo.secret, &merchant.secret, &merchant.signing].map(String::as_str);
    for secret in secrets
        .into_iter()
        .chain(collect.map(|pointer| house.fact(pointer)))
    {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(!shown.contains(ORDINARY), "nor a beneficiary's account");
}

#[test]
fn what_an_operator_types_wrongly_is_said_and_does_nothing() {
    let house = House::start();
    let postings = house.verify().postings;
    for (args, sentence) in [
        (&["fund", "0000000000", "10"][..], "merchant"),
        (&["fund", "operator", "-5"], ""),
        (&["fund", "operator", "1.234"], "not an amount in rupees"),
        (
            &["merchant", "show", "0000000000"],
            "there is no merchant with PID",
        ),
        (&["merchant", "rotate-keys", "0000000000"], "there is no merchant"),
        (&["merchant", "add", "--name", "x"], "--address"),
        (
            &["merchant", "add", "--name", "x", "--address", "10.0.0.0/33"],
            "not an address, nor a range",
        ),
        (
            &[
                "merchant",
                "add",
                "--name",
                "x",
                "--address",
                "::1",
                "--callback-url",
                "ftp://x",
            ],
            "begins with https://",
        ),
        (
            &["accounts", "pause", "nobody"],
            "there is no bank account named nobody",
        ),
        (&["payout", "show", "ab"], "no ref_code of this gateway"),
        (&["callbacks", "resend"], "required"),
    ] {
        let said = house.command(args);
        assert!(
            !said.ok && said.err.contains(sentence),
            "{args:?}: {}{}",
            said.out,
            said.err
        );
    }
    assert_eq!(house.verify().postings, postings);
}
