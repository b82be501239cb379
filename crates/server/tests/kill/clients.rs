//! The load: clients that ask for payouts, one after the other, and keep every definite answer.

use crate::{
    chance::Chance,
    merchant::{Answer, Merchant},
    orders::Order,
    waiting::pause,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

/// How many ask at the same time.
const CLIENTS: usize = 16;

/// An order, and what was answered each time it was sent.
pub struct Asked {
    pub order: Order,
    pub answers: Vec<Answer>,
}

/// All that was asked.
pub struct AllAsked {
    pub orders: Vec<Asked>,
    pub unanswered: u64,
}

impl AllAsked {
    /// The orders that are payouts.
    pub fn accepted(&self) -> impl Iterator<Item = &Order> {
        let accepted = self
            .orders
            .iter()
            .filter(|asked| asked.answers.iter().any(Answer::is_accepted));
        accepted.map(|asked| &asked.order)
    }
}

pub struct Clients {
    enough: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Vec<Asked>>>,
    merchant: Arc<Merchant>,
}

impl Clients {
    pub fn start(merchant: &Arc<Merchant>, chance: &mut Chance) -> Self {
        let enough = Arc::new(AtomicBool::new(false));
        let start = |client| {
            let (merchant, enough, mut chance) = (merchant.clone(), enough.clone(), chance.split());
            std::thread::spawn(move || work(&merchant, client, &mut chance, &enough))
        };
        Self {
            threads: (0..CLIENTS).map(start).collect(),
            merchant: merchant.clone(),
            enough,
        }
    }

    /// No new orders; those under way are asked for until they have their answers.
    pub fn finish(self) -> AllAsked {
        self.enough.store(true, Ordering::Relaxed);
        let orders = self.threads.into_iter().flat_map(|thread| thread.join().unwrap());
        AllAsked {
            orders: orders.collect(),
            unanswered: self.merchant.unanswered(),
        }
    }
}

fn work(merchant: &Merchant, client: usize, chance: &mut Chance, enough: &AtomicBool) -> Vec<Asked> {
    let mut asked = Vec::new();
    while !enough.load(Ordering::Relaxed) {
        let order = Order::draw(chance, client, asked.len());
        let mut answers = if chance.one_in(8) {
            at_once(merchant, &order).to_vec()
        } else {
            vec![merchant.ask(&order)]
        };
        if chance.one_in(10) {
            answers.push(merchant.ask(&order));
        }
        if answers.iter().any(Answer::is_accepted) && chance.one_in(20) {
            let other = merchant.ask(&order.with_other_terms());
            assert_eq!(
                other,
                Answer::Refused(409, "payout.duplicate_order_id".to_owned())
            );
        }
        asked.push(Asked { order, answers });
        pause(chance.ms(0, 30));
    }
    asked
}

/// The same order twice at the same time.
fn at_once(merchant: &Merchant, order: &Order) -> [Answer; 2] {
    std::thread::scope(|scope| {
        let twin = scope.spawn(|| merchant.ask(order));
        [merchant.ask(order), twin.join().unwrap()]
    })
}
