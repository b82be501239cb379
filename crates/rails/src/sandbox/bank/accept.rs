//! An instruction arrives: what is decided, and how it is answered.

use super::{
    BankError,
    book::Book,
    record::{Decided, Record},
    scripts::{Manner, Script},
    transfer::Outcome,
};
use crate::sandbox::{
    office::Desk,
    words::{RETURNED_WORD, Refusal, Said, TransferAsked},
};
use rokad_domain::{Paise, UnixMs};

/// What the caller gets.
#[derive(Debug)]
pub enum Heard {
    /// An answer.
    Said(Said),
    /// 504: the bank is silent about it.
    Nothing,
    /// 200 and nothing that can be read.
    Garbage,
    /// The connection is cut.
    Cut,
    /// An answer, once the bank's clock shows this instant.
    Held(Said, UnixMs),
    /// The reference stands for another instruction.
    Conflict,
}

/// Decides `asked`, whose amount is `amount`, at `now`.
///
/// A reference that the book knows is never decided again. One it does not know is refused for ever when it comes too late,
/// when the account is not ours, or has too little; else the script of the magic numbers decides.
pub fn transfer(
    desk: &mut Desk<Book>,
    asked: TransferAsked,
    amount: Paise,
    now: UnixMs,
) -> Result<Heard, BankError> {
    let book = &desk.book;
    if let Some((number, known)) = book.find(&asked.reference) {
        let same = known.fields == book.fields(&asked);
        return Ok(if same {
            answer(book, number)
        } else {
            Heard::Conflict
        });
    }
    let number = book.next_transfer().ok_or(BankError::Full)?;
    let refusal = refusal(book, &asked, amount, now);
    let script = refusal.map_or_else(|| Script::of(&asked.account_no, amount), Script::Refuses);
    let Some(fate) = script.fate(now) else {
        return Ok(Heard::Cut);
    };
    desk.append(&Record::Transfer(Decided {
        asked,
        at_ms: now.0,
        fate,
    }))?;
    Ok(first_answer(&desk.book, number, script.manner(now)))
}

/// Why no script is asked.
fn refusal(book: &Book, asked: &TransferAsked, amount: Paise, now: UnixMs) -> Option<Refusal> {
    if now.0 > asked.not_after_ms {
        return Some(Refusal::Expired);
    }
    match book.account(&asked.from_account) {
        None => Some(Refusal::UnknownDebitAccount),
        Some(account) if account.spendable() < amount => Some(Refusal::InsufficientFunds),
        Some(_) => None,
    }
}

fn first_answer(book: &Book, number: u32, manner: Manner) -> Heard {
    match (manner, answer(book, number)) {
        (Manner::Garbage, _) => Heard::Garbage,
        (Manner::Held(until), Heard::Said(said)) => Heard::Held(said, until),
        (Manner::Held(_) | Manner::Plain, heard) => heard,
    }
}

/// What the book says about transfer `number`, now.
pub fn answer(book: &Book, number: u32) -> Heard {
    let Some(transfer) = book.transfers.get(number as usize) else {
        return Heard::Nothing;
    };
    let reference = transfer.reference.to_string();
    Heard::Said(match transfer.outcome {
        Outcome::Waiting { silent: true, .. } => return Heard::Nothing,
        Outcome::Waiting { silent: false, .. } => Said::InProgress { reference },
        Outcome::Refused(refusal) => Said::Refused {
            reference,
            reason: refusal.word().to_owned(),
        },
        Outcome::Paid { returned } => Said::Paid {
            reference,
            amount_paise: transfer.amount.get(),
            utr: book.utr(number),
            returned,
        },
    })
}

/// What the news say about transfer `number`: its return, or its answer as it was before.
pub fn notice(book: &Book, number: u32, returned: bool) -> Option<Said> {
    match answer(book, number) {
        Heard::Said(Said::Paid {
            reference,
            amount_paise,
            utr,
            ..
        }) => Some(if returned {
            let reason = RETURNED_WORD.to_owned();
            Said::Returned {
                reference,
                amount_paise,
                utr,
                reason,
            }
        } else {
            Said::Paid {
                reference,
                amount_paise,
                utr,
                returned: false,
            }
        }),
        Heard::Said(said) => Some(said),
        Heard::Nothing | Heard::Garbage | Heard::Cut | Heard::Held(..) | Heard::Conflict => None,
    }
}
