//! A failure is injected at every write of every step in turn: nothing of the step is left, and it succeeds later.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{
    Id,
    callback::Reply,
    rail::{Answer, Reason, Utr},
};
use rokad_flows::{
    callback::{Tried, resend, settle_callbacks},
    fund::{Whose, fund},
    payout::{
        ask::{take_over, take_questions},
        confirm::{Heard, confirm},
        decline::decline,
        dispatch::{Claim, dispatch_payouts},
        news::hear,
        reference,
        request::request,
        reverse::{CameBack, reverse},
    },
};
use support::{
    Database, World,
    bank::{PAYS, SILENT},
    faults::{Step, done, every_write_in_turn_fails},
    order, rupees,
    world::{TAG, jitter},
};

/// In a world in which payout 1 was paid, 2 is silent, and 3 waits.
const STEPS: &[Step<World>] = &[
    ("request", |w| {
        done(request(&w.house, w.ask_for(order(4, 100, PAYS))))
    }),
    ("dispatch", |w| {
        let claim = Claim {
            after: Id::new(0),
            limit: 9,
            instance_tag: TAG.into(),
        };
        done(w.house.store.run(dispatch_payouts, claim))
    }),
    ("paid", |w| {
        done(confirm(
            &w.house,
            heard(2, Answer::Paid(Utr::parse("U1").unwrap())),
        ))
    }),
    ("refused", |w| {
        done(confirm(&w.house, heard(2, Answer::Refused(Reason::Other))))
    }),
    ("silent", |w| {
        w.db.forward(1);
        done(confirm(&w.house, heard(2, Answer::Silent)))
    }),
    ("contradicted", |w| {
        done(confirm(&w.house, heard(1, Answer::Refused(Reason::Other))))
    }),
    ("returned", |w| {
        let back = CameBack {
            payout: Id::new(1),
            reason: Reason::ReturnedByBeneficiaryBank,
        };
        done(reverse(&w.house, back))
    }),
    ("declined", |w| {
        done(decline(&w.house, Id::new(3), "test".into(), "No".into()))
    }),
    ("questions", |w| {
        w.db.forward(60_000);
        done(w.house.store.run(take_questions, 9))
    }),
    ("start", |w| {
        w.db.forward(1);
        done(take_over(&w.house))
    }),
    ("news", |w| {
        if w.bank.news_count() == 0 {
            w.bank.tell(&reference::make(TAG, Id::new(1)));
        }
        done(hear(&w.house, None, "test", &w.bank, TAG, jitter()))
    }),
    ("acknowledged", |w| {
        done(w.house.store.run(settle_callbacks, tried(w, Reply::Acknowledged)))
    }),
    ("not acknowledged", |w| {
        done(w.house.store.run(settle_callbacks, tried(w, Reply::HashMismatch)))
    }),
    ("resent", |w| done(resend(&w.house, Id::new(1), "test".into()))),
    ("fund", |w| {
        done(fund(
            &w.house,
            Whose::Merchant("SHOP1".into()),
            rupees(1),
            None,
            "test".into(),
        ))
    }),
];

fn heard(payout: i64, answer: Answer) -> Heard {
    let (payout, jitter) = (Id::new(payout), jitter());
    Heard {
        payout,
        answer,
        turn: Some(0),
        jitter,
    }
}

fn tried(world: &World, reply: Reply) -> Tried {
    let (callback, jitter) = (Id::new(1), jitter());
    Tried {
        callback,
        lease: world.round_of(world.endpoint()),
        reply,
        took_ms: 1,
        jitter,
    }
}

async fn world(db: Database) -> World {
    let world = World::new(db.with_small_epochs()).await;
    world.pay(order(1, 100, PAYS)).await;
    world.pay(order(2, 200, SILENT)).await;
    world.request(order(3, 300, PAYS)).await.unwrap();
    world
}

on_every_database! {
    fn a_failure_at_every_write_in_turn_leaves_nothing(db) {
        every_write_in_turn_fails(&db, world, STEPS).await;
    }
}
