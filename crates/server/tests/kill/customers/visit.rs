//! One customer, from the shop to the checkout and back: or not back, as customers are.

use super::{
    browser::Browser,
    page::Page,
    refunds::Refund,
    till::{Bill, Till},
    ways::Way,
};
use crate::{chance::Chance, waiting::pause};
use rokad_wire::collect::{PostBackStatus, VerifiedPostBack};
use std::collections::BTreeSet;

/// Looks at a checkout after which a customer has had enough, whatever it shows.
const LOOKS_MAX: u32 = 200;

/// What became of one customer.
pub struct Visit {
    pub bill: Bill,
    /// What the customer would try, one after the other.
    pub ways: Vec<Way>,
    /// The path of the checkout.
    pub checkout: String,
    /// The number of the last attempt whose form was sent.
    pub sent: u32,
    /// Attempts whose form had no answer: a kill may have hit them anywhere.
    pub broken: BTreeSet<u32>,
    /// What the shop was told first, if the customer came back to it.
    pub told: Option<VerifiedPostBack>,
    /// What the shop gives back of it.
    pub refund: Option<Refund>,
}

/// What sort of person it is.
struct Manner {
    /// At the bank's page: pays, turns back, or leaves.
    at_bank: AtBank,
    /// Comes back from the bank by itself; otherwise nobody tells us that it paid.
    returns: bool,
    /// Looks that nothing comes of, until it leaves.
    patience: u32,
    /// After all ways failed: tells the shop; otherwise just leaves.
    gives_up: bool,
}

#[derive(Clone, Copy)]
enum AtBank {
    Pays,
    TurnsBack,
    Leaves,
}

impl Manner {
    fn draw(chance: &mut Chance) -> Self {
        Self {
            at_bank: match chance.between(0, 9) {
                0 => AtBank::TurnsBack,
                1 => AtBank::Leaves,
                _ => AtBank::Pays,
            },
            returns: !chance.one_in(3),
            patience: u32::try_from(chance.between(0, 12)).unwrap(),
            gives_up: chance.one_in(2),
        }
    }
}

/// Goes through with it.
pub fn pay(till: &Till, browser: &Browser, chance: &mut Chance) -> Visit {
    let (bill, ways) = (till.sell(), Way::draw(chance));
    let checkout = open(till, browser, &bill);
    if chance.one_in(8) {
        let again = open(till, browser, &bill);
        assert_eq!(again, checkout, "the same order has one checkout");
    }
    let mut visit = Visit {
        bill,
        ways,
        checkout,
        sent: 0,
        broken: BTreeSet::new(),
        told: None,
        refund: None,
    };
    let mut manner = Manner::draw(chance);
    for _ in 0..LOOKS_MAX {
        let page = visit.look(browser);
        if !visit.answer(browser, &mut manner, &page, chance) {
            if let Page::Ended(post_back) = page {
                visit.told = Some(till.believes(&post_back));
            }
            break;
        }
    }
    visit.give_back(till, browser, chance);
    visit
}

/// The shop's form, posted until there is an answer. It has to lead to a checkout.
fn open(till: &Till, browser: &Browser, bill: &Bill) -> String {
    let answer = browser.post("/_payment", &till.form(bill));
    assert_eq!(answer.status, 302, "{bill:?}: {}", answer.body);
    answer.location
}

impl Visit {
    /// Whether the shop was told that it is paid.
    pub fn came_back_paid(&self) -> bool {
        let told = self.told.as_ref();
        told.is_some_and(|told| told.status == PostBackStatus::Success)
    }

    /// Of what was paid, the shop gives some back now and then.
    fn give_back(&mut self, till: &Till, browser: &Browser, chance: &mut Chance) {
        let told = self.told.as_ref().filter(|_| self.came_back_paid());
        if let Some(told) = told.filter(|_| chance.one_in(3)) {
            let mut refund = Refund::draw(&self.bill.txnid, &told.payment_id, self.bill.paise, chance);
            refund.ask_once(till, browser);
            self.refund = Some(refund);
        }
    }

    /// The checkout, as it is shown.
    pub fn look(&self, browser: &Browser) -> Page {
        let answer = browser.get(&self.checkout);
        assert_eq!(answer.status, 200, "{:?}: {}", self.bill, answer.body);
        Page::read(&answer.body)
    }

    /// Does what this customer does at a page. Returns whether it stays.
    fn answer(&mut self, browser: &Browser, manner: &mut Manner, page: &Page, chance: &mut Chance) -> bool {
        match page {
            Page::Choose(attempt) => match self.ways.get(*attempt as usize - 1).copied() {
                Some(way) => self.send(browser, *attempt, way),
                None if *attempt > 1 && manner.gives_up => self.leave(browser, "give-up", *attempt),
                None => return false,
            },
            Page::AtBank(attempt, bank) => match manner.at_bank {
                AtBank::Leaves => return false,
                AtBank::TurnsBack => self.leave(browser, "cancel", *attempt),
                AtBank::Pays => {
                    let form = [("otp", "123456".to_owned()), ("choice", "pay".to_owned())];
                    let back = browser.post(bank, &form).location;
                    if !manner.returns {
                        return false;
                    }
                    browser.get(&back);
                }
            },
            Page::Waiting(_) if manner.patience == 0 => return false,
            Page::Waiting(_) => {
                manner.patience -= 1;
                pause(chance.ms(50, 250));
            }
            Page::Ended(_) => return false,
        }
        true
    }

    /// Sends the form once. When the connection breaks, the page says whether it has to be sent again.
    fn send(&mut self, browser: &Browser, attempt: u32, way: Way) {
        self.sent = self.sent.max(attempt);
        let at = format!("{}/pay", self.checkout);
        if browser.post_once(&at, &way.form(attempt)).is_none() {
            self.broken.insert(attempt);
        }
    }

    fn leave(&self, browser: &Browser, how: &str, attempt: u32) {
        let form = [("attempt", attempt.to_string())];
        browser.post(&format!("{}/{how}", self.checkout), &form);
    }
}
