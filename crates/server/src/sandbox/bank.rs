//! The sandbox bank and its acquirer, opened and served at one address: in the sandbox, or by `rokad bank`.

use crate::node::Node;
use rokad_domain::Paise;
use rokad_rails::sandbox::{Acquirer, Bank, BankError, SeedAccount};
use rokad_store::Clock;
use rokad_wire::chance;
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

/// The bank and its acquirer: two books in one directory, one key, one address.
pub struct Books {
    bank: Bank,
    acquirer: Acquirer,
}

/// Opens both books, and makes them where they are missing.
pub fn open(data: &Path, accounts: Vec<AccountSeed>, clock: Clock) -> Result<Books, BankError> {
    std::fs::create_dir_all(data)?;
    let seeds = accounts.into_iter().map(|seed| SeedAccount {
        number: seed.number,
        holder: "Rokad Operator".to_owned(),
        bank: "Sandbox Bank".to_owned(),
        ifsc: "SBOX0000001".to_owned(),
        opening: seed.opening,
    });
    let clock = Arc::new(move || clock.now().at());
    Ok(Books {
        bank: Bank::open(data, clock.clone(), seeds.collect())?,
        acquirer: Acquirer::open(data, clock, Arc::new(chance::fill))?,
    })
}

/// Serves both, and lets them do what is due, until the node stops.
pub fn serve(node: &Node, books: &Books, key: &str, listener: TcpListener) {
    let (bank, acquirer) = (books.bank.clone(), books.acquirer.clone());
    let router = bank.router(key).merge(acquirer.router(key));
    node.site(router).serve_plain(listener);
    let stop = node.stop.clone();
    node.work
        .spawn(async move { bank.run(stop.cancelled_owned()).await });
    let stop = node.stop.clone();
    node.work
        .spawn(async move { acquirer.run(stop.cancelled_owned()).await });
}

impl Books {
    /// Finishes both journals and lets go of them.
    pub fn close(&self) {
        self.bank.close();
        self.acquirer.close();
    }
}
