//! What stands in the journal: one record a line, `checksum json`.
//!
//! The checksum covers the record's number too, so that a line that was lost, doubled or moved is noticed.

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

    /// Writes it at the end of `out`, as line `number` (the first is 1).
    pub fn write_line(&self, number: u64, out: &mut Vec<u8>) -> serde_json::Result<()> {
        let start = out.len();
        out.extend_from_slice(&[b' '; PREFIX]);
        if let Err(error) = serde_json::to_writer(&mut *out, self) {
            out.truncate(start);
            return Err(error);
        }
        let sum = checksum(number, &out[start + PREFIX..]);
        for (at, digit) in out[start..start + DIGITS].iter_mut().enumerate() {
            *digit = HEX[(sum >> (28 - 4 * at)) as usize & 15];
        }
        out.push(b'\n');
        Ok(())
    }

    /// Reads line `number`, without its line feed. `None`: this is not what was written.
    pub fn read_line(number: u64, line: &[u8]) -> Option<Self> {
        let (head, json) = line.split_at_checked(PREFIX)?;
        let sum = u32::from_str_radix(std::str::from_utf8(&head[..DIGITS]).ok()?, 16).ok()?;
        if head[DIGITS] != b' ' || sum != checksum(number, json) {
            return None;
        }
        serde_json::from_slice(json).ok()
    }
}

/// Hex digits of a checksum.
const DIGITS: usize = 8;
/// The checksum and a blank.
const PREFIX: usize = DIGITS + 1;
const HEX: &[u8; 16] = b"0123456789abcdef";

/// CRC-32 (the one of zip and Ethernet) of the number and the text.
fn checksum(number: u64, json: &[u8]) -> u32 {
    let bytes = number.to_le_bytes().into_iter().chain(json.iter().copied());
    !bytes.fold(u32::MAX, |crc, byte| {
        CRC_TABLE[((crc ^ u32::from(byte)) & 0xff) as usize] ^ (crc >> 8)
    })
}

const CRC_TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut crc = at as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[at] = crc;
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn line(record: &Record, number: u64) -> Vec<u8> {
        let mut out = Vec::new();
        record.write_line(number, &mut out).unwrap();
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
        assert_eq!(Record::read_line(9, &line(&record, 9)), Some(record));
    }

    #[test]
    fn a_line_with_any_byte_changed_or_at_another_place_is_not_read() {
        let record = Record::Ended {
            transfer: 3,
            at_ms: 7,
        };
        let good = line(&record, 2);
        assert_eq!(Record::read_line(3, &good), None);
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert_eq!(Record::read_line(2, &bad), None, "byte {at}");
            assert_eq!(Record::read_line(2, &good[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn the_checksum_is_the_well_known_one() {
        // Source: Python, `zlib.crc32(bytes(8))` and `zlib.crc32(bytes(8) + b"123456789")`.
        assert_eq!(checksum(0, b""), 0x6522_DF69);
        assert_eq!(checksum(0, b"123456789"), 0xE412_DC35);
    }
}
