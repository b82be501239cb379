//! How customers of this process can pay: its acquirers, and the account that UPI QR codes pay into.

use crate::cli::Failure;
use rokad_domain::{
    Id,
    account::Account,
    acquirer::Method,
    id::kind::{Acquirer as AcquirerKind, BankAccount},
};
use rokad_flows::{House, bootstrap::declare_acquirers};
use rokad_pages::checkout::{Choice, Offer};
use rokad_rails::collect::CollectRail;
use rokad_store::bank_account;
use std::sync::Arc;

/// See the module.
#[derive(Default)]
pub struct Collecting {
    /// Where customers reach this process: `https://pay.example`, without a slash at its end.
    pub public_url: String,
    /// Who takes money for the operator; of two that take the same, the first is used.
    pub acquirers: Vec<Acquirer>,
    /// The operator's own account for UPI QR codes, if it collects so.
    pub upi_qr: Option<UpiQr>,
    /// Whether no real money moves.
    pub test_mode: bool,
}

/// Who takes money for the operator.
pub struct Acquirer {
    /// Its number in the book.
    pub id: Id<AcquirerKind>,
    /// Its name; merchants see it as `PG_TYPE`.
    pub name: String,
    /// The way to it.
    pub rail: Arc<dyn CollectRail>,
    /// What it takes.
    pub offers: Vec<Offer>,
}

/// An account that UPI QR codes pay into.
#[derive(Clone)]
pub struct UpiQr {
    /// Its virtual payment address.
    pub vpa: String,
    /// The name that the customer's app shows.
    pub name: String,
    /// Its number in the book.
    pub bank_account: Id<BankAccount>,
}

/// What an operator declares of an acquirer.
pub struct Declared {
    /// Its name.
    pub name: String,
    /// The way to it.
    pub rail: Arc<dyn CollectRail>,
    /// What it takes.
    pub offers: Vec<Offer>,
}

/// What an operator declares of UPI QR codes.
pub struct DeclaredQr {
    /// The account's virtual payment address.
    pub vpa: String,
    /// The name that the customer's app shows.
    pub name: String,
    /// The operator's name of the bank account.
    pub bank_account: String,
}

/// What the sandbox acquirer takes.
pub fn sandbox_offers() -> Vec<Offer> {
    let choice = |code: &str, name: &str| {
        vec![Choice {
            code: code.to_owned(),
            name: name.to_owned(),
        }]
    };
    vec![
        Offer::Upi,
        Offer::Card,
        Offer::NetBanking(choice("TESTPGNB", "Sandbox Bank")),
        Offer::Wallet(choice("PAYUW", "Sandbox Wallet")),
    ]
}

impl Collecting {
    /// Brings what is declared into the book. The bank accounts must have been declared before.
    ///
    /// # Errors
    /// When the bank account of the QR codes does not exist, and those of the store.
    pub async fn declare(
        house: &House,
        public_url: String,
        acquirers: Vec<Declared>,
        upi_qr: Option<DeclaredQr>,
        test_mode: bool,
    ) -> Result<Self, Failure> {
        let names = acquirers.iter().map(|acquirer| acquirer.name.clone()).collect();
        let ids = declare_acquirers(house, names).await?;
        let acquirers = acquirers
            .into_iter()
            .zip(ids)
            .map(|(declared, id)| Acquirer {
                id,
                name: declared.name,
                rail: declared.rail,
                offers: declared.offers,
            })
            .collect();
        let accounts = house.store.read(|tx| bank_account::all(tx)).await?;
        let with_account = |declared: DeclaredQr| {
            let account = accounts
                .iter()
                .find(|account| account.declared.name == declared.bank_account)
                .ok_or_else(|| {
                    Failure::Said(format!(
                        "upi_qr names a bank account {:?} that there is none of",
                        declared.bank_account
                    ))
                })?;
            Ok::<_, Failure>(UpiQr {
                vpa: declared.vpa,
                name: declared.name,
                bank_account: account.id,
            })
        };
        Ok(Self {
            public_url: public_url.trim_end_matches('/').to_owned(),
            acquirers,
            upi_qr: upi_qr.map(with_account).transpose()?,
            test_mode,
        })
    }

    /// Every way to pay, in the order in which it is shown. What two acquirers take is shown once.
    pub fn offers(&self) -> Vec<Offer> {
        let mut offers: Vec<Offer> = Vec::new();
        for offer in self.acquirers.iter().flat_map(|acquirer| &acquirer.offers) {
            if offers.iter().all(|known| known.method() != offer.method()) {
                offers.push(offer.clone());
            }
        }
        if self.upi_qr.is_some() {
            let after_upi = offers
                .iter()
                .position(|offer| offer.method() == Method::Upi)
                .map_or(0, |at| at + 1);
            offers.insert(after_upi, Offer::UpiQr);
        }
        offers
    }

    /// Who takes money in this way.
    pub fn acquirer_for(&self, method: Method) -> Option<&Acquirer> {
        let takes = |acquirer: &&Acquirer| acquirer.offers.iter().any(|offer| offer.method() == method);
        self.acquirers.iter().find(takes)
    }

    /// Who takes the money that comes into this account of the book.
    pub fn acquirer_of(&self, purse: Account) -> Option<&Acquirer> {
        self.acquirers
            .iter()
            .find(|acquirer| Account::Acquirer(acquirer.id) == purse)
    }

    /// The banks, or the wallets, of a way to pay.
    pub fn choices(&self, method: Method) -> Vec<Choice> {
        self.offers()
            .into_iter()
            .filter(|offer| offer.method() == method)
            .flat_map(|offer| match offer {
                Offer::NetBanking(choices) | Offer::Wallet(choices) => choices,
                Offer::Card | Offer::Upi | Offer::UpiQr => Vec::new(),
            })
            .collect()
    }
}
