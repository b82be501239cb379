//! JSON bodies: one flat object. Values are borrowed from the body; no tree is built.

use super::{FieldsError, Take, Value};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::{borrow::Cow, fmt};

/// Gives every field of the object in `text` to `take`.
///
/// Nested values are passed over in a loop, so that no depth of them can exhaust the stack.
pub(super) fn read<'a>(text: &'a str, take: Take<'_, 'a>) -> Result<(), FieldsError> {
    if text.trim_start().starts_with('[') {
        return Err(FieldsError::NotAnObject);
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let mut fault = None;
    let object = Object {
        take,
        fault: &mut fault,
    };
    let outcome = reader.deserialize_map(object).and_then(|()| reader.end());
    match (fault, outcome) {
        (Some(fault), _) => Err(fault),
        (None, Ok(())) => Ok(()),
        (None, Err(error)) => Err(FieldsError::NotJson {
            line: error.line(),
            column: error.column(),
        }),
    }
}

/// Visits the object. serde's errors are only text, so that ours takes the way round by `fault`.
struct Object<'t, 'a> {
    take: Take<'t, 'a>,
    fault: &'t mut Option<FieldsError>,
}

impl<'a> Visitor<'a> for Object<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = entries.next_key_seed(NameSeed)? {
            let value = entries.next_value_seed(ValueSeed)?;
            if let Err(fault) = (self.take)(name, value) {
                *self.fault = Some(fault);
                return Err(A::Error::custom("refused"));
            }
        }
        Ok(())
    }
}

struct Name<'a>(Cow<'a, str>);
struct NameSeed;

impl<'a> DeserializeSeed<'a> for NameSeed {
    type Value = Name<'a>;

    fn deserialize<D: Deserializer<'a>>(self, from: D) -> Result<Name<'a>, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for NameSeed {
    type Value = Name<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }
    fn visit_borrowed_str<E: Error>(self, name: &'a str) -> Result<Name<'a>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }
    fn visit_str<E: Error>(self, name: &str) -> Result<Name<'a>, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

struct ValueSeed;

impl<'a> DeserializeSeed<'a> for ValueSeed {
    type Value = Value<'a>;

    fn deserialize<D: Deserializer<'a>>(self, from: D) -> Result<Value<'a>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for ValueSeed {
    type Value = Value<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_borrowed_str<E: Error>(self, text: &'a str) -> Result<Value<'a>, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Value<'a>, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Value<'a>, E> {
        Ok(Value::Integer(number.to_string()))
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Value<'a>, E> {
        Ok(Value::Integer(number.to_string()))
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<Value<'a>, E> {
        Ok(Value::OtherNumber)
    }
    fn visit_bool<E: Error>(self, truth: bool) -> Result<Value<'a>, E> {
        Ok(Value::Bool(truth))
    }
    fn visit_unit<E: Error>(self) -> Result<Value<'a>, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<Value<'a>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Nested)
    }
    fn visit_map<A: MapAccess<'a>>(self, mut entries: A) -> Result<Value<'a>, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Nested)
    }
}
