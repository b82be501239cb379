//! What customers and their shop were told of payments: each checkout that was opened is a payment, whoever was told that
//! it is paid is right, and so is whoever was told that it is not.

use crate::{
    customers::{AllVisits, page::Page, till::Till, visit::Visit},
    faults::Faults,
};
use rokad_wire::collect::PostBackStatus;

/// Where a payment stands when all is settled, as its merchant may know it.
pub struct Payment<'v> {
    pub visit: &'v Visit,
    pub page: Page,
    /// The bank's reference, if it is paid.
    pub bank_ref: Option<String>,
}

impl Payment<'_> {
    pub fn is_paid(&self) -> bool {
        self.bank_ref.is_some()
    }

    pub fn paise(&self) -> i64 {
        self.visit.bill.paise
    }

    /// How many attempts were begun.
    pub fn attempts(&self) -> u32 {
        attempts(self.visit, &self.page)
    }
}

/// How many attempts of a visit were begun.
pub fn attempts(visit: &Visit, page: &Page) -> u32 {
    match page {
        Page::Choose(next) => next - 1,
        Page::AtBank(attempt, _) | Page::Waiting(attempt) => *attempt,
        // A customer sends the next form only when it saw that the one before failed.
        Page::Ended(_) => visit.sent,
    }
}

/// Asks about every payment, and looks at its checkout once more.
pub fn payments<'v>(all: &'v AllVisits, faults: &mut Faults) -> Vec<Payment<'v>> {
    let AllVisits {
        visits,
        till,
        browser,
    } = all;
    let txnids: Vec<&str> = visits.iter().map(|visit| visit.bill.txnid.as_str()).collect();
    let statuses = till.statuses(browser, &txnids);
    let references = till.bank_refs(browser, &txnids);
    let payment = |visit: &'v Visit| {
        let (bill, page) = (&visit.bill, visit.look(browser));
        let Some((status, paise)) = statuses.get(&bill.txnid) else {
            faults.unless(false, || {
                format!("{bill:?} had a checkout, and there is no such payment")
            });
            return None;
        };
        faults.equal(&format!("amount of {bill:?}"), *paise, bill.paise);
        let bank_ref = references
            .get(&bill.txnid)
            .filter(|bank_ref| !bank_ref.is_empty());
        let payment = Payment {
            visit,
            page,
            bank_ref: bank_ref.cloned(),
        };
        stands(&payment, status, faults);
        told(&payment, till, faults);
        Some(payment)
    };
    visits.iter().filter_map(payment).collect()
}

/// The status call and the checkout say the same, and it is something that could become of what was tried.
fn stands(payment: &Payment<'_>, status: &str, faults: &mut Faults) {
    let (visit, page) = (payment.visit, &payment.page);
    let fits = match (status, page) {
        ("Not Started", Page::Choose(1)) => true,
        ("Initiated", Page::Choose(next)) => *next > 1,
        ("Initiated", Page::AtBank(..)) => true,
        // Of an attempt that the acquirer never received nothing is certain until its time is over.
        ("Initiated", Page::Waiting(attempt)) => is_lost(visit, *attempt),
        ("Failed" | "CancelledByUser", Page::Ended(_)) => !payment.is_paid(),
        (_, Page::Ended(_)) => payment.is_paid() && was_paid(status),
        _ => false,
    };
    faults.unless(fits && payment.is_paid() == was_paid(status), || {
        let (bill, ways, broken) = (&visit.bill, &visit.ways, &visit.broken);
        format!("{bill:?}, tried {ways:?} (broken: {broken:?}): {status}, and its page is {page:?}")
    });
    let could_pay = visit
        .ways
        .iter()
        .take(visit.sent as usize)
        .any(|way| way.can_pay());
    faults.unless(could_pay || !payment.is_paid(), || {
        format!("{:?} is paid by {:?}", visit.bill, visit.ways)
    });
}

fn was_paid(status: &str) -> bool {
    [
        "Money with Payumoney",
        "Settlement in process",
        "Money Settled",
        "Refund in progress",
        "Partially Refunded",
    ]
    .contains(&status)
}

/// Whether the acquirer may never have heard of an attempt: the card that does that, or a kill.
fn is_lost(visit: &Visit, attempt: u32) -> bool {
    let way = visit.ways.get(attempt as usize - 1);
    visit.broken.contains(&attempt) || way.is_some_and(|way| !way.can_pay())
}

/// What the shop was told first, and what it is told now.
fn told(payment: &Payment<'_>, till: &Till, faults: &mut Faults) {
    let now = match &payment.page {
        Page::Ended(post_back) => Some(till.believes(post_back)),
        Page::Choose(_) | Page::AtBank(..) | Page::Waiting(_) => None,
    };
    let bill = &payment.visit.bill;
    for told in payment.visit.told.iter().chain(&now) {
        let expected = if payment.is_paid() {
            PostBackStatus::Success
        } else {
            PostBackStatus::Failure
        };
        let is_so = told.status == expected
            && (told.txnid.as_str(), told.amount.get()) == (bill.txnid.as_str(), bill.paise)
            && told.bank_ref_num == payment.bank_ref.clone().unwrap_or_default();
        faults.unless(is_so, || {
            format!("{bill:?} is {:?}, the shop was told {told:?}", payment.page)
        });
    }
    let forgotten = payment.visit.told.is_some() && now.is_none();
    faults.unless(!forgotten, || format!("{bill:?} had ended, and has not"));
}
