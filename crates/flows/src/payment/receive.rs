//! Money came into a bank account of the operator: it pays the attempt that it names, or goes into suspense.

use crate::{
    House,
    payment::{hear::Room, reference},
};
use rokad_domain::{
    Id, Now, Paise, UnixMs,
    account::Account,
    acquirer::Fault,
    entry::Entry,
    id::kind::{Attempt, BankAccount, Payment},
    payment::{AttemptStatus, Status},
    rail::Utr,
};
use rokad_store::{
    StoreError, Tx, attempt, bank_account,
    book::{self, About, Movement},
    operator, payment,
    receipt::{self, NewReceipt},
};

/// One line of a bank's statement: money that came in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The bank's reference.
    pub utr: Utr,
    /// How much.
    pub amount: Paise,
    /// When the bank booked it.
    pub at: UnixMs,
    /// What the customer's app wrote beside it; our reference stands in it.
    pub remark: String,
}

/// What a statement, or an operator, says.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The operator's name of the account.
    pub account: String,
    /// The lines, in any order.
    pub lines: Vec<Line>,
    /// The statement is complete up to this instant: what should have been paid before it and is not on it, was not paid.
    pub complete_until: Option<UnixMs>,
    /// The statement's name, or the operator's.
    pub said_by: String,
    /// Stands for this instance in references.
    pub instance_tag: String,
}

/// What became of a statement's lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Received {
    /// Lines that paid an attempt.
    pub captured: usize,
    /// Lines in suspense.
    pub in_suspense: usize,
    /// Lines that were known already.
    pub known: usize,
    /// Attempts of which it is certain now that nobody paid them.
    pub unpaid: usize,
}

/// Why a statement is not taken.
#[derive(thiserror::Error, Debug)]
pub enum ReceiveRefusal {
    /// There is no such account.
    #[error("there is no bank account of this name")]
    NoAccount,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes a statement, whole or not at all. Taking it again changes nothing.
///
/// # Errors
/// As [`ReceiveRefusal`].
pub async fn receive(house: &House, statement: Statement) -> Result<Received, ReceiveRefusal> {
    let (received, touched) = house
        .store
        .tx("take a statement", move |tx, now| take(tx, now, &statement))
        .await?;
    for payment in touched {
        house.bells.payment_changed(payment);
    }
    house.bells.callbacks_wait();
    Ok(received)
}

type Touched = Vec<Id<Payment>>;

fn take(tx: &mut Tx<'_>, now: Now, statement: &Statement) -> Result<(Received, Touched), ReceiveRefusal> {
    let account = bank_account::all(tx)?
        .into_iter()
        .find(|account| account.declared.name == statement.account)
        .ok_or(ReceiveRefusal::NoAccount)?
        .id;
    let (mut received, mut touched) = (Received::default(), Vec::new());
    for line in &statement.lines {
        if receipt::find(tx, account, &line.utr)?.is_some() {
            received.known += 1;
            continue;
        }
        match take_line(tx, now.at(), account, line, statement)? {
            Some(payment) => {
                received.captured += 1;
                touched.push(payment);
            }
            None => received.in_suspense += 1,
        }
    }
    if let Some(until) = statement.complete_until {
        received.unpaid = fail_unpaid(tx, now.at(), account, until, &mut touched)?;
    }
    let detail = format!("{} lines, {received:?}", statement.lines.len());
    operator::log_action(
        tx,
        &statement.said_by,
        "statement.take",
        &statement.account,
        &detail,
        now.at(),
    )?;
    Ok((received, touched))
}

/// Takes one line. Says which payment it pays, if any.
fn take_line(
    tx: &mut Tx<'_>,
    now: UnixMs,
    account: Id<BankAccount>,
    line: &Line,
    statement: &Statement,
) -> Result<Option<Id<Payment>>, StoreError> {
    let pays = match named(&statement.instance_tag, &line.remark) {
        None => Err("no reference of ours in the remark"),
        Some(attempt) => pays(tx, account, line, attempt)?,
    };
    let new = NewReceipt {
        bank_account: account,
        utr: line.utr.clone(),
        amount: line.amount,
        remark: line.remark.clone(),
        said_by: statement.said_by.clone(),
        pays,
    };
    let id = receipt::insert(tx, &new, now)?;
    let Ok(attempt) = pays else {
        let entry = Entry::into_suspense(Account::Bank(account), line.amount)
            .ok_or_else(|| StoreError::Corrupt("a receipt of nothing".into()))?;
        let about = About::Receipt(id);
        book::post_one(tx, Movement { entry, about }, now)?;
        return Ok(None);
    };
    let mut room = Room::read(tx, std::iter::once(attempt))?;
    room.capture(attempt, &line.utr, now)?;
    let payment = room.attempt(attempt)?.payment;
    room.write(tx, now)?;
    Ok(Some(payment))
}

/// The attempt that a remark names: our reference stands in it somewhere, whatever the app put around it.
fn named(tag: &str, remark: &str) -> Option<Id<Attempt>> {
    remark
        .split(|c: char| !c.is_ascii_alphanumeric())
        .find_map(|word| reference::read(tag, word))
}

/// Whether a line pays the attempt that it names; if not, why not.
fn pays(
    tx: &Tx<'_>,
    account: Id<BankAccount>,
    line: &Line,
    attempt: Id<Attempt>,
) -> Result<Result<Id<Attempt>, &'static str>, StoreError> {
    let Some(attempt) = attempt::get(tx, attempt)? else {
        return Ok(Err("the reference is none of ours"));
    };
    let payment = payment::get(tx, attempt.payment)?
        .ok_or_else(|| StoreError::Corrupt(format!("no payment {}", attempt.payment)))?;
    Ok(if attempt.purse != Account::Bank(account) {
        Err("it was to be paid elsewhere")
    } else if attempt.status == AttemptStatus::Captured {
        Err("it is paid already")
    } else if !attempt.status.is_under_way() || payment.status != Status::Open {
        Err("its payment has ended")
    } else if line.at > attempt.not_after {
        Err("it was paid after its time")
    } else if line.amount != payment.order.amount {
        Err("it is another amount")
    } else {
        Ok(attempt.id)
    })
}

/// What was to be paid before `until`, and is on no statement, was not paid.
fn fail_unpaid(
    tx: &mut Tx<'_>,
    now: UnixMs,
    account: Id<BankAccount>,
    until: UnixMs,
    touched: &mut Touched,
) -> Result<usize, StoreError> {
    let open = attempt::under_way_into(tx, Account::Bank(account), until)?;
    let mut room = Room::read(tx, open.iter().copied())?;
    for attempt in &open {
        room.fail(*attempt, Fault::NotFinished, now)?;
        touched.push(room.attempt(*attempt)?.payment);
    }
    room.write(tx, now)?;
    Ok(open.len())
}
