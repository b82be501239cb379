//! Orders: each stands for one payout, and is found where it is looked for.

use super::Faults;
use rokad_store::{StoreError, Tx, audit};

pub(super) fn check(tx: &Tx<'_>, faults: &mut Faults) -> Result<(), StoreError> {
    let orders = audit::orders::orders(tx)?;
    for twins in orders.twins {
        faults.add(format!(
            "payouts {} and {} are the same order of merchant {}",
            twins.first, twins.second, twins.merchant
        ));
    }
    for page in orders.pages {
        faults.add(format!("page {page} of the orders is not what its payouts say"));
    }
    Ok(())
}
