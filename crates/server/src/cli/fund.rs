//! `rokad fund`: records that money came in.

use crate::cli::{
    Failure,
    place::{Place, actor},
    print,
};
use rokad_domain::Paise;
use rokad_flows::fund::{Whose, fund};

/// How much, and for whom.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    /// The merchant whose money it is, or `operator` for the operator's own
    pid: String,
    /// Rupees, like 250000 or 250000.50
    #[arg(value_parser = |text: &str| Paise::parse_rupees(text).ok_or("not an amount in rupees, like 12.50"))]
    rupees: Paise,
    /// The bank account that received it; needed when there are several
    #[arg(long, value_name = "NAME")]
    bank_account: Option<String>,
}

/// Does it.
pub async fn run(args: Args) -> Result<(), Failure> {
    let whose = if args.pid == "operator" {
        Whose::Operator
    } else {
        Whose::Merchant(args.pid.clone())
    };
    let opened = args.place.open()?;
    let done = fund(&opened.house, whose, args.rupees, args.bank_account, actor()).await;
    done.map_err(|refusal| Failure::Said(refusal.to_string()))?;
    print::line(&format!("{} came in for {}", args.rupees, args.pid));
    Ok(())
}
