//! Files that merchants send: known by their content, whatever they are called. Source: contract.md §2.7.

use crate::text::is_printable;
use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use std::fmt;

/// Files of one answer at most.
pub const FILES_MAX: usize = 5;

/// Bytes of a file at most.
pub const FILE_BYTES_MAX: usize = 1024 * 1024;

/// Characters of a file's name at most.
pub const NAME_LEN_MAX: usize = 100;

/// Why a file is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadFile {
    /// It is none of the kinds that are taken.
    Kind,
    /// It is empty or too large.
    Size,
    /// Its name is none.
    Name,
}

/// The sentence for whoever sent it.
impl fmt::Display for BadFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kind => "a file is a PNG, a JPEG, a WebP or a PDF, by its content",
            Self::Size => "a file has 1 byte to 1 MiB",
            Self::Name => "a file's name has 1 to 100 printable characters, and no slash",
        })
    }
}

/// The content of a file in base64, with or without a `data:` prefix. `None`: it is no base64.
#[must_use]
pub fn content(text: &str) -> Option<Vec<u8>> {
    let text = match text.split_once(',') {
        Some((prefix, text)) if prefix.starts_with("data:") => text,
        _ => text,
    };
    BASE64.decode(text.trim()).ok()
}

/// What the content of a file is, once name and content were checked.
///
/// # Errors
/// [`BadFile`].
pub fn media_type(name: &str, content: &[u8]) -> Result<&'static str, BadFile> {
    let plain = |c: char| is_printable(c) && !matches!(c, '/' | '\\');
    if !(1..=NAME_LEN_MAX).contains(&name.chars().count()) || !name.chars().all(plain) {
        return Err(BadFile::Name);
    }
    if !(1..=FILE_BYTES_MAX).contains(&content.len()) {
        return Err(BadFile::Size);
    }
    let webp = content.starts_with(b"RIFF") && content.get(8..12) == Some(b"WEBP");
    match content {
        _ if webp => Ok("image/webp"),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Ok("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Ok("image/jpeg"),
        [b'%', b'P', b'D', b'F', b'-', ..] => Ok("application/pdf"),
        _ => Err(BadFile::Kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_content_whatever_it_is_called() {
        let png = b"\x89PNG\r\n\x1a\nrest";
        for (name, content, kind) in [
            ("slip.exe", &png[..], "image/png"),
            ("slip", b"\xFF\xD8\xFF\xE0 rest", "image/jpeg"),
            ("रसीद.webp", b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
            ("a.png", b"%PDF-1.7 rest", "application/pdf"),
        ] {
            assert_eq!(media_type(name, content), Ok(kind), "{name}");
        }
        for content in [
            &b"MZ a program"[..],
            b"<svg onload=alert(1)>",
            b"RIFF\0\0\0\0WAVE",
            b"\x89PNG",
        ] {
            assert_eq!(media_type("a.png", content), Err(BadFile::Kind));
        }
        let large = [&png[..], &vec![0; FILE_BYTES_MAX]].concat();
        assert_eq!(media_type("a.png", &large), Err(BadFile::Size));
        assert_eq!(media_type("a.png", b""), Err(BadFile::Size));
        assert_eq!(
            content("data:image/png;base64,iVBORw=="),
            Some(b"\x89PNG".to_vec())
        );
        assert_eq!(content(" iVBORw== "), Some(b"\x89PNG".to_vec()));
        assert_eq!(content("no base64!"), None);
        for name in ["", "../a.png", "a\\b", "a\nb", &"x".repeat(101)] {
            assert_eq!(media_type(name, png), Err(BadFile::Name), "{name:?}");
        }
    }
}
