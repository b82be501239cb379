//! Small things about JSON: printing our own values, and reading values that somebody's PHP printed.

use serde::{
    Deserializer, Serialize,
    de::{DeserializeOwned, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::fmt;

/// `value` as JSON. Our views have string keys and no number that JSON lacks, so that printing cannot fail.
pub(crate) fn print(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

/// Reads a JSON object; `None` for anything else. (Left alone, serde would take an array for a struct as well.)
pub(crate) fn object<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace())?;
    (*first == b'{').then(|| serde_json::from_slice(body).ok())?
}

/// Reads any value as the text that PHP prints for it: 8128 and "8128" are `8128`, null is empty.
///
/// The md5 of a seal is made over that text (contract.md §2.2). What PHP prints as `Array` is empty here.
pub(crate) fn php_text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    from.deserialize_any(PhpText)
}

struct PhpText;

impl<'de> Visitor<'de> for PhpText {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }
    /// The shortest decimal that reads back as `number`: what PHP prints for amounts (12.5, and 8128 for 8128.0).
    fn visit_f64<E: Error>(self, number: f64) -> Result<String, E> {
        Ok(number.to_string())
    }
    fn visit_bool<E: Error>(self, truth: bool) -> Result<String, E> {
        Ok(if truth { "1" } else { "" }.to_owned())
    }
    fn visit_unit<E: Error>(self) -> Result<String, E> {
        Ok(String::new())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<String, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(String::new())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<String, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(String::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct One {
        #[serde(deserialize_with = "php_text")]
        a: String,
    }

    #[test]
    fn a_value_reads_as_php_prints_it() {
        let cases = [
            ("8128", "8128"),
            ("\"8128\"", "8128"),
            ("\"8128.00\"", "8128.00"),
            ("8128.0", "8128"),
            ("12.5", "12.5"),
            ("-3", "-3"),
            ("null", ""),
            ("true", "1"),
            ("false", ""),
            ("[1,[2]]", ""),
            ("{\"b\":1}", ""),
        ];
        for (json, printed) in cases {
            let one: One = object(format!("{{\"a\":{json}}}").as_bytes()).unwrap();
            assert_eq!(one.a, printed, "{json}");
        }
    }

    #[test]
    fn only_an_object_is_an_object() {
        for junk in [
            "[\"x\"]",
            "\"x\"",
            "",
            "  ",
            "{\"a\":1} x",
            "{\"a\":1,\"a\":2}",
            "{}",
        ] {
            assert!(object::<One>(junk.as_bytes()).is_none(), "{junk}");
        }
        assert!(object::<One>(b"\xEF\xBB\xBF {\"a\":1}").is_some());
    }
}
