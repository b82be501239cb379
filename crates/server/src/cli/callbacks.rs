//! `rokad callbacks`: what was given up, and sending again.

use crate::cli::{
    Failure,
    payout::id_of,
    place::{Place, actor},
    print,
};
use rokad_flows::callback::{resend, resend_parked};
use rokad_store::callback::{self, Tells};
use rokad_wire::collect::payment_id::payment_id;

/// Parked callbacks that a list shows at most.
const LIST_MAX: usize = 1_000;

/// What to do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Lists callbacks that were given up after three days
    Parked {
        #[command(flatten)]
        place: Place,
    },
    /// Sends the callbacks of a payout again, or all that were given up
    Resend {
        #[command(flatten)]
        place: Place,
        /// The payout
        #[arg(required_unless_present = "parked")]
        ref_code: Option<String>,
        /// All that were given up
        #[arg(long, conflicts_with = "ref_code")]
        parked: bool,
    },
}

/// Does it.
pub async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Parked { place } => list(&place).await,
        Command::Resend {
            place,
            ref_code: Some(ref_code),
            ..
        } => {
            let opened = place.open()?;
            let id = id_of(&opened, &ref_code)?;
            let due = resend(&opened.house, id, actor()).await;
            let due = due.map_err(|refusal| Failure::Said(refusal.to_string()))?;
            print::line(&format!("{due} callbacks are due now"));
            Ok(())
        }
        Command::Resend {
            place,
            ref_code: None,
            ..
        } => {
            let resent = resend_parked(&place.open()?.house, actor()).await?;
            print::line(&format!("{resent} callbacks are due now"));
            Ok(())
        }
    }
}

async fn list(place: &Place) -> Result<(), Failure> {
    let opened = place.open()?;
    let ref_codes = opened.ref_codes()?;
    let parked = opened
        .house
        .store
        .read(|tx| callback::parked(tx, LIST_MAX))
        .await?;
    if parked.is_empty() {
        print::line("No callback was given up.");
    }
    for callback in parked {
        let (since, attempts) = (print::time(callback.since), callback.attempts);
        let about = match callback.tells {
            Tells::Change(payout, _) => ref_codes.make(payout),
            Tells::Event(payment, event) => {
                format!(
                    "event {event} of paymentId {}, webhook {}",
                    payment_id(payment),
                    callback.endpoint
                )
            }
        };
        print::line(&format!("{since}  {attempts} attempts  {about}"));
    }
    Ok(())
}
