//! One command runs it: what a first start makes, says and prints, and what a second one finds.

use crate::{
    house::House,
    http::{self, Answer},
    merchant::{POLL, REQUEST},
    program::{rokad, run},
    waiting::found,
};
use rokad_wire::payout::verify_poll_answer;
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt};

fn names(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_first_start_says_where_everything_is_and_everything_is_there() {
    let house = House::start();
    for name in [
        "url",
        "https_url",
        "payout",
        "collect",
        "shop",
        "callbacks",
        "bank",
    ] {
        assert!(house.facts.get(name).is_some(), "{name}");
    }
    assert_eq!(names(&house.facts["payout"]), ["pid", "secret_key", "token"]);
    assert_eq!(names(&house.facts["collect"]), ["authorization", "key", "salt"]);
    assert_eq!(house.get(house.fact("/url")).status, 404);
    assert_eq!(house.get(house.fact("/bank")).status, 200);
    for place in ["/shop", "/callbacks"] {
        let page = house.get(house.fact(place));
        assert_eq!(
            (page.status, page.header("content-type")),
            (200, Some("text/html; charset=utf-8")),
            "{place}"
        );
    }
    let certificate = fs::read(house.data().join("cert.pem")).unwrap();
    let over_tls = http::get(&http::client(Some(&certificate)), house.fact("/https_url"));
    assert_eq!(over_tls.json()["errorCode"], "payment.unknown_path");
}

#[test]
fn secrets_on_disk_are_their_owners_alone() {
    let house = House::start();
    for name in ["sandbox.json", "instance.key", "key.pem"] {
        let mode = fs::metadata(house.data().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

/// Does what a printed `curl -s URL -d 'BODY'` does, as curl does it: the body goes out as a form.
fn curl(house: &House, url: &str, body: &str) -> Answer {
    let form = ("content-type", "application/x-www-form-urlencoded");
    http::post(&house.client, url, &[form], body.as_bytes())
}

#[test]
fn the_printed_commands_pay_and_ask_and_show_the_acknowledged_callback() {
    let house = House::start();
    let screen = found("the screen", || {
        Some(house.program.printed()).filter(|screen| screen.contains("Ctrl-C"))
    });
    assert!(screen.lines().count() <= 40, "a screen or less");
    let commands: Vec<&str> = screen
        .lines()
        .filter(|line| line.trim().starts_with("curl "))
        .collect();
    let [pay, ask, told] = commands.as_slice() else {
        panic!("{commands:?}")
    };
    let word = |line: &str, number: usize| line.split_whitespace().nth(number).unwrap().to_owned();

    let body = pay.split('\'').nth(1).unwrap();
    let saved = curl(&house, &word(pay, 2), body);
    assert_eq!(saved.field("status"), "Pending");

    let approved = found("the payout is approved and its callback acknowledged", || {
        let question = house.get(&word(ask, 2));
        let answer = curl(&house, &word(ask, 6), &question.text());
        Some(answer).filter(|answer| {
            answer.json()["webhook_acknowledged"] == "1" && answer.json()["status"] == "Approved"
        })
    });
    assert!(word(ask, 6).ends_with(POLL) && word(pay, 2).ends_with(REQUEST));
    assert_eq!(approved.field("bank_ref").len(), 12, "a UTR");
    verify_poll_answer(&approved.body, house.fact("/payout/secret_key")).unwrap();

    let log = house.get(&word(told, 2)).text();
    let order: Value = serde_json::from_str(body).unwrap();
    let of_it: Vec<&str> = log
        .lines()
        .filter(|line| line.contains(order["order_id"].as_str().unwrap()))
        .collect();
    for (line, status) in of_it.iter().zip(["Pending", "Processing", "Approved"]) {
        assert!(
            line.contains(status) && line.contains("Hash Matched, acknowledged: yes"),
            "{log}"
        );
    }
    assert_eq!(of_it.len(), 3, "{log}");
}

#[test]
fn a_second_start_finds_everything_as_it_was() {
    let house = House::start();
    let demo = house.demo();
    let ref_code = house.pay(&demo, 250);
    house.becomes(&demo, &ref_code, "Approved");
    house.is_acknowledged(&demo, &ref_code);
    let (wallet, facts, before) = (
        house.wallet(&demo),
        house.facts.clone(),
        house.status(&demo, &ref_code),
    );

    let house = house.restart();
    for same in ["payout", "collect", "operator"] {
        assert_eq!(house.facts[same], facts[same], "{same}");
    }
    assert_eq!(house.wallet(&demo), wallet);
    let after = house.status(&demo, &ref_code);
    for same in [
        "status",
        "bank_ref",
        "webhook_acknowledged",
        "transaction_info",
        "request_time",
    ] {
        assert_eq!(after[same], before[same], "{same}");
    }
    let log = house.get(&format!("{}/callbacks", house.fact("/shop"))).text();
    assert!(log.contains("Approved"), "the shop's log is kept: {log}");
    let fresh = house.pay(&demo, 50);
    house.becomes(&demo, &fresh, "Approved");
    house.verify();
}

#[test]
fn a_second_server_on_the_same_data_is_refused_with_a_sentence() {
    let house = House::start();
    let second = house.command(&["sandbox", "--listen", "127.0.0.1:0"]);
    assert!(!second.ok);
    assert!(
        second.err.contains("another rokad serves") && second.err.contains("stop it first"),
        "{}",
        second.err
    );
    assert_eq!(house.get(house.fact("/bank")).status, 200);
    let ref_code = house.pay(&house.demo(), 10);
    house.becomes(&house.demo(), &ref_code, "Approved");
    assert!(
        house.data().join("sandbox.json").exists(),
        "the first one's description stays"
    );
}

#[test]
fn a_port_that_is_taken_and_a_place_with_nothing_in_it_are_said() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (taken, folder) = (
        taken.local_addr().unwrap().to_string(),
        tempfile::tempdir().unwrap(),
    );
    let empty = folder.path().join("nothing").to_str().unwrap().to_owned();
    let _listener = std::net::TcpListener::bind(&taken);
    for (args, sentence) in [
        (&["verify", "--data", &empty][..], "there is no gateway in"),
        (&["merchant", "list", "--data", &empty], "there is no gateway in"),
        (&["serve", "--config", &empty], "cannot read"),
        (
            &["sandbox", "--data", &empty, "--listen", &taken],
            "choose another with --listen",
        ),
    ] {
        let said = run(args);
        assert!(!said.ok && said.err.contains(sentence), "{args:?}: {}", said.err);
        assert!(
            said.err.lines().any(|line| line.starts_with("rokad: ")),
            "{}",
            said.err
        );
    }
}

/// The commands that a help lists.
fn commands(help: &str) -> Vec<String> {
    let listed = help.split("Commands:\n").nth(1).unwrap_or_default();
    let lines = listed.lines().take_while(|line| !line.is_empty());
    let name = |line: &str| line.split_whitespace().next().unwrap().to_owned();
    lines
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(name)
        .filter(|n| n != "help")
        .collect()
}

#[test]
fn every_command_explains_itself() {
    let mut open = vec![Vec::<String>::new()];
    let mut seen = Vec::new();
    while let Some(path) = open.pop() {
        let output = rokad(&[]).args(&path).arg("--help").output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && help.contains("Usage: rokad"),
            "{path:?}: {help}"
        );
        assert!(
            !help.lines().next().unwrap().trim().is_empty(),
            "{path:?} says what it is for"
        );
        open.extend(
            commands(&help)
                .into_iter()
                .map(|name| [path.clone(), vec![name]].concat()),
        );
        seen.push(path.join(" "));
    }
    for known in [
        "sandbox",
        "serve",
        "bank",
        "fund",
        "verify",
        "merchant add",
        "merchant rotate-keys",
        "payout decline",
    ] {
        assert!(seen.iter().any(|path| path == known), "{known} in {seen:?}");
    }
}

#[test]
fn an_unknown_key_of_the_configuration_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rokad.toml");
    let config = "data = \"d\"\nlisten = \"127.0.0.1:0\"\nenvironment = \"uat\"\ntls_certificate = \"c\"\ntls_key = \"k\"\ncolour = 7\n";
    fs::write(&path, config).unwrap();
    let path = path.to_str().unwrap();
    for args in [
        &["serve", "--config", path][..],
        &["verify", "--config", path],
        &["merchant", "list", "--config", path],
    ] {
        let said = run(args);
        assert!(!said.ok && said.err.contains("colour"), "{args:?}: {}", said.err);
    }
    assert!(!folder.path().join("d").exists(), "nothing was made");
}
