use super::*;
use rokad_domain::{
    Private,
    payout::{Beneficiary, OrderId},
};

const IV: [u8; 16] = [
    0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf,
];
const ASKED: UnixMs = UnixMs(1_676_113_440_000);

pub(crate) fn order() -> Order {
    Order {
        order_id: OrderId::parse("6876mhnytg").unwrap(),
        amount: Paise::from_rupees(8_128).unwrap(),
        to: Beneficiary {
            account_no: Private::new("78473xxx".to_owned()),
            account_holder: Private::new("user1".to_owned()),
            ifsc: "SBI002".to_owned(),
            bank: "SBI".to_owned(),
            bank_address: "icicici pune".to_owned(),
            email: Private::new("user1@gmail.com".to_owned()),
            phone: Private::new(String::new()),
        },
    }
}

pub(crate) fn approved<'a>(order: &'a Order, log: &'a [Change<'a>]) -> Callback<'a> {
    Callback {
        order,
        ref_code: "77bf",
        status: Status::Approved,
        bank_ref: "432112345678",
        sender_pg: "SBI current",
        request_time: ASKED,
        action_time: ASKED.plus_ms(60_000),
        log,
    }
}

fn key() -> SealKey {
    SealKey::from_secret("s3cr3t-key-001")
}

fn text(body: Vec<u8>) -> String {
    String::from_utf8(body).unwrap()
}

#[test]
fn a_callback_has_the_fields_of_the_contract_in_its_order() {
    let (order, log) = (
        order(),
        [
            Change {
                status: Status::Pending,
                at: ASKED,
                note: "",
            },
            Change {
                status: Status::Approved,
                at: ASKED.plus_ms(60_000),
                note: "by hand",
            },
        ],
    );
    let expected = concat!(
        r#"{"order_id":"6876mhnytg","requested_amount":8128,"processed_amount":8128,"bank_ref":"432112345678","#,
        r#""sender_pg":"SBI current","ref_code":"77bf","status":"Approved","post_hash":"oKGio6SlpqeoqaqrrK2ur1Yw1R89VS7qNn"#,
        r#"D2ieM6GFEN8w54KjVUqZdUGLy+EmRtKVLSiT2uQgyuwH41U1eUmsTKeqV/uHMrOtNMM4yxc9OONFvRpeZAHLx9ZIb09muQ","#,
        r#""payment_type":"imps","request_time":"February 11, 2023, 4:34 pm","action_time":"February 11, 2023, 4:35 pm","#,
        r#""upi_vpa":"","account_no":"78473xxx","account_holder":"user1","ifsc":"SBI002","bank_name":"SBI","#,
        r#""bank_address":"icicici pune","transaction_info":[{"status":"Pending","time":"February 11, 2023, 4:34 pm","note":""},"#,
        r#"{"status":"Approved","time":"February 11, 2023, 4:35 pm","note":"by hand"}]}"#,
    );
    assert_eq!(text(approved(&order, &log).render(&key(), IV)), expected);
}

#[test]
fn the_answer_to_a_poll_adds_what_the_documents_php_reads() {
    let order = order();
    let callback = approved(&order, &[]);
    let (sent, asked) = (text(callback.render(&key(), IV)), |acknowledged| {
        text(callback.render_poll_answer(acknowledged, &key(), IV))
    });
    let added = |yes: &str| format!(r#","amount":8128,"upi_id":"","webhook_acknowledged":"{yes}"}}"#);
    assert_eq!(
        asked(false),
        sent.strip_suffix('}').unwrap().to_owned() + &added("0")
    );
    assert_eq!(
        asked(true),
        sent.strip_suffix('}').unwrap().to_owned() + &added("1")
    );
}

#[test]
fn nothing_is_processed_unless_approved() {
    let order = order();
    for (status, _, _) in Status::ALL {
        let callback = Callback {
            status: *status,
            ..approved(&order, &[])
        };
        let expected = if *status == Status::Approved { 8_128 } else { 0 };
        assert_eq!(callback.processed().whole_rupees(), expected, "{status:?}");
        let body = text(callback.render_poll_answer(false, &key(), IV));
        assert!(body.contains(&format!(r#""processed_amount":{expected},"#)));
        assert!(body.contains(&format!(r#""amount":{expected},"#)));
    }
}

#[test]
fn the_lab_shows_what_is_hashed_and_masks_the_secret() {
    let order = order();
    assert_eq!(
        approved(&order, &[]).canonical_for_lab(),
        "6876mhnytg8128Approved********"
    );
    assert_eq!(
        canonical_for_lab("6876mhnytg", Paise::ZERO, Status::Failed),
        "6876mhnytg0Failed********"
    );
}

#[test]
fn a_callback_prints_nobodys_account() {
    let order = order();
    let shown = format!("{:?}", approved(&order, &[]));
    assert!(!shown.contains("78473xxx") && !shown.contains("user1"), "{shown}");
}
