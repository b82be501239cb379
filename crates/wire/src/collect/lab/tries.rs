//! The texts that developers hash by mistake. About fifty for each salt, made one after the other until one fits.

use super::Mistake;
use crate::collect::{hash::Signed, request::PaymentRequest, rupees};
use sha2::{Digest, Sha512};
use subtle::ConstantTimeEq;

/// The texts of a request in their order, and where the first udf stands among them.
type Texts = Vec<String>;
const AMOUNT: usize = 2;
const EMAIL: usize = 5;
const UDF: usize = 6;
const NAMED: [&str; UDF] = ["key", "txnid", "amount", "productinfo", "firstname", "email"];

/// Whether `hash`, in lower-case hex, is that of `text`.
pub(super) fn fits(hash: &str, text: &str) -> bool {
    hex::encode(Sha512::digest(text))
        .as_bytes()
        .ct_eq(hash.as_bytes())
        .into()
}

/// Every text that is tried under `salt`, with the mistake that it stands for.
pub(super) fn all<'r>(
    request: &'r PaymentRequest<'_>,
    salt: &'r str,
) -> impl Iterator<Item = (Mistake, String)> + 'r {
    let posted = request.posted;
    let with_salt =
        move |(mistake, texts): (Mistake, Texts)| (mistake, format!("{}|{salt}", texts.join("|")));
    udf(posted)
        .chain(amounts(request))
        .chain(blanks(posted))
        .chain(keys(posted))
        .chain(encodings(posted))
        .map(with_salt)
        .chain(salts(posted, salt))
}

fn texts(posted: Signed<'_>) -> Texts {
    posted.of_request().map(str::to_owned).to_vec()
}

/// The texts with `change` made to each.
fn each(posted: Signed<'_>, change: impl Fn(&str) -> String) -> Texts {
    posted.of_request().map(change).to_vec()
}

/// The texts with another one at `at`.
fn other(posted: Signed<'_>, at: usize, text: String) -> Texts {
    let mut texts = texts(posted);
    if let Some(place) = texts.get_mut(at) {
        *place = text;
    }
    texts
}

/// Too few or too many places for udf, and places that were left empty.
fn udf(posted: Signed<'_>) -> impl Iterator<Item = (Mistake, Texts)> {
    let places = (0..13).filter(|places| *places != 10).map(move |places| {
        let mut texts = texts(posted);
        texts.resize(UDF + places, String::new());
        (Mistake::UdfPlaces(places), texts)
    });
    let emptied = [0, 5].into_iter().map(move |kept| {
        let mut texts = texts(posted);
        texts.iter_mut().skip(UDF + kept).for_each(String::clear);
        (Mistake::UdfLeftOut, texts)
    });
    places.chain(emptied)
}

/// The same amount, written in the other usual ways.
fn amounts(request: &PaymentRequest<'_>) -> impl Iterator<Item = (Mistake, Texts)> {
    let (posted, amount) = (request.posted, request.order.amount);
    [
        rupees::shortest(amount).to_string(),
        rupees::one_decimal(amount).to_string(),
        rupees::two_decimals(amount).to_string(),
    ]
    .into_iter()
    .map(move |text| (Mistake::AmountFormat(text.clone()), other(posted, AMOUNT, text)))
}

fn blanks(posted: Signed<'_>) -> impl Iterator<Item = (Mistake, Texts)> {
    let trimmed = (
        Mistake::BlanksTrimmed,
        each(posted, |text| text.trim().to_owned()),
    );
    let added = NAMED.into_iter().enumerate().flat_map(move |(at, name)| {
        let text = posted.of_request().get(at).copied().unwrap_or_default();
        [format!("{text} "), format!(" {text}")]
            .map(|text| (Mistake::BlankAdded(name), other(posted, at, text)))
    });
    std::iter::once(trimmed).chain(added)
}

fn keys(posted: Signed<'_>) -> impl Iterator<Item = (Mistake, Texts)> {
    let key = posted.key;
    let others = [key.to_ascii_lowercase(), key.to_ascii_uppercase(), String::new()];
    let others = others.into_iter().map(move |key| other(posted, 0, key));
    let none = texts(posted).split_off(1);
    others
        .chain(std::iter::once(none))
        .map(|texts| (Mistake::Key, texts))
}

fn encodings(posted: Signed<'_>) -> impl Iterator<Item = (Mistake, Texts)> {
    let email = posted.email;
    [
        (
            Mistake::UrlEncoded,
            each(posted, |text| url_encoded(text, "-_.", "+")),
        ),
        (
            Mistake::UrlEncoded,
            each(posted, |text| url_encoded(text, "-_.~", "%20")),
        ),
        (
            Mistake::UrlEncoded,
            each(posted, |text| url_encoded(text, "-_.~!*'()", "%20")),
        ),
        (
            Mistake::HtmlEscaped,
            each(posted, |text| html_escaped(text, "&#039;")),
        ),
        (Mistake::HtmlEscaped, each(posted, |text| html_escaped(text, "'"))),
        (Mistake::HtmlEscaped, each(posted, html_plain)),
        (Mistake::EmailCase, other(posted, EMAIL, email.to_lowercase())),
        (Mistake::EmailCase, other(posted, EMAIL, email.to_uppercase())),
    ]
    .into_iter()
}

/// The salt forgotten, followed by something, or in another place.
fn salts(posted: Signed<'_>, salt: &str) -> impl Iterator<Item = (Mistake, String)> {
    let forwards = texts(posted).join("|");
    let mut backwards = texts(posted);
    backwards.reverse();
    let backwards = backwards.join("|");
    [
        (Mistake::SaltMissing, forwards.clone()),
        (Mistake::SaltMissing, format!("{forwards}|")),
        (Mistake::SaltInFront, format!("{salt}|{forwards}")),
        (Mistake::ResponseOrder, format!("{salt}|{backwards}")),
        (Mistake::ResponseOrder, format!("{salt}||{backwards}")),
        (Mistake::BlankAfterSalt, format!("{forwards}|{salt} ")),
        (Mistake::BlankAfterSalt, format!("{forwards}|{salt}\n")),
        (Mistake::BlankAfterSalt, format!("{forwards}|{salt}\r\n")),
    ]
    .into_iter()
}

/// As PHP's `urlencode` and `rawurlencode` and JavaScript's `encodeURIComponent` do it; they differ in what they leave.
fn url_encoded(text: &str, left: &str, blank: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match char::from(byte) {
            ' ' => encoded.push_str(blank),
            c if c.is_ascii_alphanumeric() || left.contains(c) => encoded.push(c),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// As PHP's `htmlspecialchars` does it; `quote` is what becomes of a single one.
fn html_escaped(text: &str, quote: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', quote)
}

fn html_plain(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#039;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
