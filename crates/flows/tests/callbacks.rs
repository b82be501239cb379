//! Callbacks are owed with their cause, tried, parked after three days, and resent by hand; and a payout is declined.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{
    Id,
    callback::{Fate, Reply},
    id::kind::{Callback, Change, Payout},
    payout::Status,
};
use rokad_flows::{
    callback::{ResendRefusal, Tried, resend, resend_parked, settle_callbacks},
    payout::{
        decline::{DeclineRefusal, decline},
        request::{PayoutRequest, request_payouts},
        status::{Report, as_of, status},
    },
};
use rokad_store::callback::{OpenCallback, Tells, open_after};
use support::{
    World, all_at_once,
    bank::{PAYS, REFUSES, SILENT},
    order,
    world::jitter,
};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

fn by() -> String {
    "test".to_owned()
}

async fn open(world: &World) -> Vec<OpenCallback> {
    world
        .house
        .store
        .read(|tx| open_after(tx, Id::new(0), 100))
        .await
        .unwrap()
}

/// The payout, and which of its changes.
fn told(callback: &OpenCallback) -> (Id<Payout>, Id<Change>) {
    match callback.tells {
        Tells::Change(payout, change) => (payout, change),
        Tells::Event(..) => panic!("it tells of an event"),
    }
}

async fn settle(world: &World, callback: Id<Callback>, reply: Reply) -> Option<Fate> {
    let tried = Tried {
        callback,
        lease: world.round_of(world.endpoint()),
        reply,
        took_ms: 12,
        jitter: jitter(),
    };
    world.house.store.run(settle_callbacks, tried).await.unwrap()
}

/// Tries a callback whenever it is due, in vain, until it is parked. Returns how often.
async fn try_in_vain(world: &World, callback: Id<Callback>) -> usize {
    for attempt in 1.. {
        match settle(world, callback, Reply::NotAcknowledged(500))
            .await
            .unwrap()
        {
            Fate::Retry(at) => world.db.forward(at.0 - world.db.now().0),
            Fate::Parked => return attempt,
            Fate::Done => panic!("nobody acknowledged"),
        }
    }
    unreachable!()
}

async fn acknowledged(world: &World, payout: Id<Payout>) -> bool {
    let (_, acknowledged) = status(&world.house, world.merchant, payout)
        .await
        .unwrap()
        .unwrap();
    acknowledged
}

on_every_database! {
    fn every_change_owes_its_callback_in_order(db) {
        let world = World::new(db).await;
        world.pay(order(1, 100, PAYS)).await;
        let owed = open(&world).await;
        let changes: Vec<i64> = owed.iter().map(|callback| told(callback).1.get()).collect();
        assert_eq!(changes, [1, 2, 3]);
        let wanted = owed.iter().map(told).collect();
        let reports = as_of(&world.house, wanted).await.unwrap();
        let last = |report: Option<Report>| report.unwrap().changes.last().unwrap().status;
        let told: Vec<Status> = reports.into_iter().map(last).collect();
        assert_eq!(told, [Status::Pending, Status::Processing, Status::Approved]);
    }

    fn a_merchant_without_an_endpoint_is_owed_nothing(db) {
        let world = World::new(db).await;
        world.db.tamper("DELETE FROM endpoints");
        let ask = PayoutRequest { endpoint: None, ..world.ask_for(order(1, 100, PAYS)) };
        world.house.store.run(request_payouts, ask).await.unwrap().unwrap();
        world.dispatch().await;
        assert!(open(&world).await.is_empty());
        assert!(!acknowledged(&world, Id::new(1)).await);
        world.statement().await;
    }

    fn what_is_acknowledged_is_owed_no_more(db) {
        let world = World::new(db).await;
        let id = world.request(order(1, 100, PAYS)).await.unwrap().payout;
        let callback = open(&world).await[0].id;
        assert!(!acknowledged(&world, id).await);
        assert_eq!(settle(&world, callback, Reply::Acknowledged).await, Some(Fate::Done));
        assert!(acknowledged(&world, id).await && open(&world).await.is_empty());
        assert_eq!(settle(&world, callback, Reply::Acknowledged).await, None, "said once more");
        world.dispatch().await;
        assert!(!acknowledged(&world, id).await, "there is a later state");
        world.statement().await;
    }

    fn a_callback_settled_twice_in_one_batch_is_settled_once(db) {
        let world = World::new(db).await;
        world.request(order(1, 100, PAYS)).await.unwrap();
        let callback = open(&world).await[0].id;
        let replies = [Reply::NotAcknowledged(500), Reply::Acknowledged, Reply::Unreachable("timeout")];
        let lease = world.round_of(world.endpoint());
        let batch = replies.map(|reply| Tried { callback, lease, reply, took_ms: 12, jitter: jitter() });
        let store = &world.house.store;
        let fates = store.tx("a batch", move |tx, now| settle_callbacks(tx, now, &batch)).await.unwrap();
        assert!(matches!(fates[..], [Some(Fate::Retry(_)), None, None]), "{fates:?}");
        assert_eq!(open(&world).await[0].attempts, 1);
    }

    fn what_nobody_takes_is_tried_with_growing_gaps_and_parked_after_three_days(db) {
        let world = World::new(db).await;
        world.request(order(1, 100, PAYS)).await.unwrap();
        let (start, callback) = (world.db.now().0, open(&world).await[0].id);
        assert_eq!(try_in_vain(&world, callback).await, 19);
        assert!(world.db.now().0 - start <= 3 * DAY_MS);
        assert!(open(&world).await.is_empty(), "parked");
        assert_eq!(world.verify().await.callbacks, (1, 1, 0));
        assert_eq!(world.db.number("SELECT COUNT(*) FROM callback_attempts"), 19);
        world.statement().await;
    }

    fn what_is_parked_is_resent_by_hand_and_tried_for_three_days_again(db) {
        let world = World::new(db).await;
        let id = world.request(order(1, 100, PAYS)).await.unwrap().payout;
        try_in_vain(&world, open(&world).await[0].id).await;
        assert_eq!(resend_parked(&world.house, by()).await.unwrap(), 1);
        assert_eq!(resend_parked(&world.house, by()).await.unwrap(), 0);
        let again = open(&world).await[0].clone();
        assert_eq!((again.attempts, again.due_at, again.since), (0, world.db.now(), world.db.now()));
        assert!(matches!(settle(&world, again.id, Reply::HashMismatch).await, Some(Fate::Retry(_))));
        settle(&world, again.id, Reply::Acknowledged).await;
        assert!(acknowledged(&world, id).await);
        world.statement().await;
    }

    fn resending_keeps_the_order_and_forgets_what_is_on_its_way(db) {
        let world = World::new(db).await;
        let id = world.pay(order(1, 100, PAYS)).await;
        let before = open(&world).await;
        assert_eq!(resend(&world.house, id, by()).await.unwrap(), 3);
        let after = open(&world).await;
        let changes = |callbacks: &[OpenCallback]| callbacks.iter().map(|c| told(c).1).collect::<Vec<_>>();
        assert_eq!(changes(&after), changes(&before));
        assert_eq!(settle(&world, before[0].id, Reply::Acknowledged).await, None, "it went out under its old number");
        for callback in after {
            settle(&world, callback.id, Reply::Acknowledged).await;
        }
        assert!(acknowledged(&world, id).await);
        world.statement().await;
    }

    fn what_was_delivered_is_resent_on_request(db) {
        let world = World::new(db).await;
        let id = world.request(order(1, 100, PAYS)).await.unwrap().payout;
        settle(&world, open(&world).await[0].id, Reply::Acknowledged).await;
        assert_eq!(resend(&world.house, id, by()).await.unwrap(), 1);
        assert_eq!(open(&world).await.len(), 1);
        assert!(acknowledged(&world, id).await, "that stays true");
        world.statement().await;
    }

    fn the_present_state_is_told_to_a_merchant_that_wants_callbacks_later(db) {
        let world = World::new(db).await;
        let ask = PayoutRequest { endpoint: None, ..world.ask_for(order(1, 100, PAYS)) };
        let id = world.house.store.run(request_payouts, ask).await.unwrap().unwrap().payout;
        assert_eq!(resend(&world.house, id, by()).await.unwrap(), 1);
        settle(&world, open(&world).await[0].id, Reply::Acknowledged).await;
        assert!(acknowledged(&world, id).await);
        world.statement().await;
    }

    fn nothing_is_resent_of_no_payout(db) {
        let world = World::new(db).await;
        let before = world.db.all_rows();
        assert!(matches!(resend(&world.house, Id::new(9), by()).await, Err(ResendRefusal::Unknown)));
        assert_eq!(world.db.all_rows(), before);
    }

    fn a_merchant_sees_its_own_payouts_only(db) {
        let world = World::new(db).await;
        let id = world.request(order(1, 100, PAYS)).await.unwrap().payout;
        assert!(status(&world.house, world.merchant, id).await.unwrap().is_some());
        assert!(status(&world.house, Id::new(99), id).await.unwrap().is_none());
        assert!(status(&world.house, world.merchant, Id::new(99)).await.unwrap().is_none());
    }

    fn a_declined_payout_is_free_again_and_no_bank_is_told(db) {
        let world = World::new(db).await;
        let id = world.request(order(1, 1_000, PAYS)).await.unwrap().payout;
        decline(&world.house, id, by(), "Not this one".to_owned()).await.unwrap();
        world.dispatch().await;
        assert!(world.bank.transfers().is_empty());
        assert_eq!(world.told(id).await, ["Pending: Request saved", "Declined: Not this one"]);
        assert_eq!(world.statement().await, [
            "operator:capital ₹1,000.00",
            "merchant:1:available ₹10,000.00",
            "bank:1 ₹11,000.00",
            "payout 1 Declined",
        ]);
        assert_eq!(open(&world).await.len(), 2);
    }

    fn only_what_waits_is_declined(db) {
        let world = World::new(db).await;
        for (n, account) in (1..).zip([SILENT, PAYS, REFUSES]) {
            world.pay(order(n, 100, account)).await;
        }
        let before = world.db.all_rows();
        for (id, is) in (1..).zip([Status::Processing, Status::Approved, Status::Failed]) {
            let refused = decline(&world.house, Id::new(id), by(), String::new()).await;
            assert!(matches!(refused, Err(DeclineRefusal::NotPending(status)) if status == is), "{refused:?}");
        }
        assert!(matches!(decline(&world.house, Id::new(9), by(), String::new()).await, Err(DeclineRefusal::Unknown)));
        assert_eq!(world.db.all_rows(), before);
    }

    fn a_payout_declined_twice_at_once_is_declined_once(db) {
        let world = World::new(db).await;
        let id = world.request(order(1, 1_000, PAYS)).await.unwrap().payout;
        let answers = all_at_once((0..2).map(|_| decline(&world.house, id, by(), "No".to_owned()))).await;
        assert!(answers[0].is_ok());
        assert!(matches!(answers[1], Err(DeclineRefusal::NotPending(Status::Declined))));
        world.statement().await;
    }
}
