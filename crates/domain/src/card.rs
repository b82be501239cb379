//! A payment card: read, checked, and wiped from memory when it is let go.
//!
//! A card's number and its CVV live for the one call to the acquirer. They cannot be printed, compared by accident or
//! copied; what is kept of a number is what [`CardNumber::masked`] and [`CardNumber::scheme`] say.

use crate::time::{DAY_MS, KOLKATA_OFFSET_MS, UnixMs};
use std::fmt;
use zeroize::Zeroizing;

/// The number of a card: 12 to 19 digits whose last one checks the others (ISO/IEC 7812). Wiped when dropped.
pub struct CardNumber(Zeroizing<String>);

/// Three or four digits that prove that the card is at hand. Wiped when dropped, never kept.
pub struct Cvv(Zeroizing<String>);

/// The last month in which a card is good.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Expiry {
    year: u16,
    month: u8,
}

/// Whose rules a card follows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scheme {
    /// Visa.
    Visa,
    /// Mastercard.
    Mastercard,
    /// RuPay.
    Rupay,
    /// American Express.
    Amex,
    /// Diners Club.
    Diners,
    /// Maestro.
    Maestro,
}

/// What is wrong with a card, as somebody types it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CardFault {
    /// Something other than digits and blanks.
    NumberNotDigits,
    /// Too few or too many digits.
    NumberLength,
    /// The last digit does not fit the others.
    NumberMistyped,
    /// A card of no scheme that we know.
    SchemeUnknown,
    /// Not a month and a year.
    ExpiryUnreadable,
    /// The month has passed.
    Expired,
    /// Not as many digits as this scheme has.
    CvvLength,
}

/// First digits, as a range of six, and what they say. Where two fit, the first in the list counts.
/// Source: the schemes' published ranges of issuer numbers.
pub const RANGES: &[(u32, u32, Scheme)] = &[
    (340_000, 349_999, Scheme::Amex),
    (370_000, 379_999, Scheme::Amex),
    (300_000, 305_999, Scheme::Diners),
    (360_000, 369_999, Scheme::Diners),
    (380_000, 399_999, Scheme::Diners),
    (353_800, 353_999, Scheme::Rupay),
    (356_000, 356_999, Scheme::Rupay),
    (508_500, 508_999, Scheme::Rupay),
    (606_900, 607_999, Scheme::Rupay),
    (608_000, 608_599, Scheme::Rupay),
    (652_100, 653_199, Scheme::Rupay),
    (601_100, 601_199, Scheme::Diners),
    (644_000, 659_999, Scheme::Diners),
    (817_200, 820_299, Scheme::Rupay),
    (222_100, 272_099, Scheme::Mastercard),
    (510_000, 559_999, Scheme::Mastercard),
    (500_000, 509_999, Scheme::Maestro),
    (560_000, 589_999, Scheme::Maestro),
    (600_000, 699_999, Scheme::Maestro),
    (400_000, 499_999, Scheme::Visa),
];

impl Scheme {
    /// Every scheme, with the code that stands for it everywhere, and its name.
    pub const ALL: &[(Self, &str, &str)] = &[
        (Self::Visa, "visa", "Visa"),
        (Self::Mastercard, "mastercard", "Mastercard"),
        (Self::Rupay, "rupay", "RuPay"),
        (Self::Amex, "amex", "American Express"),
        (Self::Diners, "diners", "Diners Club"),
        (Self::Maestro, "maestro", "Maestro"),
    ];

    /// The scheme of a card that begins so. Needs six digits.
    #[must_use]
    pub fn of(digits: &str) -> Option<Self> {
        let first: u32 = digits.get(..6)?.parse().ok()?;
        RANGES
            .iter()
            .find(|(from, to, _)| (*from..=*to).contains(&first))
            .map(|(_, _, scheme)| *scheme)
    }

    /// The code that stands for it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Visa => "visa",
            Self::Mastercard => "mastercard",
            Self::Rupay => "rupay",
            Self::Amex => "amex",
            Self::Diners => "diners",
            Self::Maestro => "maestro",
        }
    }

    /// The scheme with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, its, _)| *its == code)
            .map(|(scheme, _, _)| *scheme)
    }

    /// How people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Visa => "Visa",
            Self::Mastercard => "Mastercard",
            Self::Rupay => "RuPay",
            Self::Amex => "American Express",
            Self::Diners => "Diners Club",
            Self::Maestro => "Maestro",
        }
    }

    /// Digits of its CVV.
    #[must_use]
    pub const fn cvv_len(self) -> usize {
        match self {
            Self::Amex => 4,
            Self::Visa | Self::Mastercard | Self::Rupay | Self::Diners | Self::Maestro => 3,
        }
    }
}

impl CardNumber {
    /// Digits at least. Source: ISO/IEC 7812.
    pub const LEN_MIN: usize = 12;
    /// Digits at most.
    pub const LEN_MAX: usize = 19;

    /// Reads a number as people write it, with blanks or hyphens between the digits.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, CardFault> {
        // Room for all of it at once: a string that grows leaves copies behind.
        let mut digits = Zeroizing::new(String::with_capacity(text.len()));
        digits.extend(text.chars().filter(|c| !matches!(c, ' ' | '-')));
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(CardFault::NumberNotDigits);
        }
        if !(Self::LEN_MIN..=Self::LEN_MAX).contains(&digits.len()) {
            return Err(CardFault::NumberLength);
        }
        if !checks(&digits) {
            return Err(CardFault::NumberMistyped);
        }
        Scheme::of(&digits).ok_or(CardFault::SchemeUnknown)?;
        Ok(Self(digits))
    }

    /// All digits: for the call to the acquirer, and for nothing else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whose card it is.
    #[must_use]
    pub fn scheme(&self) -> Option<Scheme> {
        Scheme::of(&self.0)
    }

    /// What may be kept and shown: `512345XXXXXX2346`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (first, last) = (&self.0[..6], &self.0[self.0.len() - 4..]);
        format!("{first}{}{last}", "X".repeat(self.0.len() - 10))
    }
}

/// Luhn's check. Source: ISO/IEC 7812-1, annex B.
fn checks(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, b)| match (at % 2, u32::from(b - b'0')) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

impl Cvv {
    /// Reads the CVV of a card of this scheme.
    ///
    /// # Errors
    /// [`CardFault::CvvLength`].
    pub fn read(text: &str, scheme: Scheme) -> Result<Self, CardFault> {
        let fits = text.len() == scheme.cvv_len() && text.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| Self(Zeroizing::new(text.to_owned())))
            .ok_or(CardFault::CvvLength)
    }

    /// Its digits: for the call to the acquirer, and for nothing else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Expiry {
    /// Reads a month and a year of two or four digits: `12/30`, `12 / 2030`, `1230`.
    ///
    /// # Errors
    /// [`CardFault::ExpiryUnreadable`].
    pub fn read(text: &str) -> Result<Self, CardFault> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '/' | '-')).collect();
        let unreadable = CardFault::ExpiryUnreadable;
        if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(unreadable);
        }
        let (month, year) = digits.split_at(2);
        let month: u8 = month.parse().map_err(|_| unreadable)?;
        let year: u16 = year.parse().map_err(|_| unreadable)?;
        let year = if digits.len() == 4 { 2_000 + year } else { year };
        ((1..=12).contains(&month) && (2_000..2_100).contains(&year))
            .then_some(Self { year, month })
            .ok_or(unreadable)
    }

    /// Four digits.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// Whether the card is good no more: its month has ended, in Asia/Kolkata.
    #[must_use]
    pub fn is_past(self, now: UnixMs) -> bool {
        let (year, month) = if self.month == 12 {
            (self.year + 1, 1)
        } else {
            (self.year, self.month + 1)
        };
        now.0 >= days_before(year, month) * DAY_MS - KOLKATA_OFFSET_MS
    }
}

/// Days from 1970-01-01 to the first of this month, in the Gregorian calendar. `year` 1970 or later.
fn days_before(year: u16, month: u8) -> i64 {
    // Years that begin in March put the leap day last.
    let (year, month) = (i64::from(year) - i64::from(month < 3), i64::from(month));
    let month_from_march = (month + 9) % 12;
    year * 365 + year / 4 - year / 100 + year / 400 + (month_from_march * 153 + 2) / 5 - 719_468
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardNumber(..)")
    }
}

impl fmt::Debug for Cvv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cvv(..)")
    }
}

impl CardFault {
    /// What to tell whoever types.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NumberNotDigits => "A card number has digits only",
            Self::NumberLength => "A card number has 12 to 19 digits",
            Self::NumberMistyped => "A digit of the card number is mistyped",
            Self::SchemeUnknown => "We cannot take cards of this kind",
            Self::ExpiryUnreadable => "Write the expiry as month and year, like 08/29",
            Self::Expired => "This card has expired",
            Self::CvvLength => "The CVV has 3 digits (American Express: 4)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_test_cards_of_the_contract_are_read() {
        for (number, scheme, masked) in [
            ("5123456789012346", Scheme::Mastercard, "512345XXXXXX2346"),
            ("4012 0010 3714 1112", Scheme::Visa, "401200XXXXXX1112"),
            ("6082-0153-0957-7308", Scheme::Rupay, "608201XXXXXX7308"),
            ("378282246310005", Scheme::Amex, "378282XXXXX0005"),
        ] {
            let card = CardNumber::read(number).unwrap();
            assert_eq!((card.scheme(), card.masked().as_str()), (Some(scheme), masked));
        }
        assert!(CardNumber::read("6011111111111117").is_ok());
    }

    #[test]
    fn what_is_wrong_with_a_number_is_said() {
        for (number, fault) in [
            ("", CardFault::NumberLength),
            ("4012", CardFault::NumberLength),
            ("40120010371411121234", CardFault::NumberLength),
            ("4012001037141113", CardFault::NumberMistyped),
            ("401200103714111a", CardFault::NumberNotDigits),
            ("४०१२००१०३७१४१११२", CardFault::NumberNotDigits),
            ("0000000000000000", CardFault::SchemeUnknown),
        ] {
            assert_eq!(CardNumber::read(number).unwrap_err(), fault, "{number}");
        }
    }

    #[test]
    fn a_card_does_not_print() {
        let card = CardNumber::read("4012001037141112").unwrap();
        let cvv = Cvv::read("123", Scheme::Visa).unwrap();
        assert_eq!(format!("{card:?} {cvv:?}"), "CardNumber(..) Cvv(..)");
    }

    #[test]
    fn a_cvv_has_as_many_digits_as_its_scheme_asks_for() {
        assert!(Cvv::read("123", Scheme::Rupay).is_ok() && Cvv::read("1234", Scheme::Amex).is_ok());
        for (bad, scheme) in [
            ("12", Scheme::Visa),
            ("1234", Scheme::Visa),
            ("123", Scheme::Amex),
            ("12a", Scheme::Visa),
        ] {
            assert!(Cvv::read(bad, scheme).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_card_is_good_to_the_last_moment_of_its_month_in_kolkata() {
        let expiry = Expiry::read("12/2026").unwrap();
        let new_year = UnixMs(1_798_741_800_000); // 2027-01-01T00:00 in Kolkata
        assert!(!expiry.is_past(new_year.plus_ms(-1)) && expiry.is_past(new_year));
        let february = Expiry::read("02 / 28").unwrap();
        let march = UnixMs(1_835_461_800_000); // 2028-03-01T00:00 in Kolkata
        assert!(!february.is_past(march.plus_ms(-1)) && february.is_past(march));
    }

    #[test]
    fn an_expiry_is_read_as_people_write_it() {
        for text in ["0829", "08/29", "08 / 2029", "08-29"] {
            let expiry = Expiry::read(text).unwrap();
            assert_eq!((expiry.month(), expiry.year()), (8, 2029), "{text}");
        }
        for text in ["", "8/29", "13/29", "00/29", "08/1999", "ab/cd", "08/290"] {
            assert_eq!(Expiry::read(text), Err(CardFault::ExpiryUnreadable), "{text}");
        }
    }

    #[test]
    fn each_scheme_has_a_code_of_its_own() {
        for (scheme, code, name) in Scheme::ALL {
            assert_eq!((scheme.code(), scheme.name()), (*code, *name));
            assert_eq!(Scheme::from_code(code), Some(*scheme));
        }
    }

    proptest! {
        #[test]
        fn one_mistyped_digit_is_noticed(at in 0..16usize, by in 1..10u8) {
            let mut digits = b"4012001037141112".to_vec();
            digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
            let fault = CardNumber::read(std::str::from_utf8(&digits).unwrap()).unwrap_err();
            prop_assert_eq!(fault, CardFault::NumberMistyped);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}") {
            let _ = (CardNumber::read(&text), Expiry::read(&text), Cvv::read(&text, Scheme::Visa));
        }
    }
}
