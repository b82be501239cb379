//! The demo shop sells: from the basket to an order that a verified post-back has paid, and not by any other.

use crate::{
    house::House,
    http::{self, Answer},
    waiting::found,
};
use rokad_wire::collect::Signed;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
/// Pays at once, without a page of the bank. Source: docs/sandbox-bank.md.
const FRICTIONLESS: &str = "4012001037140015";
const BUYER: &str = "name=Asha+Rao&email=asha%40example.com&phone=9876543210";

type Fields = Vec<(String, String)>;

/// A form of a page: where it goes, and its fields.
fn form(html: &str, action: &str) -> Fields {
    let forms = html.split("<form ").skip(1);
    let form = forms
        .map(|rest| rest.split("</form>").next().unwrap())
        .find(|form| form.contains(action))
        .unwrap_or_else(|| panic!("no form to {action} in {html}"));
    let inputs = form.split("<input ").skip(1);
    inputs
        .map(|input| input.split('>').next().unwrap())
        .map(|input| (attribute(input, "name"), attribute(input, "value")))
        .collect()
}

fn attribute(tag: &str, name: &str) -> String {
    let value = tag.split(&format!("{name}=\"")).nth(1).unwrap_or_default();
    let text = value.split('"').next().unwrap();
    text.replace("&#38;", "&")
        .replace("&#39;", "'")
        .replace("&#34;", "\"")
}

fn encode(fields: &[(String, String)]) -> String {
    let escaped = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let pairs = fields
        .iter()
        .map(|(name, text)| format!("{name}={}", escaped(text)));
    pairs.collect::<Vec<_>>().join("&")
}

/// The same fields with one of them changed.
fn with(fields: &[(String, String)], name: &str, text: &str) -> Fields {
    let mut fields = fields.to_vec();
    fields.iter_mut().find(|(its, _)| its == name).unwrap().1 = text.to_owned();
    fields
}

fn text<'f>(fields: &'f [(String, String)], name: &str) -> &'f str {
    &fields.iter().find(|(its, _)| its == name).unwrap().1
}

impl House {
    fn post_form(&self, url: &str, body: &str) -> Answer {
        http::followed(
            &self.client,
            url,
            http::post(&self.client, url, &[FORM], body.as_bytes()),
        )
    }

    fn shop_url(&self, path: &str) -> String {
        format!("{}{path}", self.fact("/shop"))
    }

    /// Orders a pen and two notebooks. The order's number.
    fn orders(&self) -> String {
        let basket = self.get(&self.shop_url("/basket?pen=1&notebook=2&tea=0")).text();
        assert!(basket.contains("₹1,930.00"), "{basket}");
        let goods = "pen=1&notebook=2";
        let page = self.post_form(&self.shop_url("/orders"), &format!("{goods}&{BUYER}"));
        assert_eq!(page.status, 200, "{}", page.text());
        page.text()
            .split("<h1>Order <code>")
            .nth(1)
            .and_then(|rest| rest.split('<').next())
            .unwrap_or_else(|| panic!("{}", page.text()))
            .to_owned()
    }

    fn order_page(&self, txnid: &str) -> String {
        self.get(&self.shop_url(&format!("/orders/{txnid}"))).text()
    }

    /// Whether the shop takes the order for paid, on the order's page and in the list.
    fn is_paid(&self, txnid: &str) -> bool {
        let paid = self.order_page(txnid).contains("● Paid");
        let list = self.get(&self.shop_url("/orders")).text();
        let row = list.split("<tr>").find(|row| row.contains(txnid)).unwrap();
        assert_eq!(row.contains("● Paid"), paid, "{row}");
        paid
    }

    /// Pays an order with a card that needs no page. What the browser then posts back, and where.
    fn pays(&self, txnid: &str) -> (String, Fields) {
        let signed = form(&self.order_page(txnid), "/_payment");
        let payment = format!("{}/_payment", self.fact("/url"));
        let choose = self.post_form(&payment, &encode(&signed)).text();
        let action = choose.split("action=\"").find(|rest| {
            let path = rest.split('"').next().unwrap();
            path.ends_with("/pay")
        });
        let action = action
            .unwrap_or_else(|| panic!("{choose}"))
            .split('"')
            .next()
            .unwrap();
        let card = format!(
            "attempt=1&method=card&card_number={FRICTIONLESS}&card_expiry=12%2F39&card_cvv=123&card_name=Asha+Rao"
        );
        let page = self.post_form(&format!("{}{action}", self.fact("/url")), &card);
        let checkout = format!("{}{}", self.fact("/url"), action.trim_end_matches("/pay"));
        let ended = found("the payment has ended", || {
            let html = if page.text().contains("id=\"post-back\"") {
                page.text()
            } else {
                self.get(&checkout).text()
            };
            html.contains("id=\"post-back\"").then_some(html)
        });
        let place = ended.split("id=\"post-back\"").nth(1).unwrap();
        let url = attribute(place.split('>').next().unwrap(), "action");
        (url, form(&ended, "id=\"post-back\""))
    }
}

/// Says that it does not believe, and why, and changes nothing.
fn is_not_believed(house: &House, fields: &[(String, String)], why: &str) {
    for path in ["/paid", "/failed"] {
        let page = house.post_form(&house.shop_url(path), &encode(fields));
        let html = page.text();
        assert_eq!(page.status, 400, "{html}");
        assert!(html.contains("NOT verified.") && html.contains(why), "{html}");
        assert!(!html.contains("✓ Verified"), "{html}");
    }
}

#[test]
fn what_is_bought_and_paid_comes_back_verified() {
    let house = House::start();
    let txnid = house.orders();
    assert_eq!(txnid, "SHOP-000001");
    assert!(!house.is_paid(&txnid));
    let (url, told) = house.pays(&txnid);
    assert_eq!(url, house.shop_url("/paid"));
    let page = house.post_form(&url, &encode(&told));
    let html = page.text();
    assert_eq!(page.status, 200, "{html}");
    assert!(html.contains("✓ Verified.") && html.contains("● Paid"), "{html}");
    for fact in ["status", "amount", "payuMoneyId", "mode", "bank_ref_num"] {
        let shown = if fact == "amount" {
            "₹1,930.00"
        } else {
            text(&told, fact)
        };
        assert!(!shown.is_empty() && html.contains(shown), "{fact}: {html}");
    }
    assert!(
        !html.contains("id=\"pay\""),
        "what is paid is not paid again: {html}"
    );
    assert!(house.is_paid(&txnid));

    let asked = house
        .get(&house.shop_url(&format!("/orders/{txnid}?ask=1")))
        .text();
    let answer = asked.split("id=\"answer\"").nth(1).unwrap();
    assert!(answer.contains(&txnid) && answer.contains("1930.0"), "{answer}");
    house.verify();
}

#[test]
fn a_post_back_that_was_changed_on_the_way_changes_nothing() {
    let house = House::start();
    let txnid = house.orders();
    let (_, told) = house.pays(&txnid);
    let other = house.orders();
    for (name, value) in [
        ("amount", "1.00"),
        ("status", "failure"),
        ("txnid", other.as_str()),
        ("hash", "00"),
    ] {
        is_not_believed(&house, &with(&told, name, value), "The hash does not fit");
    }
    is_not_believed(&house, &with(&told, "key", "nobody"), "another merchant");
    is_not_believed(&house, &[], "NOT verified");
    assert!(!house.is_paid(&txnid) && !house.is_paid(&other));
}

/// The same post-back, signed anew with the merchant's own salt: what an honest gateway would say of something else.
fn resigned(house: &House, told: &[(String, String)], name: &str, value: &str) -> Fields {
    let changed = with(told, name, value);
    let signed = Signed {
        key: text(&changed, "key"),
        txnid: text(&changed, "txnid"),
        amount: text(&changed, "amount"),
        productinfo: text(&changed, "productinfo"),
        firstname: text(&changed, "firstname"),
        email: text(&changed, "email"),
        udf: [""; 10],
    };
    let salt = house.fact("/collect/salt");
    let hash = signed.response_hash(text(&changed, "status"), None, salt);
    with(&changed, "hash", &hash)
}

#[test]
fn a_right_hash_alone_pays_no_order_of_another_number_or_amount() {
    let house = House::start();
    let txnid = house.orders();
    let (_, told) = house.pays(&txnid);
    let stranger = resigned(&house, &told, "txnid", "SOMEBODY-ELSES-1");
    is_not_believed(&house, &stranger, "the shop has no such order");
    let cheap = resigned(&house, &told, "amount", "1.00");
    is_not_believed(&house, &cheap, "says ₹1.00 and the order is for ₹1,930.00");
    assert!(!house.is_paid(&txnid));
    // It is the facts that were wrong, not the signature.
    let right = resigned(&house, &told, "amount", text(&told, "amount"));
    assert_eq!(
        house.post_form(&house.shop_url("/paid"), &encode(&right)).status,
        200
    );
    assert!(house.is_paid(&txnid));
}

#[test]
fn a_post_back_pays_its_own_order_alone_and_saying_it_again_changes_nothing() {
    let house = House::start();
    let (first, second) = (house.orders(), house.orders());
    let (url, told) = house.pays(&first);
    for sentence in ["The shop wrote it down.", "nothing changes", "nothing changes"] {
        let html = house.post_form(&url, &encode(&told)).text();
        assert!(html.contains("✓ Verified.") && html.contains(sentence), "{html}");
    }
    assert!(house.is_paid(&first) && !house.is_paid(&second));
    let log = std::fs::read_to_string(house.data().join("orders.jsonl")).unwrap();
    assert_eq!(log.lines().count(), 3, "two orders and one post-back: {log}");
}

#[test]
fn orders_and_what_was_paid_outlive_a_restart() {
    let house = House::start();
    let (paid, open) = (house.orders(), house.orders());
    let (url, told) = house.pays(&paid);
    house.post_form(&url, &encode(&told));
    let house = house.restart();
    assert!(house.is_paid(&paid) && !house.is_paid(&open));
    assert!(house.order_page(&paid).contains(text(&told, "payuMoneyId")));
    assert_eq!(house.orders(), "SHOP-000003", "no number is used twice");
    let (url, told) = house.pays(&open);
    assert!(
        house
            .post_form(&url, &encode(&told))
            .text()
            .contains("✓ Verified.")
    );
    assert!(house.is_paid(&open));
}

#[test]
fn an_order_without_goods_or_with_a_wrong_address_is_not_taken() {
    let house = House::start();
    let order = |body: &str| house.post_form(&house.shop_url("/orders"), body);
    let nothing = order(&format!("pen=0&{BUYER}"));
    assert_eq!(nothing.status, 422);
    assert!(nothing.text().contains("The basket is empty"));
    let wrong = order("pen=1&name=Asha&email=nowhere&phone=9876543210");
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("value=\"nowhere\"") && wrong.text().contains("E-mail: an address"));
    assert!(
        house
            .get(&house.shop_url("/orders"))
            .text()
            .contains("Nothing yet.")
    );
    assert_eq!(house.get(&house.shop_url("/orders/SHOP-000001")).status, 404);
}
