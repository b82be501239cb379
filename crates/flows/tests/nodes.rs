//! Several nodes on one database: who does what, and what becomes of the work of one that is gone.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{
    Id, Now,
    callback::{Fate, Reply},
    id::kind::Node,
    node::{Duty, Lease},
    payout::Verdict,
};
use rokad_flows::{
    House,
    callback::{Tried, settle_callbacks},
    fund::{Whose, fund},
    node::{Beat, Joined, Lookout, Newcomer, Standing, beat, join, leave, rejoin, run_under},
    payout::{
        ask,
        dispatch::carry_out,
        news, reference,
        request::{PayoutRequest, request},
    },
};
use rokad_store::{
    StoreError, Tx,
    callback::open_after,
    node::{self, StoredNode},
    operator,
};
use support::{
    Database, World, all_at_once,
    bank::{PAYS, PAYS_UNHEARD, SILENT},
    order,
    world::{self, TAG, jitter},
};

/// A process that serves, as far as the database sees it.
struct Process {
    house: House,
    node: Id<Node>,
    standing: Standing,
}

fn newcomer(name: &str) -> Newcomer {
    Newcomer {
        name: name.to_owned(),
        works: true,
    }
}

impl Process {
    async fn start(db: &Database, name: &str) -> Self {
        let house = House::new(db.open());
        let node = join(&house, newcomer(name)).await.unwrap().node;
        let standing = Standing::default();
        Self {
            house,
            node,
            standing,
        }
    }

    async fn says(&self, silent: &[&Self]) -> Option<Standing> {
        let seen = |other: &&Self| {
            let known = self.standing.nodes.iter().find(|node| node.id == other.node);
            known.map(|node| (node.id, node.beats))
        };
        let beats = Beat {
            node: self.node,
            silent: silent.iter().filter_map(seen).collect(),
            done_with: self.standing.give_up.clone(),
        };
        beat(&self.house, beats).await.unwrap()
    }

    /// Gives up what it should, and stands as it then stands.
    async fn beats(&mut self) {
        self.standing = self.says(&[]).await.unwrap();
    }

    fn has(&self, duty: Duty) -> bool {
        self.standing.duties.contains(&duty)
    }
}

async fn settled(nodes: &mut [&mut Process]) {
    for _ in 0..3 {
        for node in nodes.iter_mut() {
            node.beats().await;
        }
    }
}

fn write_line(tx: &mut Tx<'_>, now: Now, lines: &[String]) -> Result<Vec<()>, StoreError> {
    lines
        .iter()
        .map(|line| operator::log_action(tx, "test", line, "", "", now.at()))
        .collect()
}

on_a_server! {
    fn every_duty_is_one_nodes_and_all_have_the_same_share(db) {
        let mut first = Process::start(&db, "east").await;
        first.beats().await;
        assert_eq!(first.standing.duties, Duty::all().collect::<Vec<_>>(), "alone it has all");
        let mut second = Process::start(&db, "west").await;
        let mut third = Process::start(&db, "south").await;
        settled(&mut [&mut first, &mut second, &mut third]).await;
        let mut duties: Vec<Duty> = [&first, &second, &third].iter().flat_map(|node| node.standing.duties.clone()).collect();
        duties.sort();
        assert_eq!(duties, Duty::all().collect::<Vec<_>>());
        assert!(third.standing.duties.len() >= Duty::all().count() / 3);
        leave(&second.house, second.node).await.unwrap();
        settled(&mut [&mut first, &mut third]).await;
        assert_eq!(first.standing.duties.len() + third.standing.duties.len(), Duty::all().count());
    }

    fn a_node_whose_beats_stand_still_loses_its_duties_and_whatever_it_tries_under_them(db) {
        let mut first = Process::start(&db, "east").await;
        first.beats().await;
        let lease = Lease { duty: Duty::Settlement, node: first.node };
        let done = run_under(&first.house, Some(lease), write_line, "while it holds".to_owned()).await.unwrap();
        assert_eq!(done, Some(()));
        let mut second = Process::start(&db, "west").await;
        second.beats().await;
        // The first falls asleep; the second has seen enough.
        second.standing = second.says(&[&first]).await.unwrap();
        assert_eq!(second.standing.duties.len(), Duty::all().count());
        let refused = run_under(&first.house, Some(lease), write_line, "after it woke up".to_owned()).await.unwrap();
        assert_eq!(refused, None);
        assert_eq!(first.says(&[]).await, None, "it hears that it was taken for dead");
        // It comes back under another number, and the old lease stays lost even if the duty is its own again.
        first.node = rejoin(&first.house, newcomer("east")).await.unwrap().node;
        leave(&second.house, second.node).await.unwrap();
        first.beats().await;
        assert!(first.has(Duty::Settlement));
        let refused = run_under(&first.house, Some(lease), write_line, "by an old lease".to_owned()).await.unwrap();
        assert_eq!(refused, None);
        assert_eq!(db.texts("SELECT action FROM actions"), ["while it holds"]);
    }

    fn a_node_that_beats_is_not_taken_for_dead_by_one_that_slept(db) {
        let mut first = Process::start(&db, "east").await;
        let mut second = Process::start(&db, "west").await;
        settled(&mut [&mut first, &mut second]).await;
        // The second sleeps, the first beats, the second wakes up and has seen nothing for long.
        first.beats().await;
        second.standing = second.says(&[&first]).await.unwrap();
        assert_eq!(second.standing.nodes.len(), 2);
        first.beats().await;
    }

    fn two_that_take_each_other_for_dead_at_once_do_not_both_die(db) {
        let mut first = Process::start(&db, "east").await;
        let mut second = Process::start(&db, "west").await;
        settled(&mut [&mut first, &mut second]).await;
        for node in [&mut first, &mut second] {
            node.standing.nodes = node.house.store.read(|tx| node::all(tx)).await.unwrap();
        }
        let (of_first, of_second) = ([&second], [&first]);
        let both = [first.says(&of_first), second.says(&of_second)];
        let living = all_at_once(both).await.iter().filter(|standing| standing.is_some()).count();
        assert_eq!(living, 1, "whoever is first");
    }

    fn a_process_that_starts_again_under_its_name_takes_its_own_place_and_nobody_elses(db) {
        let mut first = Process::start(&db, "east").await;
        first.beats().await;
        let other = Process::start(&db, "west").await;
        let again = join(&first.house, newcomer("east")).await.unwrap();
        assert!(!again.alone);
        assert_eq!(first.says(&[]).await, None);
        assert!(other.says(&[]).await.is_some());
        leave(&other.house, other.node).await.unwrap();
        let Joined { alone, .. } = join(&first.house, newcomer("east")).await.unwrap();
        assert!(alone);
    }

    fn two_nodes_at_once_never_spend_more_than_there_is(db) {
        let world = World::new(db).await;
        let houses = [world.house.clone(), House::new(world.db.open())];
        let ask = |n: i64| request(&houses[n as usize % 2], world.ask_for(order(n, 900, PAYS)));
        let answers = all_at_once((0..50).map(ask)).await;
        let granted = answers.iter().filter(|answer| matches!(answer, Ok(Ok(_)))).count();
        assert_eq!(granted, 11, "of ₹10,000, at ₹906.20 each");
        world.statement().await;
    }

    fn the_same_orders_sent_to_two_nodes_at_once_are_the_same_payouts(db) {
        let world = World::new(db).await;
        let houses = [world.house.clone(), House::new(world.db.open())];
        let ask = |n: i64| request(&houses[n as usize % 2], world.ask_for(order(n / 2, 100, PAYS)));
        let answers = all_at_once((0..40).map(ask)).await;
        let payouts: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().unwrap().payout).collect();
        for pair in payouts.chunks(2) {
            assert_eq!(pair[0], pair[1]);
        }
        assert_eq!(world.states().len(), 20);
        world.statement().await;
    }

    fn two_nodes_that_need_the_same_accounts_in_opposite_orders_do_not_wait_in_a_circle(db) {
        let world = World::new(db).await;
        let other = world::add_merchant(&world.house, &world.keys, "SHOP2").await;
        let by = "test".to_owned();
        let whose = Whose::Merchant("SHOP2".into());
        fund(&world.house, whose, world::rupees(5_000), None, by).await.unwrap();
        world.bank.receive("OP1", world::rupees(5_000));
        let houses = [world.house.clone(), House::new(world.db.open())];
        let merchants = [world.merchant, other];
        let ask = |n: i64| {
            // One node hears of the first merchant first, the other of the second.
            let (node, turn) = (n as usize % 2, n as usize / 2 % 2);
            let ask = PayoutRequest { merchant: merchants[(node + turn) % 2], ..world.ask_for(order(n, 10, PAYS)) };
            request(&houses[node], ask)
        };
        for answer in all_at_once((0..200).map(ask)).await {
            answer.unwrap().unwrap();
        }
        world.dispatch().await;
        assert_eq!(world.states().len(), 200);
        world.statement().await;
    }

    fn one_that_takes_no_work_has_no_duties(db) {
        let house = House::new(db.open());
        let idle = Newcomer { works: false, ..newcomer("idle") };
        let node = join(&house, idle).await.unwrap().node;
        let first = Beat { node, silent: Vec::new(), done_with: Vec::new() };
        assert_eq!(beat(&house, first).await.unwrap().unwrap().duties, []);
    }
}

on_every_database! {
    fn whoever_lost_the_lease_plans_no_further_attempt_but_what_was_acknowledged_stands(db) {
        let world = World::new(db).await;
        world.request(order(1, 100, PAYS)).await.unwrap();
        world.request(order(2, 100, PAYS)).await.unwrap();
        let open = world.house.store.read(|tx| open_after(tx, Id::new(0), 9)).await.unwrap();
        let lease = Lease { node: Id::new(99), ..world.round_of(world.endpoint()) };
        let tried = |at: usize, reply| Tried { callback: open[at].id, lease, reply, took_ms: 1, jitter: jitter() };
        let run = |tried| world.house.store.run(settle_callbacks, tried);
        assert_eq!(run(tried(0, Reply::NotAcknowledged(500))).await.unwrap(), None);
        assert_eq!(run(tried(1, Reply::Acknowledged)).await.unwrap(), Some(Fate::Done));
        let left = world.house.store.read(|tx| open_after(tx, Id::new(0), 9)).await.unwrap();
        assert_eq!(left.iter().map(|callback| callback.attempts).collect::<Vec<_>>(), [0]);
    }

    fn whoever_lost_its_turn_plans_no_question_but_moves_the_money(db) {
        let world = World::new(db).await;
        world.pay(order(1, 100, SILENT)).await;
        world.pay(order(2, 100, PAYS_UNHEARD)).await;
        world.db.forward(2_000);
        let slow = world.questions().await;
        // Whoever took them falls asleep, and somebody else takes them.
        world.db.forward(15_000);
        let quick = world.questions().await;
        assert_eq!((slow.len(), quick.len()), (2, 2));
        let planned = || world.db.texts("SELECT ask_at_ms || ' ' || asks FROM payouts_sent WHERE payout_id = 1");
        let by_the_quick = ask::ask(&world.house, &world.bank, &quick[0], jitter()).await.unwrap();
        assert_eq!(by_the_quick, Verdict::AskAgain);
        let before = planned();
        world.db.forward(1_000);
        assert_eq!(ask::ask(&world.house, &world.bank, &slow[0], jitter()).await.unwrap(), Verdict::AskAgain);
        assert_eq!(planned(), before);
        assert!(matches!(ask::ask(&world.house, &world.bank, &slow[1], jitter()).await.unwrap(), Verdict::Spend(_)));
        assert_eq!(ask::ask(&world.house, &world.bank, &quick[1], jitter()).await.unwrap(), Verdict::Known);
        world.statement().await;
    }

    fn whoever_sleeps_over_an_instruction_does_not_send_it(db) {
        let world = World::new(db).await;
        world.request(order(1, 100, PAYS)).await.unwrap();
        let sendings = world.claim().await.sendings;
        world.db.forward(60_000);
        carry_out(&world.house, &world.bank, &sendings[0], jitter()).await.unwrap();
        assert!(world.bank.transfers().is_empty());
        // Somebody else finds out that the bank was never told, and the money is the merchant's again.
        assert!(matches!(world.ask().await[..], [Verdict::Release(_)]));
        world.statement().await;
    }

    fn news_that_were_read_under_a_lost_lease_do_not_move_the_position(db) {
        let world = World::new(db).await;
        world.pay(order(1, 100, PAYS_UNHEARD)).await;
        world.bank.tell(&reference::make(TAG, Id::new(1)));
        let lost = Lease { duty: Duty::News, node: Id::new(99) };
        let position = || world.db.number("SELECT COALESCE(MAX(position), 0) FROM rail_news");
        news::hear(&world.house, Some(lost), "test", &world.bank, TAG, jitter()).await.unwrap();
        assert_eq!(position(), 0);
        let held = Lease { node: world.node, ..lost };
        news::hear(&world.house, Some(held), "test", &world.bank, TAG, jitter()).await.unwrap();
        assert!(position() > 0);
    }
}

#[test]
fn only_beats_that_stand_still_are_silence() {
    let node = |id, beats| StoredNode {
        id: Id::new(id),
        name: String::new(),
        works: true,
        beats,
    };
    let mut lookout = Lookout::default();
    lookout.see(&[node(1, 5), node(2, 5), node(3, 5)]);
    let mut silent = lookout.silent_for(Id::new(1), 0);
    silent.sort_unstable();
    assert_eq!(silent, [(Id::new(2), 5), (Id::new(3), 5)]);
    assert!(lookout.silent_for(Id::new(1), 60_000).is_empty());
    lookout.see(&[node(1, 6), node(3, 6)]);
    assert_eq!(lookout.silent_for(Id::new(1), 0), [(Id::new(3), 6)]);
}
