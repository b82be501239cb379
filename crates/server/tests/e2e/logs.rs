//! What is logged: JSON with request ids where nobody watches, and never what must stay secret.

use crate::{
    house::House,
    merchant::{Merchant, POLL, REQUEST},
    receiver::{Receiver, Reply},
    waiting::until,
};
use serde_json::{Value, json};
use std::fs;

const ACCOUNT: &str = "600123456789012";
const HOLDER: &str = "Ramanujan Unmistakable";

#[test]
fn a_whole_session_logs_no_secret_and_every_line_is_json() {
    let house = House::start_on(tempfile::tempdir().unwrap(), &[], |command| {
        command.env("ROKAD_LOG", "debug");
    });
    let demo = house.demo();
    let receiver = Receiver::replying(|_, times| {
        if times == 1 {
            Reply::HashMismatch
        } else {
            Reply::Acknowledge
        }
    });
    let merchant = house.merchant(&["--callback-url", &receiver.url]);
    let far = house.merchant(&["--address", "192.0.2.0/24"]);
    for (payer, account) in [
        (&demo, ACCOUNT),
        (&merchant, ACCOUNT),
        (&demo, "90000000003"),
        (&demo, "90000000012"),
        (&demo, "90000000010"),
    ] {
        let mut order = payer.order(100, account);
        order["account_holder"] = json!(HOLDER);
        let ref_code = house.request(&order).field("ref_code");
        until("it is under way", || {
            house.status(payer, &ref_code)["status"] != "Pending"
        });
    }
    let mut bad = demo.order(100, ACCOUNT);
    (bad["account_holder"], bad["ifsc"]) = (json!(format!("{HOLDER}\n")), json!("?"));
    assert_eq!(house.request(&bad).status, 400);
    assert_eq!(house.post(REQUEST, format!("{bad}{bad}").as_bytes()).status, 400);
    let stranger = Merchant {
        secret: merchant.secret.clone(),
        ..demo.clone()
    };
    assert_eq!(house.post(POLL, &stranger.poll("ab")).status, 401);
    let refused = house.request(&far.order(1, ACCOUNT));
    assert_eq!(refused.status, 403);
    until("a mismatch was logged", || {
        house.program.logged().contains("Hash Mismatch")
    });

    let instance_key = fs::read_to_string(house.data().join("instance.key")).unwrap();
    let secrets: Vec<String> = [
        "/payout/secret_key",
        "/payout/token",
        "/operator/password",
        "/collect/salt",
        "/collect/authorization",
    ]
    .map(|pointer| house.fact(pointer).to_owned())
    .into_iter()
    .chain([
        merchant.secret,
        merchant.signing,
        instance_key,
        ACCOUNT.to_owned(),
        HOLDER.to_owned(),
    ])
    .chain(["90000000003", "90000000012", "asha@example.com", "8754850254"].map(str::to_owned))
    .collect();
    let facts = (
        house.address().to_owned(),
        refused.header("x-request-id").unwrap().to_owned(),
    );
    let log = {
        let mut house = house;
        assert!(house.program.stop().success());
        house.program.logged()
    };
    for secret in &secrets {
        assert!(
            !log.contains(secret.as_str()),
            "{secret} in the log: {:?}",
            log.lines().find(|line| line.contains(secret.as_str()))
        );
    }
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    for line in &lines {
        assert!(
            line["timestamp"].is_string() && line["level"].is_string() && line["target"].is_string(),
            "{line}"
        );
    }
    let about_it: Vec<&Value> = lines
        .iter()
        .filter(|line| {
            line["message"]
                .as_str()
                .is_some_and(|text| text.contains("address not on"))
        })
        .collect();
    assert!(
        about_it.iter().any(|line| line["span"]["id"] == facts.1.as_str()),
        "{about_it:?} under {}",
        facts.1
    );
}

#[test]
fn a_request_id_is_new_for_each_request_and_each_start() {
    let house = House::start();
    let id = |house: &House| {
        house
            .request(&json!({}))
            .header("x-request-id")
            .unwrap()
            .to_owned()
    };
    let mut ids = vec![id(&house), id(&house), id(&house)];
    let house = house.restart();
    ids.extend([id(&house), id(&house)]);
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "{ids:?}");
}
