//! From where a merchant may call. Whoever calls from elsewhere learns that, and nothing else. Source: contract.md §2.1.

use crate::{
    house::House,
    http::{self, Answer},
    merchant::{Merchant, ORDINARY, POLL, REQUEST},
};
use serde_json::json;

const ELSEWHERE: &[&str] = &["--address", "192.0.2.0/24", "--address", "2001:db8::/32"];

fn is_refused(answer: &Answer) {
    let sentence = "Requests of this merchant are not taken from this address";
    let expected = (403, "payout.address_not_allowed".to_owned(), sentence.to_owned());
    assert_eq!(answer.refusal(), expected);
}

#[test]
fn a_wrong_address_is_refused_before_anything_else_is_revealed() {
    let house = House::start();
    let far = house.merchant(ELSEWHERE);
    let postings = house.verify().postings;
    is_refused(&house.request(&far.order(100, ORDINARY)));
    for (name, bad) in [
        ("payment_mode", json!("upi")),
        ("order_id", json!("x")),
        ("amount", json!(-1)),
        ("amount", json!(499_999_999)),
        ("account_no", json!([])),
        ("ifsc", json!("?")),
    ] {
        let mut order = far.order(100, ORDINARY);
        order[name] = bad;
        is_refused(&house.request(&order));
    }
    is_refused(&house.request(&json!({ "pid": far.pid })));
    let stranger = Merchant {
        secret: "guessed".to_owned(),
        ..far.clone()
    };
    for asked in [
        far.poll("ab"),
        stranger.poll("ab"),
        json!({ "pid": far.pid }).to_string().into_bytes(),
    ] {
        is_refused(&house.post(POLL, &asked));
    }
    assert_eq!(house.verify().postings, postings);
}

#[test]
fn what_a_client_says_of_its_own_address_is_not_believed() {
    let house = House::start();
    let far = house.merchant(ELSEWHERE);
    let url = format!("{}{REQUEST}", house.fact("/url"));
    let body = far.order(100, ORDINARY).to_string();
    for header in [
        "x-forwarded-for",
        "x-real-ip",
        "forwarded",
        "cf-connecting-ip",
        "true-client-ip",
    ] {
        is_refused(&http::post(
            &house.client,
            &url,
            &[(header, "192.0.2.7")],
            body.as_bytes(),
        ));
    }
}

#[test]
fn ranges_of_both_families_are_kept_apart() {
    let house = House::start_with(&["--listen", "[::1]:0"]);
    assert!(house.address().starts_with("[::1]:"), "{}", house.address());
    let refused = [
        &["--address", "127.0.0.0/8"][..],
        &["--address", "2001:db8::/32"],
        &["--address", "0.0.0.0/0"],
        ELSEWHERE,
    ];
    let refused = refused.map(|addresses| house.unknown_merchant(addresses));
    let taken = [
        &["--address", "::1"][..],
        &["--address", "::/64"],
        &["--address", "10.0.0.0/8", "::1/128"],
    ];
    // The server knows all of them when it knows the last.
    for merchant in taken.map(|addresses| house.merchant(addresses)) {
        house.pay(&merchant, 10);
    }
    for merchant in refused {
        is_refused(&house.request(&merchant.order(10, ORDINARY)));
    }
}

#[test]
fn a_range_ends_where_it_says() {
    let house = House::start();
    let (inside, outside) = (
        house.merchant(&["--address", "127.0.0.1"]),
        house.merchant(&["--address", "127.0.0.2/31"]),
    );
    house.pay(&inside, 10);
    is_refused(&house.request(&outside.order(10, ORDINARY)));
}
