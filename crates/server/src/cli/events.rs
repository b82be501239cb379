//! `rokad events`: what merchants were told of, and telling them again.

use crate::cli::{
    Failure,
    place::{Place, actor},
    print,
    webhook::merchant_of,
};
use rokad_domain::Id;
use rokad_flows::event::{self, From};
use rokad_wire::collect::payment_id::payment_id;

/// What to do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Lists a merchant's events, newest first
    List {
        #[command(flatten)]
        place: Place,
        /// The merchant
        pid: String,
        /// How many
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1_000))]
        limit: u16,
        /// Only those before this one
        #[arg(long, value_name = "NUMBER")]
        before: Option<i64>,
    },
    /// Posts an event again to every active webhook that wants it
    Resend {
        #[command(flatten)]
        place: Place,
        /// The merchant
        pid: String,
        /// The event's number
        id: i64,
    },
}

/// Does it.
pub async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::List {
            place,
            pid,
            limit,
            before,
        } => {
            let opened = place.open()?;
            let merchant = merchant_of(&opened, pid).await?;
            let from = From::Before(Id::new(before.unwrap_or(i64::MAX)));
            let notices = event::list(&opened.house, merchant, from, limit.into()).await?;
            if notices.is_empty() {
                print::line("There is no event.");
            }
            for notice in notices {
                let (event, payment) = (&notice.event, &notice.report.payment);
                print::line(&format!(
                    "{}  {}  {:<17}  paymentId {}  txnid {}",
                    event.id,
                    print::time(event.at),
                    event.told.kind().name(),
                    payment_id(payment.id),
                    payment.order.txnid.as_str()
                ));
            }
            Ok(())
        }
        Command::Resend { place, pid, id } => {
            let opened = place.open()?;
            let merchant = merchant_of(&opened, pid).await?;
            let due = event::resend(&opened.house, merchant, Id::new(id), actor()).await;
            let due = due.map_err(|refusal| Failure::Said(refusal.to_string()))?;
            print::line(&format!("event {id} is posted again to {due} webhooks"));
            Ok(())
        }
    }
}
