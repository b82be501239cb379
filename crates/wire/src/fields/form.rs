//! `application/x-www-form-urlencoded`: query strings and plain forms.
//!
//! A `%` that no two hex digits follow stands for itself, as in PHP and in browsers.

use super::FieldsError;
use std::borrow::Cow;

/// Gives every `name=value` of `text` to `take`, decoded. Empty pieces, like that of a bare `?`, are nothing.
pub(super) fn read<'a>(
    text: &'a str,
    take: &mut impl FnMut(Cow<'a, str>, Cow<'a, str>) -> Result<(), FieldsError>,
) -> Result<(), FieldsError> {
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        take(decode(name)?, decode(value)?)?;
    }
    Ok(())
}

fn decode(text: &str) -> Result<Cow<'_, str>, FieldsError> {
    if !text.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
        return Ok(Cow::Borrowed(text));
    }
    let mut rest = text.as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    while let [first, after @ ..] = rest {
        let (byte, left) = match (first, after) {
            (b'+', _) => (b' ', after),
            (b'%', [high, low, left @ ..]) => match hex_pair(*high, *low) {
                Some(byte) => (byte, left),
                None => (b'%', after),
            },
            (byte, _) => (*byte, after),
        };
        bytes.push(byte);
        rest = left;
    }
    String::from_utf8(bytes)
        .map(Cow::Owned)
        .map_err(|_| FieldsError::NotUtf8)
}

fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |byte| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encode(text: &str) -> String {
        text.bytes()
            .map(|byte| match byte {
                b' ' => "+".to_owned(),
                _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
                _ => format!("%{byte:02x}"),
            })
            .collect()
    }

    #[test]
    fn a_lone_percent_sign_stands_for_itself() {
        for (posted, meant) in [
            ("100%", "100%"),
            ("%zz%2", "%zz%2"),
            ("a+b%2B", "a b+"),
            ("%E0%A4%86", "आ"),
        ] {
            assert_eq!(decode(posted).unwrap(), meant);
        }
        assert_eq!(decode("%ff"), Err(FieldsError::NotUtf8));
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_itself(text in "\\PC{0,40}") {
            let encoded = encode(&text);
            prop_assert_eq!(decode(&encoded).unwrap(), text);
        }
    }
}
