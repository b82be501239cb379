//! With what customers pay: magic cards and addresses of the sandbox acquirer. Source: docs/sandbox-bank.md.

use crate::chance::Chance;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    Card(&'static str),
    Upi(&'static str),
}

/// Takes the money at once, without a page.
pub const FRICTIONLESS: Way = Way::Card("4012001037140015");

/// Asks for a one-time password on the bank's own page, then takes the money.
pub const WITH_PAGE: Way = Way::Card("5123456789012346");

/// Takes nothing.
pub const DECLINED: Way = Way::Card("6011111111111117");

/// Says nothing (504), and takes the money 3 s later.
pub const SILENT: Way = Way::Card("4012001037140064");

/// Says nothing (504); asked, it waits at the bank's page.
pub const ANSWER_LOST: Way = Way::Card("4012001037140080");

/// The connection breaks, and the acquirer never heard of it.
pub const NEVER_RECEIVED: Way = Way::Card("4012001037140098");

/// Takes the money, and answers with garbage.
pub const GARBAGE: Way = Way::Card("4012001037140106");

/// Takes the money 1 s later, when the customer approved it in an app.
pub const IN_APP: Way = Way::Upi("anything@payu");

/// The good ways, the common ones more than once.
const GOOD: &[Way] = &[
    FRICTIONLESS,
    FRICTIONLESS,
    FRICTIONLESS,
    WITH_PAGE,
    WITH_PAGE,
    WITH_PAGE,
    IN_APP,
    IN_APP,
    SILENT,
    ANSWER_LOST,
    GARBAGE,
];

impl Way {
    /// What a customer tries, one after the other. Whoever looks only tries nothing.
    pub fn draw(chance: &mut Chance) -> Vec<Self> {
        match chance.between(0, 99) {
            0..4 => Vec::new(),
            4..9 => vec![NEVER_RECEIVED],
            9..15 => vec![DECLINED],
            15..30 => vec![DECLINED, *chance.pick(GOOD)],
            _ => vec![*chance.pick(GOOD)],
        }
    }

    /// Whether money can be taken so.
    pub fn can_pay(self) -> bool {
        self != DECLINED && self != NEVER_RECEIVED
    }

    /// The form of the attempt with this number.
    pub fn form(self, attempt: u32) -> Vec<(&'static str, String)> {
        let mut form = vec![("attempt", attempt.to_string()), ("lang", "en".to_owned())];
        let mut put = |name, text: &str| form.push((name, text.to_owned()));
        match self {
            Self::Card(number) => {
                put("method", "card");
                put("card_number", number);
                put("card_expiry", "12/2030");
                put("card_cvv", "123");
                put("card_name", "Asha Rao");
            }
            Self::Upi(vpa) => {
                put("method", "upi");
                put("vpa", vpa);
            }
        }
        form
    }
}
