//! Card numbers and CVVs are nowhere: in no file that the program or its bank writes, and in no log, however it is written.
//! Source: contract.md §3.5.

use super::checkout::{OTP, Typed, WITH_PAGE, card};
use crate::house::House;
use std::{collections::HashMap, fs, path::Path, thread};

/// Numbers with which something is tried; all of them pass the check of their last digit, but for one. None ends in many zeros and
/// a small number, as our references do.
const NUMBERS: [&str; 7] = [
    WITH_PAGE,
    "378282246310005",
    "6011111111111117",
    "4012001037140064",
    "4012001037140106",
    "4012001037140049",
    "5555555555554445",
];

/// A CVV that is typed with forms that are refused, so that only a leak can write it: long enough not to be a piece of some time.
const CVV: &str = "917482605317";

fn with_cvv<'a>(number: &'a str, cvv: &'a str) -> Typed<'a> {
    let mut typed = card(number);
    typed[3].1 = cvv;
    typed
}

/// A number in every way in which a program might write it down.
fn written(number: &str) -> Vec<(&'static str, Vec<u8>)> {
    let grouped = |by: &str| {
        let groups: Vec<&str> = number
            .as_bytes()
            .chunks(4)
            .map(|group| std::str::from_utf8(group).unwrap())
            .collect();
        groups.join(by).into_bytes()
    };
    let nibble = |pair: &[u8]| (pair[0] - b'0') << 4 | pair.get(1).map_or(0xf, |digit| digit - b'0');
    let value: u64 = number.parse().unwrap();
    vec![
        ("digits", number.as_bytes().to_vec()),
        ("with blanks", grouped(" ")),
        ("with plus signs", grouped("+")),
        ("with hyphens", grouped("-")),
        ("with %20", grouped("%20")),
        (
            "percent-encoded",
            number
                .bytes()
                .flat_map(|byte| format!("%{byte:02X}").into_bytes())
                .collect(),
        ),
        ("UTF-16", number.bytes().flat_map(|byte| [byte, 0]).collect()),
        ("hex", hex::encode(number).into_bytes()),
        ("BCD", number.as_bytes().chunks(2).map(nibble).collect()),
        ("backwards", number.bytes().rev().collect()),
        ("a big-endian number", value.to_be_bytes()[1..].to_vec()),
        ("a little-endian number", value.to_le_bytes()[..7].to_vec()),
    ]
}

/// Bytes by which a text is found; the rest is compared then.
const HEAD: usize = 6;

/// Bytes before and behind the place that are shown when something is found.
const AROUND: usize = 200;

/// What must not be found, by its first bytes, so that megabytes of logs are looked through in one go.
struct Sought {
    by_head: HashMap<[u8; HEAD], Vec<(String, Vec<u8>)>>,
}

impl Sought {
    fn new() -> Self {
        let mut by_head: HashMap<[u8; HEAD], Vec<_>> = HashMap::new();
        let mut add = |what: String, bytes: Vec<u8>| {
            let head = bytes[..HEAD].try_into().unwrap();
            by_head.entry(head).or_default().push((what, bytes));
        };
        for number in NUMBERS {
            for (how, bytes) in written(number) {
                add(format!("{number} as {how}"), bytes);
            }
        }
        add("the CVV".to_owned(), CVV.as_bytes().to_vec());
        Self { by_head }
    }

    /// The first of them that stands in `bytes`, and what stands around it.
    fn found_in(&self, bytes: &[u8]) -> Option<(&str, String)> {
        let mut begins = vec![false; 65_536];
        for head in self.by_head.keys() {
            begins[usize::from(head[0]) << 8 | usize::from(head[1])] = true;
        }
        let possible = |(_, head): &(usize, &[u8])| begins[usize::from(head[0]) << 8 | usize::from(head[1])];
        let mut heads = bytes.windows(HEAD).enumerate().filter(possible);
        heads.find_map(|(at, head)| {
            let all = self.by_head.get(head)?;
            let found = all.iter().find(|(_, text)| bytes[at..].starts_with(text));
            let around = &bytes[at.saturating_sub(AROUND)..(at + AROUND).min(bytes.len())];
            found.map(|(what, _)| (what.as_str(), String::from_utf8_lossy(around).into_owned()))
        })
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Every file below, with what is in it.
fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            files(&entry.path(), found);
        } else {
            found.push((
                entry.path().display().to_string(),
                fs::read(entry.path()).unwrap(),
            ));
        }
    }
}

fn nothing_is_written(folder: &Path) {
    let mut all = Vec::new();
    files(folder, &mut all);
    for needed in ["rokad.db", "acquirer.journal", "sandbox.err", "sandbox.out"] {
        assert!(
            all.iter()
                .any(|(name, bytes)| name.ends_with(needed) && !bytes.is_empty()),
            "{needed} was looked into"
        );
    }
    let sought = Sought::new();
    for (name, bytes) in &all {
        assert_eq!(sought.found_in(bytes), None, "{name}");
    }
    for mask in ["512345XXXXXX2346", "378282XXXXX0005"] {
        let with_mask = |end: &str| {
            all.iter()
                .any(|(name, bytes)| name.contains(end) && holds(bytes, mask))
        };
        assert!(
            with_mask("rokad.db") && with_mask("acquirer.journal"),
            "{mask} is what is kept"
        );
    }
}

#[test]
fn numbers_and_cvvs_are_written_nowhere() {
    if crate::house::on_server() {
        // What a server writes is not in files of ours; it is told the same.
        return;
    }
    let house = House::start_on(tempfile::tempdir().unwrap(), &[], |command| {
        command.env("ROKAD_LOG", "trace");
    });
    let shop = house.shop();
    let (order, checkout) = shop.checkout("601");
    for form in [
        with_cvv("378282246310005", CVV),
        with_cvv("5555555555554445", "123"),
        with_cvv("5555 5555 5555 4445", CVV),
        with_cvv("4012 0010 3714 0049", ""),
        with_cvv("4012001037140049", "999"),
    ] {
        checkout.send("/pay", &form);
    }
    // Where no field of a card belongs.
    let query = format!("/pay?card_number=4012001037140049&card_cvv={CVV}");
    checkout.send(&query, &[]);
    shop.browser
        .get(&checkout.at(&format!("?card_number=4012001037140049&card_cvv={CVV}")));
    checkout.send("/cancel?card_number=4012001037140049", &[("attempt", "0")]);
    checkout.pay(&card("6011111111111117"));
    let page = checkout.pay(&with_cvv("5123 4567 8901 2346", "123"));
    let page = checkout.at_the_bank(&page, OTP);
    let told = shop.told(&order, &page);
    assert!(
        told.fields
            .contains(&("cardnum".to_owned(), "512345XXXXXX2346".to_owned()))
    );
    let (_, amex) = shop.checkout("602");
    amex.pay(&with_cvv("378282246310005", "1234"));
    for number in ["4012001037140064", "4012001037140106"] {
        shop.checkout("603").1.pay(&card(number));
    }

    // Killed in the middle of paying, so that nothing is tidied up.
    let last: Vec<_> = (0..4).map(|_| shop.checkout("604").1).collect();
    thread::scope(|scope| {
        for checkout in &last {
            scope.spawn(|| {
                for _ in 0..5 {
                    let _ = checkout.try_pay("4012001037140049");
                }
            });
        }
        crate::waiting::until("some were refused", || {
            house.bank("/v1/charges")["totals"]["refused"].as_i64() > Some(4)
        });
        house.program.signal("KILL");
    });
    let mut house = house;
    house.program.ended();
    let (program, ground) = house.into_ground();
    assert!(
        program.logged().contains("\"level\":\"TRACE\"") || program.logged().contains("\"level\":\"DEBUG\"")
    );
    assert!(
        !program.logged().contains(&checkout.token),
        "nor is the address of a checkout in the log"
    );
    nothing_is_written(ground.path());
}

#[test]
fn the_search_finds_a_number_however_it_is_written() {
    let sought = Sought::new();
    for number in NUMBERS {
        for (how, bytes) in written(number) {
            let file = [b"before ", &bytes[..], b" behind"].concat();
            let (what, around) = sought.found_in(&file).unwrap();
            assert_eq!(what, format!("{number} as {how}"));
            assert!(
                around.starts_with("before ") && around.ends_with(" behind"),
                "{around}"
            );
        }
    }
    assert_eq!(sought.found_in(b"512345XXXXXX2346 and 917482605318"), None);
}
