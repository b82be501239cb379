//! The magic cards, addresses and codes: what makes the acquirer do what acquirers and customers' banks sometimes do.
//!
//! The page and docs/sandbox-bank.md are made from these tables, and so are the tests.

use super::record::{Ending, Fate, Pages};
use rokad_domain::{
    UnixMs,
    acquirer::{Card, Fault, Means},
};

/// Milliseconds until a customer has approved in an app: long enough to see the page that waits.
pub const APP_MS: i64 = 1_000;
/// Milliseconds until a slow customer has.
pub const SLOW_MS: i64 = 8_000;
/// Milliseconds until a late outcome is known.
pub const LATE_MS: i64 = 3_000;

/// Milliseconds until the page of a card that expires has expired.
pub const EXPIRES_MS: i64 = 3_000;

/// The CVV of the magic cards, and that of those with four digits.
pub const CVVS: [&str; 2] = ["123", "1234"];
/// The one-time password.
pub const OTP: &str = "123456";
/// The user at the bank's login.
pub const USER: &str = "payu";
/// The password at the bank's login.
pub const PASSWORD: &str = "payu";
/// The bank that can be reached.
pub const BANK: &str = "TESTPGNB";
/// The wallet that is taken.
pub const WALLET: &str = "PAYUW";
/// The handle of VPAs that exist.
pub const HANDLE: &str = "payu";

/// What the acquirer does with a charge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Script {
    /// The customer goes to pages, then pays.
    PagesThenPays(Pages),
    /// The customer goes to pages, for nothing.
    PagesThenRefuses(Pages, Fault),
    /// The customer goes to a card's page, whose time is over soon.
    PagesExpire,
    /// As [`Script::PagesThenPays`] with a card, but the first answer is lost.
    AnswerLost,
    /// No page: the bank trusts the customer.
    PaysAtOnce,
    /// A plain no.
    Refuses(Fault),
    /// No answer, then captured.
    SilentThenPays,
    /// No answer, then refused.
    SilentThenRefuses(Fault),
    /// Dropped before it reached the book.
    NeverReceives,
    /// Captured, but the first answer makes no sense.
    AnswersGarbage,
    /// The customer approves in an app, after so many milliseconds.
    AppPays(i64),
    /// The app says no.
    AppRefuses(Fault),
    /// Nobody answers in the app.
    AppUnanswered,
}

/// Card numbers, and what they do. Every other card is declined.
pub const BY_CARD: &[(&str, Script)] = &[
    ("5123456789012346", Script::PagesThenPays(Pages::Card)),
    ("4012001037141112", Script::PagesThenPays(Pages::Card)),
    ("6082015309577308", Script::PagesThenPays(Pages::Card)),
    ("378282246310005", Script::PagesThenPays(Pages::Card)),
    ("6011111111111117", Script::Refuses(Fault::Declined)),
    ("4012001037140015", Script::PaysAtOnce),
    (
        "4012001037140023",
        Script::PagesThenRefuses(Pages::Card, Fault::InsufficientFunds),
    ),
    (
        "4012001037140031",
        Script::PagesThenRefuses(Pages::Card, Fault::AuthenticationFailed),
    ),
    ("4012001037140049", Script::Refuses(Fault::BrandInvalid)),
    ("4012001037140056", Script::Refuses(Fault::BankUnreachable)),
    ("4012001037140064", Script::SilentThenPays),
    ("4012001037140072", Script::SilentThenRefuses(Fault::Declined)),
    ("4012001037140080", Script::AnswerLost),
    ("4012001037140098", Script::NeverReceives),
    ("4012001037140106", Script::AnswersGarbage),
    ("4012001037140114", Script::PagesExpire),
];

/// Names of VPAs before `@payu`, and what they do. Every other name pays; every other handle is unknown.
pub const BY_VPA: &[(&str, Script)] = &[
    ("fail", Script::AppRefuses(Fault::Declined)),
    ("poor", Script::AppRefuses(Fault::InsufficientFunds)),
    ("slow", Script::AppPays(SLOW_MS)),
    ("expire", Script::AppUnanswered),
    ("unreachable", Script::Refuses(Fault::BankUnreachable)),
    ("silent", Script::SilentThenPays),
    ("never", Script::NeverReceives),
];

/// How the charge itself is answered, the first time. Later the acquirer answers from its book.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manner {
    /// From its book.
    Plain,
    /// 200, and nothing that can be read.
    Garbage,
    /// Not at all.
    Lost,
}

impl Script {
    /// The script for these means, at `now`: the last look at a card's number and CVV.
    pub fn of(means: &Means, now: UnixMs) -> Self {
        match means {
            Means::Card(card) => by_card(card, now),
            Means::Upi(vpa) => by_vpa(vpa.reveal()),
            Means::NetBanking(code) if code == BANK => Self::PagesThenPays(Pages::NetBanking),
            Means::NetBanking(_) => Self::Refuses(Fault::BankUnreachable),
            Means::Wallet(code) if code == WALLET => Self::PagesThenPays(Pages::Wallet),
            Means::Wallet(_) => Self::Refuses(Fault::Declined),
        }
    }

    /// What goes into the book at `now`. `None`: nothing.
    pub fn fate(self, token: String, now: UnixMs) -> Option<Fate> {
        let later = |ending, ms, silent| Fate::Later {
            ending,
            due_ms: now.plus_ms(ms).0,
            silent,
        };
        let pages = |pages, ending| Fate::Pages { token, pages, ending };
        Some(match self {
            Self::PagesThenPays(which) => pages(which, Ending::Captured),
            Self::PagesThenRefuses(which, fault) => pages(which, Ending::Refused(fault)),
            Self::PagesExpire | Self::AnswerLost => pages(Pages::Card, Ending::Captured),
            Self::PaysAtOnce | Self::AnswersGarbage => Fate::Now(Ending::Captured),
            Self::Refuses(fault) => Fate::Now(Ending::Refused(fault)),
            Self::SilentThenPays => later(Ending::Captured, LATE_MS, true),
            Self::SilentThenRefuses(fault) => later(Ending::Refused(fault), LATE_MS, true),
            Self::AppPays(ms) => later(Ending::Captured, ms, false),
            Self::AppRefuses(fault) => later(Ending::Refused(fault), APP_MS, false),
            Self::AppUnanswered => Fate::Never,
            Self::NeverReceives => return None,
        })
    }

    /// The instant after which nothing is captured: the order's, or sooner.
    pub fn not_after(self, order: UnixMs, now: UnixMs) -> UnixMs {
        if self == Self::PagesExpire {
            order.min(now.plus_ms(EXPIRES_MS))
        } else {
            order
        }
    }

    /// How the charge itself is answered.
    pub const fn manner(self) -> Manner {
        match self {
            Self::AnswersGarbage => Manner::Garbage,
            Self::AnswerLost => Manner::Lost,
            Self::PagesThenPays(_)
            | Self::PagesThenRefuses(..)
            | Self::PagesExpire
            | Self::PaysAtOnce
            | Self::Refuses(_)
            | Self::SilentThenPays
            | Self::SilentThenRefuses(_)
            | Self::NeverReceives
            | Self::AppPays(_)
            | Self::AppRefuses(_)
            | Self::AppUnanswered => Manner::Plain,
        }
    }

    /// What a developer will see.
    pub fn sentence(self) -> String {
        match self {
            Self::PagesThenPays(Pages::Card) => "3-D Secure page, then pays".into(),
            Self::PagesThenPays(Pages::NetBanking) => {
                format!("login page (user `{USER}`, password `{PASSWORD}`), one-time password, then pays")
            }
            Self::PagesThenPays(Pages::Wallet) => {
                "one-time password, the wallet with its balance, then pays".into()
            }
            Self::PagesThenRefuses(_, fault) => {
                format!("3-D Secure page, then refuses: `{}`", fault.code())
            }
            Self::PagesExpire => {
                format!(
                    "3-D Secure page, whose time is over after {} s: `not_finished`",
                    EXPIRES_MS / 1_000
                )
            }
            Self::AnswerLost => "is silent (504); asked, it waits at its 3-D Secure page, then pays".into(),
            Self::PaysAtOnce => "pays at once, without a page".into(),
            Self::Refuses(fault) => format!("refuses: `{}`", fault.code()),
            Self::SilentThenPays => format!("is silent (504), pays after {} s", LATE_MS / 1_000),
            Self::SilentThenRefuses(fault) => {
                format!(
                    "is silent (504), refuses after {} s: `{}`",
                    LATE_MS / 1_000,
                    fault.code()
                )
            }
            Self::NeverReceives => "cuts the connection and books nothing; asked, it knows nothing".into(),
            Self::AnswersGarbage => {
                "pays at once, but answers 200 with garbage; asked, it says captured".into()
            }
            Self::AppPays(ms) => format!("waits for the app, pays after {} s", ms / 1_000),
            Self::AppRefuses(fault) => {
                format!(
                    "waits for the app, refuses after {} s: `{}`",
                    APP_MS / 1_000,
                    fault.code()
                )
            }
            Self::AppUnanswered => {
                "waits for the app until its time is over, then refuses: `not_finished`".into()
            }
        }
    }
}

/// A plain refusal stands; else the card must be good and its CVV right.
fn by_card(card: &Card, now: UnixMs) -> Script {
    let script = find(BY_CARD, card.number.reveal()).unwrap_or(Script::Refuses(Fault::Declined));
    if matches!(script, Script::Refuses(_)) {
        script
    } else if card.expiry.is_past(now) {
        Script::Refuses(Fault::Declined)
    } else if CVVS.contains(&card.cvv.reveal()) {
        script
    } else {
        Script::Refuses(Fault::CvvWrong)
    }
}

fn by_vpa(vpa: &str) -> Script {
    let plain = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
    };
    match vpa.split_once('@') {
        Some((name, handle)) if plain(name) && handle.eq_ignore_ascii_case(HANDLE) => {
            find(BY_VPA, &name.to_ascii_lowercase()).unwrap_or(Script::AppPays(APP_MS))
        }
        Some(_) | None => Script::Refuses(Fault::VpaUnknown),
    }
}

fn find(table: &[(&str, Script)], key: &str) -> Option<Script> {
    table
        .iter()
        .find(|(its, _)| *its == key)
        .map(|(_, script)| *script)
}

/// Every row of all tables: what is magic, and what it does.
pub fn rows() -> Vec<(String, String)> {
    let row = |magic: String, script: Script| (magic, script.sentence());
    let cards = BY_CARD
        .iter()
        .map(|(number, s)| row(format!("card {number}"), *s));
    let vpas = BY_VPA
        .iter()
        .map(|(name, s)| row(format!("UPI {name}@{HANDLE}"), *s));
    let rest = [
        row("card, any other".into(), Script::Refuses(Fault::Declined)),
        row(format!("UPI anything@{HANDLE}"), Script::AppPays(APP_MS)),
        row("UPI, any other".into(), Script::Refuses(Fault::VpaUnknown)),
        row(
            format!("net banking {BANK}"),
            Script::PagesThenPays(Pages::NetBanking),
        ),
        row(
            "net banking, any other".into(),
            Script::Refuses(Fault::BankUnreachable),
        ),
        row(format!("wallet {WALLET}"), Script::PagesThenPays(Pages::Wallet)),
        row("wallet, any other".into(), Script::Refuses(Fault::Declined)),
    ];
    cards.chain(vpas).chain(rest).collect()
}
