//! Heads that break a rule, what is no HTTP at all, and clients that never finish.

use super::{HEADERS, all_are_refused, case, posted};
use crate::{
    house::House,
    http::{bytes, connect, hear, say},
    merchant::{ORDINARY, REQUEST},
};
use std::{io::Write, thread};

#[test]
fn a_head_that_breaks_a_rule_is_refused() {
    let house = House::start();
    let order = house.demo().order(100, ORDINARY).to_string();
    let target = |target: &str| bytes("POST", target, &[], order.as_bytes());
    let method = |method: &str| bytes(method, REQUEST, &[], order.as_bytes());
    let headers = |count: usize, bytes: usize| -> Vec<u8> {
        let lines: Vec<String> = (0..count)
            .map(|n| format!("X-{n}: {}", "v".repeat(bytes)))
            .collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        crate::http::bytes("POST", REQUEST, &lines, order.as_bytes())
    };
    let (unknown, wrong_method) = ((404, "unknown_path"), (405, "method_not_allowed"));
    let mut cases = vec![
        case("98 header fields more", headers(98, 1), HEADERS),
        case("150 header fields", headers(150, 1), HEADERS),
        case("a header of 8 KiB and a byte", headers(1, 8 * 1024 + 1), HEADERS),
        case("a header of 100 KB", headers(1, 100_000), HEADERS),
    ];
    for path in [
        "/payout/",
        "/payout/api/",
        "/payout/api/request",
        "/payout/api/request.php/",
        "/payout/api/../api/request.php",
        "/payout/%00",
        "/api/.env",
        "/payout/%2e%2e/%2e%2e/etc/passwd",
    ] {
        cases.push(case(path, target(path), unknown));
    }
    for name in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        cases.push(case(name, method(name), wrong_method));
    }
    all_are_refused(&house, &cases);
    // What is nobody's path is refused in the envelope of collecting.
    for path in [
        "/",
        "/payout",
        "//payout/api/request.php",
        "/PAYOUT/API/REQUEST.PHP",
        "/%00",
        "/.env",
        "/%2e%2e/etc/passwd",
    ] {
        let answer = say(house.address(), &target(path));
        let told = (answer.status, answer.field("errorCode"));
        assert_eq!(told, (404, "payment.unknown_path".to_owned()), "{path}");
    }
    let ninety_seven = say(house.address(), &headers(97, 80));
    assert_eq!(
        ninety_seven.status,
        200,
        "a hundred header fields are fine: {}",
        ninety_seven.text()
    );
}

#[test]
fn what_is_no_http_gets_400_and_harms_nobody() {
    let house = House::start();
    let postings = house.verify().postings;
    let order = house.demo().order(100, ORDINARY).to_string();
    let length = order.len();
    let both = format!(
        "POST {REQUEST} HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\nContent-Length: 5\r\n\r\n{order}"
    );
    for junk in [
        "\0\0\0\0\r\n\r\n",
        "hello\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "POST  HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nA B: c\r\n\r\n",
        &both,
    ] {
        let answer = say(house.address(), junk.as_bytes());
        assert!((400..500).contains(&answer.status), "{junk:?}: {}", answer.status);
    }
    assert_eq!(house.verify().postings, postings);
    house.pay(&house.demo(), 7);
}

#[test]
fn a_slow_client_is_cut_off_after_ten_seconds() {
    let house = House::start();
    let order = house.demo().order(100, ORDINARY).to_string();
    let whole = posted(REQUEST, order.as_bytes());
    let postings = house.verify().postings;
    let (mut in_the_head, mut in_the_body) = (connect(house.address()), connect(house.address()));
    in_the_head.write_all(&whole[..20]).unwrap();
    in_the_body.write_all(&whole[..whole.len() - 1]).unwrap();
    thread::scope(|scope| {
        let head = scope.spawn(move || {
            let mut rest = Vec::new();
            let _ = std::io::Read::read_to_end(&mut in_the_head, &mut rest);
            rest
        });
        assert_eq!(hear(&mut in_the_body).refusal().1, "payout.too_slow");
        let said = String::from_utf8(head.join().unwrap()).unwrap();
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{said}");
    });
    assert_eq!(house.verify().postings, postings);
}
