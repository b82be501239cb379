//! The book in memory: what all records together come to.
//!
//! It changes by [`office::Book::apply`] alone, the same while the bank runs and when its journal is replayed. The money of a
//! transfer in progress is *blocked*: it stays in the balance, and cannot be spent. It leaves when the transfer is paid, so
//! that always `balance = opening − paid + returned`.

use super::{
    account::{Account, Booking, Kind},
    index::Index,
    record::{Decided, Ending, FORMAT, Fate, Opened, Record},
    transfer::{NewsItem, Outcome, Transfer},
};
use crate::sandbox::{
    office::{self, Impossible},
    words::TransferAsked,
};
use rokad_domain::{Paise, UnixMs};
use std::collections::{BTreeSet, HashMap};

/// All accounts, all transfers, all news.
#[derive(Default)]
pub struct Book {
    /// When it was begun. `None`: it has no record yet.
    begun: Option<UnixMs>,
    pub accounts: Vec<Account>,
    numbers: HashMap<String, u16>,
    pub transfers: Vec<Transfer>,
    index: Index,
    /// What is to happen, by time.
    due: BTreeSet<(UnixMs, u32, Due)>,
    pub news: Vec<NewsItem>,
}

/// What can fall due.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Due {
    End,
    Return,
}

/// Transfers at most: what fits into a UTR's nine digits.
pub const TRANSFERS_MAX: u32 = 1_000_000_000;

impl office::Book for Book {
    type Record = Record;
    const FILE_NAME: &'static str = "bank.journal";

    fn begin(at: UnixMs) -> Record {
        Record::Begun {
            format: FORMAT,
            at_ms: at.0,
        }
    }

    fn at(record: &Record) -> Option<UnixMs> {
        record.at()
    }

    fn apply(&mut self, record: &Record, position: u64) -> Result<(), Impossible> {
        if self.begun.is_none() != matches!(record, Record::Begun { .. }) {
            return Err(Impossible);
        }
        match record {
            Record::Begun {
                format: FORMAT,
                at_ms,
            } => {
                self.begun = Some(UnixMs(*at_ms));
                Ok(())
            }
            Record::Begun { .. } => Err(Impossible),
            Record::Opened(opened) => self.open(opened),
            Record::Transfer(decided) => self.transfer(decided, position),
            Record::Ended { transfer, at_ms } => self.end(*transfer, UnixMs(*at_ms), position),
            Record::Returned { transfer, at_ms } => self.give_back(*transfer, UnixMs(*at_ms), position),
        }
    }

    fn due(&self, now: UnixMs) -> Option<Record> {
        let (due_at, transfer, due) = *self.due.first()?;
        let at_ms = now.0;
        (due_at <= now).then_some(match due {
            Due::End => Record::Ended { transfer, at_ms },
            Due::Return => Record::Returned { transfer, at_ms },
        })
    }
}

impl Book {
    fn open(&mut self, opened: &Opened) -> Result<(), Impossible> {
        let at = u16::try_from(self.accounts.len()).map_err(|_| Impossible)?;
        if self.numbers.contains_key(&opened.number) {
            return Err(Impossible);
        }
        self.accounts.push(Account::open(opened)?);
        self.numbers.insert(opened.number.clone(), at);
        Ok(())
    }

    fn transfer(&mut self, decided: &Decided, position: u64) -> Result<(), Impossible> {
        let asked = &decided.asked;
        let number = self.next_transfer().ok_or(Impossible)?;
        let amount = Paise::new(asked.amount_paise).ok_or(Impossible)?;
        if self.find(&asked.reference).is_some() {
            return Err(Impossible);
        }
        let account = self.account_index(&asked.from_account);
        let outcome = match decided.fate {
            Fate::Now {
                ending: Ending::Paid, ..
            } => {
                let booking = Booking {
                    at: UnixMs(decided.at_ms),
                    transfer: number,
                    kind: Kind::Paid,
                };
                self.account_mut(account)?.pay(amount, booking)?;
                Outcome::Paid { returned: false }
            }
            Fate::Now {
                ending: Ending::Refused(refusal),
                ..
            } => Outcome::Refused(refusal),
            Fate::Later { ending, silent, .. } => {
                self.account_mut(account)?.block(amount)?;
                Outcome::Waiting { silent, ending }
            }
        };
        let fields = self.fields(asked);
        self.remember(number, decided.fate, position);
        self.index.insert(&asked.reference, number);
        self.transfers.push(Transfer {
            reference: asked.reference.as_str().into(),
            fields,
            amount,
            account,
            outcome,
        });
        Ok(())
    }

    /// What falls due later, and what the news tell at once.
    fn remember(&mut self, number: u32, fate: Fate, position: u64) {
        match fate {
            Fate::Now { told, returns_ms, .. } => {
                if let Some(at) = returns_ms {
                    self.due.insert((UnixMs(at), number, Due::Return));
                }
                if told {
                    self.news.push(NewsItem {
                        position,
                        transfer: number,
                        returned: false,
                    });
                }
            }
            Fate::Later { due_ms, .. } => {
                self.due.insert((UnixMs(due_ms), number, Due::End));
            }
        }
    }

    fn end(&mut self, number: u32, at: UnixMs, position: u64) -> Result<(), Impossible> {
        self.is_due(number, Due::End)?;
        let transfer = self.transfers.get_mut(number as usize).ok_or(Impossible)?;
        let Outcome::Waiting { ending, .. } = transfer.outcome else {
            return Err(Impossible);
        };
        let account = transfer
            .account
            .and_then(|a| self.accounts.get_mut(usize::from(a)));
        let account = account.ok_or(Impossible)?;
        account.unblock(transfer.amount)?;
        transfer.outcome = match ending {
            Ending::Paid => {
                account.pay(
                    transfer.amount,
                    Booking {
                        at,
                        transfer: number,
                        kind: Kind::Paid,
                    },
                )?;
                Outcome::Paid { returned: false }
            }
            Ending::Refused(refusal) => Outcome::Refused(refusal),
        };
        self.due.pop_first();
        self.news.push(NewsItem {
            position,
            transfer: number,
            returned: false,
        });
        Ok(())
    }

    fn give_back(&mut self, number: u32, at: UnixMs, position: u64) -> Result<(), Impossible> {
        self.is_due(number, Due::Return)?;
        let transfer = self.transfers.get_mut(number as usize).ok_or(Impossible)?;
        if transfer.outcome != (Outcome::Paid { returned: false }) {
            return Err(Impossible);
        }
        let account = transfer
            .account
            .and_then(|a| self.accounts.get_mut(usize::from(a)));
        account.ok_or(Impossible)?.take_back(
            transfer.amount,
            Booking {
                at,
                transfer: number,
                kind: Kind::Returned,
            },
        )?;
        transfer.outcome = Outcome::Paid { returned: true };
        self.due.pop_first();
        self.news.push(NewsItem {
            position,
            transfer: number,
            returned: true,
        });
        Ok(())
    }

    /// Things happen in the order in which they fall due, so what happens now is the first.
    fn is_due(&self, number: u32, due: Due) -> Result<(), Impossible> {
        let first = self.due.first();
        let is_first = first.is_some_and(|(_, its, what)| *its == number && *what == due);
        if is_first { Ok(()) } else { Err(Impossible) }
    }

    /// The transfer with this reference.
    pub fn find(&self, reference: &str) -> Option<(u32, &Transfer)> {
        let mut candidates = self.index.candidates(reference);
        candidates.find_map(|number| {
            let transfer = self.transfers.get(number as usize)?;
            (*transfer.reference == *reference).then_some((number, transfer))
        })
    }

    /// Which account has this number.
    pub fn account_index(&self, number: &str) -> Option<u16> {
        self.numbers.get(number).copied()
    }

    /// The account with this number.
    pub fn account(&self, number: &str) -> Option<&Account> {
        self.accounts.get(usize::from(self.account_index(number)?))
    }

    fn account_mut(&mut self, at: Option<u16>) -> Result<&mut Account, Impossible> {
        at.and_then(|at| self.accounts.get_mut(usize::from(at)))
            .ok_or(Impossible)
    }

    /// The number the next transfer will have. `None`: the book is full.
    pub fn next_transfer(&self) -> Option<u32> {
        u32::try_from(self.transfers.len())
            .ok()
            .filter(|number| *number < TRANSFERS_MAX)
    }

    /// A keyed hash of what makes two instructions the same. `not_after_ms` is no part of it: it is about the sending.
    pub fn fields(&self, asked: &TransferAsked) -> u64 {
        let to = (&asked.account_no, &asked.ifsc, &asked.account_holder);
        self.index.hash((&asked.from_account, asked.amount_paise, to))
    }

    /// The UTR of a transfer: three digits of the book, nine of the transfer. Books begun in different seconds of a quarter
    /// of an hour use different ones, so that a bank that was wiped does not say the same UTRs again.
    pub fn utr(&self, number: u32) -> String {
        let book = self.begun.map_or(0, |at| at.0.div_euclid(1_000).rem_euclid(900));
        format!("{:03}{number:09}", 100 + book)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use office::Book as _;

    #[test]
    fn references_with_the_same_hash_are_not_taken_for_each_other() {
        let mut book = Book::default();
        let asked = TransferAsked {
            reference: "R-1".into(),
            from_account: "nobody".into(),
            amount_paise: 1,
            account_no: "123456789".into(),
            ifsc: "SBIN0001234".into(),
            account_holder: "Asha Rao".into(),
            not_after_ms: 0,
        };
        let ending = Ending::Refused(crate::sandbox::words::Refusal::Expired);
        let fate = Fate::Now {
            ending,
            told: false,
            returns_ms: None,
        };
        book.apply(
            &Record::Begun {
                format: FORMAT,
                at_ms: 0,
            },
            1,
        )
        .unwrap();
        book.apply(
            &Record::Transfer(Decided {
                asked,
                at_ms: 0,
                fate,
            }),
            2,
        )
        .unwrap();
        book.index.insert("R-2", 0); // as if R-2 had the hash of R-1
        assert!(book.find("R-1").is_some() && book.find("R-2").is_none());
    }
}
