//! Disputes, from the acquirer's word to the merchant's answer and the decision; by command and by file.

use super::{
    checkout::{PAID_AT_ONCE, card},
    shop::{Order, STATUS, Shop},
};
use crate::{
    house::House,
    waiting::{found, until},
};
use std::fs;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a signed slip";

fn paid(shop: &Shop, rupees: &str) -> (Order, String) {
    let (order, checkout) = shop.checkout(rupees);
    assert_eq!(checkout.pay(&card(PAID_AT_ONCE)).stage(), "paid");
    let payment = shop.result(STATUS, &order)["paymentId"].to_string();
    (order, payment)
}

impl House {
    /// The disputeId of the open dispute of this payment.
    fn disputed(&self, payment: &str) -> String {
        found("the payment is disputed", || {
            let list = self.tell(&["dispute", "list"]);
            let line = list
                .lines()
                .find(|line| line.contains(&format!("payment {payment} ")))?;
            line.split_whitespace().nth(1).map(str::to_owned)
        })
    }

    fn becomes_undisputed(&self, shop: &Shop, order: &Order, word: &str) {
        until(&format!("it is {word}"), || shop.word(order) == word);
    }
}

#[test]
fn a_chargeback_is_contested_with_evidence_and_won() {
    let house = House::start();
    let shop = house.shop();
    let (order, payment) = paid(&shop, "7701");
    let dispute = house.disputed(&payment);
    assert_eq!(shop.word(&order), "Under Dispute");
    assert_eq!(house.verify().row_beginning("merchant:1:disputed"), 770_100);
    let folder = tempfile::tempdir().unwrap();
    let slip = folder.path().join("slip.png");
    fs::write(&slip, b"MZ a program").unwrap();
    let contest =
        |house: &House| house.command(&["dispute", "contest", &dispute, "--file", slip.to_str().unwrap()]);
    let refused = contest(&house);
    assert!(
        !refused.ok && refused.err.contains("by its content"),
        "{}",
        refused.err
    );
    fs::write(&slip, PNG).unwrap();
    let taken = contest(&house);
    assert!(
        taken.ok && taken.out.contains("contested"),
        "{}{}",
        taken.out,
        taken.err
    );
    house.becomes_undisputed(&shop, &order, "Money with Payumoney");
    let shown = house.tell(&["dispute", "show", &dispute]);
    for part in [
        ": won;",
        "evidence slip.png  image/png",
        "acquirer:",
        "Goods/service not received",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    house.verify();
}

#[test]
fn a_fraud_is_lost_whatever_is_answered_and_the_customer_has_the_money() {
    let house = House::start();
    let shop = house.shop();
    let (order, payment) = paid(&shop, "7702");
    let dispute = house.disputed(&payment);
    house.tell(&["dispute", "accept", &dispute]);
    house.becomes_undisputed(&shop, &order, "Refunded");
    let again = house.command(&["dispute", "accept", &dispute]);
    assert!(
        !again.ok && again.err.contains("it is lost already"),
        "{}",
        again.err
    );
    let refund = shop.ask(
        "/payment/merchant/refundPayment",
        &format!("paymentId={payment}&refundAmount=1"),
    );
    assert_eq!(
        (refund.status, refund.field("errorCode").as_str()),
        (402, "payment.refund_above_left")
    );
    house.verify();
}

#[test]
fn disputes_that_nobody_answers_end_as_the_acquirer_says() {
    let house = House::start();
    let shop = house.shop();
    let (withdrawn, _) = paid(&shop, "7703");
    let (late, _) = paid(&shop, "7704");
    until("both are disputed", || {
        shop.word(&withdrawn) == "Under Dispute" && shop.word(&late) == "Under Dispute"
    });
    house.becomes_undisputed(&shop, &withdrawn, "Money with Payumoney");
    house.becomes_undisputed(&shop, &late, "Refunded");
    house.verify();
}

#[test]
fn an_operator_raises_and_decides_and_a_file_is_taken_once() {
    let house = House::start();
    let shop = house.shop();
    let (order, payment) = paid(&shop, "500");
    let (by_file, other) = paid(&shop, "600");
    let raise = [
        "dispute",
        "raise",
        &payment,
        "--amount",
        "200",
        "--reason",
        "duplicate",
        "--reference",
        "CASE-7",
    ];
    let raised = house.tell(&raise);
    let dispute = raised.split_whitespace().nth(1).unwrap().to_owned();
    assert!(house.tell(&raise).contains("was raised before"));
    assert_eq!(shop.word(&order), "Under Dispute");
    house.tell(&["dispute", "resolve", &dispute, "withdrawn"]);
    assert_eq!(shop.word(&order), "Money with Payumoney");
    let contradiction = house.command(&["dispute", "resolve", &dispute, "lost"]);
    assert!(
        !contradiction.ok && contradiction.err.contains("decided otherwise"),
        "{}",
        contradiction.err
    );

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chargebacks.csv");
    let take = |lines: &str| {
        let header = "reference,payment_id,amount,kind,reason,deadline,outcome\n";
        fs::write(&file, format!("{header}{lines}")).unwrap();
        house.command(&["dispute", "take", file.to_str().unwrap()])
    };
    let line =
        |outcome: &str| format!("CB-1,{other},600,chargeback,not_received,2099-01-31 18:05:00,{outcome}\n");
    let unknown = "CB-2,1999999999,5,fraud,other,2099-01-31 18:05:00,\n";
    let taken = take(&format!("{}{unknown}", line("")));
    assert!(
        taken.ok && taken.out.contains("line 3: there is no such payment"),
        "{}{}",
        taken.out,
        taken.err
    );
    assert!(
        taken
            .out
            .contains("1 disputes raised, 0 known before, 0 decided, 1 lines not acted on"),
        "{}",
        taken.out
    );
    assert_eq!(shop.word(&by_file), "Under Dispute");
    assert!(take(&line("")).out.contains("0 disputes raised, 1 known before"));
    assert!(take(&line("lost")).out.contains("1 decided"));
    assert_eq!(shop.word(&by_file), "Refunded");
    let bad = take("CB-3,12,5,fraud,other,2099-01-31 18:05:00,\n");
    assert!(
        !bad.ok && bad.err.contains("line 2: there is no such payment"),
        "{}",
        bad.err
    );
    house.verify();
}

/// The merchant's own API.
fn api(house: &House, shop: &Shop, method: &str, path: &str, body: &str) -> crate::http::Answer {
    let authorization = format!("Authorization: {}", shop.authorization);
    house.say(method, path, &[&authorization], body.as_bytes())
}

#[test]
fn a_merchant_lists_contests_and_accepts_by_its_api() {
    let house = House::start();
    let ((other, _), shop) = (house.new_shop(), house.shop());
    let (_, payment) = paid(&shop, "7701");
    let dispute = house.disputed(&payment);
    let listed = api(&house, &shop, "GET", "/api/v1/disputes", "").json();
    let one = &listed["disputes"][0];
    assert_eq!(
        (&one["id"], &one["payment_id"], &one["status"], &one["amount"]),
        (
            &dispute.as_str().into(),
            &payment.as_str().into(),
            &"open".into(),
            &"7701.00".into()
        )
    );
    let path = format!("/api/v1/disputes/{dispute}");
    let evidence = format!("{path}/evidence");
    let refused = |method: &str, path: &str, body: &str, expected: (u16, &str)| {
        let answer = api(&house, &shop, method, path, body);
        assert_eq!((answer.status, answer.field("code").as_str()), expected, "{body}");
    };
    refused("POST", &evidence, "{}", (400, "api.malformed_body"));
    refused(
        "POST",
        &evidence,
        r#"{"files":[]}"#,
        (400, "dispute.invalid_files"),
    );
    for content in ["TVogYSBwcm9ncmFt", "no base64!", ""] {
        let body = format!(r#"{{"files":[{{"name":"a.png","content":"{content}"}}]}}"#);
        refused("POST", &evidence, &body, (400, "dispute.invalid_file"));
    }
    refused("GET", "/api/v1/disputes/300999", "", (404, "dispute.not_found"));
    refused("PUT", &path, "", (405, "api.method_not_allowed"));
    assert_eq!(api(&house, &other, "GET", &path, "").status, 404, "another's");
    assert_eq!(
        api(&house, &other, "POST", &format!("{path}/accept"), "").status,
        404
    );
    assert_eq!(house.say("GET", &path, &[], b"").status, 401);

    // 0x89 PNG and what follows, as a browser gives a file.
    let png = "data:image/png;base64,iVBORw0KGgogYSBzaWduZWQgc2xpcA==";
    let body = format!(r#"{{"files":[{{"name":"slip.png","content":"{png}"}}]}}"#);
    let contested = api(&house, &shop, "POST", &evidence, &body);
    assert_eq!(contested.status, 200, "{}", contested.text());
    let contested = contested.json();
    assert_eq!(contested["status"], "contested");
    assert_eq!(contested["evidence"][0]["media_type"], "image/png");
    refused("POST", &evidence, &body, (409, "dispute.not_open"));
    until("it is won", || {
        api(&house, &shop, "GET", &path, "").json()["status"] == "won"
    });
    refused("POST", &format!("{path}/accept"), "", (409, "dispute.not_open"));
    house.verify();
}
