//! The shop's orders: what was ordered, and what verified post-backs said of it. What is not written down did not happen.

use crate::sandbox::shop::log::Log;
use rokad_domain::{Paise, UnixMs};
use rokad_pages::shop::Standing;
use rokad_wire::collect::{NotVerified, PostBackStatus, VerifiedPostBack};
use serde::{Deserialize, Serialize};
use std::{collections::VecDeque, fmt, io, path::Path};

/// Orders that the shop remembers; older ones stay in the log alone.
const ORDERS_KEPT: usize = 1_000;

/// An order, before it has a number.
#[derive(Serialize, Deserialize, Clone)]
pub struct Order {
    /// When it was made.
    pub at_ms: i64,
    /// What was bought.
    pub what: String,
    /// For how much.
    pub amount_paise: i64,
    /// Who buys. A demo shop knows no real person.
    pub name: String,
    pub email: String,
    pub phone: String,
}

/// What a verified post-back said.
#[derive(Serialize, Deserialize, Clone)]
pub struct Told {
    pub at_ms: i64,
    pub status: String,
    pub reason: String,
    pub payment_id: String,
    pub amount_paise: i64,
    pub mode: String,
    pub bank_ref: String,
    pub error: String,
}

/// An order with its number and what is known of it.
#[derive(Clone)]
pub struct Known {
    pub txnid: String,
    pub order: Order,
    pub told: Option<Told>,
}

/// A line of the log.
#[derive(Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Entry {
    Ordered {
        txnid: String,
        #[serde(flatten)]
        order: Order,
    },
    Told {
        txnid: String,
        #[serde(flatten)]
        told: Told,
    },
}

/// Why the shop does not act on a post-back.
#[derive(Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It does not verify.
    NotVerified(NotVerified),
    /// Its hash is right, but the shop has no such order.
    UnknownOrder,
    /// Its hash is right, but the order is for another amount.
    OtherAmount { asked: Paise, told: Paise },
}

/// What a believed post-back means for an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It is written down.
    New,
    /// The shop knew it already.
    Known,
    /// The order was paid before, and what was paid stays paid.
    StaysPaid,
    /// Another payment has paid the order before: this one is to be given back.
    PaidTwice,
}

/// Every order that the shop remembers, with its log.
pub struct Book {
    orders: VecDeque<Known>,
    next: u32,
    log: Log,
}

impl Known {
    /// Where it stands.
    pub fn standing(&self) -> Standing {
        match self.told.as_ref().map(|told| told.status.as_str()) {
            None => Standing::Waiting,
            Some("success") => Standing::Paid,
            Some("failure") => Standing::Failed,
            Some(_) => Standing::Pending,
        }
    }

    /// For how much it is.
    pub fn amount(&self) -> Paise {
        Paise::new(self.order.amount_paise).unwrap_or_default()
    }
}

/// Pure: what a verified post-back means for the order that it names. The address at which it came says nothing.
pub fn judge(known: Option<&Known>, said: &VerifiedPostBack) -> Result<News, Doubt> {
    let known = known.ok_or(Doubt::UnknownOrder)?;
    if known.amount() != said.amount {
        return Err(Doubt::OtherAmount {
            asked: known.amount(),
            told: said.amount,
        });
    }
    let same = known
        .told
        .as_ref()
        .is_some_and(|told| told.payment_id == said.payment_id && told.status == word(said.status));
    Ok(match (known.standing(), said.status) {
        _ if same => News::Known,
        (Standing::Paid, PostBackStatus::Success) => News::PaidTwice,
        (Standing::Paid, PostBackStatus::Failure | PostBackStatus::Pending) => News::StaysPaid,
        (Standing::Waiting | Standing::Pending | Standing::Failed, _) => News::New,
    })
}

const fn word(status: PostBackStatus) -> &'static str {
    match status {
        PostBackStatus::Success => "success",
        PostBackStatus::Failure => "failure",
        PostBackStatus::Pending => "pending",
    }
}

impl Book {
    /// Opens it, with everything that was written down before.
    pub fn open(path: &Path) -> io::Result<Self> {
        let (entries, log) = Log::open(path)?;
        let mut book = Self {
            orders: VecDeque::new(),
            next: 1,
            log,
        };
        for entry in entries {
            book.apply(entry);
        }
        Ok(book)
    }

    fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Ordered { txnid, order } => {
                let number = txnid.strip_prefix("SHOP-").and_then(|text| text.parse().ok());
                self.next = self.next.max(number.unwrap_or(0_u32).saturating_add(1));
                let told = None;
                self.orders.push_back(Known { txnid, order, told });
                if self.orders.len() > ORDERS_KEPT {
                    self.orders.pop_front();
                }
            }
            Entry::Told { txnid, told } => {
                if let Some(known) = self.orders.iter_mut().find(|known| known.txnid == txnid) {
                    known.told = Some(told);
                }
            }
        }
    }

    fn write_down(&mut self, entry: Entry) -> io::Result<()> {
        self.log.append(&entry)?;
        self.apply(entry);
        Ok(())
    }

    /// Takes an order. Its number, under which it is paid.
    pub fn take(&mut self, order: Order) -> io::Result<String> {
        let txnid = format!("SHOP-{:06}", self.next);
        // A number that may be half written is not used again.
        self.next = self.next.saturating_add(1);
        let named = txnid.clone();
        self.write_down(Entry::Ordered { txnid, order })?;
        Ok(named)
    }

    /// Takes a verified post-back: judged, and written down if it is new.
    pub fn hear(&mut self, said: &VerifiedPostBack, now: UnixMs) -> io::Result<Result<News, Doubt>> {
        let judged = judge(self.find(&said.txnid), said);
        if judged == Ok(News::New) {
            let told = Told {
                at_ms: now.0,
                status: word(said.status).to_owned(),
                reason: said.unmappedstatus.clone(),
                payment_id: said.payment_id.clone(),
                amount_paise: said.amount.get(),
                mode: said.mode.clone(),
                bank_ref: said.bank_ref_num.clone(),
                error: said.error.clone(),
            };
            let txnid = said.txnid.clone();
            self.write_down(Entry::Told { txnid, told })?;
        }
        Ok(judged)
    }

    /// The order of this number.
    pub fn find(&self, txnid: &str) -> Option<&Known> {
        self.orders.iter().rev().find(|known| known.txnid == txnid)
    }

    /// Every order, the newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Known> {
        self.orders.iter().rev()
    }
}

impl News {
    /// In a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::New => "The shop wrote it down.",
            Self::Known => "The shop knew it already: nothing changes.",
            Self::StaysPaid => "The order was paid before, and stays paid.",
            Self::PaidTwice => "Another payment has paid this order before: this one is to be given back.",
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotVerified(why) => match why {
                NotVerified::Unreadable => f.write_str("This is no form with the fields of a post-back."),
                NotVerified::OtherKey => f.write_str("This post-back is for another merchant's key."),
                NotVerified::WrongHash => f.write_str(
                    "The hash does not fit: something was changed on the way, or it is not the gateway's.",
                ),
            },
            Self::UnknownOrder => f.write_str("The hash is right, but the shop has no such order."),
            Self::OtherAmount { asked, told } => {
                write!(
                    f,
                    "The hash is right, but it says {told} and the order is for {asked}."
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(txnid: &str, rupees: i64, status: PostBackStatus, payment_id: &str) -> VerifiedPostBack {
        VerifiedPostBack {
            status,
            txnid: txnid.to_owned(),
            amount: Paise::from_rupees(rupees).unwrap(),
            additional_charges: Paise::ZERO,
            udf: Default::default(),
            unmappedstatus: String::new(),
            payment_id: payment_id.to_owned(),
            mode: "CC".to_owned(),
            bank_ref_num: String::new(),
            error: String::new(),
            error_message: String::new(),
        }
    }

    fn order() -> Order {
        Order {
            at_ms: 1,
            what: "1 × pen".to_owned(),
            amount_paise: 12_500,
            name: String::new(),
            email: String::new(),
            phone: String::new(),
        }
    }

    #[test]
    fn what_was_paid_stays_paid_and_only_news_change_an_order() {
        use PostBackStatus::{Failure, Pending, Success};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("orders");
        let mut book = Book::open(&path).unwrap();
        let (first, second) = (book.take(order()).unwrap(), book.take(order()).unwrap());
        assert_eq!((first.as_str(), second.as_str()), ("SHOP-000001", "SHOP-000002"));
        let amounts = Doubt::OtherAmount {
            asked: Paise::from_rupees(125).unwrap(),
            told: Paise::from_rupees(1).unwrap(),
        };
        for (told, judged, standing) in [
            (
                said("SHOP-000009", 125, Success, "1"),
                Err(Doubt::UnknownOrder),
                Standing::Waiting,
            ),
            (said(&first, 1, Success, "1"), Err(amounts), Standing::Waiting),
            (said(&first, 125, Pending, "1"), Ok(News::New), Standing::Pending),
            (said(&first, 125, Failure, "1"), Ok(News::New), Standing::Failed),
            (said(&first, 125, Success, "2"), Ok(News::New), Standing::Paid),
            (said(&first, 125, Success, "2"), Ok(News::Known), Standing::Paid),
            (
                said(&first, 125, Failure, "1"),
                Ok(News::StaysPaid),
                Standing::Paid,
            ),
            (
                said(&first, 125, Success, "3"),
                Ok(News::PaidTwice),
                Standing::Paid,
            ),
        ] {
            assert_eq!(book.hear(&told, UnixMs(2)).unwrap(), judged);
            assert_eq!(book.find(&first).unwrap().standing(), standing);
            assert_eq!(book.find(&second).unwrap().standing(), Standing::Waiting);
        }
        drop(book);
        let mut book = Book::open(&path).unwrap();
        let paid = book.find(&first).unwrap();
        assert_eq!(
            (paid.standing(), paid.told.as_ref().unwrap().payment_id.as_str()),
            (Standing::Paid, "2")
        );
        assert_eq!(book.take(order()).unwrap(), "SHOP-000003");
    }
}
