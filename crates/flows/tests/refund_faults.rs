//! A failure is injected at every write of every step of a refund in turn; and every kind of damage to what is kept of refunds is
//! found and named.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{
    Id,
    acquirer::BankRef,
    refund::{Answer, Fault},
};
use rokad_flows::{
    refund::{
        by_hand::{self, Said},
        errand::{take_errands, take_over},
        hear::{Heard, hear},
        request::request,
    },
    verify::verify,
};
use support::{
    Database, Till,
    acquirer::{PAYS, REFUND_PAID, REFUND_REFUSED},
    faults::{Step, done, every_write_in_turn_fails},
    world::jitter,
};

/// In the world of [`book`].
const STEPS: &[Step<Till>] = &[
    ("asked for", |t| {
        done(request(
            &t.world.house,
            t.refund_request(Id::new(1), 1_000, Some("K9")),
        ))
    }),
    ("taken up", |t| done(t.world.house.store.run(take_errands, 9))),
    ("paid", |t| {
        done(hear(&t.world.house, heard(4, Answer::Paid(arn("A4")))))
    }),
    ("refused", |t| {
        done(hear(&t.world.house, heard(4, Answer::Refused(Fault::Other))))
    }),
    ("under way", |t| {
        t.world.db.forward(1);
        done(hear(&t.world.house, heard(4, Answer::UnderWay)))
    }),
    ("contradicted", |t| {
        done(hear(&t.world.house, heard(2, Answer::Paid(arn("A2")))))
    }),
    ("start", |t| {
        t.world.db.forward(1);
        done(take_over(&t.world.house))
    }),
    ("by hand", |t| {
        done(by_hand::end(
            &t.world.house,
            Id::new(5),
            Said::Paid(arn("U5")),
            "meera".to_owned(),
        ))
    }),
];

fn arn(text: &str) -> BankRef {
    BankRef::parse(text).unwrap()
}

fn heard(refund: i64, answer: Answer) -> Heard {
    let (refund, jitter) = (Id::new(refund), jitter());
    Heard {
        refund,
        answer,
        turn: 0,
        jitter,
    }
}

/// Of payment 2 (₹1,000) refund 1 was completed, 2 failed; of payment 1 (₹500, settled), 3 was completed, 4 is under way, under a key;
/// of payment 3 (₹300, by QR code) 5 waits for a person; 6, of payment 2, was just asked for.
async fn book(db: Database) -> Till {
    let till = Till::new(db).await;
    let settled = till.open("T1", 500).await;
    till.pay(settled, 1, PAYS).await.unwrap();
    till.world.db.forward(5 * 24 * 3_600_000);
    till.settle().await;
    let fresh = till.open("T2", 1_000).await;
    till.pay(fresh, 1, PAYS).await.unwrap();
    let by_qr = till.open("T3", 300).await;
    till.receive_qr(&till.show_qr(by_qr, 1).await).await;
    till.refund(fresh, 10_000 + REFUND_PAID).await;
    till.refund(fresh, 10_000 + REFUND_REFUSED).await;
    till.refund(settled, 10_000 + REFUND_PAID).await;
    till.try_refund(settled, 20_000, Some("K1")).await.unwrap();
    till.refund(by_qr, 5_000).await;
    till.run_errands().await;
    till.refund(fresh, 7_000).await;
    till
}

/// What somebody with the file in their hands does, and a part of the sentence that names it.
const DAMAGE: &[(&str, &str)] = &[
    (
        "UPDATE refunds SET amount_paise = amount_paise + 1 WHERE id = 1",
        "refund 1 (Completed): its money was not set aside exactly once",
    ),
    (
        "UPDATE refunds SET collected_paise = collected_paise - 1 WHERE id = 1",
        "refund 1 (Completed): its money was not set aside exactly once",
    ),
    (
        "UPDATE refunds SET created_at_ms = 0 WHERE id = 1",
        "the hash chain does not fit",
    ),
    (
        "UPDATE refunds SET attempt_id = 1 WHERE id = 1",
        "refund 1 (Completed): its entries are not those of its state",
    ),
    (
        "UPDATE refunds SET status = 3, fault = 'other', bank_ref = NULL WHERE id = 1",
        "refund 1 (Failed): its entries are not those of its state",
    ),
    (
        "UPDATE refunds SET status = 1 WHERE id = 6",
        "refund 6 (InProgress): its log says otherwise",
    ),
    (
        "UPDATE refunds SET bank_ref = 'FORGED' WHERE id = 1",
        "refund 1 (Completed): its log says otherwise",
    ),
    (
        "UPDATE refunds SET bank_ref = NULL WHERE id = 1",
        "refund 1 (Completed): what it says does not fit its state",
    ),
    (
        "UPDATE refunds SET not_after_ms = NULL WHERE id = 4",
        "refund 4 (InProgress): what it says does not fit its state",
    ),
    (
        "UPDATE refunds SET reference = 'RR0A1B2C00000000000001' WHERE id = 4",
        "refund 4 (InProgress): its reference is not its own",
    ),
    (
        "UPDATE refunds SET previous_id = 0 WHERE id = 6",
        "refund 6: it does not follow the one of its payment before it",
    ),
    (
        "DELETE FROM refunds WHERE id = 6",
        "there are entries or logs of refunds that do not exist",
    ),
    (
        "UPDATE refund_changes SET status = 2 WHERE refund_id = 6",
        "refund 6: change",
    ),
    (
        "UPDATE refund_changes SET detail = 'X' WHERE refund_id = 1",
        "refund 1 (Completed): its log says otherwise",
    ),
    (
        "UPDATE refund_changes SET at_ms = 0 WHERE id = 1",
        "the hash chain does not fit",
    ),
    (
        "DELETE FROM refunds_under_way WHERE refund_id = 4",
        "refund 4 (InProgress): it stands in the wrong queue",
    ),
    (
        "INSERT INTO refunds_under_way VALUES (99, 0, 0)",
        "refunds stand in a queue that do not belong there",
    ),
    (
        "UPDATE refund_keys SET refund_id = 99",
        "a merchant's key stands for a refund that is not its own",
    ),
    (
        "UPDATE payments SET refunded_paise = 0 WHERE id = 2",
        "payment 2: what went back of it is not what its refunds and disputes add up to",
    ),
    (
        "UPDATE payments SET refunding_paise = 0 WHERE id = 1",
        "payment 1: what went back of it is not what its refunds and disputes add up to",
    ),
    (
        "UPDATE payments SET refunds = 1 WHERE id = 2",
        "payment 2: what went back of it is not what its refunds and disputes add up to",
    ),
    (
        "UPDATE payments SET last_refund_id = 1 WHERE id = 2",
        "payment 2: what went back of it is not what its refunds and disputes add up to",
    ),
    (
        "UPDATE payments SET refunding_paise = 1 WHERE id = 3",
        "payment 3: what went back of it is not what its refunds and disputes add up to",
    ),
    (
        "UPDATE payments SET uncleared_out_paise = 0 WHERE id = 2",
        "payment 2 (Captured): it awaits settlement wrongly",
    ),
    (
        "UPDATE payments_unsettled SET net_paise = net_paise + 1 WHERE payment_id = 2",
        "payment 2 (Captured): it awaits settlement wrongly",
    ),
    (
        "UPDATE entries SET about_id = 2 WHERE kind = 11 AND about_id = 1",
        "refund 1 (Completed): its entries are not those of its state",
    ),
    (
        "UPDATE entries SET kind = 12 WHERE kind = 11 AND about_id = 1",
        "refund 1 (Completed): its entries are not those of its state",
    ),
];

on_every_database! {
    fn a_failure_at_every_write_of_a_refund_leaves_nothing(db) {
        every_write_in_turn_fails(&db, book, STEPS).await;
    }

    fn an_untouched_book_of_refunds_is_sound(db) {
        let till = book(db).await;
        assert_eq!(till.world.verify().await.faults, [""; 0]);
        let words = [till.refunds(Id::new(1)).await, till.refunds(Id::new(2)).await, till.refunds(Id::new(3)).await];
        assert_eq!(words.concat(), [
            "₹100.01 refundcompleted", "₹200.00 refundinprogress", "₹100.01 refundcompleted", "₹100.02 refundfailed",
            "₹70.00 refundinitiated", "₹50.00 refundinprogress",
        ]);
    }

    fn the_database_itself_refuses_to_give_back_more_than_was_paid(db) {
        let till = book(db).await;
        let more = till.world.db.attempt("UPDATE payments SET refunding_paise = amount_paise WHERE id = 1");
        assert!(more.is_err());
    }

    fn every_kind_of_damage_to_refunds_is_found_and_named(db) {
        let mut unnamed = Vec::new();
        for (damage, named) in DAMAGE {
            let till = book(db.another()).await;
            till.world.db.tamper(damage);
            let faults = match verify(&till.world.house).await {
                Ok(statement) => statement.faults,
                Err(error) => vec![error.to_string()],
            };
            if !faults.iter().any(|fault| fault.contains(named)) {
                unnamed.push((damage, named, faults));
            }
        }
        assert!(unnamed.is_empty(), "{unnamed:#?}");
    }
}
