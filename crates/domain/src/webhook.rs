//! Where a merchant is told of events: what may be registered, and when it is switched off.

/// Webhooks that a merchant has at most.
pub const WEBHOOKS_MAX: usize = 16;

/// Failures in a row after which a webhook is switched off. Source: the document's second note on webhooks.
pub const FAILURES_MAX: u32 = 20;

/// Characters of a URL at most.
pub const URL_MAX: usize = 2_048;

/// Characters of a header's name and value at most.
pub const HEADER_NAME_MAX: usize = 64;
/// See [`HEADER_NAME_MAX`].
pub const HEADER_VALUE_MAX: usize = 1_024;

/// What follows from a failure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AfterFailure {
    /// It is tried again.
    GoOn,
    /// Nothing is posted there any more, until somebody switches it on.
    SwitchOff,
}

/// Decides what follows from the failure that is number `in_a_row` without an acknowledgement between. Pure.
#[must_use]
pub const fn decide_failure(in_a_row: u32) -> AfterFailure {
    if in_a_row >= FAILURES_MAX {
        AfterFailure::SwitchOff
    } else {
        AfterFailure::GoOn
    }
}

/// Why a URL is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UrlRefusal {
    /// It is too long.
    TooLong,
    /// It is no http or https address with a host.
    NoUrl,
    /// It is http, where only https is taken.
    NotHttps,
    /// It holds a user name or a password.
    UserInfo,
    /// It holds a fragment, which would never be sent.
    Fragment,
}

impl UrlRefusal {
    /// For whoever typed it.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::TooLong => "The url must have at most 2,048 characters",
            Self::NoUrl => "The url must be like https://shop.example/hook",
            Self::NotHttps => "The url must begin with https:// in production",
            Self::UserInfo => "The url must hold no user name and no password; use a header",
            Self::Fragment => "The url must hold no #",
        }
    }
}

/// An address to which events can be posted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WebhookUrl(String);

impl WebhookUrl {
    /// `text`, if events can be posted there.
    ///
    /// # Errors
    /// [`UrlRefusal`].
    pub fn parse(text: &str, https_only: bool) -> Result<Self, UrlRefusal> {
        if text.len() > URL_MAX {
            return Err(UrlRefusal::TooLong);
        }
        let (rest, is_https) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (rest, true),
            (None, Some(rest)) => (rest, false),
            (None, None) => return Err(UrlRefusal::NoUrl),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let printable = text.bytes().all(|b| {
            b.is_ascii_graphic()
                && !matches!(b, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
        });
        if authority.contains('@') {
            Err(UrlRefusal::UserInfo)
        } else if !printable || !is_host_and_port(authority) {
            Err(UrlRefusal::NoUrl)
        } else if text.contains('#') {
            Err(UrlRefusal::Fragment)
        } else if https_only && !is_https {
            Err(UrlRefusal::NotHttps)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_host_and_port(authority: &str) -> bool {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((host, after)) => (host, after),
            None => return false,
        },
        None => authority
            .find(':')
            .map_or((authority, ""), |at| authority.split_at(at)),
    };
    let port_is_one = match port.strip_prefix(':') {
        Some(port) => {
            port.parse::<u16>().is_ok_and(|port| port > 0) && port.bytes().all(|b| b.is_ascii_digit())
        }
        None => port.is_empty(),
    };
    let bracketed = authority.starts_with('[');
    let host_is_one = host
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b) || (bracketed && b == b':'));
    !host.is_empty() && host_is_one && port_is_one
}

/// Why a header is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HeaderRefusal {
    /// The name is none, or too long.
    Name,
    /// It would stand in the way of one that we send, or of HTTP itself.
    Reserved,
    /// The value is empty, too long, or holds what no header can carry.
    Value,
}

impl HeaderRefusal {
    /// For whoever typed it.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Name => "The header_name must have 1 to 64 letters, digits and hyphens",
            Self::Reserved => {
                "The header_name is one that Rokad or HTTP itself sends; take another, like X-Shop-Token"
            }
            Self::Value => {
                "The header_value must have 1 to 1,024 printable ASCII characters, without blanks at its ends"
            }
        }
    }
}

/// Headers that we send, and those that belong to a connection.
const RESERVED: [&str; 18] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
];

/// How names begin that are kept for us or for proxies.
const RESERVED_PREFIXES: [&str; 4] = ["webhook-", "proxy-", "sec-", ":"];

/// Checks a header that a merchant wants beside ours.
///
/// # Errors
/// [`HeaderRefusal`].
pub fn check_header(name: &str, value: &str) -> Result<(), HeaderRefusal> {
    let name_fits = (1..=HEADER_NAME_MAX).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let lower = name.to_ascii_lowercase();
    let reserved = RESERVED.contains(&lower.as_str())
        || RESERVED_PREFIXES.iter().any(|prefix| lower.starts_with(prefix));
    let value_fits = (1..=HEADER_VALUE_MAX).contains(&value.len())
        && value.bytes().all(|b| (b' '..=b'~').contains(&b))
        && value.trim() == value;
    if !name_fits {
        Err(HeaderRefusal::Name)
    } else if reserved {
        Err(HeaderRefusal::Reserved)
    } else if !value_fits {
        Err(HeaderRefusal::Value)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_twentieth_failure_in_a_row_switches_off_and_none_before() {
        for in_a_row in 1..FAILURES_MAX {
            assert_eq!(decide_failure(in_a_row), AfterFailure::GoOn);
        }
        assert_eq!(decide_failure(FAILURES_MAX), AfterFailure::SwitchOff);
        assert_eq!(decide_failure(FAILURES_MAX + 1), AfterFailure::SwitchOff);
    }

    #[test]
    fn an_address_is_taken_when_events_can_be_posted_there() {
        let long = format!("https://shop.example/{}", "x".repeat(URL_MAX));
        let table: &[(&str, bool, Result<(), UrlRefusal>)] = &[
            ("https://shop.example/hook?a=1", true, Ok(())),
            ("https://shop.example:8443", true, Ok(())),
            ("https://[2001:db8::1]:8443/hook", true, Ok(())),
            ("http://localhost:3000/hook", false, Ok(())),
            ("http://localhost:3000/hook", true, Err(UrlRefusal::NotHttps)),
            ("https://user:word@shop.example/", true, Err(UrlRefusal::UserInfo)),
            ("https://shop.example/a@b", true, Ok(())),
            ("https://shop.example/#top", true, Err(UrlRefusal::Fragment)),
            ("ftp://shop.example/", false, Err(UrlRefusal::NoUrl)),
            ("https:///hook", true, Err(UrlRefusal::NoUrl)),
            ("https://shop.example:0/", true, Err(UrlRefusal::NoUrl)),
            ("https://shop.example:99999/", true, Err(UrlRefusal::NoUrl)),
            ("https://shop example/", true, Err(UrlRefusal::NoUrl)),
            ("https://shop.example/a\r\nX: 1", true, Err(UrlRefusal::NoUrl)),
            ("https://[::1", true, Err(UrlRefusal::NoUrl)),
            ("", true, Err(UrlRefusal::NoUrl)),
            (&long, true, Err(UrlRefusal::TooLong)),
        ];
        for (url, https_only, expected) in table {
            assert_eq!(WebhookUrl::parse(url, *https_only).map(drop), *expected, "{url}");
        }
    }

    #[test]
    fn a_header_that_would_stand_in_the_way_is_refused() {
        assert_eq!(check_header("X-Shop-Token", "s3cr3t"), Ok(()));
        assert_eq!(check_header("Authorization", "Bearer s3cr3t"), Ok(()));
        for name in [
            "Content-Type",
            "HOST",
            "content-length",
            "Webhook-Id",
            "webhook-anything",
            "Transfer-Encoding",
            "Connection",
            "Proxy-Authorization",
            "User-Agent",
        ] {
            assert_eq!(check_header(name, "x"), Err(HeaderRefusal::Reserved), "{name}");
        }
        for name in ["", "X Y", "X:Y", "X\r\nY", "Ü", &"x".repeat(65)] {
            assert_eq!(check_header(name, "x"), Err(HeaderRefusal::Name), "{name}");
        }
        for value in ["", " x", "x ", "a\r\nb", "ü", &"x".repeat(1_025)] {
            assert_eq!(check_header("X-A", value), Err(HeaderRefusal::Value), "{value}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reading(text in "(https://)?\\PC{0,20}") {
            let _ = WebhookUrl::parse(&text, true);
        }
    }
}
