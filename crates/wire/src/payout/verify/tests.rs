use super::*;
use crate::payout::callback::{
    Callback,
    tests::{approved, order},
};
use proptest::prelude::*;

const SECRET: &str = "s3cr3t-key-001";
// Known answers: md5(6876mhnytg . 8128 . Approved . secret), md5(6876mhnytg . 0 . Declined . secret) and
// md5(ORG1234567 . 12.5 . Approved . "another key with spaces").
const APPROVED: &str = r"oKGio6SlpqeoqaqrrK2ur1Yw1R89VS7qNnD2ieM6GFEN8w54KjVUqZdUGLy+EmRtKVLSiT2uQgyuwH41U1eUmsTKeqV\/uHMrOtNMM4yxc9OONFvRpeZAHLx9ZIb09muQ";
const DECLINED: &str = "Dw4NDAsKCQgHBgUEAwIBALw7zQv/+vtfxOSaN99ReILWDCx2vnAJm7uJpf2B9mcKsloeb6t2R9M8r0mA321uwkMvywTpsPCUF9/A9k3MEYmWpCRqNixfb9Jx5ARTIFAb";
const TWELVE_AND_A_HALF: &str = "3q2+796tvu/erb7v3q2+7+qU+WWYTp87jniCAYzQpWS7EFZdfaDdsoH6ftT8VY/NflsuF25ddXcoFAkGPeKKbsJIJ+MOti21/7AJ0AbOuQI9etO8fv7cdfOqkDvAjaCS";

fn body(order_id: &str, amount: &str, status: &str, post_hash: &str) -> String {
    format!(
        r#"{{"order_id":"{order_id}","processed_amount":{amount},"status":"{status}","post_hash":"{post_hash}"}}"#
    )
}

fn verdict(body: &str, secret: &str) -> Result<(i64, Status), NotVerified> {
    verify_callback(body.as_bytes(), secret).map(|said| (said.processed.get(), said.status))
}

#[test]
fn the_amount_is_hashed_as_php_prints_it() {
    for amount in ["8128", "\"8128\"", "8128.0"] {
        let body = body("6876mhnytg", amount, "Approved", APPROVED);
        assert_eq!(
            verdict(&body, SECRET),
            Ok((812_800, Status::Approved)),
            "{amount}"
        );
    }
    let fraction = body("ORG1234567", "12.5", "Approved", TWELVE_AND_A_HALF);
    assert_eq!(
        verdict(&fraction, "another key with spaces"),
        Ok((1_250, Status::Approved))
    );
    let with_decimals = body("6876mhnytg", "\"8128.00\"", "Approved", APPROVED);
    assert_eq!(verdict(&with_decimals, SECRET), Err(NotVerified::WrongSeal));
}

#[test]
fn what_is_under_the_seal_cannot_be_changed() {
    assert_eq!(
        verdict(&body("6876mhnytg", "0", "Declined", DECLINED), SECRET),
        Ok((0, Status::Declined))
    );
    for (order_id, amount, status) in [
        ("6876mhnytg", "8128", "Approved"),
        ("6876mhnytg", "0", "Failed"),
        ("6876mhnyth", "0", "Declined"),
    ] {
        let changed = body(order_id, amount, status, DECLINED);
        assert_eq!(verdict(&changed, SECRET), Err(NotVerified::WrongSeal));
    }
    let good = body("6876mhnytg", "0", "Declined", DECLINED);
    assert_eq!(verdict(&good, "s3cr3t-key-002"), Err(NotVerified::WrongSeal));
}

#[test]
fn an_empty_amount_is_nothing() {
    let key = SealKey::from_secret(SECRET);
    let seal = key.seal("12122b522e0a3cff7abfd84df3cf70d4", [1; 16]);
    for amount in ["\"\"", "null"] {
        assert_eq!(
            verdict(&body("6876mhnytg", amount, "Failed", &seal), SECRET),
            Ok((0, Status::Failed))
        );
    }
}

#[test]
fn a_status_that_the_contract_does_not_know_is_not_read_as_another() {
    let key = SealKey::from_secret(SECRET);
    let seal = key.seal(&key.callback_text("6876mhnytg", "8128", "Paid"), [1; 16]);
    assert_eq!(
        verdict(&body("6876mhnytg", "8128", "Paid", &seal), SECRET),
        Err(NotVerified::Unreadable)
    );
}

#[test]
fn what_is_no_callback_is_unreadable() {
    let array = format!(r#"["6876mhnytg",8128,"Approved","{APPROVED}"]"#);
    let twice = body("6876mhnytg", "8128", "Approved", APPROVED).replace('}', ",\"status\":\"Failed\"}");
    for junk in ["", "{}", "null", &array, &twice] {
        assert_eq!(verdict(junk, SECRET), Err(NotVerified::Unreadable), "{junk}");
    }
}

#[test]
fn a_merchant_reads_what_we_say() {
    let order = order();
    let (callback, key) = (approved(&order, &[]), SealKey::from_secret(SECRET));
    let heard = verify_callback(&callback.render(&key, [9; 16]), SECRET).unwrap();
    assert_eq!((heard.requested, heard.processed), (order.amount, order.amount));
    assert_eq!(
        (heard.ref_code.as_str(), heard.bank_ref.as_str()),
        ("77bf", "432112345678")
    );
    assert_eq!(heard.action_time, "February 11, 2023, 4:35 pm");
    assert_eq!(heard.account_no.reveal(), "78473xxx");
    for acknowledged in [true, false] {
        let answer = callback.render_poll_answer(acknowledged, &key, [9; 16]);
        let poll = verify_poll_answer(&answer, SECRET).unwrap();
        assert_eq!((&poll.payout, poll.acknowledged), (&heard, acknowledged));
    }
}

proptest! {
    #[test]
    fn every_status_and_amount_that_we_seal_is_believed(rupees in 1..=500_000i64, at in 0..5usize, iv in any::<[u8; 16]>()) {
        let mut order = order();
        order.amount = Paise::from_rupees(rupees).unwrap();
        let callback = Callback { status: Status::ALL[at].0, ..approved(&order, &[]) };
        let heard = verify_callback(&callback.render(&SealKey::from_secret(SECRET), iv), SECRET).unwrap();
        prop_assert_eq!((heard.processed, heard.status), (callback.processed(), callback.status));
        prop_assert_eq!(heard.requested, order.amount);
    }

    #[test]
    fn nothing_that_a_stranger_posts_is_believed(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(verify_callback(&body, SECRET), Err(NotVerified::Unreadable));
    }
}
