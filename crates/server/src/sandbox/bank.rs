//! The sandbox bank, opened and served: in the sandbox, or by `rokad bank`.

use crate::node::Node;
use rokad_domain::Paise;
use rokad_rails::sandbox::{Bank, BankError, SeedAccount};
use rokad_store::Clock;
use std::{path::Path, str::FromStr, sync::Arc};
use tokio::net::TcpListener;

/// An account, and what is in it when the bank is first opened.
#[derive(Clone)]
pub struct AccountSeed {
    /// Its number.
    pub number: String,
    /// What is in it.
    pub opening: Paise,
}

/// `NUMBER:RUPEES`.
impl FromStr for AccountSeed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (number, rupees) = text
            .split_once(':')
            .ok_or("an account is written NUMBER:RUPEES")?;
        let opening =
            Paise::parse_rupees(rupees).ok_or("the amount is no amount in rupees, like 250000.50")?;
        Ok(Self {
            number: number.to_owned(),
            opening,
        })
    }
}

/// Opens the bank's book, and makes it where it is missing.
pub fn open(data: &Path, accounts: Vec<AccountSeed>) -> Result<Bank, BankError> {
    std::fs::create_dir_all(data)?;
    let clock = Clock::system();
    let seeds = accounts.into_iter().map(|seed| SeedAccount {
        number: seed.number,
        holder: "Rokad Operator".to_owned(),
        bank: "Sandbox Bank".to_owned(),
        ifsc: "SBOX0000001".to_owned(),
        opening: seed.opening,
    });
    Bank::open(data, Arc::new(move || clock.now().at()), seeds.collect())
}

/// Serves the bank, and lets it do what is due, until the node stops.
pub fn serve(node: &Node, bank: &Bank, key: &str, listener: TcpListener) {
    node.site(bank.router(key)).serve_plain(listener);
    let (bank, stop) = (bank.clone(), node.stop.clone());
    node.tasks
        .spawn(async move { bank.run(stop.cancelled_owned()).await });
}
