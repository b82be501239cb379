//! Where payments stand, and no more: for whoever asks about many.

use super::{NUMBER, number_keys, read_back};
use crate::{error::StoreError, tx::Tx};
use rokad_domain::{
    Id, Paise,
    id::kind::{Merchant, Payment},
    payment::{Back, Status, TxnId},
};
use std::collections::HashMap;

/// Where a payment stands.
#[derive(Clone, Debug)]
pub struct Brief {
    /// Its number.
    pub id: Id<Payment>,
    /// How much.
    pub amount: Paise,
    /// Its state.
    pub status: Status,
    /// How many attempts there were.
    pub attempts: u32,
    /// The day on which it is due for settlement, once captured.
    pub settle_day: Option<i64>,
    /// Whether it is settled.
    pub settled: bool,
    /// What went back of it.
    pub back: Back,
}

/// Where the payments of a merchant's numbers stand, those that there are.
///
/// # Errors
/// Only those of the database.
pub fn briefs(
    tx: &Tx<'_>,
    merchant: Id<Merchant>,
    txnids: &[TxnId],
) -> Result<HashMap<TxnId, Brief>, StoreError> {
    let select = "SELECT id, amount_paise, status, attempts, settle_day, settlement_id, txnid, refunding_paise, \
                  refunded_paise, disputed_paise FROM payments";
    let keys = number_keys(txnids.iter().map(|txnid| (merchant, txnid)));
    let found = tx.select_keys(select, NUMBER, &keys, |row| {
        let id = row.int(0)?;
        let bad = || StoreError::corrupt(format!("payment {id}"));
        let brief = Brief {
            id: Id::new(id),
            amount: Paise::new(row.int(1)?).ok_or_else(bad)?,
            status: Status::from_code(row.int(2)?).ok_or_else(bad)?,
            attempts: u32::try_from(row.int(3)?).map_err(|_| bad())?,
            settle_day: row.maybe_int(4)?,
            settled: row.maybe_int(5)?.is_some(),
            back: read_back(row, [7, 8, 9])?,
        };
        Ok((TxnId::parse(&row.text(6)?).ok_or_else(bad)?, brief))
    })?;
    Ok(found.into_iter().collect())
}
