//! A merchant asks for payouts.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{
    Id,
    payout::{Order, RequestRefusal, Status},
};
use rokad_flows::payout::request::{Accepted, PayoutRequest, request_payouts};
use support::{World, all_at_once, bank::PAYS, order, world};

/// All of it is asked in one batch.
async fn request_at_once(
    world: &World,
    orders: impl IntoIterator<Item = Order>,
) -> Vec<Result<Accepted, RequestRefusal>> {
    let asks: Vec<PayoutRequest> = orders.into_iter().map(|order| world.ask_for(order)).collect();
    let store = &world.house.store;
    store
        .tx("a batch", move |tx, now| request_payouts(tx, now, &asks))
        .await
        .unwrap()
}

on_every_database! {
    fn a_payout_sets_its_amount_and_its_price_aside(db) {
        let world = World::new(db).await;
        let accepted = world.request(order(1, 1_000, PAYS)).await.unwrap();
        assert_eq!((accepted.payout.get(), accepted.status), (1, Status::Pending));
        assert_eq!(world.statement().await, [
            "operator:capital ₹1,000.00",
            "merchant:1:available ₹8,993.51",
            "merchant:1:held ₹1,006.49",
            "bank:1 ₹11,000.00",
            "payout 1 Pending",
        ]);
    }

    fn the_same_order_sent_twice_pays_once(db) {
        let world = World::new(db).await;
        let first = world.request(order(1, 1_000, PAYS)).await.unwrap();
        let before = world.db.all_rows();
        assert_eq!(world.request(order(1, 1_000, PAYS)).await.unwrap(), first);
        assert_eq!(world.db.all_rows(), before);
    }

    fn an_order_of_long_ago_is_answered_the_same_and_paid_once(db) {
        let mut world = World::new(db.with_small_epochs()).await;
        for _ in 0..2 {
            for n in 1..=9 {
                let accepted = world.request(order(n, 100, PAYS)).await.unwrap();
                assert_eq!(accepted.payout.get(), n);
                let other = world.request(order(n, 101, PAYS)).await;
                assert!(matches!(other, Err(RequestRefusal::DuplicateOrder)), "{other:?}");
            }
            let twice = [order(4, 100, PAYS), order(9, 100, PAYS), order(9, 100, PAYS)];
            let ids: Vec<i64> = request_at_once(&world, twice).await.into_iter().map(|answer| answer.unwrap().payout.get()).collect();
            assert_eq!(ids, [4, 9, 9]);
            world.statement().await;
            world.restart().await;
        }
        if !world.db.is_on_server() {
            assert!(world.db.number("SELECT COUNT(*) FROM order_pages") >= 6, "several epochs are rows");
        }
    }

    fn the_same_order_sent_many_times_at_once_pays_once(db) {
        let world = World::new(db).await;
        let answers = request_at_once(&world, vec![order(1, 1_000, PAYS); 50]).await;
        assert!(answers.iter().all(|answer| answer == &answers[0] && answer.is_ok()), "{answers:?}");
        assert_eq!(world.states(), ["payout 1 Pending"]);
        world.statement().await;
    }

    fn an_order_sent_again_later_is_told_its_present_state(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, PAYS)).await;
        assert_eq!(world.request(order(1, 1_000, PAYS)).await.unwrap().status, Status::Approved);
    }

    fn another_order_under_a_known_number_is_refused(db) {
        let world = World::new(db).await;
        world.request(order(1, 1_000, PAYS)).await.unwrap();
        let before = world.db.all_rows();
        let others = [order(1, 1_001, PAYS), order(1, 1_000, "101")];
        for answer in request_at_once(&world, others).await {
            assert_eq!(answer, Err(RequestRefusal::DuplicateOrder));
        }
        assert_eq!(world.db.all_rows(), before);
    }

    fn two_orders_under_one_number_at_once_become_one(db) {
        let world = World::new(db).await;
        let answers = request_at_once(&world, [1_000, 1_001].map(|amount| order(1, amount, PAYS))).await;
        assert!(answers[0].is_ok());
        assert_eq!(answers[1], Err(RequestRefusal::DuplicateOrder));
    }

    fn a_refusal_writes_nothing(db) {
        let world = World::new(db).await;
        let before = world.db.all_rows();
        for amount in [10_001, 9_972, 100_000] {
            assert_eq!(world.request(order(1, amount, PAYS)).await, Err(RequestRefusal::InsufficientBalance));
        }
        assert_eq!(world.db.all_rows(), before);
        assert!(world.request(order(1, 1_000, PAYS)).await.is_ok(), "a refused number is not used up");
    }

    fn a_payout_of_all_there_is_leaves_nothing(db) {
        let mut world = World::new(db).await;
        world.plan.rate = rokad_domain::BasisPoints::default();
        world.plan.gst = rokad_domain::BasisPoints::default();
        world.request(order(1, 9_997, PAYS)).await.unwrap();
        assert_eq!(world.statement().await, [
            "operator:capital ₹1,000.00",
            "merchant:1:held ₹10,000.00",
            "bank:1 ₹11,000.00",
            "payout 1 Pending",
        ]);
        assert_eq!(world.request(order(2, 1, PAYS)).await, Err(RequestRefusal::InsufficientBalance));
    }

    fn fifty_requests_at_once_never_spend_more_than_there_is(db) {
        let world = World::new(db).await;
        let answers = all_at_once((0..50).map(|n| world.request(order(n, 900, PAYS)))).await;
        let (granted, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!((granted.len(), refused.len()), (11, 39), "of ₹10,000, at ₹906.20 each");
        assert!(refused.iter().all(|answer| *answer == Err(RequestRefusal::InsufficientBalance)));
        assert!(world.statement().await.contains(&"merchant:1:available ₹31.80".to_owned()));
    }

    fn in_a_batch_a_small_order_fits_after_a_large_one_that_did_not(db) {
        let world = World::new(db).await;
        let amounts = [6_000, 6_000, 3_000];
        let orders = (0..).zip(amounts).map(|(n, amount)| order(n, amount, PAYS));
        let granted: Vec<bool> = request_at_once(&world, orders).await.iter().map(Result::is_ok).collect();
        assert_eq!(granted, [true, false, true]);
    }

    fn a_request_of_nobody_takes_no_other_with_it(db) {
        let world = World::new(db).await;
        let ask = |n: i64| {
            let merchant = if n == 3 { Id::new(99) } else { world.merchant };
            PayoutRequest { merchant, ..world.ask_for(order(n, 100, PAYS)) }
        };
        let answers = all_at_once((0..8).map(|n| world.house.store.run(request_payouts, ask(n)))).await;
        let granted: Vec<bool> = answers.iter().map(|answer| matches!(answer, Ok(Ok(_)))).collect();
        assert_eq!(granted, [true, true, true, false, true, true, true, true]);
        assert_eq!(world.states().len(), 7);
        world.statement().await;
    }

    fn one_number_serves_each_merchant(db) {
        let world = World::new(db).await;
        let other = world::add_merchant(&world.house, &world.keys, "SHOP2").await;
        world.request(order(1, 100, PAYS)).await.unwrap();
        let ask = PayoutRequest { merchant: other, ..world.ask_for(order(1, 100, PAYS)) };
        let answer = world.house.store.run(request_payouts, ask).await.unwrap();
        assert_eq!(answer, Err(RequestRefusal::InsufficientBalance), "another order, of one who has no money");
    }
}
