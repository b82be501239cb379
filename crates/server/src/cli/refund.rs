//! `rokad refund`: refunds under way, what became of one, and the end of one that a person pays.

use crate::cli::{
    Failure,
    place::{Opened, Place, actor},
    print,
};
use rokad_domain::{Id, account::Account, acquirer::BankRef, id::kind::Refund, refund::Fault};
use rokad_flows::refund::by_hand::{self, Said};
use rokad_store::{
    attempt,
    refund::{self, StoredRefund},
};
use rokad_wire::collect::{
    payment_id::payment_id,
    refund::{read_refund_id, refund_id},
};

/// What to do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Lists refunds under way; those that a person pays say so
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Shows a refund: where it stands, and what happened to it
    Show {
        #[command(flatten)]
        place: Place,
        /// Its refundId
        id: String,
    },
    /// Records that a person paid it: only of money that came straight into a bank account
    Paid {
        #[command(flatten)]
        place: Place,
        /// Its refundId
        id: String,
        /// The bank's reference of the payment
        #[arg(long, value_parser = parse_utr)]
        utr: BankRef,
    },
    /// Records that a person cannot pay it: its money is the merchant's again
    NotPaid {
        #[command(flatten)]
        place: Place,
        /// Its refundId
        id: String,
    },
}

fn parse_utr(text: &str) -> Result<BankRef, String> {
    BankRef::parse(text).ok_or_else(|| "a UTR has 1 to 35 letters and digits".to_owned())
}

fn id_of(text: &str) -> Result<Id<Refund>, Failure> {
    read_refund_id(text).ok_or_else(none)
}

fn none() -> Failure {
    Failure::Said("there is no such refund".to_owned())
}

/// Does it.
pub async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::List { place } => list(&place.open()?).await,
        Command::Show { place, id } => show(&place.open()?, id_of(&id)?).await,
        Command::Paid { place, id, utr } => end(&place.open()?, id_of(&id)?, Said::Paid(utr)).await,
        Command::NotPaid { place, id } => end(&place.open()?, id_of(&id)?, Said::NotPaid).await,
    }
}

async fn end(opened: &Opened, id: Id<Refund>, said: Said) -> Result<(), Failure> {
    let ended = by_hand::end(&opened.house, id, said, actor()).await;
    ended.map_err(|refusal| Failure::Said(refusal.to_string()))
}

async fn list(opened: &Opened) -> Result<(), Failure> {
    let read = opened.house.store.read(|tx| {
        let mut all = Vec::new();
        for refund in refund::under_way(tx)? {
            let attempt = attempt::get(tx, refund.attempt)?;
            let by_hand = attempt.is_some_and(|attempt| matches!(attempt.purse, Account::Bank(_)));
            all.push((refund, by_hand));
        }
        Ok(all)
    });
    let refunds = read.await?;
    if refunds.is_empty() {
        print::line("No refund is under way.");
    }
    for (refund, by_hand) in refunds {
        let whose = if by_hand { "  to be paid by hand" } else { "" };
        print::line(&format!("{}{whose}", line(&refund)));
    }
    Ok(())
}

fn line(refund: &StoredRefund) -> String {
    format!(
        "{}  refund {} of payment {}  {:>14}  {}",
        print::time(refund.created_at),
        refund_id(refund.id),
        payment_id(refund.payment),
        refund.amount.to_string(),
        refund.status.word()
    )
}

async fn show(opened: &Opened, id: Id<Refund>) -> Result<(), Failure> {
    let read = opened.house.store.read(move |tx| {
        let Some(refund) = refund::get(tx, id)? else {
            return Ok(None);
        };
        let log = refund::log_up_to(tx, refund.last_change)?;
        Ok(Some((refund, log)))
    });
    let (refund, log) = read.await?.ok_or_else(none)?;
    print::line(&line(&refund));
    for change in log {
        print::line(&format!(
            "  {}  {:<16}  {}",
            print::time(change.at),
            change.status.word(),
            change.detail
        ));
    }
    print::line(&format!(
        "reference {}, {}",
        refund.reference,
        refund.bank_ref.as_ref().map_or_else(
            || refund
                .fault
                .map_or("no bank reference", Fault::sentence)
                .to_owned(),
            |bank_ref| format!("bank reference {}", bank_ref.as_str())
        )
    ));
    Ok(())
}
