//! `rokad payout`: shows a payout, or declines one that waits.

use crate::cli::{
    Failure,
    place::{Opened, Place, actor},
    print,
};
use rokad_domain::{Id, id::kind::Payout};
use rokad_flows::payout::decline::decline;
use rokad_store::{callback, payout};
use rokad_wire::payout::callback::canonical_for_lab;

/// What to do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Shows a payout: its state, its log, and what became of its callbacks
    Show {
        #[command(flatten)]
        place: Place,
        /// Its ref_code
        ref_code: String,
    },
    /// Declines a payout that is Pending: its money goes back to the merchant
    Decline {
        #[command(flatten)]
        place: Place,
        /// Its ref_code
        ref_code: String,
        /// Why, told to the merchant
        #[arg(long, value_parser = parse_reason)]
        reason: String,
    },
}

fn parse_reason(text: &str) -> Result<String, String> {
    let fits = (1..=200).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits {
        Ok(text.to_owned())
    } else {
        Err("a reason has 1 to 200 printable characters".to_owned())
    }
}

/// The payout that a ref_code names.
pub fn id_of(opened: &Opened, ref_code: &str) -> Result<Id<Payout>, Failure> {
    opened
        .ref_codes()?
        .read(ref_code)
        .ok_or_else(|| Failure::Said("this is no ref_code of this gateway".to_owned()))
}

/// Does it.
pub async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Show { place, ref_code } => {
            let opened = place.open()?;
            let id = id_of(&opened, &ref_code)?;
            show(&opened, id).await
        }
        Command::Decline {
            place,
            ref_code,
            reason,
        } => {
            let opened = place.open()?;
            let id = id_of(&opened, &ref_code)?;
            let done = decline(&opened.house, id, actor(), reason).await;
            done.map_err(|refusal| Failure::Said(refusal.to_string()))
        }
    }
}

async fn show(opened: &Opened, id: Id<Payout>) -> Result<(), Failure> {
    let found = opened.house.store.read(move |tx| {
        let Some(payout) = payout::get(tx, id)? else {
            return Ok(None);
        };
        let changes = payout::changes_up_to(tx, payout.last_change)?;
        let mut owed = Vec::new();
        for callback in callback::open_of_payout(tx, id)? {
            let attempts = callback::attempts(tx, callback.id)?;
            owed.push((callback, attempts));
        }
        Ok(Some((payout, changes, owed)))
    });
    let (payout, changes, owed) = found
        .await?
        .ok_or_else(|| Failure::Said("there is no such payout".to_owned()))?;
    let price = payout.charge.total().unwrap_or_default();
    print::line(&format!("order_id  {}", payout.order.order_id.as_str()));
    print::line(&format!(
        "amount    {} and {price} for fee and GST",
        payout.order.amount
    ));
    print::line(&format!("status    {}", payout.status.word()));
    print::line(&format!(
        "UTR       {}",
        payout.utr.as_ref().map_or("none", |utr| utr.as_str())
    ));
    for change in changes {
        print::line(&format!(
            "  {}  {:<10}  {}",
            print::time(change.at),
            change.status.word(),
            change.note
        ));
    }
    for (callback, attempts) in owed {
        let state = if callback.parked { "given up" } else { "owed" };
        print::line(&format!(
            "callback {} is {state} after {} attempts",
            callback.id, callback.attempts
        ));
        for (number, at, reply) in &attempts {
            print::line(&format!("  {}  attempt {number}: {reply}", print::time(*at)));
        }
        if attempts
            .iter()
            .any(|(_, _, reply)| reply.contains("Hash Mismatch"))
        {
            print::line("  the merchant's hash differs. The seal covers, with the secret_key at the end:");
            let order = payout.order.order_id.as_str();
            let processed = if payout.status == rokad_domain::payout::Status::Approved {
                payout.order.amount
            } else {
                rokad_domain::Paise::ZERO
            };
            print::line(&format!(
                "  md5({})",
                canonical_for_lab(order, processed, payout.status)
            ));
            print::line(
                "  likely causes: another secret_key (rotated?), 8128.00 hashed where 8128 was sent, or requested_amount hashed",
            );
        }
    }
    Ok(())
}
