//! A form of the checkout, read and checked again here, whatever a script has checked before.

use crate::collecting::Collecting;
use rokad_domain::{
    Private, UnixMs,
    acquirer::{Card, Means, Method},
    card::{CardFault, CardNumber, Cvv, Expiry, Scheme},
};
use rokad_flows::Keyring;
use rokad_pages::checkout::{FormFault, Typed};
use rokad_store::attempt::Shown;
use rokad_wire::Fields;

/// Characters of a name on a card at most. Source: ISO/IEC 7813.
const NAME_MAX: usize = 26;

/// Characters of a virtual payment address at most. Source: NPCI.
const VPA_MAX: usize = 255;

/// What the customer sent.
pub struct Form {
    /// The number of the attempt that the form is for.
    pub number: u32,
    /// With what the customer pays. `None`: by QR code, for which no acquirer is needed.
    pub means: Option<Means>,
    /// What may be kept of it.
    pub shown: Shown,
}

/// A form that cannot be used.
pub enum BadForm {
    /// What is wrong with what was typed, and what of it may be shown again.
    Faults(Box<Typed>, Vec<FormFault>),
    /// It is none of our forms.
    NotOurs,
}

impl Form {
    /// Reads a form.
    ///
    /// # Errors
    /// [`BadForm`].
    pub fn read(
        fields: &Fields<'_>,
        collecting: &Collecting,
        keys: &Keyring,
        now: UnixMs,
    ) -> Result<Self, BadForm> {
        let text = |name: &str| fields.text(name).unwrap_or_default();
        let number = text("attempt").parse().ok().filter(|number| *number > 0);
        let number: u32 = number.ok_or(BadForm::NotOurs)?;
        let method = Method::from_code(text("method")).ok_or(BadForm::NotOurs)?;
        let typed = |faults| {
            let private = |name: &str| Private::new(text(name).to_owned());
            let typed = Typed {
                method: Some(method),
                card_expiry: private("card_expiry"),
                card_name: private("card_name"),
                vpa: private("vpa"),
                bank: text("bank").to_owned(),
                wallet: text("wallet").to_owned(),
            };
            BadForm::Faults(Box::new(typed), faults)
        };
        let (means, shown) = match method {
            Method::Card => card(fields, keys, now),
            Method::Upi => vpa(text("vpa")),
            Method::NetBanking => chosen(collecting, method, text("bank"))
                .map(|code| (Some(Means::NetBanking(code.clone())), plain(method, code)))
                .ok_or_else(|| vec![FormFault::BankMissing]),
            Method::Wallet => chosen(collecting, method, text("wallet"))
                .map(|code| (Some(Means::Wallet(code.clone())), plain(method, code)))
                .ok_or_else(|| vec![FormFault::WalletMissing]),
            Method::UpiQr => Ok((None, plain(method, String::new()))),
        }
        .map_err(typed)?;
        Ok(Self { number, means, shown })
    }

    /// A text as it stands in a query: everything but letters, digits and a few marks is escaped.
    pub fn encode(text: &str) -> String {
        let mut encoded = String::with_capacity(text.len());
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'@') {
                encoded.push(char::from(byte));
            } else {
                encoded.push_str(&format!("%{byte:02X}"));
            }
        }
        encoded
    }
}

type Read = Result<(Option<Means>, Shown), Vec<FormFault>>;

fn plain(method: Method, shown: String) -> Shown {
    Shown {
        method,
        shown,
        scheme: None,
        name_on_card: Private::default(),
        fingerprint: Vec::new(),
    }
}

/// All that is wrong is said at once.
fn card(fields: &Fields<'_>, keys: &Keyring, now: UnixMs) -> Read {
    let text = |name: &str| fields.text(name).unwrap_or_default();
    let mut faults = Vec::new();
    let mut note = |fault: CardFault| faults.push(FormFault::Card(fault));
    let number = CardNumber::read(text("card_number")).map_err(&mut note).ok();
    let expiry = Expiry::read(text("card_expiry")).and_then(|expiry| {
        if expiry.is_past(now) {
            Err(CardFault::Expired)
        } else {
            Ok(expiry)
        }
    });
    let expiry = expiry.map_err(&mut note).ok();
    // Of a number that cannot be read nobody knows how long its CVV is.
    let scheme = number
        .as_ref()
        .and_then(CardNumber::scheme)
        .unwrap_or(Scheme::Visa);
    let cvv = Cvv::read(text("card_cvv"), scheme).map_err(&mut note).ok();
    let name = text("card_name");
    let fits = (1..=NAME_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if !fits {
        faults.push(FormFault::NameMissing);
    }
    let (Some(number), Some(expiry), Some(cvv), true) = (number, expiry, cvv, fits) else {
        return Err(faults);
    };
    let shown = Shown {
        method: Method::Card,
        shown: number.masked(),
        scheme: number.scheme(),
        name_on_card: Private::new(name.to_owned()),
        fingerprint: keys.fingerprint(&number),
    };
    let card = Card {
        number,
        expiry,
        cvv,
        name: Private::new(name.to_owned()),
    };
    Ok((Some(Means::Card(card)), shown))
}

fn vpa(text: &str) -> Read {
    let fits = text.len() <= VPA_MAX
        && text.split_once('@').is_some_and(|(name, handle)| {
            let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
            name.len() >= 2
                && name.bytes().all(allowed)
                && handle.len() >= 2
                && handle.bytes().all(|b| b.is_ascii_alphanumeric())
        });
    if !fits {
        return Err(vec![FormFault::VpaUnreadable]);
    }
    let means = Means::Upi(Private::new(text.to_owned()));
    Ok((Some(means), plain(Method::Upi, masked(text))))
}

/// `ra…@okbank`: enough for the customer to know it again.
fn masked(vpa: &str) -> String {
    let (name, handle) = vpa.split_once('@').unwrap_or((vpa, ""));
    let first: String = name.chars().take(2).collect();
    format!("{first}…@{handle}")
}

/// The code, if it is on offer.
fn chosen(collecting: &Collecting, method: Method, code: &str) -> Option<String> {
    let mut choices = collecting.choices(method).into_iter();
    choices
        .find(|choice| choice.code == code)
        .map(|choice| choice.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_masked_and_a_strange_one_refused() {
        for good in ["anything@payu", "ra.vi-9@okbank"] {
            assert!(vpa(good).is_ok(), "{good}");
        }
        assert_eq!(masked("anything@payu"), "an…@payu");
        let long = format!("{}@payu", "a".repeat(VPA_MAX));
        for bad in [
            "",
            "payu",
            "@payu",
            "a@payu",
            "ravi@",
            "ra vi@payu",
            "ravi@pa.yu",
            "रवि@payu",
            &long,
        ] {
            assert_eq!(vpa(bad).err(), Some(vec![FormFault::VpaUnreadable]), "{bad}");
        }
    }

    #[test]
    fn what_stands_in_a_query_is_escaped() {
        assert_eq!(
            Form::encode("Shop & Co, पुणे"),
            "Shop%20%26%20Co%2C%20%E0%A4%AA%E0%A5%81%E0%A4%A3%E0%A5%87"
        );
    }

    #[test]
    fn everything_wrong_with_a_card_is_said_at_once() {
        let body = b"card_number=4012001037141113&card_expiry=13/30&card_cvv=1&card_name=";
        let fields = Fields::read(None, body).unwrap();
        let faults = card(&fields, &Keyring::new([7; 32]), UnixMs(0)).err().unwrap();
        assert_eq!(
            faults,
            [
                FormFault::Card(CardFault::NumberMistyped),
                FormFault::Card(CardFault::ExpiryUnreadable),
                FormFault::Card(CardFault::CvvLength),
                FormFault::NameMissing,
            ]
        );
    }
}
