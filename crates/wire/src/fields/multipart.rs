//! `multipart/form-data`, as curl and browsers write it (RFC 7578).
//!
//! The boundary is that of the body's first line, since the header that would name it never decides.
//! The whole body is in memory and small, so that splitting it is all there is to do.

use super::{FieldsError, Take, Value};
use std::borrow::Cow;

/// Characters of a boundary at most. Source: RFC 2046 §5.1.1.
const BOUNDARY_MAX: usize = 70;

/// The boundary, if `body` is a multipart form: it begins with a delimiter, and the last delimiter is there too.
pub(super) fn boundary(body: &str) -> Option<&str> {
    let (first, rest) = body.strip_prefix("--")?.split_once("\r\n")?;
    let fits = (1..=BOUNDARY_MAX).contains(&first.len());
    let last = rest.rfind("--").map(|at| &rest[..at])?;
    (fits && last.ends_with(first) && last[..last.len() - first.len()].ends_with("--")).then_some(first)
}

/// Gives every part of `body` that has a name to `take`. A file is [`Value::Nested`].
pub(super) fn read<'a>(body: &'a str, boundary: &str, take: Take<'_, 'a>) -> Result<(), FieldsError> {
    let delimiter = format!("\r\n--{boundary}");
    let body = &body[2 + boundary.len()..];
    for part in body.split(delimiter.as_str()) {
        let Some((head, value)) = part
            .strip_prefix("\r\n")
            .and_then(|part| part.split_once("\r\n\r\n"))
        else {
            continue; // the end, or not a part
        };
        let Some(disposition) = disposition(head) else {
            continue;
        };
        let value = match parameter(disposition, "filename") {
            Some(_) => Value::Nested,
            None => Value::Text(Cow::Borrowed(value)),
        };
        if let Some(name) = parameter(disposition, "name") {
            take(name, value)?;
        }
    }
    Ok(())
}

fn disposition(head: &str) -> Option<&str> {
    head.split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"))
        .map(|(_, value)| value)
}

/// The parameter `name` of `form-data; name="…"; filename="…"`. Quotes in it come as `\"` or `%22`.
fn parameter<'a>(disposition: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let mut rest = disposition;
    while let Some((_, after)) = rest.split_once(';') {
        let (key, value) = after.split_once('=')?;
        let (value, left) = quoted(value.trim_start());
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = left;
    }
    None
}

/// The value at the start of `text`, quoted or not, and what follows it.
fn quoted(text: &str) -> (Cow<'_, str>, &str) {
    let Some(inside) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        return (Cow::Borrowed(text[..end].trim()), &text[end..]);
    };
    let mut escaped = false;
    let end = inside.find(|c| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    });
    let (value, left) = inside.split_at(end.unwrap_or(inside.len()));
    match value.contains(['\\', '%']) {
        false => (Cow::Borrowed(value), left),
        true => (Cow::Owned(value.replace("\\\"", "\"").replace("%22", "\"")), left),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(body: &str) -> Vec<(String, Value<'_>)> {
        let mut parts = Vec::new();
        read(body, boundary(body).unwrap(), &mut |name, value| {
            parts.push((name.into_owned(), value));
            Ok(())
        })
        .unwrap();
        parts
    }

    #[test]
    fn what_curl_posts_is_read() {
        let body = "--------------------------d74496d66958873e\r\nContent-Disposition: form-data; name=\"pid\"\r\n\r\n\
            2323232323\r\n--------------------------d74496d66958873e\r\nContent-Disposition: form-data; name=\"a\\\"b\"; \
            filename=\"x;y.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--------------------------d74496d66958873e--\r\n";
        let expected = [
            ("pid".to_owned(), Value::Text("2323232323".into())),
            ("a\"b".to_owned(), Value::Nested),
        ];
        assert_eq!(parts(body), expected);
    }

    #[test]
    fn a_value_may_span_lines_and_be_empty() {
        let body = "--x\r\ncontent-disposition: form-data; name=a\r\n\r\n1\r\n--2\r\n\r\n--x\r\n\
            Content-Disposition: form-data; name=\"b\"\r\n\r\n\r\n--x--";
        let text = |value: &'static str| Value::Text(value.into());
        assert_eq!(
            parts(body),
            [("a".to_owned(), text("1\r\n--2\r\n")), ("b".to_owned(), text(""))]
        );
    }

    #[test]
    fn a_form_that_begins_with_dashes_is_no_multipart_form() {
        for form in [
            "--a=1&b=2",
            "--x\r\n",
            "--\r\n----",
            "--x\r\nno end",
            "--x\r\n--y--",
        ] {
            assert_eq!(boundary(form), None, "{form:?}");
        }
    }
}
