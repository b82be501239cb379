//! What an acquirer is told of an attempt to pay, and what it can answer. Silence is an answer of its own.

use crate::{
    card::{CardNumber, Cvv, Expiry, Scheme},
    codes::codes,
    money::Paise,
    private::Private,
    time::UnixMs,
};

/// How a customer pays.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Method {
    /// A card, with 3-D Secure.
    Card,
    /// A request to the customer's UPI app.
    Upi,
    /// The customer's bank's own pages.
    NetBanking,
    /// A wallet.
    Wallet,
    /// A UPI QR code that pays straight into the operator's own account: no acquirer stands between.
    UpiQr,
}

// In the database and in addresses.
codes! { Method as text {
    Card = "card",
    Upi = "upi",
    NetBanking = "netbanking",
    Wallet = "wallet",
    UpiQr = "upi_qr",
} }

/// What an acquirer is asked to do. The intent is kept durably before the acquirer is called; card data is not part of it.
#[derive(Debug)]
pub struct ChargeOrder {
    /// Ours; the acquirer's idempotency key. Never used for two attempts.
    pub reference: String,
    /// How much.
    pub amount: Paise,
    /// With what.
    pub means: Means,
    /// Where the customer's browser comes back to. What it brings along is not believed: the acquirer is asked.
    pub return_url: String,
    /// The acquirer takes no money after this instant, so that "never heard of it" is certain later.
    pub not_after: UnixMs,
}

/// With what a customer pays. Neither cloned nor compared: a card's data exists once.
#[derive(Debug)]
pub enum Means {
    /// A card.
    Card(Card),
    /// A virtual payment address, `name@handle`.
    Upi(Private<String>),
    /// The code of a bank.
    NetBanking(String),
    /// The code of a wallet.
    Wallet(String),
}

/// A card, as the acquirer needs it. Wiped when dropped.
#[derive(Debug)]
pub struct Card {
    /// Its number.
    pub number: CardNumber,
    /// Until when it is good.
    pub expiry: Expiry,
    /// Three or four digits.
    pub cvv: Cvv,
    /// The name on it.
    pub name: Private<String>,
}

impl Means {
    /// How that is called.
    #[must_use]
    pub const fn method(&self) -> Method {
        match self {
            Self::Card(_) => Method::Card,
            Self::Upi(_) => Method::Upi,
            Self::NetBanking(_) => Method::NetBanking,
            Self::Wallet(_) => Method::Wallet,
        }
    }

    /// The scheme of the card, if it is one.
    #[must_use]
    pub fn scheme(&self) -> Option<Scheme> {
        match self {
            Self::Card(card) => card.number.scheme(),
            Self::Upi(_) | Self::NetBanking(_) | Self::Wallet(_) => None,
        }
    }
}

/// What an acquirer says of one attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The money was taken.
    Captured(BankRef),
    /// It was not, and never will be.
    Refused(Fault),
    /// The customer has something to do: on the page named here, or, without one, in an app.
    Waiting(Option<String>),
    /// Nothing that can be relied on: a timeout, a 5xx, garbage. Ask again, never charge again.
    Silent,
}

/// An acquirer's or a bank's reference of money taken (RRN, UTR): 1 to 35 ASCII letters and digits.
pub type BankRef = crate::rail::Utr;

/// Why no money was taken, in our words. An acquirer's own words end at its folder in `rails`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fault {
    /// The customer's bank declined.
    Declined,
    /// Not enough money in the account.
    InsufficientFunds,
    /// The card's CVV is wrong.
    CvvWrong,
    /// The acquirer takes no cards of this scheme.
    BrandInvalid,
    /// There is no such virtual payment address.
    VpaUnknown,
    /// The one-time password was wrong too often.
    OtpIncorrect,
    /// The customer's bank could not check who it is.
    AuthenticationFailed,
    /// The customer turned back at the bank's page.
    CancelledAtBank,
    /// The customer did not finish at the bank's page, or in the app, in time.
    NotFinished,
    /// We called the attempt off before any money was taken.
    CalledOff,
    /// The acquirer never received it, and would refuse it now.
    NotReceived,
    /// The customer's bank could not be reached.
    BankUnreachable,
    /// Refused, for a reason that has no word here.
    Other,
}

// In the database and on the rails.
codes! { Fault as text {
    Declined = "declined",
    InsufficientFunds = "insufficient_funds",
    CvvWrong = "cvv_wrong",
    BrandInvalid = "brand_invalid",
    VpaUnknown = "vpa_unknown",
    OtpIncorrect = "otp_incorrect",
    AuthenticationFailed = "authentication_failed",
    CancelledAtBank = "cancelled_at_bank",
    NotFinished = "not_finished",
    CalledOff = "called_off",
    NotReceived = "not_received",
    BankUnreachable = "bank_unreachable",
    Other = "other",
} }

impl Fault {
    /// The error code and the sentence for the merchant. Source: contract.md §3.6.
    #[must_use]
    pub const fn wire(self) -> (&'static str, &'static str) {
        match self {
            Self::Declined => ("E308", "The customer's bank declined the payment"),
            Self::InsufficientFunds => ("E308", "The customer's account has too little money"),
            Self::CvvWrong => (
                "E1670",
                "Card authentication failed at the bank due to invalid CVV",
            ),
            Self::BrandInvalid => ("E201", "Cards of this brand are not taken"),
            Self::VpaUnknown => ("E1101", "There is no such UPI address"),
            Self::OtpIncorrect => ("E301", "3-D Secure failed: the one-time password was wrong"),
            Self::AuthenticationFailed => ("E300", "3-D Secure authentication failed"),
            Self::CancelledAtBank => ("E302", "The customer cancelled at the bank's page"),
            Self::NotFinished => ("E500", "The customer did not finish at the bank in time"),
            Self::CalledOff => ("E302", "The customer chose another way to pay"),
            Self::NotReceived => ("E214", "The bank did not answer, and took no money"),
            Self::BankUnreachable => ("E208", "The customer's bank could not be reached"),
            Self::Other => ("E308", "The payment failed at the bank"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_and_method_has_a_code_of_its_own() {
        for (fault, code) in Fault::ALL {
            assert_eq!((fault.code(), Fault::from_code(code)), (*code, Some(*fault)));
        }
        for (method, code) in Method::ALL {
            assert_eq!((method.code(), Method::from_code(code)), (*code, Some(*method)));
        }
    }
}
