//! The numbers under which merchants know a payment: `paymentId` (also `payuMoneyId`) and `mihpayid`.
//!
//! Merchants' programs have columns for ten and eighteen digits, as in the document's samples, so that our own number is
//! moved there. Both ways are reversible, and no table keeps them.

use rokad_domain::{Id, payment::Payment};

/// The paymentId of the payment number 0. Ten digits last for eight thousand million payments; then it has eleven.
const PAYMENT_ID_0: i64 = 1_000_000_000;
/// The mihpayid of the payment number 0. It begins like that of the document's sample.
const MIHPAYID_0: i64 = 403_993_715_000_000_000;

/// The payment's `paymentId`.
#[must_use]
pub const fn payment_id(payment: Id<Payment>) -> i64 {
    PAYMENT_ID_0.saturating_add(payment.get())
}

/// The payment's `mihpayid`.
#[must_use]
pub const fn mihpayid(payment: Id<Payment>) -> i64 {
    MIHPAYID_0.saturating_add(payment.get())
}

/// The payment with this `paymentId`, as a merchant posts it. `None`: no payment can have it.
#[must_use]
pub fn read_payment_id(text: &str) -> Option<Id<Payment>> {
    let digits = (10..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = digits.then(|| text.parse().ok())??;
    let payment = number.checked_sub(PAYMENT_ID_0)?;
    (payment > 0).then(|| Id::new(payment))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_numbers_have_the_digits_of_the_documents_samples() {
        let payment = Id::new(110_275_478);
        assert_eq!(payment_id(payment), 1_110_275_478);
        assert_eq!(mihpayid(payment).to_string().len(), "403993715512972380".len());
        assert_eq!(read_payment_id("1110275478"), Some(payment));
    }

    #[test]
    fn what_is_no_payments_number_is_none() {
        for text in [
            "",
            "1000000000",
            "999999999",
            "0000000001",
            "-1000000001",
            "+1000000001",
            " 1000000001",
            "1000000001.0",
            "99999999999999999999",
        ] {
            assert_eq!(read_payment_id(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_payment_is_found_again_by_its_number(number in 1..=i64::MAX - PAYMENT_ID_0) {
            let text = payment_id(Id::new(number)).to_string();
            prop_assert_eq!(read_payment_id(&text), Some(Id::new(number)));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,25}") {
            let _ = read_payment_id(&text);
        }
    }
}
