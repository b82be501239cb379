//! JSON, written straight into the bytes of an answer: no tree of values stands between.
//!
//! The names are ours and need no escaping; texts are escaped by `serde_json`. A comma is due unless something has just
//! been opened, so that no list can begin or end with one.

use std::{fmt::Display, io::Write};

/// An answer that is being written. Everything goes to memory, so that nothing here can fail.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    /// The bytes of one object, about `capacity` of them.
    pub(super) fn object(capacity: usize, fields: impl FnOnce(&mut Self)) -> Vec<u8> {
        let mut writer = Self(Vec::with_capacity(capacity));
        writer.item(fields);
        writer.0
    }

    /// An object in a list.
    pub(super) fn item(&mut self, fields: impl FnOnce(&mut Self)) {
        self.comma();
        self.enclosed(b'{', b'}', fields);
    }

    /// The field `name`: an object.
    pub(super) fn nested(&mut self, name: &str, fields: impl FnOnce(&mut Self)) {
        self.name(name);
        self.enclosed(b'{', b'}', fields);
    }

    /// The field `name`: a list.
    pub(super) fn list(&mut self, name: &str, items: impl FnOnce(&mut Self)) {
        self.name(name);
        self.enclosed(b'[', b']', items);
    }

    /// The field `name`: a text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        let _ = serde_json::to_writer(&mut self.0, text);
    }

    /// The field `name`: a text made of characters that need no escaping.
    pub(super) fn plain_text(&mut self, name: &str, text: impl Display) {
        self.name(name);
        let _ = write!(self.0, "\"{text}\"");
    }

    /// The field `name`: a number, `true`, `false` or `null`, as it stands.
    pub(super) fn bare(&mut self, name: &str, value: impl Display) {
        self.name(name);
        let _ = write!(self.0, "{value}");
    }

    /// The field `name`: `null`.
    pub(super) fn null(&mut self, name: &str) {
        self.bare(name, "null");
    }

    fn name(&mut self, name: &str) {
        self.comma();
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    fn comma(&mut self) {
        if !matches!(self.0.last(), None | Some(b'{' | b'[')) {
            self.0.push(b',');
        }
    }

    fn enclosed(&mut self, open: u8, close: u8, inside: impl FnOnce(&mut Self)) {
        self.0.push(open);
        inside(self);
        self.0.push(close);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn commas_stand_between_and_nowhere_else() {
        let body = Writer::object(0, |w| {
            w.list("none", |_| ());
            w.list("two", |w| {
                w.item(|_| ());
                w.item(|w| w.null("a"));
            });
            w.nested("one", |w| w.bare("n", "1345.0"));
            w.plain_text("t", 7);
        });
        let expected = r#"{"none":[],"two":[{},{"a":null}],"one":{"n":1345.0},"t":"7"}"#;
        assert_eq!(String::from_utf8(body).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn whatever_a_text_holds_it_reads_back(one in any::<String>(), two in any::<String>()) {
            let body = Writer::object(0, |w| { w.text("one", &one); w.text("two", &two); });
            let read: serde_json::Value = serde_json::from_slice(&body).unwrap();
            prop_assert_eq!(read, serde_json::json!({"one": one, "two": two}));
        }
    }
}
