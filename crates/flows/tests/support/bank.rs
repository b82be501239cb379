//! A bank for tests, with a truth of its own about money. It does what the beneficiary's account number says.

use rokad_domain::{
    Paise, UnixMs,
    rail::{Answer, Instruction, News, Notice, Reason, Utr},
};
use rokad_rails::{NewsPage, PayoutRail, Question, Reply};
use rokad_store::Clock;
use std::{
    collections::BTreeMap,
    future::ready,
    sync::{Mutex, MutexGuard},
};

/// Pays at once.
pub const PAYS: &str = "100";
/// Refuses at once: the account is frozen.
pub const REFUSES: &str = "200";
/// Says nothing until [`Bank::decide`].
pub const SILENT: &str = "300";
/// Pays, but the answer is lost.
pub const PAYS_UNHEARD: &str = "400";
/// The instruction is lost on its way.
pub const LOST: &str = "500";

/// Notices of a page.
const PAGE: usize = 3;

/// See the module.
pub struct Bank {
    clock: Clock,
    books: Mutex<Books>,
}

#[derive(Default)]
struct Books {
    transfers: BTreeMap<String, Transfer>,
    balances: BTreeMap<String, i64>,
    news: Vec<Notice>,
    unreachable: bool,
}

/// One instruction, as the bank sees it.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// The operator's account that pays.
    pub from: String,
    /// How much.
    pub amount: Paise,
    /// What became of it.
    pub fate: Fate,
}

/// See [`Transfer`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    Open,
    Paid(Utr),
    Refused(Reason),
    Returned(Utr),
}

impl Bank {
    pub fn new(clock: Clock) -> Self {
        let books = Mutex::default();
        Self { clock, books }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    /// Money comes into an account.
    pub fn receive(&self, account: &str, amount: Paise) {
        *self.books().balances.entry(account.to_owned()).or_default() += amount.get();
    }

    /// What is in an account.
    pub fn balance(&self, account: &str) -> i64 {
        self.books().balances.get(account).copied().unwrap_or(0)
    }

    /// Everything it was told to do, by reference.
    pub fn transfers(&self) -> BTreeMap<String, Transfer> {
        self.books().transfers.clone()
    }

    /// The number of news so far.
    pub fn news_count(&self) -> usize {
        self.books().news.len()
    }

    /// It cannot be reached from now on, or can again.
    pub fn set_unreachable(&self, unreachable: bool) {
        self.books().unreachable = unreachable;
    }

    /// Makes up its mind about an open instruction.
    pub fn decide(&self, reference: &str, pays: bool) {
        self.books().decide(reference, pays);
    }

    /// The beneficiary's bank sends the money of a paid one back. It is told as news.
    pub fn give_back(&self, reference: &str) {
        let mut books = self.books();
        books.give_back(reference);
        books.tell(reference, News::Returned(Reason::ReturnedByBeneficiaryBank));
    }

    /// Tells once more, as news, what became of an instruction.
    pub fn tell(&self, reference: &str) {
        let mut books = self.books();
        let news = News::Answered(books.answer(reference));
        books.tell(reference, news);
    }

    /// Tells anything.
    pub fn tell_lie(&self, reference: &str, news: News) {
        self.books().tell(reference, news);
    }
}

impl Books {
    fn hear(&mut self, i: &Instruction, now: UnixMs) -> Answer {
        let wish = i.to.account_no.reveal().as_str();
        if wish == LOST || self.unreachable {
            return Answer::Silent;
        }
        let fate = if now > i.not_after {
            Fate::Refused(Reason::NotReceived)
        } else if wish == REFUSES {
            Fate::Refused(Reason::AccountFrozen)
        } else {
            Fate::Open
        };
        let transfer = Transfer {
            from: i.from_account.clone(),
            amount: i.amount,
            fate,
        };
        let before = self.transfers.insert(i.reference.clone(), transfer);
        assert!(before.is_none(), "{} was sent twice", i.reference);
        if wish == PAYS || wish == PAYS_UNHEARD {
            self.decide(&i.reference, true);
        }
        if wish == PAYS_UNHEARD {
            Answer::Silent
        } else {
            self.answer(&i.reference)
        }
    }

    fn decide(&mut self, reference: &str, pays: bool) {
        let transfer = self.transfers.get_mut(reference).unwrap();
        if transfer.fate != Fate::Open {
            return;
        }
        if pays {
            *self.balances.entry(transfer.from.clone()).or_default() -= transfer.amount.get();
            let number = &reference[reference.len() - 9..];
            transfer.fate = Fate::Paid(Utr::parse(&format!("UTR{number}")).unwrap());
        } else {
            transfer.fate = Fate::Refused(Reason::InvalidAccount);
        }
    }

    fn give_back(&mut self, reference: &str) {
        let transfer = self.transfers.get_mut(reference).unwrap();
        let Fate::Paid(utr) = transfer.fate.clone() else {
            panic!("{reference} was not paid")
        };
        *self.balances.entry(transfer.from.clone()).or_default() += transfer.amount.get();
        transfer.fate = Fate::Returned(utr);
    }

    fn answer(&self, reference: &str) -> Answer {
        match &self.transfers[reference].fate {
            Fate::Open => Answer::Silent,
            Fate::Paid(utr) | Fate::Returned(utr) => Answer::Paid(utr.clone()),
            Fate::Refused(reason) => Answer::Refused(*reason),
        }
    }

    fn tell(&mut self, reference: &str, news: News) {
        let reference = reference.to_owned();
        self.news.push(Notice { reference, news });
    }

    fn asked(&self, q: &Question, now: UnixMs) -> Answer {
        match self.transfers.get(&q.reference) {
            _ if self.unreachable => Answer::Silent,
            Some(transfer) => {
                assert_eq!(transfer.from, q.from_account);
                self.answer(&q.reference)
            }
            None if now > q.not_after => Answer::Refused(Reason::NotReceived),
            None => Answer::Silent,
        }
    }

    fn page(&self, after: u64) -> Option<NewsPage> {
        let after = usize::try_from(after).unwrap();
        let notices: Vec<Notice> = self.news.iter().skip(after).take(PAGE).cloned().collect();
        let next = (after + notices.len()) as u64;
        (!self.unreachable).then_some(NewsPage { notices, next })
    }
}

impl PayoutRail for Bank {
    fn send<'a>(&'a self, i: &'a Instruction) -> Reply<'a, Answer> {
        Box::pin(ready(self.books().hear(i, self.clock.now().at())))
    }

    fn ask<'a>(&'a self, q: &'a Question) -> Reply<'a, Answer> {
        Box::pin(ready(self.books().asked(q, self.clock.now().at())))
    }

    fn news<'a>(&'a self, after: u64) -> Reply<'a, Option<NewsPage>> {
        Box::pin(ready(self.books().page(after)))
    }
}
