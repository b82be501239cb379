//! The magic amounts of refunds: their last two digits make the acquirer do what acquirers sometimes do.
//!
//! The page and docs/sandbox-bank.md are made from this table, and so are the tests.

use super::{
    record::{RefundEnding, RefundFate},
    scripts::{APP_MS, LATE_MS, Manner},
};
use rokad_domain::{Paise, UnixMs, refund::Fault};

/// What the acquirer does with a refund.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RefundScript {
    /// Paid, after a while.
    PaysLater,
    /// Paid at once.
    PaysAtOnce,
    /// A plain no.
    Refuses(Fault),
    /// Taken, then refused.
    RefusesLater(Fault),
    /// No answer, then paid.
    SilentThenPays,
    /// No answer, then refused.
    SilentThenRefuses(Fault),
    /// Dropped before it reached the book.
    NeverReceives,
    /// Paid, but the first answer makes no sense.
    AnswersGarbage,
}

/// The paise of a refund's amount, and what they do. Every other refund is paid after a while.
pub const BY_PAISE: &[(i64, RefundScript)] = &[
    (1, RefundScript::PaysAtOnce),
    (2, RefundScript::Refuses(Fault::AccountClosed)),
    (3, RefundScript::RefusesLater(Fault::AccountClosed)),
    (4, RefundScript::SilentThenPays),
    (5, RefundScript::SilentThenRefuses(Fault::AccountClosed)),
    (6, RefundScript::NeverReceives),
    (7, RefundScript::AnswersGarbage),
];

impl RefundScript {
    /// The script for this amount.
    pub fn of(amount: Paise) -> Self {
        let paise = amount.get() % 100;
        BY_PAISE
            .iter()
            .find(|(its, _)| *its == paise)
            .map_or(Self::PaysLater, |(_, script)| *script)
    }

    /// What goes into the book at `now`. `None`: nothing.
    pub fn fate(self, now: UnixMs) -> Option<RefundFate> {
        let later = |ending, ms, silent| RefundFate::Later {
            ending,
            due_ms: now.plus_ms(ms).0,
            silent,
        };
        Some(match self {
            Self::PaysLater => later(RefundEnding::Paid, APP_MS, false),
            Self::PaysAtOnce | Self::AnswersGarbage => RefundFate::Now(RefundEnding::Paid),
            Self::Refuses(fault) => RefundFate::Now(RefundEnding::Refused(fault)),
            Self::RefusesLater(fault) => later(RefundEnding::Refused(fault), LATE_MS, false),
            Self::SilentThenPays => later(RefundEnding::Paid, LATE_MS, true),
            Self::SilentThenRefuses(fault) => later(RefundEnding::Refused(fault), LATE_MS, true),
            Self::NeverReceives => return None,
        })
    }

    /// How the refund itself is answered.
    pub const fn manner(self) -> Manner {
        match self {
            Self::AnswersGarbage => Manner::Garbage,
            Self::PaysLater
            | Self::PaysAtOnce
            | Self::Refuses(_)
            | Self::RefusesLater(_)
            | Self::SilentThenPays
            | Self::SilentThenRefuses(_)
            | Self::NeverReceives => Manner::Plain,
        }
    }

    /// What a developer will see.
    fn sentence(self) -> String {
        let late = LATE_MS / 1_000;
        match self {
            Self::PaysLater => format!("is under way, paid after {} s", APP_MS / 1_000),
            Self::PaysAtOnce => "paid at once".into(),
            Self::Refuses(fault) => format!("refuses: `{}`", fault.code()),
            Self::RefusesLater(fault) => {
                format!("is under way, refuses after {late} s: `{}`", fault.code())
            }
            Self::SilentThenPays => format!("is silent (504), paid after {late} s"),
            Self::SilentThenRefuses(fault) => {
                format!("is silent (504), refuses after {late} s: `{}`", fault.code())
            }
            Self::NeverReceives => "cuts the connection and books nothing; asked, it knows nothing".into(),
            Self::AnswersGarbage => {
                "paid at once, but answers 200 with garbage; asked, it says refunded".into()
            }
        }
    }
}

/// Every row: what is magic, and what it does.
pub fn rows() -> Vec<(String, String)> {
    let magic = BY_PAISE
        .iter()
        .map(|(paise, script)| (format!("refund that ends in .{paise:02}"), script.sentence()));
    let other = ("any other refund".to_owned(), RefundScript::PaysLater.sentence());
    magic.chain([other]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_holds_the_table_of_refunds() {
        let doc = include_str!("../../../../../docs/sandbox-bank.md");
        let table: String = rows()
            .iter()
            .map(|(magic, what)| format!("| {magic} | {what} |\n"))
            .collect();
        assert!(doc.contains(&table), "docs/sandbox-bank.md must hold:\n{table}");
    }
}
