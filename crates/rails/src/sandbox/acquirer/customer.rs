//! A customer at the bank's pages: what is shown, and what an answer does.
//!
//! The address of the pages is the customer's only proof; it cannot be guessed, so no other site can post there.

use super::{
    BankError, PAGES,
    book::Book,
    charge::{Charge, State},
    record::{Ending, Record, Step},
    scripts::{OTP, PASSWORD, USER},
};
use crate::sandbox::office::Desk;
use rokad_domain::{
    Paise, UnixMs,
    acquirer::{Fault, Method},
};
use serde::Deserialize;

/// Wrong answers on one page, until the bank refuses.
pub const MISTAKES_MAX: u8 = 3;

/// What a customer posts.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Form {
    /// The button: `login`, `pay`, `confirm` or `cancel`.
    choice: String,
    otp: String,
    user: String,
    password: String,
}

/// A page, as values.
pub struct Page {
    pub amount: Paise,
    pub method: Method,
    /// With what, as it may be shown.
    pub shown: String,
    pub return_url: String,
    pub what: What,
}

/// What a page is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// Something to answer. `mistakes`: how often that went wrong.
    Step { step: Step, mistakes: u8 },
    /// It was paid.
    Paid,
    /// The time is over, nothing was paid.
    Expired,
    /// Nothing was paid.
    NotPaid,
}

/// What stands at `token`. `None`: nothing.
pub fn look(book: &Book, token: &str) -> Option<Page> {
    let (_, charge) = book.find_page(token)?;
    page(charge)
}

/// Takes the customer's answer, and says where to go: back to the shop, or to the same page if there is something to answer
/// or to read. Once the charge has ended, no answer changes anything. `None`: there is nothing at `token`.
pub fn answer(
    desk: &mut Desk<Book>,
    token: &str,
    form: &Form,
    now: UnixMs,
) -> Result<Option<String>, BankError> {
    let Some((number, charge)) = desk.book.find_page(token) else {
        return Ok(None);
    };
    if let Some(record) = decide(number, charge, form, now) {
        desk.append(&record)?;
    }
    Ok(look(&desk.book, token).map(|page| match page.what {
        What::Step { .. } | What::Expired => format!("{PAGES}/{token}"),
        What::Paid | What::NotPaid => page.return_url,
    }))
}

/// What `form` does to the charge. `None`: nothing.
fn decide(number: u32, charge: &Charge, form: &Form, now: UnixMs) -> Option<Record> {
    let State::AtPages(at_pages) = &charge.state else {
        return None;
    };
    let step = at_pages.step()?;
    if form.choice == "cancel" {
        return Some(Ending::Refused(Fault::CancelledAtBank).of(number, now));
    }
    // The form of another page, sent once more, is no answer to this one.
    if form.choice != choice(step) {
        return None;
    }
    let right = match step {
        Step::Login => form.user == USER && form.password == PASSWORD,
        Step::Otp => form.otp.trim() == OTP,
        Step::Balance => true,
    };
    let (charge, at_ms) = (number, now.0);
    Some(if right && at_pages.is_last() {
        at_pages.ending.of(number, now)
    } else if right {
        Record::Advanced { charge, at_ms }
    } else if at_pages.mistakes + 1 >= MISTAKES_MAX {
        Ending::Refused(fault(step)).of(number, now)
    } else {
        Record::Mistaken { charge, at_ms }
    })
}

/// The button that answers this page.
pub const fn choice(step: Step) -> &'static str {
    match step {
        Step::Login => "login",
        Step::Otp => "pay",
        Step::Balance => "confirm",
    }
}

/// Why nothing is taken after too many wrong answers.
const fn fault(step: Step) -> Fault {
    match step {
        Step::Otp => Fault::OtpIncorrect,
        Step::Login | Step::Balance => Fault::AuthenticationFailed,
    }
}

fn page(charge: &Charge) -> Option<Page> {
    let what = match &charge.state {
        State::AtPages(at_pages) => What::Step {
            step: at_pages.step()?,
            mistakes: at_pages.mistakes,
        },
        State::Captured { .. } => What::Paid,
        State::Refused(Fault::NotFinished) => What::Expired,
        State::Refused(_) => What::NotPaid,
        State::Ends { .. } | State::Unanswered => return None,
    };
    Some(Page {
        amount: charge.amount,
        method: charge.method,
        shown: charge.shown.to_string(),
        return_url: charge.return_url.to_string(),
        what,
    })
}
