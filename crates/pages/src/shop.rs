//! The demo shop of the sandbox, as its customers and its keeper see it. English alone, no script at all.
//!
//! `/` sells, `/basket` asks who buys, `/orders/{txnid}` is an order, `/orders` all of them, `/payouts` what the shop was
//! told of payouts. Its forms may go to the gateway: [`policy`].

use crate::PageUrl;
use askama::Template;
use rokad_domain::{Paise, Private};

/// Its stylesheet, at `/shop.css`.
pub const CSS: &str = include_str!("../../../web/shop/shop.css");

/// Its mark, at `/mark.svg`.
pub const MARK: &str = include_str!("../../../web/shop/mark.svg");

/// The policy of its pages: forms go to the shop itself and to these origins, nothing comes from elsewhere.
///
/// Browsers hold the redirects after a form against `form-action` too; the gateway redirects to itself alone.
#[must_use]
pub fn policy(gateway: &str) -> String {
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self' {gateway}"
    )
}

/// Something that is sold.
pub struct Good {
    /// Its name in forms.
    pub code: &'static str,
    /// What it is.
    pub name: &'static str,
    /// What one should know.
    pub about: &'static str,
    /// The price of one.
    pub price: Paise,
    /// The outline of its picture, in a square of 24.
    pub picture: &'static str,
    /// How many are in the basket to begin with.
    pub quantity: u32,
}

/// `/`.
#[derive(Template)]
#[template(path = "shop/shelf.html")]
pub struct Shelf<'a> {
    /// What is sold.
    pub goods: &'a [Good],
    /// The most that is sold of one kind.
    pub quantity_max: u32,
    /// Whether somebody tried to buy nothing.
    pub nothing_chosen: bool,
}

/// A line of a basket.
pub struct Line {
    /// The good's name in forms.
    pub code: &'static str,
    /// What it is.
    pub name: &'static str,
    /// How many.
    pub quantity: u32,
    /// For all of them.
    pub price: Paise,
}

/// Who buys, as typed.
#[derive(Clone)]
pub struct Buyer {
    /// The name.
    pub name: Private<String>,
    /// The e-mail address.
    pub email: Private<String>,
    /// The telephone number.
    pub phone: Private<String>,
}

/// A field of the basket's form that is wrong.
pub struct Wrong {
    /// The field's name.
    pub field: &'static str,
    /// What is wrong with it.
    pub sentence: &'static str,
}

/// `/basket`.
#[derive(Template)]
#[template(path = "shop/basket.html")]
pub struct Basket<'a> {
    /// What is in it.
    pub lines: &'a [Line],
    /// All together.
    pub total: Paise,
    /// Who buys.
    pub buyer: &'a Buyer,
    /// What is wrong, if the form came back.
    pub wrong: &'a [Wrong],
}

impl Basket<'_> {
    fn fault(&self, field: &str) -> Option<&'static str> {
        self.wrong
            .iter()
            .find(|wrong| wrong.field == field)
            .map(|wrong| wrong.sentence)
    }
}

/// Where an order stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// The shop has heard nothing.
    Waiting,
    /// The bank has not said yet.
    Pending,
    /// Paid.
    Paid,
    /// Not paid.
    Failed,
}

impl Standing {
    /// In a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "Not paid yet",
            Self::Pending => "Pending",
            Self::Paid => "Paid",
            Self::Failed => "Not paid",
        }
    }

    /// In a shape, for those who see no colours.
    #[must_use]
    pub const fn shape(self) -> char {
        match self {
            Self::Waiting => '○',
            Self::Pending => '◐',
            Self::Paid => '●',
            Self::Failed => '✕',
        }
    }

    /// Its class in the stylesheet.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Waiting | Self::Pending => "Pending",
            Self::Paid => "Approved",
            Self::Failed => "Failed",
        }
    }
}

/// A row of facts: what, and how it is written.
pub type Fact = (&'static str, String);

/// An order, as its page and the list of orders show it.
pub struct OrderView {
    /// Its number.
    pub txnid: String,
    /// When it was made.
    pub time: String,
    /// The same, in Unix milliseconds.
    pub at_ms: i64,
    /// What was bought.
    pub what: String,
    /// For how much.
    pub amount: Paise,
    /// Where it stands.
    pub standing: Standing,
    /// What the verified post-backs said, for the keeper.
    pub facts: Vec<Fact>,
}

/// What a post-back was found to be.
pub enum Verdict {
    /// It is the gateway's, and about this order.
    Verified(&'static str),
    /// It is not to be believed, and why. Nothing was changed.
    NotVerified(String),
}

/// The signed form that goes to the gateway.
pub struct PayForm {
    /// `/_payment` of the gateway.
    pub url: PageUrl,
    /// Its fields.
    pub fields: Vec<(&'static str, String)>,
}

/// `/orders/{txnid}`, and what a post-back is answered with.
#[derive(Template)]
#[template(path = "shop/order.html")]
pub struct OrderPage {
    /// The order; `None` if what came back names none of ours.
    pub order: Option<OrderView>,
    /// What came back just now.
    pub verdict: Option<Verdict>,
    /// How to pay, while it can be paid.
    pub pay: Option<PayForm>,
    /// The question to the gateway, as a command.
    pub question: Option<String>,
    /// What the gateway answered, if it was asked just now.
    pub answer: Option<String>,
}

impl OrderPage {
    fn title(&self) -> &str {
        self.order
            .as_ref()
            .map_or("NOT verified", |order| order.txnid.as_str())
    }
}

/// `/orders`.
#[derive(Template)]
#[template(path = "shop/orders.html")]
pub struct Orders<'a> {
    /// The newest first.
    pub orders: &'a [OrderView],
}

/// A callback of a payout.
pub struct PayoutRow {
    /// When it was received.
    pub time: String,
    /// The same, in Unix milliseconds.
    pub at_ms: i64,
    /// The merchant's number of it.
    pub order_id: String,
    /// The wire's word.
    pub status: String,
    /// What was paid.
    pub processed: Paise,
    /// The bank's reference.
    pub bank_ref: String,
}

impl PayoutRow {
    fn shape(&self) -> char {
        match self.status.as_str() {
            "Pending" => '○',
            "Processing" => '◐',
            "Approved" => '●',
            "Failed" => '✕',
            _ => '⊘',
        }
    }
}

/// `/payouts`.
#[derive(Template)]
#[template(path = "shop/payouts.html")]
pub struct Payouts<'a> {
    /// The newest first.
    pub rows: &'a [PayoutRow],
}

/// Draws a page. What cannot be drawn is empty: templates write into memory, which does not fail.
pub fn draw(page: &impl Template) -> String {
    page.render().unwrap_or_default()
}
