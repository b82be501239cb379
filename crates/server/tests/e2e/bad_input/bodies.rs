//! Bodies that cannot be read, or are too large to be.

use super::{INVALID, MALFORMED, MISSING, TOO_LARGE, TWICE, all_are_refused, case, posted};
use crate::{
    house::House,
    merchant::{ORDINARY, POLL, REQUEST},
};

#[test]
fn a_body_that_cannot_be_read_is_refused() {
    let house = House::start();
    let demo = house.demo();
    let order = demo.order(100, ORDINARY).to_string();
    let open = &order[..order.len() - 1];
    let with_bytes = |text: &str, junk: &[u8]| {
        let (before, after) = order.split_once(text).unwrap();
        [before.as_bytes(), junk, after.as_bytes()].concat()
    };
    let fields: String = (0..200).map(|n| format!("f{n}=1&")).collect();
    let deep_and_closed = |depth: usize| {
        format!(
            "{open},\"bank_address\":{}{}}}",
            "[".repeat(depth),
            "]".repeat(depth)
        )
        .replacen("\"bank_address\":\"Pune\",", "", 1)
    };
    let mut cases = vec![
        case("cut off", posted(REQUEST, open.as_bytes()), MALFORMED),
        case(
            "more behind",
            posted(REQUEST, format!("{order}x").as_bytes()),
            MALFORMED,
        ),
        case(
            "a list",
            posted(REQUEST, format!("[{order}]").as_bytes()),
            MALFORMED,
        ),
        case(
            "not UTF-8",
            posted(REQUEST, &with_bytes("Asha", b"As\xff\xfea")),
            MALFORMED,
        ),
        case(
            "a lone surrogate",
            posted(REQUEST, &with_bytes("Asha", b"\\ud800")),
            MALFORMED,
        ),
        case(
            "a raw control character",
            posted(REQUEST, &with_bytes("Asha", b"As\x01a")),
            MALFORMED,
        ),
        case(
            "a form that is not UTF-8",
            posted(REQUEST, b"pid=%ff&amount=1"),
            MALFORMED,
        ),
        case(
            "a query that is not UTF-8",
            posted(&format!("{REQUEST}?pid=%c3%28"), b""),
            MALFORMED,
        ),
        case("200 fields", posted(REQUEST, fields.as_bytes()), MALFORMED),
        case(
            "a field twice in a form",
            posted(REQUEST, format!("pid={0}&amount=1&amount=2", demo.pid).as_bytes()),
            TWICE,
        ),
        case(
            "a field twice in the query",
            posted(&format!("{REQUEST}?pid=1&pid=2"), b"{}"),
            TWICE,
        ),
        case(
            "a name that hides its twin",
            posted(REQUEST, format!("{open},\" amount \":5}}").as_bytes()),
            TWICE,
        ),
        case(
            "deep, and never closed",
            posted(REQUEST, format!("{open},\"x\":{}", "[".repeat(60_000)).as_bytes()),
            MALFORMED,
        ),
        case(
            "deep objects, never closed",
            posted(
                REQUEST,
                format!("{open},\"x\":{}", "{\"a\":".repeat(12_000)).as_bytes(),
            ),
            MALFORMED,
        ),
        case(
            "30,000 levels where a text belongs",
            posted(REQUEST, deep_and_closed(30_000).as_bytes()),
            INVALID,
        ),
        case(
            "100,000 levels",
            posted(REQUEST, deep_and_closed(100_000).as_bytes()),
            TOO_LARGE,
        ),
        case(
            "a byte above 64 KiB",
            posted(REQUEST, &vec![b' '; 64 * 1024 + 1]),
            TOO_LARGE,
        ),
        case("10 MB", posted(REQUEST, &vec![b'x'; 10_000_000]), TOO_LARGE),
    ];
    for nothing in ["", " ", "{}", "null", "true", "7", "\"text\"", "=", "&&&", "a"] {
        cases.push(case(
            format!("{nothing:?} for a request"),
            posted(REQUEST, nothing.as_bytes()),
            MISSING,
        ));
        cases.push(case(
            format!("{nothing:?} for a poll"),
            posted(POLL, nothing.as_bytes()),
            MISSING,
        ));
    }
    all_are_refused(&house, &cases);
}
