//! A line of a journal: `checksum json`.
//!
//! The checksum covers the record's number too, so that a line that was lost, doubled or moved is noticed.

use serde::{Serialize, de::DeserializeOwned};

/// Writes `record` at the end of `out`, as line `number` (the first is 1).
pub fn write<R: Serialize>(record: &R, number: u64, out: &mut Vec<u8>) -> serde_json::Result<()> {
    let start = out.len();
    out.extend_from_slice(&[b' '; PREFIX]);
    if let Err(error) = serde_json::to_writer(&mut *out, record) {
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
pub fn read<R: DeserializeOwned>(number: u64, line: &[u8]) -> Option<R> {
    let (head, json) = line.split_at_checked(PREFIX)?;
    let sum = u32::from_str_radix(std::str::from_utf8(&head[..DIGITS]).ok()?, 16).ok()?;
    if head[DIGITS] != b' ' || sum != checksum(number, json) {
        return None;
    }
    serde_json::from_slice(json).ok()
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

    #[test]
    fn the_checksum_is_the_well_known_one() {
        // Source: Python, `zlib.crc32(bytes(8))` and `zlib.crc32(bytes(8) + b"123456789")`.
        assert_eq!(checksum(0, b""), 0x6522_DF69);
        assert_eq!(checksum(0, b"123456789"), 0xE412_DC35);
    }
}
