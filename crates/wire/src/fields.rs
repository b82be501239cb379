//! The parameters of a request, wherever they stand and however they are written.
//!
//! They may be in the query string, in the body, or in both (the query wins). The body may be JSON, a form or a
//! multipart form: its first bytes decide, never its `Content-Type`. What is ambiguous is refused: a field given
//! twice would mean one thing to us and another to whoever reads it next. Source: contract.md §1.

mod form;
mod json;
mod multipart;

use std::{borrow::Cow, fmt};

/// Bytes of a body at most. The server holds callers to it. Source: contract.md §1.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// Fields of a request at most; the contracts' longest request has fewer than 50.
pub const FIELDS_MAX: usize = 100;

/// Characters of a field's name that an error repeats.
const NAME_SHOWN_MAX: usize = 40;

/// The parameters of one request. Borrows from the request wherever nothing had to be decoded.
#[derive(Clone, Debug, Default)]
pub struct Fields<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

/// What a field holds.
#[derive(Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// Text, exactly as it was posted.
    Text(Cow<'a, str>),
    /// A JSON integer of at most 64 bits, as its digits with a sign.
    Integer(String),
    /// A JSON number with a fraction or an exponent, or beyond 64 bits.
    OtherNumber,
    /// A JSON `true` or `false`.
    Bool(bool),
    /// A JSON `null`: the field counts as absent.
    Null,
    /// A JSON array or object, or an uploaded file. What is in it is not kept.
    Nested,
}

/// Why the fields of a request cannot be read. Never repeats a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FieldsError {
    /// The body begins like JSON and is none: where the reading stopped, both from 1.
    NotJson {
        /// The line.
        line: usize,
        /// The column, in bytes.
        column: usize,
    },
    /// The body is a JSON array.
    NotAnObject,
    /// The body, or a percent-encoded value in it or in the query, is not UTF-8.
    NotUtf8,
    /// The body ended before its time, or was not sent by the rules of HTTP.
    CutOff,
    /// A field is given twice: its name, shortened.
    Duplicate(String),
    /// More than [`FIELDS_MAX`] fields.
    TooMany,
}

impl<'a> Fields<'a> {
    /// Reads the fields of a request. An empty body is an empty form.
    ///
    /// # Errors
    /// [`FieldsError`], for what can be read in no way or in two.
    pub fn read(query: Option<&'a str>, body: &'a [u8]) -> Result<Self, FieldsError> {
        let mut fields = Self::default();
        form::read(query.unwrap_or_default(), &mut |name, value| {
            fields.push(0, name, Value::Text(value))
        })?;
        let of_query = fields.0.len();
        let text = std::str::from_utf8(body).map_err(|_| FieldsError::NotUtf8)?;
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        if text.trim_start().starts_with(['{', '[']) {
            json::read(text, &mut |name, value| fields.push(of_query, name, value))?;
        } else if let Some(boundary) = multipart::boundary(text) {
            multipart::read(text, boundary, &mut |name, value| {
                fields.push(of_query, name, value)
            })?;
        } else {
            form::read(text, &mut |name, value| {
                fields.push(of_query, name, Value::Text(value))
            })?;
        }
        Ok(fields)
    }

    /// Takes one more field, unless it has no name. The first `of_query` are those of the query, which win.
    fn push(&mut self, of_query: usize, name: Cow<'a, str>, value: Value<'a>) -> Result<(), FieldsError> {
        let name = trimmed(name);
        match self.0.iter().position(|(its, _)| *its == name) {
            _ if name.is_empty() => Ok(()),
            Some(at) if at < of_query => Ok(()),
            Some(_) => Err(FieldsError::Duplicate(shown(&name))),
            None if self.0.len() >= FIELDS_MAX => Err(FieldsError::TooMany),
            None => {
                self.0.push((name, value));
                Ok(())
            }
        }
    }

    /// What the field `name` holds; `None` when it is not there or null.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        let (_, value) = self.0.iter().find(|(its, _)| its == name)?;
        (*value != Value::Null).then_some(value)
    }

    /// The text of the field `name` exactly as it was posted, for hashing. A JSON integer is its digits.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Value::Text(text) => Some(text),
            Value::Integer(digits) => Some(digits),
            Value::OtherNumber | Value::Bool(_) | Value::Null | Value::Nested => None,
        }
    }

    /// The text of the field `name` without the blanks around it. A JSON integer is its digits.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.raw(name).map(str::trim)
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn trimmed(name: Cow<'_, str>) -> Cow<'_, str> {
    match name {
        Cow::Borrowed(name) => Cow::Borrowed(name.trim()),
        Cow::Owned(name) => Cow::Owned(name.trim().to_owned()),
    }
}

/// The start of a name that a stranger chose, fit for an error.
fn shown(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_control())
        .take(NAME_SHOWN_MAX)
        .collect()
}

impl Value<'_> {
    /// What kind of value this is, for a sentence.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Integer(_) | Self::OtherNumber => "a number",
            Self::Bool(_) => "true or false",
            Self::Null => "null",
            Self::Nested => "an array, an object or a file",
        }
    }
}

/// Values are account numbers and names of people: none is printed.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

/// A sentence for the caller.
impl fmt::Display for FieldsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson { line, column } => {
                write!(
                    f,
                    "The body begins like JSON, but cannot be read beyond line {line}, column {column}"
                )
            }
            Self::NotAnObject => f.write_str("The body is a JSON array; an object is expected"),
            Self::NotUtf8 => f.write_str("The request is not UTF-8"),
            Self::CutOff => {
                f.write_str("The body ended before its time, or was not sent by the rules of HTTP")
            }
            Self::Duplicate(name) => write!(f, "The field {name} is given twice"),
            Self::TooMany => write!(f, "The request has more than {FIELDS_MAX} fields"),
        }
    }
}

impl std::error::Error for FieldsError {}

/// Whoever takes the fields that a reader finds.
type Take<'t, 'a> = &'t mut dyn FnMut(Cow<'a, str>, Value<'a>) -> Result<(), FieldsError>;

#[cfg(test)]
mod tests;
