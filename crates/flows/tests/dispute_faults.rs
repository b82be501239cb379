//! A failure is injected at every write of every step of a dispute in turn; and every kind of damage to what is kept of disputes is
//! found and named.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{
    Id, Paise,
    dispute::{Claim, Kind, Outcome, Reason, Reply},
    id::kind::Payment,
};
use rokad_flows::{
    dispute::{
        raise::{Raise, raise},
        reply::{ReplyRequest, reply},
        resolve::{Resolve, resolve},
        tell::take_due,
    },
    payment::settle::{SettleRequest, settle_payments},
    verify::verify,
};
use rokad_store::dispute::NewEvidence;
use support::{
    Database, Till,
    acquirer::PAYS,
    faults::{Step, done, every_write_in_turn_fails},
    rupees,
};

/// In the world of [`book`].
const STEPS: &[Step<Till>] = &[
    ("raised", |t| {
        done(raise(&t.world.house, claim(t, 2, 10_000, "D9")))
    }),
    ("raised of too much", |t| {
        done(raise(&t.world.house, claim(t, 2, 900_000, "D9")))
    }),
    ("contested", |t| {
        done(reply(&t.world.house, answer(t, 2, Reply::Contest)))
    }),
    ("accepted", |t| {
        done(reply(&t.world.house, answer(t, 2, Reply::Accept)))
    }),
    ("told", |t| done(take_due(&t.world.house, 9))),
    ("won", |t| {
        done(resolve(&t.world.house, decision(2, Outcome::Won)))
    }),
    ("lost", |t| {
        done(resolve(&t.world.house, decision(2, Outcome::Lost)))
    }),
    ("contradicted", |t| {
        done(resolve(&t.world.house, decision(1, Outcome::Won)))
    }),
    ("settled with a debt", |t| {
        let up_to_day = i64::MAX;
        done(
            t.world
                .house
                .store
                .run(settle_payments, SettleRequest { up_to_day }),
        )
    }),
];

fn claim(till: &Till, payment: i64, paise: i64, reference: &str) -> Raise {
    let payment: Id<Payment> = Id::new(payment);
    let claim = Claim {
        kind: Kind::Chargeback,
        reason: Reason::NotReceived,
        amount: Paise::new(paise).unwrap(),
        deadline: till.world.db.clock().now().at().plus_ms(604_800_000),
        title: "Nothing came".to_owned(),
        comment: String::new(),
    };
    Raise {
        payment,
        claim,
        source: "acquirer:test".to_owned(),
        reference: reference.to_owned(),
        said_by: "acquirer:test".to_owned(),
    }
}

fn answer(till: &Till, dispute: i64, how: Reply) -> ReplyRequest {
    let slip = NewEvidence {
        name: "slip.png".to_owned(),
        media_type: "image/png",
        content: b"\x89PNG a signed slip".to_vec(),
    };
    ReplyRequest {
        merchant: till.world.merchant,
        dispute: Id::new(dispute),
        reply: how,
        evidence: if how == Reply::Contest {
            vec![slip]
        } else {
            Vec::new()
        },
        said_by: "SHOP1".to_owned(),
    }
}

fn decision(dispute: i64, outcome: Outcome) -> Resolve {
    Resolve {
        dispute: Id::new(dispute),
        outcome,
        said_by: "meera".to_owned(),
    }
}

/// Of payment 1 (₹9,000, settled, and paid out) dispute 1 was lost, and the merchant owes; of payment 2 (₹5,000) 2 is open; of payment 3
/// (₹300) 3 was contested with evidence, and its acquirer is to hear of it.
async fn book(db: Database) -> Till {
    let till = Till::new(db).await;
    let settled = till.open("T1", 9_000).await;
    till.pay(settled, 1, PAYS).await.unwrap();
    till.world.db.forward(5 * 24 * 3_600_000);
    till.settle().await;
    let spent = support::order(1, 18_000, "pays");
    till.world.request(spent).await.unwrap();
    raise(&till.world.house, claim(&till, 1, 900_000, "D1"))
        .await
        .unwrap()
        .unwrap();
    resolve(&till.world.house, decision(1, Outcome::Lost))
        .await
        .unwrap()
        .unwrap();
    for (txnid, amount) in [("T2", 5_000), ("T3", 300)] {
        let payment = till.open(txnid, amount).await;
        till.pay(payment, 1, PAYS).await.unwrap();
    }
    for (payment, paise, reference) in [(2, 100_000, "D2"), (3, 30_000, "D3")] {
        raise(&till.world.house, claim(&till, payment, paise, reference))
            .await
            .unwrap()
            .unwrap();
    }
    reply(&till.world.house, answer(&till, 3, Reply::Contest))
        .await
        .unwrap()
        .unwrap();
    till
}

/// What somebody with the file in their hands does, and a part of the sentence that names it.
const DAMAGE: &[(&str, &str)] = &[
    (
        "UPDATE disputes SET amount_paise = amount_paise - 1 WHERE id = 2",
        "dispute 2: source",
    ),
    (
        "UPDATE disputes SET owed_paise = owed_paise - 1 WHERE id = 1",
        "dispute 1 (lost): its money was not set aside exactly once",
    ),
    (
        "UPDATE disputes SET collected_paise = 0 WHERE id = 2",
        "dispute 2 (open): its money was not set aside exactly once",
    ),
    (
        "UPDATE disputes SET claimed_paise = claimed_paise + 1 WHERE id = 2",
        "the hash chain does not fit",
    ),
    (
        "UPDATE disputes SET comment = 'nothing' WHERE id = 2",
        "the hash chain does not fit",
    ),
    (
        "UPDATE disputes SET deadline_ms = 0 WHERE id = 2",
        "the hash chain does not fit",
    ),
    (
        "UPDATE disputes SET attempt_id = 2 WHERE id = 1",
        "dispute 1 (lost): its entries are not those of its state",
    ),
    (
        "UPDATE disputes SET status = 3, ended_at_ms = 1 WHERE id = 2",
        "dispute 2 (won): its entries are not those of its state",
    ),
    (
        "UPDATE disputes SET status = 3 WHERE id = 1",
        "dispute 1 (won): its entries are not those of its state",
    ),
    (
        "UPDATE disputes SET status = 1 WHERE id = 2",
        "dispute 2 (contested): its log says otherwise",
    ),
    (
        "UPDATE disputes SET ended_at_ms = NULL WHERE id = 1",
        "dispute 1 (lost): its end does not fit its state",
    ),
    (
        "UPDATE disputes SET previous_id = 1 WHERE id = 2",
        "dispute 2: it does not follow the one of its payment before it",
    ),
    (
        "DELETE FROM disputes WHERE id = 2",
        "there are entries or logs of disputes that do not exist",
    ),
    (
        "UPDATE dispute_changes SET status = 3 WHERE dispute_id = 2",
        "dispute 2: change",
    ),
    (
        "UPDATE dispute_changes SET said_by = 'nobody'",
        "the hash chain does not fit",
    ),
    (
        "UPDATE evidence SET name = 'other.png'",
        "the hash chain does not fit",
    ),
    (
        "UPDATE evidence SET sha256 = 'ff'",
        "dispute 3: its evidence is not what was kept",
    ),
    (
        "DELETE FROM evidence_files",
        "dispute 3: its evidence is not what was kept",
    ),
    (
        "INSERT INTO disputes_to_tell VALUES (2, 0, 0)",
        "an acquirer is to hear of an answer that there is none of",
    ),
    (
        "UPDATE payments SET disputed_paise = 0 WHERE id = 2",
        "payment 2: what went back of it is not what its refunds and disputes add up to",
    ),
    (
        "UPDATE payments SET refunded_paise = 0 WHERE id = 1",
        "payment 1: what went back of it is not what its refunds and disputes add up to",
    ),
    (
        "UPDATE payments SET last_dispute_id = 3 WHERE id = 2",
        "payment 2: what went back of it is not what its refunds and disputes add up to",
    ),
    (
        "UPDATE payments_unsettled SET net_paise = net_paise + 1 WHERE payment_id = 2",
        "payment 2 (Captured): it awaits settlement wrongly",
    ),
    (
        "UPDATE entries SET about_id = 2 WHERE kind = 14",
        "dispute 1 (lost): its entries are not those of its state",
    ),
    (
        "UPDATE entries SET kind = 15 WHERE kind = 14",
        "dispute 1 (lost): its entries are not those of its state",
    ),
    (
        "UPDATE accounts SET balance_paise = balance_paise + 1 WHERE name = 'merchant:1:owing'",
        "merchant:1:owing says",
    ),
];

on_every_database! {
    fn a_failure_at_every_write_of_a_dispute_leaves_nothing(db) {
        every_write_in_turn_fails(&db, book, STEPS).await;
    }

    fn an_untouched_book_of_disputes_is_sound(db) {
        let till = book(db).await;
        let statement = till.world.statement().await;
        assert!(statement.iter().any(|line| line.starts_with("merchant:1:owing")), "{statement:#?}");
        assert!(statement.contains(&format!("merchant:1:disputed {}", rupees(1_300))), "{statement:#?}");
    }

    fn every_kind_of_damage_to_disputes_is_found_and_named(db) {
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
