//! `rokad serve`: HTTPS alone, the rules of production, a bank that is another process, and proxies that are trusted.

use crate::{
    gateway::Gateway,
    http::{self, say},
    merchant::{ORDINARY, REQUEST},
    program::{rokad, run},
    receiver::Receiver,
    waiting::{found, until},
};
use serde_json::json;
use std::fs;

#[test]
fn a_payout_goes_through_over_https_to_a_bank_beside() {
    let mut gateway = Gateway::start("");
    let shop = gateway.merchant(&["--address", "127.0.0.1"]);
    let saved = gateway.request(&shop.order(1_234, ORDINARY));
    assert_eq!(saved.status, 200, "{}", saved.text());
    let paid = gateway.becomes(&shop, &saved.field("ref_code"), "Approved");
    assert_eq!(
        (&paid["processed_amount"], &paid["sender_pg"]),
        (&json!(1_234), &json!("main account"))
    );
    assert!(gateway.tell(&["verify"]).contains("Sound: "));
    assert!(
        gateway.tell(&["merchant", "list"]).lines().count() == 2,
        "nothing is seeded"
    );
    assert_eq!(gateway.program.stop().code(), Some(0));
    assert_eq!(gateway.bank.stop().code(), Some(0));
}

#[test]
fn production_takes_what_a_bank_takes_and_no_more() {
    let gateway = Gateway::start("");
    let shop = gateway.merchant(&["--address", "127.0.0.1"]);
    let with = |name: &str, value: &str| {
        let mut order = shop.order(10, ORDINARY);
        order[name] = json!(value);
        gateway.request(&order)
    };
    for (name, bad) in [
        ("account_no", "12345678"),
        ("account_no", "1234567890123456789"),
        ("account_no", "78473xxx9"),
        ("ifsc", "SBI002"),
        ("ifsc", "SBIN1000300"),
        ("ifsc", "sbin0000300"),
        ("ifsc", "SBIN00003000"),
        ("ifsc", "SB1N0000300"),
    ] {
        let (status, code, sentence) = with(name, bad).refusal();
        assert_eq!((status, code.as_str()), (400, "payout.invalid_field"), "{bad}");
        assert!(sentence.starts_with(name), "{sentence}");
    }
    for (name, good) in [
        ("account_no", "123456789"),
        ("account_no", "123456789012345678"),
        ("ifsc", "HDFC0ABC123"),
    ] {
        assert_eq!(with(name, good).status, 200, "{good}");
    }
}

#[test]
fn plain_http_is_refused_with_a_sentence_and_nothing_else_listens() {
    let gateway = Gateway::start("");
    for (request, field, code) in [
        (
            http::bytes("POST", REQUEST, &[], b"{}"),
            "code",
            "payout.https_required",
        ),
        (
            http::bytes("GET", "/", &[], b""),
            "errorCode",
            "payment.https_required",
        ),
    ] {
        let answer = say(&gateway.address, &request);
        assert_eq!((answer.status, answer.field(field).as_str()), (403, code));
        assert!(answer.field("message").contains("HTTPS"), "{}", answer.text());
    }
    assert_eq!(listeners(gateway.program.id()), 1, "HTTPS alone");
}

/// How many TCP sockets of a process listen. Source: proc(5).
fn listeners(process: u32) -> usize {
    let tables = ["tcp", "tcp6"]
        .map(|name| fs::read_to_string(format!("/proc/{process}/net/{name}")).unwrap_or_default());
    let listening: Vec<String> = tables
        .iter()
        .flat_map(|table| table.lines())
        .filter_map(listening_socket)
        .collect();
    let open = fs::read_dir(format!("/proc/{process}/fd")).unwrap().flatten();
    let names = open
        .filter_map(|file| fs::read_link(file.path()).ok())
        .map(|name| name.display().to_string());
    names.filter(|name| listening.contains(name)).count()
}

fn listening_socket(row: &str) -> Option<String> {
    const LISTEN: &str = "0A";
    let columns: Vec<&str> = row.split_whitespace().collect();
    (columns.get(3) == Some(&LISTEN)).then(|| format!("socket:[{}]", columns[9]))
}

#[test]
fn a_trusted_proxy_is_believed_as_far_as_it_reaches() {
    let gateway = Gateway::start("trusted_proxies = [\"127.0.0.0/8\", \"10.0.0.0/8\"]");
    let shop = gateway.merchant(&["--address", "203.0.113.0/24", "2001:db8::/32"]);
    let status = |forwarded: &[&str]| {
        let headers: Vec<(&str, &str)> = forwarded.iter().map(|line| ("x-forwarded-for", *line)).collect();
        gateway
            .post(REQUEST, &headers, shop.order(1, ORDINARY).to_string().as_bytes())
            .status
    };
    for taken in [
        &["203.0.113.9"][..],
        &["198.51.100.1, 203.0.113.9"],
        &["203.0.113.9, 10.1.2.3"],
        &["203.0.113.9", "10.1.2.3"],
        &["2001:db8::7"],
    ] {
        assert_eq!(status(taken), 200, "{taken:?}");
    }
    for refused in [
        &[][..],
        &["198.51.100.1"],
        &["203.0.113.9, 198.51.100.1"],
        &["203.0.113.9", "junk"],
        &["2001:db9::7"],
    ] {
        assert_eq!(status(refused), 403, "{refused:?}");
    }
}

#[test]
fn in_production_nothing_is_posted_to_an_address_that_is_not_public() {
    let gateway = Gateway::start("");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
        let url = format!("https://{host}:{port}/callback");
        let shop = gateway.merchant(&["--address", "127.0.0.1", "--callback-url", &url]);
        let ref_code = gateway.request(&shop.order(10, ORDINARY)).field("ref_code");
        let shown = found("it was tried", || {
            Some(gateway.tell(&["payout", "show", &ref_code])).filter(|shown| shown.contains("attempt 1: "))
        });
        assert!(
            shown.contains("attempt 1: not reached: the address is not public"),
            "{host}: {shown}"
        );
    }
    assert!(listener.accept().is_err(), "nobody was connected to");
    // Webhooks go the same way; what could never be posted to is not registered.
    let shop = gateway.merchant(&["--address", "127.0.0.1"]);
    let config = gateway.config.to_str().unwrap();
    let refused = run(&[
        "webhook",
        "add",
        &shop.pid,
        "http://shop.example/",
        "--config",
        config,
    ]);
    assert!(!refused.ok && refused.err.contains("https://"), "{}", refused.err);
}

#[test]
fn in_production_no_callback_leaves_in_the_clear() {
    let gateway = Gateway::start("");
    let receiver = Receiver::start();
    let shop = gateway.merchant(&["--address", "127.0.0.1", "--callback-url", &receiver.url]);
    let ref_code = gateway.request(&shop.order(10, ORDINARY)).field("ref_code");
    until("it was tried", || {
        gateway
            .tell(&["payout", "show", &ref_code])
            .contains("attempt 1: not reached")
    });
    assert!(receiver.told_of(&ref_code).is_empty());
}

#[test]
fn the_instance_key_can_come_from_the_environment_and_is_needed_to_go_on() {
    let gateway = Gateway::start("");
    let shop = gateway.merchant(&["--address", "127.0.0.1"]);
    let config = gateway.config.to_str().unwrap();
    let key_path = gateway.config.with_file_name("data").join("instance.key");
    let key = fs::read_to_string(&key_path).unwrap();
    fs::remove_file(&key_path).unwrap();
    let show = |key: Option<&str>| {
        let mut command = rokad(&["merchant", "show", &shop.pid, "--config", config]);
        command
            .envs(key.map(|key| ("ROKAD_INSTANCE_KEY", key)))
            .output()
            .unwrap()
    };
    assert!(show(Some(&key)).status.success());
    for (wrong, sentence) in [
        (None, "cannot use the key file"),
        (Some("abc"), "64 hexadecimal digits"),
        (Some(&*"0".repeat(64)), "is this its instance key?"),
    ] {
        let output = show(wrong);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(sentence), "{said}");
    }
}
