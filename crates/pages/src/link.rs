//! Addresses that a page may carry out of this server. Nothing else becomes a link or the target of a form.

/// An address of a page: `http://` or `https://`, so that no page ever carries a `javascript:`.
#[derive(Clone, PartialEq, Eq)]
pub struct PageUrl(String);

/// A link that a UPI app opens: `upi://pay?…`, and that fits into a QR code.
#[derive(Clone, PartialEq, Eq)]
pub struct UpiLink(String);

impl PageUrl {
    /// `text`, if it is such an address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let lower: String = text.chars().take(8).collect::<String>().to_ascii_lowercase();
        let is_page = lower.starts_with("https://") || lower.starts_with("http://");
        (is_page && !text.contains(|c: char| c.is_whitespace() || c.is_control()))
            .then(|| Self(text.to_owned()))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl UpiLink {
    /// Bytes at most. A QR code of this length can still be read from a phone's screen.
    pub const LEN_MAX: usize = 400;

    /// `text`, if it is such a link. Source: NPCI's UPI linking specification, `upi://pay`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.starts_with("upi://pay?")
            && text.len() <= Self::LEN_MAX
            && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_makes_a_page() {
        for good in [
            "https://shop.in/back?a=1&b=2",
            "http://127.0.0.1:9000/",
            "HTTPS://SHOP.IN",
        ] {
            assert!(PageUrl::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "javascript:alert(1)",
            "//shop.in",
            "/here",
            " https://a",
            "https://a b",
            "data:text/html,x",
        ] {
            assert!(PageUrl::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn only_upi_pay_makes_a_upi_link() {
        assert!(UpiLink::parse("upi://pay?pa=shop@bank&am=100.00").is_some());
        let long = format!("upi://pay?{}", "x".repeat(UpiLink::LEN_MAX));
        for bad in [
            "",
            "https://pay",
            "upi://mandate?pa=a@b",
            "upi://pay?pn=A B",
            &long,
        ] {
            assert!(UpiLink::parse(bad).is_none(), "{bad}");
        }
    }
}
