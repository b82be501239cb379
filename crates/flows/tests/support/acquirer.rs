//! An acquirer for tests, with a truth of its own about money. It does what the customer's UPI address says, and with a refund
//! what its paise say.

use rokad_domain::{
    Paise, UnixMs,
    acquirer::{Answer, BankRef, ChargeOrder, Fault, Means},
    dispute::{self, Notice},
    refund::{self, RefundOrder},
};
use rokad_rails::{
    Reply,
    collect::{ChargeQuestion, CollectRail, DisputePage},
};
use rokad_store::Clock;
use std::{
    collections::BTreeMap,
    future::ready,
    sync::{Mutex, MutexGuard},
};

/// Takes the money at once.
pub const PAYS: &str = "pays@t";
/// Refuses at once.
pub const REFUSES: &str = "refuses@t";
/// Waits for the customer until [`Acquirer::decide`].
pub const WAITS: &str = "waits@t";
/// Says nothing until [`Acquirer::decide`].
pub const SILENT: &str = "silent@t";
/// Takes the money, but the answer is lost.
pub const PAYS_UNHEARD: &str = "unheard@t";
/// The order is lost on its way.
pub const LOST: &str = "lost@t";

/// Paise of a refund that is paid at once.
pub const REFUND_PAID: i64 = 1;
/// Paise of a refund that is refused at once.
pub const REFUND_REFUSED: i64 = 2;
/// Paise of a refund that is paid, but the answer is lost.
pub const REFUND_UNHEARD: i64 = 4;
/// Paise of a refund that is lost on its way.
pub const REFUND_LOST: i64 = 6;

/// Where a customer has something to do.
pub const PAGE: &str = "https://bank.example/otp";

/// See the module.
pub struct Acquirer {
    clock: Clock,
    charges: Mutex<BTreeMap<String, Charge>>,
    refunds: Mutex<BTreeMap<String, Refund>>,
    disputes: Mutex<Disputes>,
}

/// What it tells of disputes, and what it heard of them.
#[derive(Default)]
struct Disputes {
    news: Vec<Notice>,
    answers: Vec<dispute::Answer>,
    deaf: bool,
}

/// One refund, as the acquirer sees it.
#[derive(Clone, Debug)]
pub struct Refund {
    /// Of which charge.
    pub charge: String,
    /// How much.
    pub amount: Paise,
    /// How often it was told.
    pub told: usize,
    answer: refund::Answer,
}

/// One order, as the acquirer sees it.
#[derive(Clone, Debug)]
pub struct Charge {
    /// How much.
    pub amount: Paise,
    /// How often it was told.
    pub told: usize,
    not_after: UnixMs,
    fate: Fate,
}

#[derive(Clone, Debug)]
enum Fate {
    Waiting,
    Silent,
    Captured(BankRef),
    Refused(Fault),
}

impl Acquirer {
    pub fn new(clock: Clock) -> Self {
        let (charges, refunds) = (Mutex::default(), Mutex::default());
        Self {
            clock,
            charges,
            refunds,
            disputes: Mutex::default(),
        }
    }

    /// From now on it tells this, too.
    pub fn tell_of_dispute(&self, notice: Notice) {
        self.disputes.lock().unwrap().news.push(notice);
    }

    /// Whether it hears no answers.
    pub fn be_deaf(&self, deaf: bool) {
        self.disputes.lock().unwrap().deaf = deaf;
    }

    /// The answers that it heard.
    pub fn answers(&self) -> Vec<dispute::Answer> {
        self.disputes.lock().unwrap().answers.clone()
    }

    /// Every refund that it was told of, by reference.
    pub fn refunds(&self) -> BTreeMap<String, Refund> {
        self.refunds.lock().unwrap().clone()
    }

    /// Paise that it paid back.
    pub fn refunded(&self) -> i64 {
        let paid =
            |refund: &Refund| matches!(refund.answer, refund::Answer::Paid(_)).then_some(refund.amount.get());
        self.refunds().values().filter_map(paid).sum()
    }

    /// The acquirer makes up its mind about a refund that is under way.
    pub fn finish_refund(&self, reference: &str, pays: bool) {
        let mut refunds = self.refunds.lock().unwrap();
        let refund = refunds.get_mut(reference).unwrap();
        if refund.answer == refund::Answer::UnderWay {
            refund.answer = if pays {
                refund::Answer::Paid(arn(reference))
            } else {
                refund::Answer::Refused(refund::Fault::AccountClosed)
            };
        }
    }

    fn say_of_refund(&self, order: &RefundOrder) -> refund::Answer {
        let refunds = self.refunds();
        match refunds.get(&order.reference) {
            Some(known) if (&known.charge, known.amount) == (&order.charge, order.amount) => {
                known.answer.clone()
            }
            Some(_) => refund::Answer::Silent,
            None if self.clock.now().at() > order.not_after => {
                refund::Answer::Refused(refund::Fault::NotReceived)
            }
            None => refund::Answer::Silent,
        }
    }

    fn charges(&self) -> MutexGuard<'_, BTreeMap<String, Charge>> {
        self.charges.lock().unwrap()
    }

    /// Everything that it was told, by reference.
    pub fn told(&self) -> BTreeMap<String, Charge> {
        self.charges().clone()
    }

    /// Paise that it took.
    pub fn captured(&self) -> i64 {
        let taken = |charge: &Charge| matches!(charge.fate, Fate::Captured(_)).then_some(charge.amount.get());
        self.charges().values().filter_map(taken).sum()
    }

    /// The customer, or the acquirer, makes up its mind.
    pub fn decide(&self, reference: &str, pays: bool) {
        let mut charges = self.charges();
        let charge = charges.get_mut(reference).unwrap();
        if matches!(charge.fate, Fate::Waiting | Fate::Silent) {
            charge.fate = if pays {
                Fate::Captured(rrn(reference))
            } else {
                Fate::Refused(Fault::OtpIncorrect)
            };
        }
    }

    fn say(&self, reference: &str, not_after: UnixMs) -> Answer {
        let now = self.clock.now().at();
        let mut charges = self.charges();
        let Some(charge) = charges.get_mut(reference) else {
            return if now > not_after {
                Answer::Refused(Fault::NotReceived)
            } else {
                Answer::Silent
            };
        };
        if now > charge.not_after && matches!(charge.fate, Fate::Waiting | Fate::Silent) {
            charge.fate = Fate::Refused(Fault::NotFinished);
        }
        match &charge.fate {
            Fate::Waiting => Answer::Waiting(Some(PAGE.to_owned())),
            Fate::Silent => Answer::Silent,
            Fate::Captured(rrn) => Answer::Captured(rrn.clone()),
            Fate::Refused(fault) => Answer::Refused(*fault),
        }
    }
}

fn rrn(reference: &str) -> BankRef {
    BankRef::parse(&format!("RRN{}", &reference[reference.len() - 4..])).unwrap()
}

fn arn(reference: &str) -> BankRef {
    BankRef::parse(&format!("ARN{}", &reference[reference.len() - 4..])).unwrap()
}

impl CollectRail for Acquirer {
    fn refund<'a>(&'a self, order: &'a RefundOrder) -> Reply<'a, refund::Answer> {
        let paise = order.amount.get() % 100;
        let answer = match paise {
            REFUND_PAID | REFUND_UNHEARD => refund::Answer::Paid(arn(&order.reference)),
            REFUND_REFUSED => refund::Answer::Refused(refund::Fault::AccountClosed),
            REFUND_LOST => return Box::pin(ready(refund::Answer::Silent)),
            _ => refund::Answer::UnderWay,
        };
        let new = Refund {
            charge: order.charge.clone(),
            amount: order.amount,
            told: 0,
            answer,
        };
        let mut refunds = self.refunds.lock().unwrap();
        refunds.entry(order.reference.clone()).or_insert(new).told += 1;
        drop(refunds);
        let answer = if paise == REFUND_UNHEARD {
            refund::Answer::Silent
        } else {
            self.say_of_refund(order)
        };
        Box::pin(ready(answer))
    }

    fn disputes<'a>(&'a self, after: u64) -> Reply<'a, Option<DisputePage>> {
        let all = self.disputes.lock().unwrap();
        let notices: Vec<Notice> = all.news[usize::try_from(after).unwrap()..].to_vec();
        let next = all.news.len() as u64;
        Box::pin(ready(Some(DisputePage { notices, next })))
    }

    fn answer_dispute<'a>(&'a self, answer: &'a dispute::Answer) -> Reply<'a, bool> {
        let mut disputes = self.disputes.lock().unwrap();
        let heard = !disputes.deaf;
        disputes.answers.extend(heard.then(|| answer.clone()));
        Box::pin(ready(heard))
    }

    fn ask_refund<'a>(&'a self, order: &'a RefundOrder) -> Reply<'a, refund::Answer> {
        Box::pin(ready(self.say_of_refund(order)))
    }

    fn charge(&self, order: ChargeOrder) -> Reply<'_, Answer> {
        let Means::Upi(vpa) = &order.means else {
            panic!("tests pay by UPI")
        };
        let fate = match vpa.reveal().as_str() {
            PAYS | PAYS_UNHEARD => Fate::Captured(rrn(&order.reference)),
            REFUSES => Fate::Refused(Fault::Declined),
            WAITS => Fate::Waiting,
            LOST => return Box::pin(ready(Answer::Silent)),
            _ => Fate::Silent,
        };
        let charge = Charge {
            amount: order.amount,
            told: 0,
            not_after: order.not_after,
            fate,
        };
        self.charges()
            .entry(order.reference.clone())
            .or_insert(charge)
            .told += 1;
        let answer = match vpa.reveal().as_str() {
            PAYS_UNHEARD => Answer::Silent,
            _ => self.say(&order.reference, order.not_after),
        };
        Box::pin(ready(answer))
    }

    fn ask<'a>(&'a self, q: &'a ChargeQuestion) -> Reply<'a, Answer> {
        Box::pin(ready(self.say(&q.reference, q.not_after)))
    }

    fn call_off<'a>(&'a self, q: &'a ChargeQuestion) -> Reply<'a, Answer> {
        if let Some(charge) = self.charges().get_mut(&q.reference)
            && matches!(charge.fate, Fate::Waiting | Fate::Silent)
        {
            charge.fate = Fate::Refused(Fault::CalledOff);
        }
        Box::pin(ready(self.say(&q.reference, q.not_after)))
    }
}
