//! `rokad suspense`: money that came in and that nobody has claimed, in the open.

use crate::cli::{Failure, place::Place, print};
use rokad_store::receipt::in_suspense;

/// Where the book is.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
}

/// Does it.
pub async fn run(args: Args) -> Result<(), Failure> {
    let opened = args.place.open()?;
    let receipts = opened.house.store.read(|tx| in_suspense(tx)).await?;
    if receipts.is_empty() {
        print::line("Nothing is in suspense.");
    }
    for receipt in receipts {
        let why = receipt.pays.err().unwrap_or_default();
        print::line(&format!(
            "{}  UTR {:<22} {:>16}  {why}; the statement says {:?}",
            print::time(receipt.at),
            receipt.utr,
            receipt.amount.to_string(),
            receipt.remark
        ));
    }
    Ok(())
}
