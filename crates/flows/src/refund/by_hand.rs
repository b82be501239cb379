//! A refund of money that came straight into the operator's bank account: no acquirer can pay it, a person does.

use crate::{House, refund::hear::Room};
use rokad_domain::{
    Id, UnixMs,
    account::Account,
    acquirer::BankRef,
    id::kind::Refund,
    refund::{Fault, Status},
};
use rokad_store::{StoreError, Tx, operator, refund};

/// What the person says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// Paid, with the bank's reference.
    Paid(BankRef),
    /// It cannot be paid: the money is the merchant's again.
    NotPaid,
}

/// Why it is not believed.
#[derive(thiserror::Error, Debug)]
pub enum HandRefusal {
    /// There is no such refund.
    #[error("there is no refund with this number")]
    NoRefund,
    /// Its acquirer pays it.
    #[error("its acquirer pays it, and is asked about it")]
    NotByHand,
    /// It waits for nobody.
    #[error("it has ended, or was not taken up yet")]
    NotWaiting,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Ends a refund by a person's word.
///
/// # Errors
/// As [`HandRefusal`].
pub async fn end(house: &House, id: Id<Refund>, said: Said, actor: String) -> Result<(), HandRefusal> {
    let payment = house
        .store
        .tx("end a refund by hand", move |tx, now| {
            end_one(tx, now.at(), id, &said, &actor)
        })
        .await?;
    house.bells.payment_changed(payment);
    house.bells.callbacks_wait();
    Ok(())
}

fn end_one(
    tx: &mut Tx<'_>,
    now: UnixMs,
    id: Id<Refund>,
    said: &Said,
    actor: &str,
) -> Result<Id<rokad_domain::payment::Payment>, HandRefusal> {
    let refund = refund::get(tx, id)?.ok_or(HandRefusal::NoRefund)?;
    let mut room = Room::read(tx, std::iter::once(id))?;
    if !matches!(room.purse(&refund)?, Account::Bank(_)) {
        return Err(HandRefusal::NotByHand);
    }
    if refund.status != Status::InProgress {
        return Err(HandRefusal::NotWaiting);
    }
    let detail = match said {
        Said::Paid(utr) => {
            room.complete(id, utr, now)?;
            format!("paid {} as {}", refund.amount, utr.as_str())
        }
        Said::NotPaid => {
            room.fail(id, Fault::NotPaidByHand, now)?;
            format!("{} cannot be paid", refund.amount)
        }
    };
    room.write(tx, now)?;
    operator::log_action(tx, actor, "refund.end", &id.to_string(), &detail, now)?;
    Ok(refund.payment)
}
