//! Events are written with their cause and owed to whoever wants them; who only fails is switched off, and loses nothing.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{
    Id, Paise, Private, UnixMs,
    callback::{Fate, Reply},
    dispute::{self, Claim},
    event::{Kind, Kinds, Told},
    id::kind::{Endpoint, Node, Payment},
    node::Lease,
    payment::Wish,
    webhook::{FAILURES_MAX, WebhookUrl},
};
use rokad_flows::{
    callback::{Tried, settle_callbacks},
    dispute::{
        raise::{Raise, raise},
        resolve::{Resolve, resolve},
    },
    event::{From, ResendRefusal, deliveries, list, resend},
    payment::end::{EndRequest, end},
    verify::verify,
    webhook::{self, Changes, Header, Registration, Replay, WebhookRefusal, open_header},
};
use rokad_store::{
    StoreError,
    callback::{OpenCallback, Tells, open_after},
    event::{self, NewEvent},
    mail,
    webhook::StoredWebhook,
};
use support::{
    Database, Till,
    acquirer::{PAYS, REFUND_REFUSED, REFUSES},
    faults::{Step, done, every_write_in_turn_fails},
    world::{add_merchant, jitter},
};

const URL: &str = "https://shop.example/hook";

fn by() -> String {
    "test".to_owned()
}

fn registration(kinds: &str) -> Registration {
    Registration {
        url: WebhookUrl::parse(URL, true).unwrap(),
        kinds: Kinds::named(kinds).unwrap(),
        header: None,
    }
}

impl Till {
    async fn register(&self, kinds: &str) -> Id<Endpoint> {
        let world = &self.world;
        let new = registration(kinds);
        let registered = webhook::register(&world.house, &world.keys, world.merchant, new, by()).await;
        registered.unwrap().id
    }

    async fn webhook(&self, id: Id<Endpoint>) -> StoredWebhook {
        let all = webhook::list(&self.world.house, self.world.merchant)
            .await
            .unwrap();
        all.into_iter().find(|webhook| webhook.id == id).unwrap()
    }

    async fn paid(&self, txnid: &str) -> Id<Payment> {
        let payment = self.open(txnid, 100).await;
        self.pay(payment, 1, PAYS).await.unwrap();
        payment
    }

    async fn cancelled(&self, txnid: &str) -> Id<Payment> {
        let payment = self.open(txnid, 100).await;
        self.end(payment, Wish::Cancel).await.unwrap();
        payment
    }

    /// The kinds of all events, oldest first, and which payments they are about.
    async fn happened(&self) -> Vec<(Kind, Id<Payment>)> {
        let from = From::After(Id::new(0));
        let all = list(&self.world.house, self.world.merchant, from, 1_000)
            .await
            .unwrap();
        all.iter()
            .map(|notice| (notice.event.told.kind(), notice.event.payment))
            .collect()
    }

    /// What is owed to webhooks.
    async fn owed(&self) -> Vec<OpenCallback> {
        let open = self
            .world
            .house
            .store
            .read(|tx| open_after(tx, Id::new(0), 1_000))
            .await
            .unwrap();
        open.into_iter()
            .filter(|callback| matches!(callback.tells, Tells::Event(..)))
            .collect()
    }

    fn tried(&self, callback: &OpenCallback, reply: Reply) -> Tried {
        Tried {
            callback: callback.id,
            lease: self.world.round_of(callback.endpoint),
            reply,
            took_ms: 12,
            jitter: jitter(),
        }
    }

    async fn settle_all(&self, reply: &Reply) -> Vec<Option<Fate>> {
        let owed = self.owed().await;
        let batch: Vec<Tried> = owed.iter().map(|one| self.tried(one, reply.clone())).collect();
        self.settle_batch(batch).await
    }

    async fn settle_batch(&self, batch: Vec<Tried>) -> Vec<Option<Fate>> {
        let store = &self.world.house.store;
        store
            .tx("a batch", move |tx, now| settle_callbacks(tx, now, &batch))
            .await
            .unwrap()
    }

    /// The end of the first delivery that is owed.
    async fn try_settle(&self, reply: Reply) -> Result<Vec<Option<Fate>>, StoreError> {
        let batch = vec![self.tried(&self.owed().await[0], reply)];
        let store = &self.world.house.store;
        store
            .tx("a batch", move |tx, now| settle_callbacks(tx, now, &batch))
            .await
    }

    /// One more delivery that fails.
    async fn fails(&self, webhook: Id<Endpoint>) {
        let owed = self.owed().await;
        let one = owed.iter().find(|callback| callback.endpoint == webhook).unwrap();
        self.settle_batch(vec![self.tried(one, Reply::NotAcknowledged(500))])
            .await;
    }

    async fn faults(&self) -> Vec<String> {
        match verify(&self.world.house).await {
            Ok(statement) => statement.faults,
            Err(error) => vec![error.to_string()],
        }
    }
}

on_every_database! {
    fn every_end_of_a_payment_is_an_event_whether_or_not_anybody_listens(db) {
        let till = Till::new(db).await;
        let paid = till.paid("T1").await;
        let cancelled = till.cancelled("T2").await;
        let failed = till.open("T3", 100).await;
        till.pay(failed, 1, REFUSES).await.unwrap();
        assert_eq!(till.happened().await.len(), 2, "the customer may try again");
        till.end(failed, Wish::GiveUp).await.unwrap();
        assert!(till.end(failed, Wish::Cancel).await.is_err(), "it has ended");
        assert_eq!(till.happened().await, [
            (Kind::PaymentSucceeded, paid),
            (Kind::PaymentFailed, cancelled),
            (Kind::PaymentFailed, failed),
        ]);
        assert!(till.owed().await.is_empty());
        till.world.statement().await;
    }

    fn an_event_is_owed_to_every_webhook_that_wants_it_and_to_no_other(db) {
        let till = Till::new(db).await;
        let world = &till.world;
        let other = add_merchant(&world.house, &world.keys, "SHOP2").await;
        let others = webhook::register(&world.house, &world.keys, other, registration("all"), by()).await.unwrap().id;
        let (all, failures) = (till.register("all").await, till.register("payment.failed").await);
        let paid = till.paid("T1").await;
        let cancelled = till.cancelled("T2").await;
        let owed: Vec<_> = till.owed().await.iter().map(|one| (one.endpoint, one.tells)).collect();
        let tells = |payment, event| Tells::Event(payment, Id::new(event));
        assert_eq!(owed, [(all, tells(paid, 1)), (all, tells(cancelled, 2)), (failures, tells(cancelled, 2))]);
        let wanted = vec![(all, Id::new(1)), (Id::new(99), Id::new(1)), (failures, Id::new(2))];
        let read = deliveries(&world.house, wanted).await.unwrap();
        let urls: Vec<Option<&str>> = read.iter().map(|one| one.as_ref().map(|one| one.webhook.url.as_str())).collect();
        assert_eq!(urls, [Some(URL), None, Some(URL)]);
        // One step may tell several merchants.
        let events = [world.merchant, other].map(|merchant| NewEvent { merchant, payment: paid, change: 1, told: Told::PaymentSucceeded });
        let owed = world.house.store.tx("a step", move |tx, now| {
            event::write(tx, &events, now.at())?;
            open_after(tx, Id::new(3), 9)
        }).await.unwrap();
        let owed: Vec<_> = owed.iter().map(|one| (one.endpoint, one.tells)).collect();
        assert_eq!(owed, [(all, tells(paid, 3)), (others, tells(paid, 4))]);
    }

    fn what_is_owed_to_whoever_is_off_or_gone_is_posted_nowhere(db) {
        let till = Till::new(db).await;
        let hook = till.register("all").await;
        till.cancelled("T1").await;
        let read = || async { deliveries(&till.world.house, vec![(hook, Id::new(1))]).await.unwrap().remove(0).is_some() };
        assert!(read().await);
        for _ in 0..FAILURES_MAX {
            till.fails(hook).await;
        }
        assert!(!read().await, "it is off");
        webhook::switch_on(&till.world.house, till.world.merchant, hook, None, by()).await.unwrap();
        assert!(read().await);
        webhook::remove(&till.world.house, till.world.merchant, hook, by()).await.unwrap();
        assert!(!read().await, "it is gone");
        till.world.statement().await;
    }

    fn a_step_of_a_refund_tells_of_itself_in_its_own_transaction(db) {
        let till = Till::new(db).await;
        let (wants, deaf) = (till.register("refund").await, till.register("dispute").await);
        let payment = till.paid("T1").await;
        let refund = till.refund(payment, 1_000 + REFUND_REFUSED).await;
        let owed = till.owed().await;
        assert_eq!(owed.iter().map(|one| one.endpoint).collect::<Vec<_>>(), [wants]);
        till.run_errands().await;
        assert_eq!(till.owed().await.len(), 1, "a failed refund is posted to nobody");
        assert_ne!(wants, deaf);
        let listed = list(&till.world.house, till.world.merchant, From::Before(Id::new(i64::MAX)), 2).await.unwrap();
        let told: Vec<_> = listed.iter().map(|one| (one.event.told.kind(), one.event.told.about())).collect();
        assert_eq!(told, [(Kind::RefundFailed, Some(refund.get())), (Kind::RefundInitiated, Some(refund.get()))]);
        till.world.statement().await;
    }

    fn a_dispute_is_told_of_when_it_is_raised_and_when_it_has_ended(db) {
        let till = Till::new(db).await;
        let wants = till.register("dispute").await;
        let payment = till.paid("T1").await;
        let claim = Claim {
            kind: dispute::Kind::Chargeback,
            reason: dispute::Reason::NotReceived,
            amount: Paise::new(500).unwrap(),
            deadline: UnixMs(i64::MAX),
            title: "Gd".to_owned(),
            comment: "te".to_owned(),
        };
        let (source, reference, said_by) = ("file".to_owned(), "CB-1".to_owned(), "file:x".to_owned());
        let ask = Raise { payment, claim, source, reference, said_by: said_by.clone() };
        let raised = raise(&till.world.house, ask).await.unwrap().unwrap().dispute;
        let ask = Resolve { dispute: raised, outcome: dispute::Outcome::Won, said_by };
        resolve(&till.world.house, ask).await.unwrap().unwrap();
        let owed = till.owed().await;
        assert_eq!(owed.iter().map(|one| one.endpoint).collect::<Vec<_>>(), [wants, wants]);
        let listed = list(&till.world.house, till.world.merchant, From::Before(Id::new(i64::MAX)), 2).await.unwrap();
        let comments: Vec<_> = listed.iter().map(|one| {
            let (Told::DisputeRaised(told) | Told::DisputeResolved(told)) = &one.event.told else {
                panic!("{one:?}");
            };
            (told.title.clone(), told.admin_comment.clone())
        }).collect();
        assert_eq!(comments, [("Gd".to_owned(), "won".to_owned()), ("Gd".to_owned(), String::new())]);
        till.world.statement().await;
    }

    fn a_step_that_fails_tells_nobody(db) {
        let till = Till::new(db).await;
        till.register("all").await;
        let payment = till.paid("T1").await;
        let before = till.world.db.all_rows();
        let merchant = till.world.merchant;
        let failed: Result<(), StoreError> = till.world.house.store.tx("a step", move |tx, now| {
            let told = NewEvent { merchant, payment, change: 1, told: Told::PaymentFailed };
            event::write(tx, &[told], now.at())?;
            Err(StoreError::Corrupt("on purpose".to_owned()))
        }).await;
        assert!(failed.is_err());
        assert_eq!(till.world.db.all_rows(), before);
    }

    fn the_twentieth_failure_in_a_row_switches_a_webhook_off_and_its_merchant_is_told(db) {
        let till = Till::new(db).await;
        let (bad, good) = (till.register("all").await, till.register("all").await);
        till.cancelled("T1").await;
        for _ in 1..FAILURES_MAX {
            till.fails(bad).await;
        }
        let failing = till.webhook(bad).await.failing;
        assert_eq!((failing.in_a_row, failing.since.is_some()), (19, true));
        // One acknowledgement ends the row.
        till.cancelled("T2").await;
        let newer = till.owed().await.into_iter().rev().find(|one| one.endpoint == bad).unwrap();
        till.settle_batch(vec![till.tried(&newer, Reply::Acknowledged)]).await;
        assert_eq!(till.webhook(bad).await.failing.in_a_row, 0);
        let at = till.world.db.now();
        for _ in 1..FAILURES_MAX {
            till.fails(bad).await;
        }
        assert!(till.webhook(bad).await.active);
        till.fails(bad).await;
        let off = till.webhook(bad).await;
        assert!(!off.active);
        assert_eq!(off.off, Some((at, "20 failures in a row, the last: HTTP 500 without an acknowledgement".to_owned())));
        assert!(till.owed().await.iter().all(|one| one.endpoint == good), "it is owed nothing any more");
        let mails = till.world.house.store.read(|tx| mail::unsent(tx, 9)).await.unwrap();
        assert_eq!((mails.len(), mails[0].merchant, mails[0].kind.as_str()), (1, till.world.merchant, "webhook.switched_off"));
        assert!(mails[0].body.contains(URL) && mails[0].body.contains("HTTP 500"), "{}", mails[0].body);
        till.cancelled("T3").await;
        assert_eq!(till.owed().await.iter().filter(|one| one.endpoint == bad).count(), 0);
        till.world.statement().await;
    }

    fn many_failures_at_once_switch_off_once_and_the_rest_leaves_the_lanes(db) {
        let till = Till::new(db).await;
        let bad = till.register("all").await;
        for n in 0..30 {
            till.cancelled(&format!("T{n}")).await;
        }
        let fates = till.settle_all(&Reply::Unreachable("no connection")).await;
        assert_eq!(fates, [None; 30], "nothing of it is tried again");
        assert!(till.owed().await.is_empty());
        assert_eq!(till.webhook(bad).await.failing.in_a_row, FAILURES_MAX);
        assert_eq!(till.world.db.number("SELECT COUNT(*) FROM mails"), 1);
        till.world.statement().await;
    }

    fn whoever_lost_the_lease_counts_no_failure(db) {
        let till = Till::new(db).await;
        let hook = till.register("all").await;
        till.cancelled("T1").await;
        let mut tried = till.tried(&till.owed().await[0], Reply::NotAcknowledged(500));
        tried.lease = Lease { node: Id::<Node>::new(99), ..tried.lease };
        assert_eq!(till.settle_batch(vec![tried]).await, [None]);
        assert_eq!(till.webhook(hook).await.failing.in_a_row, 0);
    }

    fn switched_on_again_it_is_told_what_it_did_not_acknowledge_and_nothing_twice(db) {
        let till = Till::new(db).await;
        let hook = till.register("all").await;
        let world = &till.world;
        till.cancelled("T0").await;
        till.settle_all(&Reply::Acknowledged).await;
        till.world.db.forward(1_000);
        for n in 1..=25 {
            till.cancelled(&format!("T{n}")).await;
            till.world.db.forward(1);
        }
        till.settle_all(&Reply::NotAcknowledged(500)).await;
        till.cancelled("T26").await;
        assert!(till.owed().await.is_empty());
        let on = |replay| webhook::switch_on(&world.house, world.merchant, hook, replay, by());
        let (webhook, replayed) = on(Some(Replay::Missed)).await.unwrap();
        assert_eq!((webhook.active, webhook.failing.in_a_row, webhook.off, replayed), (true, 0, None, 26));
        let events = |owed: Vec<OpenCallback>| owed.iter().map(|one| one.tells).collect::<Vec<_>>();
        let owed = events(till.owed().await);
        let expected: Vec<_> = (2..=27).map(|n| Tells::Event(Id::new(n), Id::new(n))).collect();
        assert_eq!(owed, expected, "in their order");
        // Again, also while they are owed: nothing is owed twice.
        assert_eq!(on(Some(Replay::Since(UnixMs(0)))).await.unwrap().1, 26);
        assert_eq!(events(till.owed().await), expected);
        till.settle_all(&Reply::Acknowledged).await;
        assert_eq!(on(Some(Replay::Since(UnixMs(0)))).await.unwrap().1, 0);
        assert_eq!(on(Some(Replay::Missed)).await.unwrap().1, 0);
        assert_eq!(on(None).await.unwrap().1, 0);
        till.world.statement().await;
    }

    fn an_event_is_resent_to_those_who_want_it(db) {
        let till = Till::new(db).await;
        let world = &till.world;
        till.cancelled("T1").await;
        let again = |id: i64| resend(&world.house, world.merchant, Id::new(id), by());
        assert!(matches!(again(1).await, Err(ResendRefusal::Nobody)));
        let hook = till.register("payment").await;
        assert_eq!(again(1).await.unwrap(), 1);
        assert_eq!(again(1).await.unwrap(), 1);
        assert_eq!(till.owed().await.len(), 1, "it is owed once");
        till.settle_all(&Reply::Acknowledged).await;
        assert_eq!(again(1).await.unwrap(), 1, "also once it was acknowledged");
        assert_eq!(till.owed().await[0].endpoint, hook);
        assert!(matches!(again(2).await, Err(ResendRefusal::Unknown)));
        let other = add_merchant(&world.house, &world.keys, "SHOP2").await;
        assert!(matches!(resend(&world.house, other, Id::new(1), by()).await, Err(ResendRefusal::Unknown)));
    }

    fn a_header_is_sealed_opens_for_its_webhook_alone_and_can_be_taken_away(db) {
        let till = Till::new(db).await;
        let world = &till.world;
        let header = Header { name: "X-Token".to_owned(), value: Private::new("hush".to_owned()), nonce: [3; 24] };
        let new = Registration { header: Some(header), ..registration("all") };
        let mut webhook = webhook::register(&world.house, &world.keys, world.merchant, new, by()).await.unwrap();
        let opened = open_header(&world.keys, &webhook).unwrap();
        assert_eq!((opened.0.as_str(), opened.1.reveal().as_str()), ("X-Token", "hush"));
        let stored = webhook.header.clone().unwrap().1;
        assert!(!stored.windows(4).any(|four| four == b"hush"));
        let id = webhook.id;
        webhook.id = Id::new(id.get() + 1);
        assert!(open_header(&world.keys, &webhook).is_none(), "not for another");
        let changes = Changes { header: Some(None), kinds: Kinds::named("refund"), ..Changes::default() };
        let changed = webhook::change(&world.house, &world.keys, world.merchant, id, changes, by()).await.unwrap();
        assert_eq!((changed.header, Some(changed.kinds)), (None, Kinds::named("refund")));
    }

    fn a_merchant_has_sixteen_webhooks_at_most_and_touches_no_others(db) {
        let till = Till::new(db).await;
        let world = &till.world;
        for _ in 0..16 {
            till.register("all").await;
        }
        let more = webhook::register(&world.house, &world.keys, world.merchant, registration("all"), by()).await;
        assert!(matches!(more, Err(WebhookRefusal::TooMany)));
        let other = add_merchant(&world.house, &world.keys, "SHOP2").await;
        let id = webhook::list(&world.house, world.merchant).await.unwrap()[0].id;
        assert!(matches!(webhook::remove(&world.house, other, id, by()).await, Err(WebhookRefusal::Unknown)));
        till.cancelled("T1").await;
        webhook::remove(&world.house, world.merchant, id, by()).await.unwrap();
        assert_eq!(till.owed().await.len(), 15);
        assert!(webhook::register(&world.house, &world.keys, world.merchant, registration("all"), by()).await.is_ok());
        till.world.statement().await;
    }

    fn a_failure_at_every_write_of_a_webhooks_steps_leaves_nothing(db) {
        every_write_in_turn_fails(&db, nearly_off, STEPS).await;
    }

    fn every_kind_of_damage_to_events_is_found_and_named(db) {
        for (damage, named) in DAMAGE {
            let till = Till::new(db.another()).await;
            till.register("all").await;
            till.paid("T1").await;
            till.cancelled("T2").await;
            assert_eq!(till.faults().await, [""; 0]);
            till.world.db.tamper(damage);
            let faults = till.faults().await;
            assert!(faults.iter().any(|fault| fault.contains(named)), "{damage}\nis not named {named:?} in {faults:#?}");
        }
    }
}

/// A book with a webhook (2) that has failed nineteen times in a row, of payment 1; payment 2 is open.
async fn nearly_off(db: Database) -> Till {
    let till = Till::new(db).await;
    let hook = till.register("all").await;
    till.cancelled("T1").await;
    for _ in 1..FAILURES_MAX {
        till.fails(hook).await;
    }
    till.open("T2", 100).await;
    till
}

const STEPS: &[Step<Till>] = &[
    ("an end is told of", |t| {
        let (payment, wish) = (Id::new(2), Wish::Cancel);
        done(end(&t.world.house, EndRequest { payment, wish }))
    }),
    ("registered", |t| {
        let world = &t.world;
        done(webhook::register(
            &world.house,
            &world.keys,
            world.merchant,
            registration("all"),
            by(),
        ))
    }),
    ("the twentieth failure", |t| {
        done(t.try_settle(Reply::NotAcknowledged(500)))
    }),
    ("acknowledged", |t| done(t.try_settle(Reply::Acknowledged))),
    ("switched on", |t| {
        let world = &t.world;
        done(webhook::switch_on(
            &world.house,
            world.merchant,
            Id::new(2),
            Some(Replay::Missed),
            by(),
        ))
    }),
    ("resent", |t| {
        done(resend(&t.world.house, t.world.merchant, Id::new(1), by()))
    }),
    ("removed", |t| {
        done(webhook::remove(
            &t.world.house,
            t.world.merchant,
            Id::new(2),
            by(),
        ))
    }),
];

const DAMAGE: &[(&str, &str)] = &[
    (
        "UPDATE events SET kind = 2 WHERE id = 1",
        "event 1 tells of what never happened to payment 1",
    ),
    (
        "UPDATE events SET change_id = 1 WHERE id = 1",
        "event 1 tells of what never happened to payment 1",
    ),
    (
        "UPDATE events SET payment_id = 2 WHERE id = 1",
        "event 1 tells of what never happened to payment 2",
    ),
    (
        "UPDATE events SET at_ms = at_ms + 1 WHERE id = 1",
        "the hash chain does not fit",
    ),
    (
        "UPDATE events SET merchant_id = 2 WHERE id = 1",
        "the hash chain does not fit",
    ),
    (
        "UPDATE events SET detail = 'x' WHERE id = 1",
        "the hash chain does not fit",
    ),
    (
        "UPDATE events SET kind = 9 WHERE id = 1",
        "event 1 tells of nothing",
    ),
    (
        "DELETE FROM events WHERE id = 1",
        "payment 1: nobody is told of payment",
    ),
    (
        "DELETE FROM events WHERE id = 2",
        "events: 1 rows, the highest number is 1, but 2 were handed out",
    ),
    (
        "UPDATE callbacks SET about_id = 2 WHERE kind = 1 AND change_id = 1",
        "tells of what never happened",
    ),
    (
        "UPDATE callbacks SET change_id = 99 WHERE kind = 1 AND change_id = 1",
        "tells of what never happened",
    ),
];
