//! The other load: customers who pay, each with a checkout of their own, through plain HTTP.

pub mod browser;
pub mod page;
pub mod refunds;
pub mod till;
pub mod visit;
pub mod ways;

use crate::{chance::Chance, merchant::Merchant, place::Place, waiting::pause};
use browser::Browser;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
};
use till::Till;
use visit::Visit;

/// How many are in the shop at the same time.
const CUSTOMERS: usize = 24;

pub struct Customers {
    enough: Arc<AtomicBool>,
    paid: Arc<AtomicU64>,
    threads: Vec<JoinHandle<Vec<Visit>>>,
    till: Arc<Till>,
    browser: Arc<Browser>,
}

/// All who came, and the means to look after them.
pub struct AllVisits {
    pub visits: Vec<Visit>,
    pub till: Arc<Till>,
    pub browser: Arc<Browser>,
}

impl AllVisits {
    /// The shop insists on every refund that it began to ask for.
    pub fn insist_on_refunds(&mut self) {
        for refund in self.visits.iter_mut().filter_map(|visit| visit.refund.as_mut()) {
            refund.insist(&self.till, &self.browser);
        }
    }
}

impl Customers {
    pub fn start(place: &Place, merchant: &Arc<Merchant>, chance: &mut Chance) -> Self {
        let (enough, paid) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (till, browser) = (Arc::new(Till::of(merchant)), Arc::new(Browser::of(place)));
        let start = |_| {
            let (till, browser) = (till.clone(), browser.clone());
            let (enough, paid, mut chance) = (enough.clone(), paid.clone(), chance.split());
            std::thread::spawn(move || {
                let mut visits = Vec::new();
                while !enough.load(Ordering::Relaxed) {
                    let visit = visit::pay(&till, &browser, &mut chance);
                    paid.fetch_add(u64::from(visit.came_back_paid()), Ordering::Relaxed);
                    visits.push(visit);
                    pause(chance.ms(0, 30));
                }
                visits
            })
        };
        Self {
            threads: (0..CUSTOMERS).map(start).collect(),
            enough,
            paid,
            till,
            browser,
        }
    }

    /// How many paid and came back to the shop.
    pub fn paid(&self) -> u64 {
        self.paid.load(Ordering::Relaxed)
    }

    /// Nobody new comes in; those who are there go through with it.
    pub fn finish(self) -> AllVisits {
        self.enough.store(true, Ordering::Relaxed);
        let visits = self.threads.into_iter().flat_map(|thread| thread.join().unwrap());
        AllVisits {
            visits: visits.collect(),
            till: self.till,
            browser: self.browser,
        }
    }
}
