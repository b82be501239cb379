//! Callbacks that were delivered long ago are forgotten; what is owed or parked never is, and whatever was told stays true.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{
    Id,
    callback::{Fate, Reply},
    id::kind::{Callback, Node, Payout},
    node::{Duty, Lease},
};
use rokad_flows::{
    callback::{Tried, resend, resend_parked, settle_callbacks},
    payout::status::status,
    retention::forget_some,
};
use rokad_store::callback::{OpenCallback, open_after};
use support::{
    Database, World,
    bank::PAYS,
    faults::{Step, done, every_write_in_turn_fails},
    order,
    world::jitter,
};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Days for which delivered callbacks are kept here.
const KEEP: u32 = 90;

async fn open(world: &World) -> Vec<OpenCallback> {
    let open = world.house.store.read(|tx| open_after(tx, Id::new(0), 100));
    open.await.unwrap()
}

async fn settle(world: &World, callback: Id<Callback>, reply: Reply) -> Fate {
    let tried = Tried {
        callback,
        lease: world.round_of(world.endpoint()),
        reply,
        took_ms: 12,
        jitter: jitter(),
    };
    let fate = world.house.store.run(settle_callbacks, tried).await.unwrap();
    fate.unwrap()
}

/// Each callback that is owed is tried once in vain, and then acknowledged.
async fn deliver_all(world: &World) {
    for callback in open(world).await {
        settle(world, callback.id, Reply::NotAcknowledged(500)).await;
        assert_eq!(settle(world, callback.id, Reply::Acknowledged).await, Fate::Done);
    }
}

/// Tries in vain until it is parked.
async fn give_up(world: &World, callback: Id<Callback>) {
    while let Fate::Retry(at) = settle(world, callback, Reply::NotAcknowledged(500)).await {
        world.db.forward(at.0 - world.db.now().0);
    }
}

async fn acknowledged(world: &World, payout: Id<Payout>) -> bool {
    let found = status(&world.house, world.merchant, payout).await.unwrap();
    found.unwrap().1
}

/// Whether there may be more.
async fn forget(world: &World) -> bool {
    let lease = world.lease(Duty::Retention);
    forget_some(&world.house, lease, KEEP).await.unwrap()
}

fn delivered(world: &World) -> i64 {
    world.db.number("SELECT COUNT(*) FROM callbacks_done")
}

/// The callbacks whose attempts are known.
fn tried(world: &World) -> Vec<String> {
    let sql = "SELECT DISTINCT CAST(callback_id AS TEXT) FROM callback_attempts ORDER BY 1";
    world.db.texts(sql)
}

/// Payout 1 is paid, and its merchant heard of it long ago.
async fn long_ago(db: Database) -> World {
    let world = World::new(db).await;
    world.pay(order(1, 100, PAYS)).await;
    deliver_all(&world).await;
    world.db.forward(i64::from(KEEP) * DAY_MS + 1);
    world
}

const STEPS: &[Step<World>] = &[("forgotten", |w| {
    done(forget_some(&w.house, w.lease(Duty::Retention), KEEP))
})];

on_every_database! {
    fn what_was_delivered_long_ago_is_forgotten_with_its_attempts_and_what_was_since_is_kept(db) {
        let world = long_ago(db).await;
        world.pay(order(2, 100, PAYS)).await;
        deliver_all(&world).await;
        assert_eq!((delivered(&world), tried(&world)), (6, ["1", "2", "3", "4", "5", "6"].map(str::to_owned).to_vec()));
        assert!(!forget(&world).await);
        assert_eq!((delivered(&world), tried(&world)), (3, ["4", "5", "6"].map(str::to_owned).to_vec()));
        for payout in [1, 2] {
            assert!(acknowledged(&world, Id::new(payout)).await, "that stays true");
        }
        world.statement().await;
    }

    fn a_day_too_early_nothing_is_forgotten(db) {
        let world = long_ago(db).await;
        world.db.forward(-2);
        let before = world.db.all_rows();
        assert!(!forget(&world).await);
        assert_eq!(world.db.all_rows(), before);
    }

    fn what_is_owed_or_parked_is_never_forgotten(db) {
        let world = World::new(db).await;
        // Payout 1: the first callback is given up, the others are delivered. Payout 2: delivered, and owed once more.
        for n in [1, 2] {
            world.pay(order(n, 100, PAYS)).await;
        }
        give_up(&world, Id::new(1)).await;
        deliver_all(&world).await;
        world.request(order(3, 100, PAYS)).await.unwrap();
        world.db.forward(i64::from(KEEP) * DAY_MS + 1);
        assert!(!forget(&world).await);
        assert_eq!((delivered(&world), tried(&world)), (0, vec!["1".to_owned()]));
        assert_eq!(world.verify().await.callbacks, (2, 1, 0));
        world.statement().await;
        assert!(acknowledged(&world, Id::new(1)).await && acknowledged(&world, Id::new(2)).await);
        assert!(!acknowledged(&world, Id::new(3)).await, "it is owed");
        // What was parked is still there to be sent.
        assert_eq!(resend_parked(&world.house, "test".to_owned()).await.unwrap(), 1);
        deliver_all(&world).await;
        world.statement().await;
    }

    fn what_is_forgotten_can_be_resent(db) {
        let world = long_ago(db).await;
        forget(&world).await;
        assert_eq!(resend(&world.house, Id::new(1), "test".to_owned()).await.unwrap(), 1);
        assert!(acknowledged(&world, Id::new(1)).await, "that stays true");
        world.statement().await;
        deliver_all(&world).await;
        assert!(acknowledged(&world, Id::new(1)).await);
        world.statement().await;
    }

    fn a_lost_callback_is_missed_also_after_others_were_forgotten(db) {
        let world = long_ago(db).await;
        forget(&world).await;
        world.pay(order(2, 100, PAYS)).await;
        deliver_all(&world).await;
        world.db.tamper("DELETE FROM callbacks_done WHERE id = (SELECT MAX(id) FROM callbacks_done)");
        let faults = world.verify().await.faults;
        let named = "payout 2: the callback of its present state is neither owed nor delivered";
        assert!(faults.iter().any(|fault| fault == named), "{faults:?}");
    }

    fn a_long_past_is_forgotten_in_pieces(db) {
        let world = long_ago(db).await;
        world.db.tamper(
            "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 1199) \
             INSERT INTO callbacks_done (id, endpoint_id, about_id, change_id, attempts, done_at_ms, took_ms) \
             SELECT i, 1, 1, 3, 1, 0, 0 FROM n",
        );
        let mut left = Vec::new();
        while forget(&world).await {
            left.push(delivered(&world));
        }
        assert_eq!((left, delivered(&world)), (vec![603, 103], 0));
    }

    fn whoever_lost_the_lease_forgets_nothing_and_nobody_does_beside_an_older_node(db) {
        let world = long_ago(db).await;
        let before = delivered(&world);
        let lost = Lease { duty: Duty::Retention, node: Id::<Node>::new(99) };
        assert!(!forget_some(&world.house, lost, KEEP).await.unwrap());
        world.db.tamper("INSERT INTO nodes (id, name, works, knows, beats, started_at_ms) VALUES (98, 'old', 1, 5, 0, 0)");
        assert!(!forget(&world).await);
        assert_eq!(delivered(&world), before);
        world.db.tamper("DELETE FROM nodes WHERE id = 98");
        forget(&world).await;
        assert_eq!(delivered(&world), 0);
    }

    fn a_failure_at_every_write_of_forgetting_leaves_nothing(db) {
        every_write_in_turn_fails(&db, long_ago, STEPS).await;
    }
}
