//! The magic numbers: which account numbers and amounts make the bank do what banks sometimes do.
//!
//! One table each for account numbers and for amounts; the page, docs/sandbox-bank.md and the tests are made from them.

use super::{
    super::words::Refusal,
    record::{Ending, Fate},
};
use rokad_domain::{Paise, UnixMs};

/// Milliseconds until a late outcome is known.
pub const LATE_MS: i64 = 3_000;
/// Milliseconds until returned money is back.
pub const RETURN_MS: i64 = 5_000;
/// Milliseconds for which an answer is held back that the news have told already. Below every client's patience.
pub const HELD_MS: i64 = 2_000;

/// Account numbers that begin like this, and have at least four digits more, are magic.
pub const MAGIC_PREFIX: &str = "9000000";

/// What the bank does with a transfer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Script {
    /// What ordinary accounts get.
    PaysAtOnce,
    /// In progress first.
    PaysLate,
    /// A plain no.
    Refuses(Refusal),
    /// No answer, then paid.
    SilentThenPaid,
    /// No answer, then refused.
    SilentThenRefused(Refusal),
    /// Paid, and told once more.
    AnswersTwice,
    /// Paid, then sent back.
    PaysThenReturns,
    /// Dropped before it reached the book.
    NeverReceives,
    /// The news come before the answer.
    AnswersOutOfOrder,
    /// Paid, but the first answer makes no sense.
    AnswersGarbage,
}

/// The last four digits of a magic account number, and what they do.
pub const BY_ACCOUNT: &[(&str, Script)] = &[
    ("0001", Script::PaysAtOnce),
    ("0002", Script::PaysLate),
    ("0003", Script::Refuses(Refusal::InvalidAccount)),
    ("0004", Script::Refuses(Refusal::AccountFrozen)),
    ("0005", Script::Refuses(Refusal::LimitExceeded)),
    ("0006", Script::SilentThenPaid),
    ("0007", Script::SilentThenRefused(Refusal::AccountFrozen)),
    ("0008", Script::AnswersTwice),
    ("0009", Script::PaysThenReturns),
    ("0010", Script::NeverReceives),
    ("0011", Script::AnswersOutOfOrder),
    ("0012", Script::AnswersGarbage),
    ("0013", Script::Refuses(Refusal::InsufficientFunds)),
];

/// Whole rupees that are magic when the account number is not, and what they do.
pub const BY_RUPEES: &[(i64, Script)] = &[
    (9_901, Script::Refuses(Refusal::InvalidAccount)),
    (9_902, Script::Refuses(Refusal::AccountFrozen)),
    (9_903, Script::Refuses(Refusal::LimitExceeded)),
    (9_904, Script::SilentThenPaid),
    (9_905, Script::SilentThenRefused(Refusal::AccountFrozen)),
    (9_906, Script::PaysLate),
    (9_907, Script::PaysThenReturns),
];

/// How the bank answers the instruction itself, the first time. Later it answers from its book.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manner {
    /// From its book.
    Plain,
    /// 200, and nothing that can be read.
    Garbage,
    /// From its book, but not before this instant.
    Held(UnixMs),
}

impl Script {
    /// The script for this beneficiary and amount.
    pub fn of(account_no: &str, amount: Paise) -> Self {
        let by_account = last_four(account_no).and_then(|four| find(BY_ACCOUNT, &four));
        let rupees = (amount.get() % 100 == 0).then(|| amount.whole_rupees());
        by_account
            .or_else(|| find(BY_RUPEES, &rupees?))
            .unwrap_or(Self::PaysAtOnce)
    }

    /// What goes into the book at `now`. `None`: nothing.
    pub fn fate(self, now: UnixMs) -> Option<Fate> {
        let paid = |told, returns_ms| Fate::Now {
            ending: Ending::Paid,
            told,
            returns_ms,
        };
        Some(match self {
            Self::PaysAtOnce | Self::AnswersGarbage => paid(false, None),
            Self::AnswersTwice | Self::AnswersOutOfOrder => paid(true, None),
            Self::PaysThenReturns => paid(false, Some(now.plus_ms(RETURN_MS).0)),
            Self::PaysLate => later(now, Ending::Paid, false),
            Self::SilentThenPaid => later(now, Ending::Paid, true),
            Self::SilentThenRefused(refusal) => later(now, Ending::Refused(refusal), true),
            Self::Refuses(refusal) => Fate::Now {
                ending: Ending::Refused(refusal),
                told: false,
                returns_ms: None,
            },
            Self::NeverReceives => return None,
        })
    }

    /// How the instruction itself is answered.
    pub const fn manner(self, now: UnixMs) -> Manner {
        match self {
            Self::AnswersGarbage => Manner::Garbage,
            Self::AnswersOutOfOrder => Manner::Held(now.plus_ms(HELD_MS)),
            Self::PaysAtOnce
            | Self::PaysLate
            | Self::Refuses(_)
            | Self::SilentThenPaid
            | Self::SilentThenRefused(_)
            | Self::AnswersTwice
            | Self::PaysThenReturns
            | Self::NeverReceives => Manner::Plain,
        }
    }

    /// What a developer will see.
    pub fn sentence(self) -> String {
        let (late, back, held) = (LATE_MS / 1_000, RETURN_MS / 1_000, HELD_MS / 1_000);
        match self {
            Self::PaysAtOnce => "pays at once".into(),
            Self::PaysLate => {
                format!("answers \"in progress\", pays after {late} s and tells it in the news")
            }
            Self::Refuses(refusal) => format!("refuses: `{}`", refusal.word()),
            Self::SilentThenPaid => format!("is silent (504), pays after {late} s and tells it in the news"),
            Self::SilentThenRefused(refusal) => {
                format!(
                    "is silent (504), refuses after {late} s (`{}`) and tells it in the news",
                    refusal.word()
                )
            }
            Self::AnswersTwice => "pays at once, and says so once more in the news".into(),
            Self::PaysThenReturns => {
                format!("pays at once; the money comes back after {back} s, told in the news")
            }
            Self::NeverReceives => "cuts the connection and books nothing; asked, it knows nothing".into(),
            Self::AnswersOutOfOrder => {
                format!("pays at once and tells it in the news, but answers only after {held} s")
            }
            Self::AnswersGarbage => "pays at once, but answers 200 with garbage; asked, it says paid".into(),
        }
    }
}

/// Every row of both tables: what is magic, and what it does.
pub fn rows() -> impl Iterator<Item = (String, String)> {
    let accounts = BY_ACCOUNT
        .iter()
        .map(|(four, script)| (format!("account {MAGIC_PREFIX}{four}"), script.sentence()));
    let amounts = BY_RUPEES.iter().map(|(rupees, script)| {
        let amount = Paise::from_rupees(*rupees).unwrap_or_default();
        (format!("amount {amount}"), script.sentence())
    });
    accounts.chain(amounts)
}

const fn later(now: UnixMs, ending: Ending, silent: bool) -> Fate {
    Fate::Later {
        ending,
        due_ms: now.plus_ms(LATE_MS).0,
        silent,
    }
}

fn last_four(account_no: &str) -> Option<&str> {
    let rest = account_no.strip_prefix(MAGIC_PREFIX)?;
    rest.len().checked_sub(4).and_then(|at| rest.get(at..))
}

fn find<K: PartialEq>(table: &[(K, Script)], key: &K) -> Option<Script> {
    table
        .iter()
        .find(|(its, _)| its == key)
        .map(|(_, script)| *script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_shows_the_table_of_the_code() {
        let doc = include_str!("../../../../../docs/sandbox-bank.md");
        let table: String = rows()
            .map(|(magic, what)| format!("| {magic} | {what} |\n"))
            .collect();
        assert!(doc.contains(&table), "docs/sandbox-bank.md must hold:\n{table}");
        let shown = doc
            .lines()
            .filter(|l| l.starts_with("| account 9") || l.starts_with("| amount ₹"));
        assert_eq!(shown.count(), rows().count());
    }

    #[test]
    fn magic_is_the_prefix_with_at_least_four_digits_more() {
        let rupees = |r| Paise::from_rupees(r).unwrap();
        assert_eq!(Script::of("90000000002", rupees(1)), Script::PaysLate);
        assert_eq!(Script::of("900000077777770002", rupees(1)), Script::PaysLate);
        for ordinary in [
            "9000000002",
            "90000009999",
            "80000000002",
            "",
            "9000000",
            "9000000€2",
        ] {
            assert_eq!(
                Script::of(ordinary, rupees(1)),
                Script::PaysAtOnce,
                "{ordinary:?}"
            );
        }
        assert_eq!(
            Script::of("90000000001", rupees(9_901)),
            Script::PaysAtOnce,
            "the account decides first"
        );
        assert_eq!(
            Script::of("123456789", Paise::new(990_101).unwrap()),
            Script::PaysAtOnce
        );
    }
}
