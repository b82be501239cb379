//! The signature lab: when the hash of a payment request does not fit, what its developer probably did.
//!
//! The usual mistakes are tried one at a time, each under each of the merchant's salts. A mistake that fits is told, with
//! the text that was to be hashed and the salt masked in it.
//!
//! That is safe to tell. A mistake fits only when the presented hash was made *with the salt* over some other text, so
//! that whoever is told holds such a hash, and hence knows the salt or has it from somebody who does; all that is told is
//! which text it was. To guess a salt takes one hash for each guess, here as in the check itself: trying more texts makes
//! no guess count twice. The one mistake that can be made without the salt, to leave it out, says nothing about it. No
//! hash of ours is ever shown, and a request with a mistake is refused whatever the lab says.

mod tries;

use super::{envelope, refusal::Refusal, request::PaymentRequest};
use rokad_domain::Private;
use std::fmt;

/// What a hash of a request looks like.
pub const EXPECTED: &str = "128 lower-case hex digits (SHA-512)";

/// Bytes of the text under a hash up to which mistakes are tried. Nobody is known yet when the lab works: a hundred hashes over
/// a long text would be milliseconds for whoever asks. The document's own fields take a few hundred bytes.
const TRIED_BYTES_MAX: usize = 1_024;

/// What the lab found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnosis {
    /// What was to be hashed, with `********` for the salt. It holds the customer's name and address: show it to whoever
    /// posted it, and to nobody else.
    pub canonical: Private<String>,
    /// How long the hash is that was posted, in characters. [`EXPECTED`] is how it should look.
    pub presented_chars: usize,
    /// What probably went wrong.
    pub mistake: Mistake,
}

/// The usual mistakes. Each says what to do, by [`fmt::Display`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mistake {
    /// There is no hash.
    HashMissing,
    /// The hash holds something other than hex digits.
    NotHex,
    /// The hash has the length of another algorithm's: its name.
    Algorithm(&'static str),
    /// The hash has a length that none has.
    Length,
    /// It fits but for its case.
    UpperCase,
    /// It was made over another number of places for udf fields: how many.
    UdfPlaces(usize),
    /// It was made over empty udf fields that were posted with something in them.
    UdfLeftOut,
    /// The amount was written in another way: how.
    AmountFormat(String),
    /// It was made over texts without the blanks that were posted around them.
    BlanksTrimmed,
    /// It was made over a text with a blank that was not posted: the field.
    BlankAdded(&'static str),
    /// It was made with a blank or a line break behind the salt.
    BlankAfterSalt,
    /// It was made over another key, or over none.
    Key,
    /// It was made without the salt.
    SaltMissing,
    /// The salt stood in front.
    SaltInFront,
    /// The fields stood in the order of the response.
    ResponseOrder,
    /// It was made over texts that were encoded for a URL.
    UrlEncoded,
    /// It was made over texts that were escaped for HTML, or posted so and hashed plain.
    HtmlEscaped,
    /// The e-mail address was written in another case.
    EmailCase,
    /// The texts are longer than what is tried.
    NotTried,
    /// None of these.
    Unknown,
}

/// Says why the hash of `request` does not fit the merchant's salts. `None`: it does.
#[must_use]
pub fn diagnose(request: &PaymentRequest<'_>, salts: &[&str]) -> Option<Diagnosis> {
    if request.is_signed_with(salts) {
        return None;
    }
    let mut texts = request.posted.of_request().to_vec();
    texts.push("********");
    let canonical = texts.join("|");
    let mistake = match by_form(request.hash) {
        Some(mistake) => mistake,
        None if canonical.len() > TRIED_BYTES_MAX => Mistake::NotTried,
        None => by_trying(request, salts),
    };
    Some(Diagnosis {
        canonical: Private::new(canonical),
        presented_chars: request.hash.chars().count(),
        mistake,
    })
}

/// What the look of a hash tells alone.
fn by_form(hash: &str) -> Option<Mistake> {
    if hash.is_empty() {
        return Some(Mistake::HashMissing);
    }
    if !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(Mistake::NotHex);
    }
    match hash.len() {
        128 => None,
        32 => Some(Mistake::Algorithm("MD5")),
        40 => Some(Mistake::Algorithm("SHA-1")),
        56 => Some(Mistake::Algorithm("SHA-224")),
        64 => Some(Mistake::Algorithm("SHA-256")),
        96 => Some(Mistake::Algorithm("SHA-384")),
        _ => Some(Mistake::Length),
    }
}

fn by_trying(request: &PaymentRequest<'_>, salts: &[&str]) -> Mistake {
    let hash = request.hash.to_ascii_lowercase();
    if request.posted.fits_request(&hash, salts) {
        return Mistake::UpperCase;
    }
    let usable = salts.iter().filter(|salt| !salt.is_empty());
    usable
        .flat_map(|salt| tries::all(request, salt))
        .find(|(_, text)| tries::fits(&hash, text))
        .map_or(Mistake::Unknown, |(mistake, _)| mistake)
}

impl Diagnosis {
    /// The body for callers who read JSON, with HTTP status and code of [`Refusal::WrongHash`]. Its message holds everything,
    /// since the document's envelope has no other room.
    #[must_use]
    pub fn render(&self) -> Vec<u8> {
        let refusal = Refusal::WrongHash;
        let message = format!(
            "{refusal}. {} It is {EXPECTED} over: {}",
            self.mistake,
            self.canonical.reveal()
        );
        envelope::error(&message, refusal.wire().error_code())
    }
}

/// A sentence for the developer.
impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HashMissing => "There is no hash.",
            Self::NotHex => "The hash holds something other than hex digits: do not encode it in base64.",
            Self::Algorithm(name) => {
                return write!(f, "The hash has the length of {name}: use SHA-512.");
            }
            Self::Length => "The hash has a length that no usual algorithm makes: perhaps it was cut off.",
            Self::UpperCase => "The hash fits, but is in upper case: send it in lower case.",
            Self::UdfPlaces(places) => {
                return write!(
                    f,
                    "The hash was made over {places} udf places. There are ten, empty or not: after udf5 come six pipes and the salt \
                     when udf6 to udf10 are empty."
                );
            }
            Self::UdfLeftOut => "The hash was made over empty udf fields, but they were posted with something in them.",
            Self::AmountFormat(amount) => {
                return write!(f, "The hash was made over the amount {amount}: post it exactly as you hash it.");
            }
            Self::BlanksTrimmed => "The hash was made over trimmed texts, but blanks were posted around some of them.",
            Self::BlankAdded(name) => {
                return write!(f, "The hash was made over {name} with a blank at its start or end that was not posted.");
            }
            Self::BlankAfterSalt => "The salt was hashed with a blank or a line break behind it: trim it where you read it.",
            Self::Key => "The hash was made over another key than the one that was posted, or over none.",
            Self::SaltMissing => "The hash was made without the salt: it comes last.",
            Self::SaltInFront => "The hash was made with the salt in front: in a request it comes last.",
            Self::ResponseOrder => "The hash was made in the order of the response: a request begins with the key and ends with the salt.",
            Self::UrlEncoded => "The hash was made over texts that were encoded for a URL: hash them plain, then encode.",
            Self::HtmlEscaped => "The hash and the fields differ by HTML escapes such as &amp;: hash the plain texts and escape them once.",
            Self::EmailCase => "The hash was made over the e-mail address in another case.",
            Self::NotTried => {
                "The texts are too long for trying the usual mistakes: find the mistake with a short order."
            }
            Self::Unknown => "None of the usual mistakes fits: look for the salt of another environment, or a field that is changed between \
                 hashing and posting.",
        })
    }
}

#[cfg(test)]
mod tests;
