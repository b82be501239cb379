//! How customers of this process can pay: its acquirers, and the account that UPI QR codes pay into.

use rokad_domain::{
    Id,
    account::Account,
    acquirer::Method,
    id::kind::{Acquirer as AcquirerKind, BankAccount},
};
use rokad_pages::checkout::{Choice, Offer};
use rokad_rails::collect::CollectRail;
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

impl Collecting {
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
