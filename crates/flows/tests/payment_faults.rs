//! A failure is injected at every write of every step of a payment in turn; and every kind of damage to what is kept of
//! payments is found and named.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{
    Id,
    acquirer::{Answer, BankRef, Fault},
    payment::{CHECKOUT_MS, Wish},
    rail::Utr,
};
use rokad_flows::{
    bootstrap::{declare_acquirers, declare_holiday},
    payment::{
        ask::{take_over, take_questions},
        attempt::begin_attempts,
        end::{EndRequest, end},
        hear::{Heard, hear},
        open::open,
        receive::{Line, Statement, receive},
        settle::{SettleRequest, settle_payments},
    },
    verify::verify,
};
use support::{
    Database, Till,
    acquirer::{PAYS, REFUSES, SILENT, WAITS},
    faults::{Step, done, every_write_in_turn_fails},
    rupees,
    till::order,
    world::{TAG, jitter},
};

/// In a world in which payment 1 was captured, 2 waits at the bank's page, 3 is silent, 4 failed, 5 shows a QR code (attempt 5),
/// 6 is not begun.
const STEPS: &[Step<Till>] = &[
    ("open", |t| {
        done(open(&t.world.house, t.ask_for(order("T9", 100))))
    }),
    ("begin", |t| {
        let ask = t.attempt_request(Id::new(6), 1, PAYS);
        done(t.world.house.store.run(begin_attempts, ask))
    }),
    ("captured", |t| {
        done(hear(&t.world.house, heard(3, Answer::Captured(rrn("R3")))))
    }),
    ("refused", |t| {
        done(hear(&t.world.house, heard(3, Answer::Refused(Fault::Declined))))
    }),
    ("waiting", |t| {
        done(hear(
            &t.world.house,
            heard(3, Answer::Waiting(Some("https://b".into()))),
        ))
    }),
    ("silent", |t| {
        t.world.db.forward(1);
        done(hear(&t.world.house, heard(3, Answer::Silent)))
    }),
    ("contradicted", |t| {
        done(hear(&t.world.house, heard(4, Answer::Captured(rrn("R4")))))
    }),
    ("questions", |t| {
        t.world.db.forward(60_000);
        done(t.world.house.store.run(take_questions, 9))
    }),
    ("start", |t| {
        t.world.db.forward(1);
        done(take_over(&t.world.house))
    }),
    ("cancelled", |t| done(end(&t.world.house, wish(6, Wish::Cancel)))),
    ("given up", |t| done(end(&t.world.house, wish(4, Wish::GiveUp)))),
    ("settled", |t| {
        let up_to_day = i64::MAX;
        done(
            t.world
                .house
                .store
                .run(settle_payments, SettleRequest { up_to_day }),
        )
    }),
    ("received", |t| done(receive(&t.world.house, statement(t, 500)))),
    ("in suspense", |t| {
        done(receive(&t.world.house, statement(t, 499)))
    }),
    ("acquirer", |t| {
        done(declare_acquirers(&t.world.house, vec!["another".into()]))
    }),
    ("holiday", |t| {
        done(declare_holiday(
            &t.world.house,
            20_479,
            "Republic Day".into(),
            "test".into(),
        ))
    }),
];

fn rrn(text: &str) -> BankRef {
    BankRef::parse(text).unwrap()
}

fn heard(attempt: i64, answer: Answer) -> Heard {
    let (attempt, jitter) = (Id::new(attempt), jitter());
    Heard {
        attempt,
        answer,
        turn: Some(0),
        jitter,
    }
}

fn wish(payment: i64, wish: Wish) -> EndRequest {
    let payment = Id::new(payment);
    EndRequest { payment, wish }
}

fn statement(till: &Till, amount_rupees: i64) -> Statement {
    let line = Line {
        utr: Utr::parse("UTR1").unwrap(),
        amount: rupees(amount_rupees),
        at: till.world.db.clock().now().at(),
        remark: format!("RC{TAG}00000000000005"),
    };
    Statement {
        account: "pg1".into(),
        lines: vec![line],
        complete_until: None,
        said_by: "january.csv".into(),
        instance_tag: TAG.into(),
    }
}

async fn book(db: Database) -> Till {
    let till = Till::new(db).await;
    for (number, vpa) in (1..).zip([PAYS, WAITS, SILENT, REFUSES]) {
        let payment = till.open(&format!("T{number}"), number * 100).await;
        till.pay(payment, 1, vpa).await.unwrap();
    }
    let payment = till.open("T5", 500).await;
    till.show_qr(payment, 1).await;
    till.open("T6", 600).await;
    till
}

/// A book with everything in it: beside that of [`book`], payment 1 is settled, and there is a receipt of each kind.
async fn whole_book(db: Database) -> Till {
    let till = book(db).await;
    till.world.db.forward(5 * 24 * 3_600_000);
    till.settle().await;
    let in_time = -(5 * 24 * 3_600_000) + CHECKOUT_MS / 2;
    let mut paid = statement(&till, 500);
    paid.lines[0].at = paid.lines[0].at.plus_ms(in_time);
    receive(&till.world.house, paid).await.unwrap();
    let mut stray = statement(&till, 7);
    stray.lines[0].utr = Utr::parse("UTR2").unwrap();
    receive(&till.world.house, stray).await.unwrap();
    let captured = till.open("T7", 700).await;
    till.pay(captured, 1, REFUSES).await.unwrap();
    till.pay(captured, 2, PAYS).await.unwrap();
    till
}

/// What somebody with the file in their hands does, and a part of the sentence that names it.
const DAMAGE: &[(&str, &str)] = &[
    // Payments.
    (
        "UPDATE payments SET amount_paise = amount_paise + 100 WHERE id = 1",
        "payment 1 (Captured): it was not captured exactly once",
    ),
    (
        "UPDATE payments SET txnid = 'X' WHERE id = 1",
        "the hash chain does not fit",
    ),
    (
        "UPDATE payments SET surl = 'https://thief.example' WHERE id = 2",
        "the hash chain does not fit",
    ),
    (
        "UPDATE payments SET customer = REPLACE(customer, 'Asha', 'Usha') WHERE id = 2",
        "the hash chain does not fit",
    ),
    (
        "UPDATE payments SET fee_paise = fee_paise + 1 WHERE id = 1",
        "income:fee is not what its payouts, payments, refunds and disputes add up to",
    ),
    (
        "UPDATE payments SET status = 1 WHERE id = 6",
        "payment 6 (Captured): its log says otherwise",
    ),
    (
        "UPDATE payments SET status = 3 WHERE id = 1",
        "payment 1 (Cancelled): its log says otherwise",
    ),
    (
        "UPDATE payments SET attempts = 2 WHERE id = 1",
        "payment 1 (Captured): its attempts are not its own",
    ),
    (
        "UPDATE payments SET attempts = 1, last_attempt_id = NULL WHERE id = 6",
        "payment 6 (Open): an attempt is missing",
    ),
    (
        "UPDATE payments SET last_attempt_id = 2 WHERE id = 1",
        "its attempts are not its own",
    ),
    (
        "UPDATE payments SET ended_at_ms = NULL WHERE id = 1",
        "payment 1 (Captured): its end does not fit its state",
    ),
    (
        "UPDATE payments SET settlement_id = NULL WHERE id = 1",
        "payment 1 (Captured): it awaits settlement wrongly",
    ),
    (
        "UPDATE payments SET settlement_id = 1 WHERE id = 5",
        "payment 5 (Captured): it awaits settlement wrongly",
    ),
    (
        "UPDATE payments SET settle_day = settle_day + 1 WHERE id = 5",
        "payment 5 (Captured): it awaits settlement wrongly",
    ),
    (
        "DELETE FROM payments WHERE id = 6",
        "there are logs of payments that do not exist",
    ),
    // Attempts.
    (
        "UPDATE attempts SET status = 3, fault = 'declined' WHERE id = 2",
        "attempt 2 (Failed): it stands in the wrong queue",
    ),
    (
        "UPDATE attempts SET status = 2, bank_ref = 'FORGED' WHERE id = 4",
        "payment 4 (Open): an attempt does not fit its state",
    ),
    (
        "UPDATE attempts SET bank_ref = NULL WHERE id = 1",
        "attempt 1 (Captured): what it says does not fit its state",
    ),
    (
        "UPDATE attempts SET bank_ref = 'FORGED' WHERE id = 1",
        "attempt 1 (Captured): its log says otherwise",
    ),
    (
        "UPDATE attempts SET fault = 'other' WHERE id = 4",
        "attempt 4 (Failed): its log says otherwise",
    ),
    (
        "UPDATE attempts SET fault = NULL WHERE id = 4",
        "attempt 4 (Failed): what it says does not fit its state",
    ),
    (
        "UPDATE attempts SET reference = 'RC0A1B2C00000000000001' WHERE id = 2",
        "attempt 2 (Waiting): its reference is not its own",
    ),
    (
        "UPDATE attempts SET purse = 22 WHERE id = 1",
        "payment 1 (Captured): it was not captured exactly once",
    ),
    (
        "UPDATE attempts SET shown = 'another@t' WHERE id = 1",
        "the hash chain does not fit",
    ),
    (
        "DELETE FROM attempts WHERE id = 6",
        "its attempts are not its own",
    ),
    // The log.
    (
        "UPDATE payment_changes SET what = 0 WHERE id = 2",
        "payment 1: line 2 of its log cannot follow",
    ),
    (
        "UPDATE payment_changes SET detail = 'X' WHERE what = 3",
        "the hash chain does not fit",
    ),
    (
        "UPDATE payment_changes SET at_ms = 0 WHERE id = 1",
        "the hash chain does not fit",
    ),
    (
        "DELETE FROM payment_changes WHERE id = 2",
        "cannot follow the one before it",
    ),
    // Queues.
    (
        "DELETE FROM payments_open",
        "payment 2 (Open): it stands among the open ones wrongly",
    ),
    (
        "INSERT INTO payments_open VALUES (1, 1)",
        "payment 1 (Captured): it stands among the open ones wrongly",
    ),
    (
        "INSERT INTO payments_open VALUES (1, 99)",
        "payments stand in a queue that do not belong there",
    ),
    (
        "DELETE FROM attempts_under_way",
        "attempt 2 (Waiting): it stands in the wrong queue",
    ),
    (
        "INSERT INTO attempts_under_way VALUES (99, 0, 0)",
        "attempts stand in a queue that do not exist",
    ),
    ("DELETE FROM payments_unsettled", "it awaits settlement wrongly"),
    (
        "UPDATE payments_unsettled SET net_paise = net_paise + 1",
        "it awaits settlement wrongly",
    ),
    // Settlements and receipts.
    (
        "UPDATE settlements SET net_paise = net_paise + 1",
        "settlement 1 is not what its payments add up to",
    ),
    (
        "UPDATE settlements SET payments = 2",
        "settlement 1 is not what its payments add up to",
    ),
    (
        "DELETE FROM settlements",
        "there are parts of settlements that do not exist",
    ),
    (
        "UPDATE receipts SET amount_paise = amount_paise + 1 WHERE attempt_id IS NULL",
        "receipt 2 does not stand in the book as it says",
    ),
    (
        "UPDATE receipts SET utr = 'UTR9' WHERE attempt_id IS NOT NULL",
        "receipt 1 does not stand in the book as it says",
    ),
    (
        "UPDATE receipts SET why = 'no reason' WHERE id = 2",
        "the hash chain does not fit",
    ),
    (
        "DELETE FROM receipts WHERE id = 1",
        "money came into a bank account without a receipt",
    ),
    // The book.
    (
        "UPDATE entries SET about_id = 2 WHERE kind = 7 AND about_id = 1",
        "payment 1 (Captured): it has no entry",
    ),
    (
        "UPDATE postings SET amount_paise = amount_paise + 1 WHERE entry_id = (SELECT id FROM entries WHERE kind = 8)",
        "settlement 1 is not what its payments add up to",
    ),
    (
        "UPDATE accounts SET balance_paise = balance_paise + 1 WHERE name = 'suspense'",
        "suspense says",
    ),
];

on_every_database! {
    fn a_failure_at_every_write_of_a_payment_leaves_nothing(db) {
        every_write_in_turn_fails(&db, book, STEPS).await;
    }

    fn an_untouched_book_of_payments_is_sound(db) {
        let till = whole_book(db).await;
        let statement = till.world.verify().await;
        assert_eq!(statement.faults, [""; 0]);
        let states: Vec<_> = statement.payments.iter().map(|(word, (count, paise))| (*word, *count, *paise)).collect();
        assert_eq!(states, [("Captured", 3, 130_000), ("Open", 4, 150_000)]);
    }

    fn every_kind_of_damage_to_payments_is_found_and_named(db) {
        let mut unnamed = Vec::new();
        for (damage, named) in DAMAGE {
            let till = whole_book(db.another()).await;
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
