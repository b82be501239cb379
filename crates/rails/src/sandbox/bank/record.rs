//! What stands in the bank's journal: one record a line.

use crate::sandbox::words::{Refusal, TransferAsked};
use rokad_domain::UnixMs;
use serde::{Deserialize, Serialize};

/// The form of the journal. A book of another form is not opened.
pub const FORMAT: u32 = 1;

/// Something that happened at the bank. Records tell what was decided, never how: a later bank replays them as they are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// The book was begun. Always the first record, and only that.
    Begun { format: u32, at_ms: i64 },
    /// An account was opened.
    Opened(Opened),
    /// An instruction was decided. The n-th of these is transfer n, counted from 0.
    Transfer(Decided),
    /// A transfer that was in progress ended as its fate says.
    Ended { transfer: u32, at_ms: i64 },
    /// A paid transfer's money came back.
    Returned { transfer: u32, at_ms: i64 },
}

/// An account, as it was opened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Opened {
    pub number: String,
    pub holder: String,
    pub bank: String,
    pub ifsc: String,
    pub opening_paise: i64,
}

/// An instruction as it came, and what was decided about it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decided {
    pub asked: TransferAsked,
    pub at_ms: i64,
    pub fate: Fate,
}

/// How a transfer ends, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It has ended. `told`: the news tell it as well. `returns_ms`: when its money comes back.
    Now {
        ending: Ending,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        told: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        returns_ms: Option<i64>,
    },
    /// It ends at `due_ms`, and the news tell it then. `silent`: until then the bank does not even say that it has it.
    Later {
        ending: Ending,
        due_ms: i64,
        silent: bool,
    },
}

/// Paid or not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Paid.
    Paid,
    /// Refused.
    Refused(Refusal),
}

impl Record {
    /// When it happened, as far as it says.
    pub const fn at(&self) -> Option<UnixMs> {
        match self {
            Self::Begun { at_ms, .. }
            | Self::Transfer(Decided { at_ms, .. })
            | Self::Ended { at_ms, .. }
            | Self::Returned { at_ms, .. } => Some(UnixMs(*at_ms)),
            Self::Opened(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::office::line;

    fn written(record: &Record, number: u64) -> Vec<u8> {
        let mut out = Vec::new();
        line::write(record, number, &mut out).unwrap();
        assert_eq!(out.pop(), Some(b'\n'));
        out
    }

    #[test]
    fn a_record_is_read_back_as_it_was_written() {
        let fate = Fate::Later {
            ending: Ending::Refused(Refusal::AccountFrozen),
            due_ms: 3,
            silent: true,
        };
        let asked = TransferAsked {
            reference: "R-1".into(),
            from_account: "5001".into(),
            amount_paise: 1,
            account_no: "123456789".into(),
            ifsc: "SBIN0001234".into(),
            account_holder: "शशि \"K\"\n".into(),
            not_after_ms: 8,
        };
        let record = Record::Transfer(Decided {
            asked,
            at_ms: 7,
            fate,
        });
        assert_eq!(line::read(9, &written(&record, 9)), Some(record));
    }

    #[test]
    fn a_line_with_any_byte_changed_or_at_another_place_is_not_read() {
        let record = Record::Ended {
            transfer: 3,
            at_ms: 7,
        };
        let good = written(&record, 2);
        assert_eq!(line::read::<Record>(3, &good), None);
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert_eq!(line::read::<Record>(2, &bad), None, "byte {at}");
            assert_eq!(line::read::<Record>(2, &good[..at]), None, "cut at {at}");
        }
    }
}
