//! `rokad settle`: what is due, now, instead of at the job's next look.

use crate::cli::{Failure, place::Place, print};
use rokad_flows::payment::settle::settle;

/// What to settle.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    /// Also what is not due yet; not where real money moves
    #[arg(long)]
    all: bool,
}

/// Does it.
pub async fn run(args: Args) -> Result<(), Failure> {
    let opened = args.place.open()?;
    if args.all && opened.production {
        let why = "money is settled before its day only where none of it is real";
        return Err(Failure::Said(why.to_owned()));
    }
    let today = opened.house.store.clock().now().at().day_in_kolkata();
    let up_to = if args.all { i64::MAX } else { today };
    let settled = settle(&opened.house, None, up_to).await?;
    let (payments, merchants) = (settled.payments, settled.merchants);
    print::line(&format!(
        "{payments} payments of {merchants} merchants settled, {}",
        print::signed(settled.paise)
    ));
    Ok(())
}
