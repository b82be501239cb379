//! The book in memory: what all records together come to.
//!
//! It changes by `apply` alone, the same while the acquirer runs and when its journal is replayed. Whatever the pages and
//! scripts want: nothing is captured twice, nothing that was refused, nothing after its time.

use super::{
    charge::{AtPages, Charge, State},
    dispute::Disputes,
    dispute_scripts::DisputeScript,
    record::{Decided, Ending, FORMAT, Fate, Record, RefundDecided},
    refund::Refunds,
};
use crate::sandbox::office::{self, Impossible};
use rokad_domain::{Paise, UnixMs, acquirer::Fault, dispute::Reply};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Charges at most: the upper half of nine digits, so that no RRN is a UTR of the bank beside.
pub const CHARGES_MAX: u32 = 500_000_000;

/// All charges.
#[derive(Default)]
pub struct Book {
    /// When it was begun. `None`: it has no record yet.
    begun: Option<UnixMs>,
    pub charges: Vec<Charge>,
    references: HashMap<Box<str>, u32>,
    /// References that were called off before their charge came.
    forestalled: HashSet<Box<str>>,
    /// The pages that customers can open.
    tokens: HashMap<Box<str>, u32>,
    /// What is to happen, by time.
    due: BTreeSet<(UnixMs, u32)>,
    /// What was captured, in order.
    pub captured: Vec<u32>,
    /// What that comes to.
    pub captured_sum: Paise,
    /// What went back, or is to.
    pub refunds: Refunds,
    /// What is disputed, or is to be.
    pub disputes: Disputes,
}

impl office::Book for Book {
    type Record = Record;
    const FILE_NAME: &'static str = "acquirer.journal";

    fn begin(at: UnixMs) -> Record {
        Record::Begun {
            format: FORMAT,
            at_ms: at.0,
        }
    }

    fn at(record: &Record) -> Option<UnixMs> {
        Some(record.at())
    }

    fn apply(&mut self, record: &Record, _: u64) -> Result<(), Impossible> {
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
            Record::Charged(decided) => self.charge(decided),
            Record::Advanced { charge, .. } => self.advance(*charge),
            Record::Mistaken { charge, .. } => self.mistake(*charge),
            Record::Captured { charge, at_ms } => self.end(*charge, Ending::Captured, UnixMs(*at_ms)),
            Record::Refused { charge, fault, at_ms } => {
                self.end(*charge, Ending::Refused(*fault), UnixMs(*at_ms))
            }
            Record::Forestalled { reference, .. } => self.forestall(reference),
            Record::RefundTaken(decided) => self.take_refund(decided),
            Record::RefundEnded {
                refund,
                ending,
                at_ms,
            } => self.refunds.end(*refund, *ending, UnixMs(*at_ms)),
            Record::DisputeRaised { charge, at_ms } => self.raise_dispute(*charge, UnixMs(*at_ms)),
            Record::DisputeAnswered {
                dispute,
                accepts,
                sha256,
                at_ms,
            } => self.answer_dispute(*dispute, (*accepts, sha256), UnixMs(*at_ms)),
            Record::DisputeEnded { dispute, .. } => self.disputes.end(*dispute),
        }
    }

    fn due(&self, now: UnixMs) -> Option<Record> {
        let later = || self.refunds.due(now).or_else(|| self.disputes.due(now));
        self.charge_due(now).or_else(later)
    }
}

impl Book {
    fn charge_due(&self, now: UnixMs) -> Option<Record> {
        let (due, number) = *self.due.first()?;
        let charge = self.charges.get(number as usize)?;
        if due > now {
            return None;
        }
        let ending = match &charge.state {
            // Also what was due in time, and is only looked at now.
            _ if now >= charge.over_at() => Ending::Refused(Fault::NotFinished),
            State::Ends { ending, .. } => *ending,
            State::AtPages(_) | State::Unanswered | State::Captured { .. } | State::Refused(_) => {
                return None;
            }
        };
        Some(ending.of(number, now))
    }

    fn raise_dispute(&mut self, number: u32, at: UnixMs) -> Result<(), Impossible> {
        let charge = self.charges.get(number as usize).ok_or(Impossible)?;
        self.disputes.raise(number, charge, at)
    }

    fn answer_dispute(
        &mut self,
        number: u32,
        (accepts, sha256): (bool, &[String]),
        at: UnixMs,
    ) -> Result<(), Impossible> {
        let dispute = self.disputes.all.get(number as usize).ok_or(Impossible)?;
        let charge = self.charges.get(dispute.charge as usize).ok_or(Impossible)?;
        let script = DisputeScript::of(charge.amount).ok_or(Impossible)?;
        let reply = if accepts { Reply::Accept } else { Reply::Contest };
        self.disputes.answer(number, script, (reply, sha256), at)
    }

    fn take_refund(&mut self, decided: &RefundDecided) -> Result<(), Impossible> {
        let charge = decided
            .charge
            .and_then(|charge| self.charges.get(charge as usize));
        let captured = charge.filter(|charge| matches!(charge.state, State::Captured { .. }));
        let captured = captured.map(|charge| charge.amount);
        self.refunds.take(decided, captured)
    }

    fn charge(&mut self, decided: &Decided) -> Result<(), Impossible> {
        let number = self.next_charge().ok_or(Impossible)?;
        let reference: Box<str> = decided.reference.as_str().into();
        if self.references.contains_key(&reference) || self.forestalled.contains(&reference) {
            return Err(Impossible);
        }
        let charge = Charge {
            reference: reference.clone(),
            amount: Paise::new(decided.amount_paise).ok_or(Impossible)?,
            method: decided.method,
            shown: decided.shown.as_str().into(),
            return_url: decided.return_url.as_str().into(),
            not_after: UnixMs(decided.not_after_ms),
            state: state(decided),
        };
        self.open(charge, number, UnixMs(decided.at_ms))?;
        self.references.insert(reference, number);
        Ok(())
    }

    /// All or nothing.
    fn open(&mut self, charge: Charge, number: u32, at: UnixMs) -> Result<(), Impossible> {
        match &charge.state {
            State::Captured { .. } => {
                self.captured_sum = self.taken(&charge, at)?;
                self.captured.push(number);
                self.disputes.captured(number, &charge, at);
            }
            State::AtPages(at_pages) => {
                if self.tokens.contains_key(&at_pages.token) {
                    return Err(Impossible);
                }
                self.tokens.insert(at_pages.token.clone(), number);
            }
            State::Ends { .. } | State::Unanswered | State::Refused(_) => {}
        }
        if let Some(due) = charge.due() {
            self.due.insert((due, number));
        }
        self.charges.push(charge);
        Ok(())
    }

    /// What the captured sum is, once this one is captured at `at`.
    fn taken(&self, charge: &Charge, at: UnixMs) -> Result<Paise, Impossible> {
        if at >= charge.over_at() {
            return Err(Impossible);
        }
        self.captured_sum.plus(charge.amount).ok_or(Impossible)
    }

    fn advance(&mut self, number: u32) -> Result<(), Impossible> {
        let at_pages = self.at_pages(number)?;
        if at_pages.is_last() {
            return Err(Impossible);
        }
        at_pages.passed += 1;
        at_pages.mistakes = 0;
        Ok(())
    }

    fn mistake(&mut self, number: u32) -> Result<(), Impossible> {
        let at_pages = self.at_pages(number)?;
        at_pages.mistakes = at_pages.mistakes.checked_add(1).ok_or(Impossible)?;
        Ok(())
    }

    fn at_pages(&mut self, number: u32) -> Result<&mut AtPages, Impossible> {
        match self.charges.get_mut(number as usize).map(|c| &mut c.state) {
            Some(State::AtPages(at_pages)) => Ok(at_pages),
            Some(State::Ends { .. } | State::Unanswered | State::Captured { .. } | State::Refused(_))
            | None => Err(Impossible),
        }
    }

    fn end(&mut self, number: u32, ending: Ending, at: UnixMs) -> Result<(), Impossible> {
        let charge = self.charges.get(number as usize).ok_or(Impossible)?;
        let due = charge.due().ok_or(Impossible)?;
        let state = match ending {
            Ending::Captured => {
                self.captured_sum = self.taken(charge, at)?;
                self.captured.push(number);
                self.disputes.captured(number, charge, at);
                State::Captured { at }
            }
            Ending::Refused(fault) => State::Refused(fault),
        };
        self.due.remove(&(due, number));
        if let Some(charge) = self.charges.get_mut(number as usize) {
            charge.state = state;
        }
        Ok(())
    }

    fn forestall(&mut self, reference: &str) -> Result<(), Impossible> {
        let is_new = !self.references.contains_key(reference) && self.forestalled.insert(reference.into());
        if is_new { Ok(()) } else { Err(Impossible) }
    }

    /// The charge with this reference.
    pub fn find(&self, reference: &str) -> Option<(u32, &Charge)> {
        let number = *self.references.get(reference)?;
        Some((number, self.charges.get(number as usize)?))
    }

    /// The charge whose pages are at this address.
    pub fn find_page(&self, token: &str) -> Option<(u32, &Charge)> {
        let number = *self.tokens.get(token)?;
        Some((number, self.charges.get(number as usize)?))
    }

    /// Whether this reference was called off before its charge came.
    pub fn is_forestalled(&self, reference: &str) -> bool {
        self.forestalled.contains(reference)
    }

    /// How many charges may still be captured.
    pub fn open_count(&self) -> usize {
        self.due.len()
    }

    /// The number the next charge will have. `None`: the book is full.
    pub fn next_charge(&self) -> Option<u32> {
        u32::try_from(self.charges.len())
            .ok()
            .filter(|number| *number < CHARGES_MAX)
    }

    /// The RRN of a charge: three digits of the book, nine of the charge. Books begun in different seconds of a quarter of
    /// an hour use different ones, so that an acquirer that was wiped does not say the same RRNs again.
    pub fn rrn(&self, number: u32) -> String {
        format!("{:03}{:09}", self.digits(), CHARGES_MAX + number)
    }

    /// The acquirer's reference of a refund: the digits of the book, an R, and nine digits of the refund.
    pub fn arn(&self, number: u32) -> String {
        format!("{:03}R{number:09}", self.digits())
    }

    fn digits(&self) -> i64 {
        100 + self.begun.map_or(0, |at| at.0.div_euclid(1_000).rem_euclid(900))
    }
}

fn state(decided: &Decided) -> State {
    match &decided.fate {
        Fate::Now(Ending::Captured) => State::Captured {
            at: UnixMs(decided.at_ms),
        },
        Fate::Now(Ending::Refused(fault)) => State::Refused(*fault),
        Fate::Pages { token, pages, ending } => State::AtPages(AtPages {
            token: token.as_str().into(),
            pages: *pages,
            passed: 0,
            mistakes: 0,
            ending: *ending,
        }),
        Fate::Later {
            ending,
            due_ms,
            silent,
        } => State::Ends {
            ending: *ending,
            due: UnixMs(*due_ms),
            silent: *silent,
        },
        Fate::Never => State::Unanswered,
    }
}
