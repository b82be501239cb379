//! `rokad accounts`: the operator's bank accounts.

use crate::cli::{
    Failure,
    place::{Place, actor},
    print,
};
use rokad_domain::account::Account;
use rokad_flows::bootstrap::switch_bank_account;
use rokad_store::{bank_account, book};

/// What to do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Lists them
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Stops paying from an account; payouts that wait take another, or wait
    Pause {
        #[command(flatten)]
        place: Place,
        /// Its name
        name: String,
    },
    /// Pays from it again
    Resume {
        #[command(flatten)]
        place: Place,
        /// Its name
        name: String,
    },
}

/// Does it.
pub async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::List { place } => list(&place).await,
        Command::Pause { place, name } => switch(&place, name, false).await,
        Command::Resume { place, name } => switch(&place, name, true).await,
    }
}

async fn switch(place: &Place, name: String, active: bool) -> Result<(), Failure> {
    let known = switch_bank_account(&place.open()?.house, name.clone(), active, actor()).await?;
    if known {
        Ok(())
    } else {
        Err(Failure::Said(format!("there is no bank account named {name}")))
    }
}

async fn list(place: &Place) -> Result<(), Failure> {
    let opened = place.open()?;
    let read = opened
        .house
        .store
        .read(|tx| Ok((bank_account::all(tx)?, book::all_balances(tx)?)));
    let (accounts, balances) = read.await?;
    print::line(&format!(
        "{:<16} {:<8} {:>20} {:>20} {:>20}",
        "NAME", "STATE", "BALANCE", "UNDER WAY", "DAILY LIMIT"
    ));
    for account in accounts {
        let balance = balances
            .iter()
            .find(|(its, _)| *its == Account::Bank(account.id))
            .map_or(0, |(_, b)| *b);
        let state = if account.active { "active" } else { "paused" };
        let (balance, under_way) = (print::signed(balance), account.under_way.to_string());
        let (name, limit) = (account.declared.name, account.declared.daily_limit.to_string());
        print::line(&format!(
            "{name:<16} {state:<8} {balance:>20} {under_way:>20} {limit:>20}"
        ));
    }
    Ok(())
}
