//! What a page may load and where its forms may go: the header `Content-Security-Policy`, one value for each kind of page.

/// Pages of the checkout whose forms stay here. An attempt that goes on to a bank does so from a page of its own, since
/// browsers hold a redirect after a form against `form-action` too.
pub const CHECKOUT: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The page that posts the outcome back to the merchant: its form goes wherever the merchant said, and may be redirected
/// from there, so `form-action` is not restricted.
pub const POST_BACK: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inline_and_nothing_foreign_is_allowed() {
        for policy in [CHECKOUT, POST_BACK] {
            assert!(policy.starts_with("default-src 'none';"));
            assert!(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'));
            assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"));
        }
        assert!(CHECKOUT.contains("form-action 'self'") && !POST_BACK.contains("form-action"));
    }
}
