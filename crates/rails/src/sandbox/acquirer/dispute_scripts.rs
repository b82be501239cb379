//! The magic amounts of charges that are disputed.
//!
//! The page and docs/sandbox-bank.md are made from this table, and so are the tests.

use rokad_domain::{
    Paise, UnixMs,
    dispute::{Kind, Outcome, Reason, Reply},
};

/// Milliseconds from a capture to its dispute, and from an answer to the decision.
pub const AFTER_MS: i64 = 1_000;
/// Milliseconds for an answer, usually.
const WEEK_MS: i64 = 7 * 24 * 3_600_000;
/// Milliseconds until a dispute is taken back, or a short deadline is over.
const SOON_MS: i64 = 3_000;

/// What becomes of a charge that is disputed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DisputeScript {
    /// What sort of dispute.
    pub kind: Kind,
    /// Why.
    pub reason: Reason,
    /// The share of the amount that is claimed: one, or a half.
    divisor: i64,
    /// Milliseconds for an answer.
    answer_ms: i64,
    /// Whether evidence wins it.
    evidence_wins: bool,
    /// Whether it is taken back by itself.
    withdrawn: bool,
}

const ORDINARY: DisputeScript = DisputeScript {
    kind: Kind::Chargeback,
    reason: Reason::NotReceived,
    divisor: 1,
    answer_ms: WEEK_MS,
    evidence_wins: true,
    withdrawn: false,
};

/// Whole rupees of a captured charge that are magic, and what becomes of it.
pub const BY_RUPEES: &[(i64, DisputeScript)] = &[
    (7_701, ORDINARY),
    (
        7_702,
        DisputeScript {
            kind: Kind::Fraud,
            reason: Reason::NotAuthorised,
            evidence_wins: false,
            ..ORDINARY
        },
    ),
    (
        7_703,
        DisputeScript {
            kind: Kind::Complaint,
            reason: Reason::NotAsDescribed,
            withdrawn: true,
            ..ORDINARY
        },
    ),
    (
        7_704,
        DisputeScript {
            answer_ms: SOON_MS,
            ..ORDINARY
        },
    ),
    (
        7_705,
        DisputeScript {
            reason: Reason::Duplicate,
            divisor: 2,
            ..ORDINARY
        },
    ),
];

impl DisputeScript {
    /// The script for a captured amount, if it is magic.
    pub fn of(amount: Paise) -> Option<Self> {
        let whole = (amount.get() % 100 == 0).then(|| amount.whole_rupees())?;
        BY_RUPEES
            .iter()
            .find(|(rupees, _)| *rupees == whole)
            .map(|(_, script)| *script)
    }

    /// What of `amount` is claimed.
    pub const fn claimed_paise(self, amount: Paise) -> i64 {
        amount.get() / self.divisor
    }

    /// Until when an answer is heard, of a dispute raised at `at`.
    pub const fn deadline(self, at: UnixMs) -> UnixMs {
        at.plus_ms(self.answer_ms)
    }

    /// How it ends by itself, and when, of a dispute raised at `at` that nobody answers.
    pub const fn unanswered(self, at: UnixMs) -> (UnixMs, Outcome) {
        if self.withdrawn {
            (at.plus_ms(SOON_MS), Outcome::Withdrawn)
        } else {
            (self.deadline(at).plus_ms(1), Outcome::Lost)
        }
    }

    /// How it ends after an answer.
    pub const fn answered(self, reply: Reply) -> Outcome {
        match reply {
            Reply::Contest if self.evidence_wins => Outcome::Won,
            Reply::Contest | Reply::Accept => Outcome::Lost,
        }
    }

    fn sentence(self) -> String {
        let claim = if self.divisor == 1 {
            "all of it"
        } else {
            "half of it"
        };
        let end = match (self.withdrawn, self.evidence_wins) {
            (true, _) => format!("withdrawn after {} s", SOON_MS / 1_000),
            (false, true) => "evidence wins, acceptance and silence lose".to_owned(),
            (false, false) => "lost, whatever is answered".to_owned(),
        };
        let time = if self.answer_ms == WEEK_MS {
            "7 days".to_owned()
        } else {
            format!("{} s", self.answer_ms / 1_000)
        };
        format!(
            "{} s later a {} (`{}`) for {claim}, {time} to answer: {end}",
            AFTER_MS / 1_000,
            self.kind.code(),
            self.reason.code()
        )
    }
}

/// Every row: what is magic, and what becomes of it.
pub fn rows() -> Vec<(String, String)> {
    BY_RUPEES
        .iter()
        .filter_map(|(rupees, script)| {
            Some((
                format!("captured {}", Paise::from_rupees(*rupees)?),
                script.sentence(),
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_holds_the_table_of_disputes() {
        let doc = include_str!("../../../../../docs/sandbox-bank.md");
        let table: String = rows()
            .iter()
            .map(|(magic, what)| format!("| {magic} | {what} |\n"))
            .collect();
        assert!(doc.contains(&table), "docs/sandbox-bank.md must hold:\n{table}");
    }
}
