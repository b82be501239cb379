//! Refunds: what the book keeps of them, and what is decided when one arrives or is asked about.

use super::{
    BankError,
    accept::Heard,
    book::Book,
    charge::State as ChargeState,
    record::{Record, RefundDecided, RefundEnding, RefundFate},
    refund_scripts::RefundScript,
    scripts::Manner,
};
use crate::sandbox::{office::Desk, office::Impossible, refund_words::RefundSaid};
use rokad_domain::{
    Paise, UnixMs,
    refund::{Fault, RefundOrder},
};
use std::collections::{BTreeSet, HashMap};

/// A refund.
pub struct Refund {
    pub reference: Box<str>,
    /// The charge that it is of. `None`: it named none that there is.
    pub charge: Option<u32>,
    /// What it named.
    pub charge_reference: Box<str>,
    pub amount: Paise,
    pub state: State,
}

/// Where a refund stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum State {
    /// It ends so by itself.
    UnderWay {
        ending: RefundEnding,
        due: UnixMs,
        silent: bool,
    },
    /// The customer has the money.
    Paid { at: UnixMs },
    /// The customer does not have it, and never will.
    Refused(Fault),
}

/// All refunds.
#[derive(Default)]
pub struct Refunds {
    pub all: Vec<Refund>,
    references: HashMap<Box<str>, u32>,
    /// What of each charge is paid back, or on its way.
    of_charge: HashMap<u32, Paise>,
    /// What is to end, by time.
    due: BTreeSet<(UnixMs, u32)>,
    /// What was paid back, in order.
    pub paid: Vec<u32>,
    /// What that comes to.
    pub paid_sum: Paise,
}

impl Refunds {
    /// The refund with this reference.
    pub fn find(&self, reference: &str) -> Option<(u32, &Refund)> {
        let number = *self.references.get(reference)?;
        Some((number, self.all.get(number as usize)?))
    }

    /// How many may still end one way or the other.
    pub fn open_count(&self) -> usize {
        self.due.len()
    }

    /// The record of what ends next, if that is due.
    pub fn due(&self, now: UnixMs) -> Option<Record> {
        let (_, number) = *self.due.first().filter(|(due, _)| *due <= now)?;
        match self.all.get(number as usize)?.state {
            State::UnderWay { ending, .. } => Some(Record::RefundEnded {
                refund: number,
                ending,
                at_ms: now.0,
            }),
            State::Paid { .. } | State::Refused(_) => None,
        }
    }

    /// Takes a refund into the book. `captured`: the amount of its charge, if that was captured.
    pub fn take(&mut self, decided: &RefundDecided, captured: Option<Paise>) -> Result<(), Impossible> {
        let number = u32::try_from(self.all.len()).map_err(|_| Impossible)?;
        let reference: Box<str> = decided.reference.as_str().into();
        let amount = Paise::new(decided.amount_paise).ok_or(Impossible)?;
        if self.references.contains_key(&reference) {
            return Err(Impossible);
        }
        let at = UnixMs(decided.at_ms);
        let state = match decided.fate {
            RefundFate::Now(ending) => ended(ending, at),
            RefundFate::Later {
                ending,
                due_ms,
                silent,
            } => State::UnderWay {
                ending,
                due: UnixMs(due_ms),
                silent,
            },
        };
        match (&state, decided.charge, captured) {
            (State::Refused(_), _, _) => {}
            (State::Paid { .. } | State::UnderWay { .. }, Some(charge), Some(captured)) => {
                self.reserve(charge, amount, captured)?;
            }
            (State::Paid { .. } | State::UnderWay { .. }, _, _) => return Err(Impossible),
        }
        match state {
            State::Paid { .. } => self.pay(number, amount)?,
            State::UnderWay { due, .. } => {
                self.due.insert((due, number));
            }
            State::Refused(_) => {}
        }
        self.references.insert(reference.clone(), number);
        self.all.push(Refund {
            reference,
            charge: decided.charge,
            charge_reference: decided.charge_reference.as_str().into(),
            amount,
            state,
        });
        Ok(())
    }

    fn reserve(&mut self, charge: u32, amount: Paise, captured: Paise) -> Result<(), Impossible> {
        let back = self.back_of(charge).plus(amount).ok_or(Impossible)?;
        if back > captured {
            return Err(Impossible);
        }
        self.of_charge.insert(charge, back);
        Ok(())
    }

    fn pay(&mut self, number: u32, amount: Paise) -> Result<(), Impossible> {
        self.paid_sum = self.paid_sum.plus(amount).ok_or(Impossible)?;
        self.paid.push(number);
        Ok(())
    }

    /// Ends a refund that is under way.
    pub fn end(&mut self, number: u32, ending: RefundEnding, at: UnixMs) -> Result<(), Impossible> {
        let refund = self.all.get_mut(number as usize).ok_or(Impossible)?;
        let State::UnderWay { due, .. } = refund.state else {
            return Err(Impossible);
        };
        refund.state = ended(ending, at);
        let (amount, charge) = (refund.amount, refund.charge.ok_or(Impossible)?);
        self.due.remove(&(due, number));
        match ending {
            RefundEnding::Paid => self.pay(number, amount),
            RefundEnding::Refused(_) => {
                let back = self.back_of(charge).minus(amount).ok_or(Impossible)?;
                self.of_charge.insert(charge, back);
                Ok(())
            }
        }
    }

    /// What of a charge is paid back, or on its way.
    fn back_of(&self, charge: u32) -> Paise {
        self.of_charge.get(&charge).copied().unwrap_or_default()
    }
}

fn ended(ending: RefundEnding, at: UnixMs) -> State {
    match ending {
        RefundEnding::Paid => State::Paid { at },
        RefundEnding::Refused(fault) => State::Refused(fault),
    }
}

/// Decides `order` at `now`. A reference that the book knows is never decided again.
pub fn refund(
    desk: &mut Desk<Book>,
    order: &RefundOrder,
    now: UnixMs,
) -> Result<Heard<RefundSaid>, BankError> {
    let book = &desk.book;
    if let Some((number, known)) = book.refunds.find(&order.reference) {
        return Ok(if is_of(known, &order.charge, order.amount) {
            answer(book, number)
        } else {
            Heard::Conflict
        });
    }
    let script = if now > order.not_after {
        RefundScript::Refuses(Fault::NotReceived)
    } else if left(book, &order.charge).is_none_or(|left| order.amount > left) {
        RefundScript::Refuses(Fault::NotRefundable)
    } else {
        RefundScript::of(order.amount)
    };
    let Some(fate) = script.fate(now) else {
        return Ok(Heard::Cut);
    };
    let number = u32::try_from(book.refunds.all.len()).map_err(|_| BankError::Full)?;
    let decided = RefundDecided {
        reference: order.reference.clone(),
        charge: book.find(&order.charge).map(|(charge, _)| charge),
        charge_reference: order.charge.clone(),
        amount_paise: order.amount.get(),
        at_ms: now.0,
        fate,
    };
    desk.append(&Record::RefundTaken(decided))?;
    Ok(match script.manner() {
        Manner::Garbage => Heard::Garbage,
        Manner::Lost => Heard::Nothing,
        Manner::Plain => answer(&desk.book, number),
    })
}

/// What can be paid back of a charge. `None`: there is none, or it took no money.
fn left(book: &Book, charge: &str) -> Option<Paise> {
    let (number, charge) = book.find(charge)?;
    if !matches!(charge.state, ChargeState::Captured { .. }) {
        return None;
    }
    charge.amount.minus(book.refunds.back_of(number))
}

fn is_of(refund: &Refund, charge: &str, amount: Paise) -> bool {
    (&*refund.charge_reference, refund.amount) == (charge, amount)
}

/// Says what became of `reference`, which must be of this charge and amount.
pub fn ask(book: &Book, reference: &str, charge: &str, amount: Paise, now: UnixMs) -> Heard<RefundSaid> {
    match book.refunds.find(reference) {
        Some((_, refund)) if !is_of(refund, charge, amount) => Heard::Conflict,
        Some((number, _)) => answer(book, number),
        None => Heard::Said(RefundSaid::Unknown {
            reference: reference.to_owned(),
            bank_time_ms: now.0,
        }),
    }
}

fn answer(book: &Book, number: u32) -> Heard<RefundSaid> {
    let Some(refund) = book.refunds.all.get(number as usize) else {
        return Heard::Nothing;
    };
    let (reference, amount_paise) = (refund.reference.to_string(), refund.amount.get());
    match refund.state {
        State::UnderWay { silent: true, .. } => Heard::Nothing,
        State::UnderWay { silent: false, .. } => Heard::Said(RefundSaid::UnderWay {
            reference,
            amount_paise,
        }),
        State::Paid { .. } => Heard::Said(RefundSaid::Refunded {
            reference,
            amount_paise,
            arn: book.arn(number),
        }),
        State::Refused(fault) => Heard::Said(RefundSaid::Refused {
            reference,
            fault: fault.code().to_owned(),
        }),
    }
}
