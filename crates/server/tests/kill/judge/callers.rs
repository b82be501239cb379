//! What callers were told: each 200 stands, and what was refused is not there.

use super::Outcome;
use crate::{
    clients::Asked,
    faults::Faults,
    merchant::{Answer, Merchant},
    orders::{Fate, Order},
    shop::Shop,
};

/// Polls every payout that somebody was promised, and returns what became of it.
pub fn callers<'o>(
    merchant: &Merchant,
    shop: &Shop,
    asked: &'o [Asked],
    faults: &mut Faults,
) -> Vec<Outcome<'o>> {
    let mut outcomes = Vec::new();
    for Asked { order, answers } in asked {
        let mut promised = answers.iter().filter_map(|answer| match answer {
            Answer::Accepted(ref_code) => Some(ref_code),
            Answer::Refused(..) => None,
        });
        match promised.next() {
            None => refused(merchant, shop, order, answers, faults),
            Some(ref_code) => {
                let same = promised.all(|other| other == ref_code);
                faults.unless(same, || format!("{order:?} was promised twice: {answers:?}"));
                outcomes.push(outcome(merchant, order, ref_code, faults));
            }
        }
    }
    outcomes
}

/// An order may have been refused for its own sake, or because too little was left at that moment.
fn refused(merchant: &Merchant, shop: &Shop, order: &Order, answers: &[Answer], faults: &mut Faults) {
    let why = match order.fate {
        Fate::Unsound => Answer::Refused(400, "payout.invalid_amount".to_owned()),
        Fate::TooMuch | Fate::Paid | Fate::Refused | Fate::Returned => {
            Answer::Refused(402, "payout.insufficient_balance".to_owned())
        }
    };
    let as_it_should = answers.iter().all(|answer| *answer == why);
    faults.unless(as_it_should, || format!("{order:?} was refused with {answers:?}"));
    faults.unless(shop.heard(&order.id).is_empty(), || {
        format!("{order:?} was refused, and the shop heard of it")
    });
    if matches!(order.fate, Fate::Unsound | Fate::TooMuch) {
        faults.equal(&format!("{order:?}, sent again"), merchant.ask(order), why);
    }
}

fn outcome<'o>(merchant: &Merchant, order: &'o Order, ref_code: &str, faults: &mut Faults) -> Outcome<'o> {
    let again = merchant.ask(order);
    faults.equal(
        &format!("{order:?}, sent again"),
        again,
        Answer::Accepted(ref_code.to_owned()),
    );
    let polled = merchant.poll(ref_code);
    let said = polled.said.payout;
    faults.equal(&format!("order of {order:?}"), said.order_id.as_str(), &order.id);
    faults.equal(
        &format!("amount of {order:?}"),
        said.requested.get(),
        order.paise(),
    );
    faults.unless(polled.said.acknowledged, || {
        format!("{order:?} is not acknowledged")
    });
    let outcome = Outcome {
        order,
        ref_code: ref_code.to_owned(),
        status: said.status.word().to_owned(),
        utr: Some(said.bank_ref).filter(|utr| !utr.is_empty()),
        log: polled.log,
    };
    let paid = if outcome.is_approved() { order.paise() } else { 0 };
    faults.equal(&format!("paid to {order:?}"), said.processed.get(), paid);
    faults.unless(may_end(&outcome), || {
        let (log, utr) = (&outcome.log, &outcome.utr);
        format!("{order:?} ended like this: {log:?}, UTR {utr:?}")
    });
    outcome
}

/// Any instruction may have died with the program before the bank had it: then it failed, and was never paid.
fn may_end(outcome: &Outcome<'_>) -> bool {
    let log: Vec<&str> = outcome.log.iter().map(String::as_str).collect();
    match (log.as_slice(), &outcome.utr, outcome.order.fate) {
        (["Pending", "Processing", "Failed"], None, Fate::Paid | Fate::Refused | Fate::Returned) => true,
        (["Pending", "Processing", "Approved"], Some(_), fate) => fate == Fate::Paid,
        (["Pending", "Processing", "Approved", "Failed"], Some(_), fate) => fate == Fate::Returned,
        _ => false,
    }
}
