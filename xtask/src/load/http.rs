//! Where one HTTP/1.1 message ends. Pure; both the load generator and the callback receiver read with it.

use std::fmt;

/// A message at the front of a buffer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Framed {
    /// Bytes of start line and fields, with the blank line.
    pub head: usize,
    /// Bytes in all: the body is `head..whole`.
    pub whole: usize,
}

/// A message that this reader does not read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unreadable {
    BadLength,
    /// Chunked bodies: neither rokad nor its courier has a reason to send one.
    Chunked,
    BadStatus,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadLength => "an HTTP message whose Content-Length is no number",
            Self::Chunked => "an HTTP message with Transfer-Encoding",
            Self::BadStatus => "an HTTP answer without a status",
        })
    }
}

impl std::error::Error for Unreadable {}

/// The first message in `bytes`, or `None` while some of it is still on its way.
pub fn frame(bytes: &[u8]) -> Result<Option<Framed>, Unreadable> {
    let Some(blank) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = blank + 4;
    let whole = head + content_length(&bytes[..blank])?;
    Ok((bytes.len() >= whole).then_some(Framed { head, whole }))
}

fn content_length(head: &[u8]) -> Result<usize, Unreadable> {
    let mut length = 0;
    for line in head.split(|&byte| byte == b'\n').skip(1) {
        let Some(colon) = line.iter().position(|&byte| byte == b':') else {
            continue;
        };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"content-length") {
            let digits = std::str::from_utf8(value).map_err(|_| Unreadable::BadLength)?;
            length = digits.parse().map_err(|_| Unreadable::BadLength)?;
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            return Err(Unreadable::Chunked);
        }
    }
    Ok(length)
}

/// The status of an answer that starts with `HTTP/1.1 200`.
pub fn status(head: &[u8]) -> Result<u16, Unreadable> {
    let digits = head
        .get(9..12)
        .and_then(|digits| std::str::from_utf8(digits).ok());
    digits
        .and_then(|digits| digits.parse().ok())
        .ok_or(Unreadable::BadStatus)
}

/// The value of a field in a message's head.
pub fn field<'h>(head: &'h [u8], name: &str) -> Option<&'h str> {
    let lines = head.split(|&byte| byte == b'\n').skip(1);
    let mut fields = lines.filter_map(|line| std::str::from_utf8(line).ok()?.split_once(':'));
    let (_, value) = fields.find(|(its, _)| its.eq_ignore_ascii_case(name))?;
    Some(value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &[u8] = b"HTTP/1.1 402 Payment Required\r\nContent-LENGTH:  5\r\nserver: x\r\n\r\nhello";

    #[test]
    fn an_answer_in_pieces_is_whole_only_with_its_last_byte() {
        for cut in 0..ANSWER.len() {
            assert_eq!(frame(&ANSWER[..cut]), Ok(None), "at {cut} bytes");
        }
        let framed = frame(ANSWER).unwrap().unwrap();
        assert_eq!(&ANSWER[framed.head..framed.whole], b"hello");
        assert_eq!(status(ANSWER), Ok(402));
    }

    #[test]
    fn a_field_is_found_whatever_its_case() {
        assert_eq!(field(ANSWER, "Content-Length"), Some("5"));
        assert_eq!(field(ANSWER, "location"), None);
    }

    #[test]
    fn the_next_message_is_left_alone() {
        let two = [ANSWER, ANSWER].concat();
        assert_eq!(frame(&two).unwrap().unwrap().whole, ANSWER.len());
    }

    #[test]
    fn no_length_means_no_body() {
        let framed = frame(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().unwrap();
        assert_eq!(framed.head, framed.whole);
    }

    #[test]
    fn what_cannot_be_framed_is_refused() {
        assert_eq!(
            frame(b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n"),
            Err(Unreadable::BadLength)
        );
        assert_eq!(
            frame(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"),
            Err(Unreadable::Chunked)
        );
        assert_eq!(status(b"garbage"), Err(Unreadable::BadStatus));
    }
}
