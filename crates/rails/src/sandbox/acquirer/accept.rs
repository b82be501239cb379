//! A charge arrives, is asked about or called off: what is decided, and how it is answered.

use super::{
    BankError, PAGES,
    book::Book,
    charge::State,
    record::{Decided, Ending, Fate, Record},
    scripts::{Manner, Script},
};
use crate::sandbox::{charge_words::ChargeSaid, office::Desk};
use rokad_domain::{
    Paise, UnixMs,
    acquirer::{ChargeOrder, Fault, Means},
};

/// What the caller gets: an answer of this kind, if any.
#[derive(Debug)]
pub enum Heard<S = ChargeSaid> {
    /// An answer.
    Said(S),
    /// 504: the acquirer is silent about it.
    Nothing,
    /// 200 and nothing that can be read.
    Garbage,
    /// The connection is cut.
    Cut,
    /// The reference stands for something else.
    Conflict,
}

/// Decides `order` at `now`. A customer who must go to pages finds them at `token`.
///
/// A reference that the book knows is never decided again. One it does not know is refused for ever when it was called off
/// before, or comes too late; else the script of the magic numbers decides.
pub fn charge(
    desk: &mut Desk<Book>,
    order: &ChargeOrder,
    token: String,
    now: UnixMs,
) -> Result<Heard, BankError> {
    let book = &desk.book;
    if let Some((number, known)) = book.find(&order.reference) {
        let same = known.amount == order.amount && known.method == order.means.method();
        return Ok(if same {
            answer(book, number)
        } else {
            Heard::Conflict
        });
    }
    if book.is_forestalled(&order.reference) {
        return Ok(refused(&order.reference, Fault::CalledOff));
    }
    let number = book.next_charge().ok_or(BankError::Full)?;
    let script = if now > order.not_after {
        Script::Refuses(Fault::NotReceived)
    } else {
        Script::of(&order.means, now)
    };
    let Some(fate) = script.fate(token, now) else {
        return Ok(Heard::Cut);
    };
    let not_after = script.not_after(order.not_after, now);
    desk.append(&Record::Charged(decided(order, not_after, now, fate)))?;
    Ok(match script.manner() {
        Manner::Garbage => Heard::Garbage,
        Manner::Lost => Heard::Nothing,
        Manner::Plain => answer(&desk.book, number),
    })
}

/// The order, without what must not be kept.
fn decided(order: &ChargeOrder, not_after: UnixMs, now: UnixMs, fate: Fate) -> Decided {
    Decided {
        reference: order.reference.clone(),
        amount_paise: order.amount.get(),
        method: order.means.method(),
        shown: shown(&order.means),
        return_url: order.return_url.clone(),
        not_after_ms: not_after.0,
        at_ms: now.0,
        fate,
    }
}

/// What may be kept and shown of the means.
fn shown(means: &Means) -> String {
    match means {
        Means::Card(card) => card.number.masked(),
        Means::Upi(vpa) => vpa
            .reveal()
            .split_once('@')
            .map_or_else(String::new, |(_, handle)| format!("…@{handle}")),
        Means::NetBanking(code) | Means::Wallet(code) => code.clone(),
    }
}

/// Says what became of `reference`. With `amount`, it must be that of the charge.
pub fn ask(book: &Book, reference: &str, amount: Option<Paise>, now: UnixMs) -> Heard {
    match book.find(reference) {
        Some((_, charge)) if amount.is_some_and(|amount| amount != charge.amount) => Heard::Conflict,
        Some((number, _)) => answer(book, number),
        None if book.is_forestalled(reference) => refused(reference, Fault::CalledOff),
        None => Heard::Said(ChargeSaid::Unknown {
            reference: reference.to_owned(),
            bank_time_ms: now.0,
        }),
    }
}

/// Sees to it that no money is taken for `reference` any more, unless it was already. A charge that has not come yet is
/// refused when it comes, so that the answer is certain in any case.
pub fn call_off(
    desk: &mut Desk<Book>,
    reference: &str,
    amount: Option<Paise>,
    now: UnixMs,
) -> Result<Heard, BankError> {
    let record = match desk.book.find(reference) {
        Some((_, charge)) if amount.is_some_and(|amount| amount != charge.amount) => {
            return Ok(Heard::Conflict);
        }
        Some((number, charge)) if charge.state.is_open() => {
            Some(Ending::Refused(Fault::CalledOff).of(number, now))
        }
        Some(_) => None,
        None if desk.book.is_forestalled(reference) => None,
        None => Some(Record::Forestalled {
            reference: reference.to_owned(),
            at_ms: now.0,
        }),
    };
    if let Some(record) = record {
        desk.append(&record)?;
    }
    Ok(ask(&desk.book, reference, amount, now))
}

/// What the book says about charge `number`, now.
fn answer(book: &Book, number: u32) -> Heard {
    let Some(charge) = book.charges.get(number as usize) else {
        return Heard::Nothing;
    };
    let waiting = |page| {
        Heard::Said(ChargeSaid::Waiting {
            reference: charge.reference.to_string(),
            amount_paise: charge.amount.get(),
            page,
        })
    };
    match &charge.state {
        State::Ends { silent: true, .. } => Heard::Nothing,
        State::Ends { silent: false, .. } | State::Unanswered => waiting(None),
        State::AtPages(at_pages) => waiting(Some(format!("{PAGES}/{}", at_pages.token))),
        State::Captured { .. } => Heard::Said(ChargeSaid::Captured {
            reference: charge.reference.to_string(),
            amount_paise: charge.amount.get(),
            rrn: book.rrn(number),
        }),
        State::Refused(fault) => refused(&charge.reference, *fault),
    }
}

fn refused(reference: &str, fault: Fault) -> Heard {
    Heard::Said(ChargeSaid::Refused {
        reference: reference.to_owned(),
        fault: fault.code().to_owned(),
    })
}
