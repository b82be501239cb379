//! What each page of the checkout shows, as values.

use crate::{Lang, PageUrl, UpiLink};
use rokad_domain::{
    Paise, Private,
    acquirer::{Fault, Method},
    card::CardFault,
};

/// What is paid, as every page of a checkout shows it.
#[derive(Clone)]
pub struct Order {
    /// The checkout's secret name in its address: letters, digits, `-` and `_`.
    pub token: String,
    /// The merchant's name.
    pub merchant: String,
    /// The merchant's number of the payment.
    pub txnid: String,
    /// What is paid for. May be empty.
    pub productinfo: String,
    /// How much.
    pub amount: Paise,
    /// Whether this is the sandbox, where no real money moves.
    pub test_mode: bool,
    /// The language of the page.
    pub lang: Lang,
}

/// The customer chooses how to pay.
#[derive(Clone)]
pub struct Choose {
    /// What is paid.
    pub order: Order,
    /// Milliseconds until the checkout expires.
    pub left_ms: i64,
    /// The number that the next attempt gets (the first is 1): stands in every form, so that one sent twice pays once.
    pub attempt: u32,
    /// The ways to pay, in the order in which they are shown. Empty: only the way back is left.
    pub offer: Vec<Offer>,
    /// What to say first.
    pub notice: Option<Notice>,
    /// What was typed into a form that is shown again.
    pub typed: Typed,
    /// What was wrong with it.
    pub faults: Vec<FormFault>,
}

/// A way to pay, with what can be chosen in it.
#[derive(Clone)]
pub enum Offer {
    /// A card.
    Card,
    /// A request to a UPI app.
    Upi,
    /// One of these banks.
    NetBanking(Vec<Choice>),
    /// One of these wallets.
    Wallet(Vec<Choice>),
    /// A QR code for any UPI app.
    UpiQr,
}

impl Offer {
    /// The method that it leads to.
    #[must_use]
    pub const fn method(&self) -> Method {
        match self {
            Self::Card => Method::Card,
            Self::Upi => Method::Upi,
            Self::NetBanking(_) => Method::NetBanking,
            Self::Wallet(_) => Method::Wallet,
            Self::UpiQr => Method::UpiQr,
        }
    }
}

/// A bank or a wallet to choose.
#[derive(Clone)]
pub struct Choice {
    /// Its code, posted back.
    pub code: String,
    /// Its name, shown.
    pub name: String,
}

/// What the customer is told before choosing (again).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The attempt before took no money, for this reason.
    Failed(Fault),
    /// No further attempt is allowed. No money was taken.
    TooManyAttempts,
}

/// What was typed. A card's number and CVV have no place here, so that no page can show them again.
#[derive(Clone, Default)]
pub struct Typed {
    /// The method whose form was sent: it is shown open.
    pub method: Option<Method>,
    /// As typed.
    pub card_expiry: Private<String>,
    /// As typed.
    pub card_name: Private<String>,
    /// As typed.
    pub vpa: Private<String>,
    /// The bank's code.
    pub bank: String,
    /// The wallet's code.
    pub wallet: String,
}

/// A field of the forms. Its name in the form is its id on the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    /// `card_number`
    CardNumber,
    /// `card_expiry`
    CardExpiry,
    /// `card_cvv`
    CardCvv,
    /// `card_name`
    CardName,
    /// `vpa`
    Vpa,
    /// `bank`
    Bank,
    /// `wallet`
    Wallet,
}

impl Field {
    /// Its name in the form, and its id on the page.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CardNumber => "card_number",
            Self::CardExpiry => "card_expiry",
            Self::CardCvv => "card_cvv",
            Self::CardName => "card_name",
            Self::Vpa => "vpa",
            Self::Bank => "bank",
            Self::Wallet => "wallet",
        }
    }
}

/// What is wrong with a form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FormFault {
    /// Something about the card.
    Card(CardFault),
    /// No name on the card.
    NameMissing,
    /// Not `name@handle`.
    VpaUnreadable,
    /// No bank chosen, or one that is not on offer.
    BankMissing,
    /// No wallet chosen, or one that is not on offer.
    WalletMissing,
}

impl FormFault {
    /// The field that it stands beside.
    #[must_use]
    pub const fn field(self) -> Field {
        match self {
            Self::Card(
                CardFault::NumberNotDigits
                | CardFault::NumberLength
                | CardFault::NumberMistyped
                | CardFault::SchemeUnknown,
            ) => Field::CardNumber,
            Self::Card(CardFault::ExpiryUnreadable | CardFault::Expired) => Field::CardExpiry,
            Self::Card(CardFault::CvvLength) => Field::CardCvv,
            Self::NameMissing => Field::CardName,
            Self::VpaUnreadable => Field::Vpa,
            Self::BankMissing => Field::Bank,
            Self::WalletMissing => Field::Wallet,
        }
    }
}

/// The attempt goes on at the page of a bank or a wallet.
#[derive(Clone)]
pub struct AtBank {
    /// What is paid.
    pub order: Order,
    /// Milliseconds until the attempt expires.
    pub left_ms: i64,
    /// The attempt's number.
    pub attempt: u32,
    /// How it is paid.
    pub by: Method,
    /// The page.
    pub url: PageUrl,
    /// Whether the browser is sent there by itself. Only the first time: who comes back by the back button stays.
    pub fresh: bool,
}

/// The attempt waits for the customer in a UPI app.
#[derive(Clone)]
pub struct InApp {
    /// What is paid.
    pub order: Order,
    /// Milliseconds until the attempt expires.
    pub left_ms: i64,
    /// The attempt's number.
    pub attempt: u32,
    /// The address that was asked, masked: `ra…@okbank`.
    pub vpa_masked: String,
}

/// The bank has not answered: it is being asked.
#[derive(Clone)]
pub struct Checking {
    /// What is paid.
    pub order: Order,
    /// The attempt's number.
    pub attempt: u32,
}

/// The customer scans a QR code.
#[derive(Clone)]
pub struct Qr {
    /// What is paid.
    pub order: Order,
    /// Milliseconds until the code expires.
    pub left_ms: i64,
    /// The attempt's number.
    pub attempt: u32,
    /// What the code says.
    pub link: UpiLink,
    /// What the customer sees in the app, and can tell us later.
    pub reference: String,
    /// Who gets the money: the address.
    pub payee_vpa: String,
    /// Who gets the money: the name that the app shows.
    pub payee_name: String,
}

/// The payment has ended, or the merchant hears that it is still open: the browser carries the outcome to the merchant.
#[derive(Clone)]
pub struct Ended {
    /// What was to be paid.
    pub order: Order,
    /// How it ended.
    pub outcome: Outcome,
    /// What is posted to the merchant. `None`: the merchant named no address (an invoice), and the page stays.
    pub post_back: Option<PostBack>,
}

/// How a payment ended.
#[derive(Clone)]
pub enum Outcome {
    /// Paid.
    Paid {
        /// How much the customer paid, charges included.
        paid: Paise,
        /// Our number of the payment, for questions.
        payment_id: String,
    },
    /// Not paid: the last attempt failed.
    Failed(Fault),
    /// Not paid: the customer cancelled.
    Cancelled,
    /// Not paid: the time was over.
    Expired,
    /// The bank has not said yet whether it took money.
    Pending,
}

/// A form that the browser posts to the merchant. Source: contract.md §3.2.
#[derive(Clone)]
pub struct PostBack {
    /// The merchant's surl or furl.
    pub url: PageUrl,
    /// Names and values, in the order in which they are posted.
    pub fields: Vec<(&'static str, String)>,
}

/// A page instead of a checkout.
#[derive(Clone)]
pub struct Message {
    /// The language of the page.
    pub lang: Lang,
    /// What there is to say.
    pub problem: Problem,
    /// Whether the page was asked for with GET, so that a link can ask for it again in the other language.
    pub again: bool,
}

/// Why there is no checkout to show.
#[derive(Clone)]
pub enum Problem {
    /// No checkout has this address. HTTP 404.
    NotFound,
    /// The link is no longer good, and nothing was paid by it. HTTP 410.
    Expired,
    /// This order was paid before: it is not charged again (E4150). HTTP 409.
    AlreadyPaid {
        /// The merchant's name.
        merchant: String,
        /// The merchant's number of the payment.
        txnid: String,
        /// The checkout that shows how it ended.
        token: Option<String>,
    },
    /// The merchant's form is not taken: the error code and sentences for its developers. HTTP 400 and others.
    BadOrder(Vec<String>),
    /// Too much at once. HTTP 429 or 503.
    Busy,
    /// Our fault. HTTP 500.
    Broken,
}

/// For a merchant's developers: a form whose hash does not fit (E700). English only. Never holds a salt, nor the right hash.
#[derive(Clone)]
pub struct HashLab {
    /// The order of the hashed fields, by their names: `key|txnid|…|salt`.
    pub formula: String,
    /// What we hashed, with the salt masked.
    pub canonical: String,
    /// Of what form the hash must be: `128 hexadecimal digits, lower case`.
    pub expected: String,
    /// Of what form the hash was that came.
    pub presented: String,
    /// The likely mistake, in a sentence.
    pub mistake: Option<String>,
}
