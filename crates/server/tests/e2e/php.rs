//! A merchant's PHP, with the payout document's own functions: read out of the document at test time, never copied.

use crate::{house::House, program::Program, waiting::until};
use serde_json::Value;
use std::{fs, net::TcpListener, path::Path, process::Command};

const DOCUMENT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/seeds/payout-imps.txt"
);

/// The document, where it and PHP are at hand. `ROKAD_TEST_PHP=1` makes PHP mandatory; there is no copy of the document.
fn document() -> Option<String> {
    let Ok(document) = fs::read_to_string(DOCUMENT) else {
        return skip("the payout document is not at hand");
    };
    let php = Command::new("php")
        .args(["-r", "exit(function_exists('curl_init') ? 0 : 1);"])
        .output();
    if php.is_ok_and(|output| output.status.success()) {
        return Some(document);
    }
    let mandatory = std::env::var("ROKAD_TEST_PHP").is_ok_and(|value| value == "1");
    assert!(!mandatory, "ROKAD_TEST_PHP=1, but php with curl is missing");
    skip("php with curl is not installed")
}

fn skip(why: &str) -> Option<String> {
    eprintln!("note: {why}; the document's PHP was not tried");
    None
}

/// The function `name` of the document, up to the brace that closes it.
fn function<'d>(document: &'d str, name: &str) -> &'d str {
    let text = &document[document.find(&format!("function {name}(")).expect("the function")..];
    let mut depth = 0;
    for (at, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 1 => return &text[..=at],
            '}' => depth -= 1,
            _ => {}
        }
    }
    panic!("{name} is not closed");
}

/// The first line of the document that begins so.
fn line<'d>(document: &'d str, beginning: &str) -> &'d str {
    document
        .lines()
        .find(|line| line.starts_with(beginning))
        .unwrap_or_else(|| panic!("no line {beginning}"))
}

/// What stands between two lines of the document, these included.
fn between<'d>(document: &'d str, first: &str, last: &str) -> &'d str {
    let text = &document[document.find(first).expect("the first line")..];
    &text[..text.find(last).expect("the last line") + last.len()]
}

/// Signs and asks with the document's functions, verifies the answer with them, and prints what it read.
fn poll_script(document: &str) -> String {
    // The document's curl call has one line for people: `$url=you will get api url in the call`.
    let curl = between(document, "$ch = curl_init();", "curl_close($ch);");
    let curl: Vec<&str> = curl.lines().filter(|line| !line.starts_with("$url=")).collect();
    [
        "<?php",
        function(document, "encrypt"),
        function(document, "decrypt"),
        "[, $url, $pid, $ref_code, $secret] = $argv; $row = ['secret_key' => $secret];",
        line(document, "$local_hash = md5($ref_code"),
        line(document, "$encrypted_hash=encrypt("),
        line(document, "$encoded_hash=base64_encode("),
        "$data = ['pid' => $pid, 'ref_code' => $ref_code, 'post_hash' => $encoded_hash];",
        &curl.join("\n"),
        "$row1 = json_decode($server_output, true);",
        "$encrypted_hash=base64_decode($row1['post_hash']);",
        "$remote_hash = decrypt($encrypted_hash,$row['secret_key']);",
        "$local_hash = md5($row1['order_id'] . $row1['amount'] . $row1['status'] . $row['secret_key']);",
        "echo json_encode(['fits' => $remote_hash == $local_hash, 'status' => $row1['status'] ?? null,",
        " 'upi_id' => $row1['upi_id'], 'acknowledged' => $row1['webhook_acknowledged'], 'amount' => $row1['amount']]);",
    ]
    .join("\n")
}

/// Receives a callback, verifies it with the document's functions, and acknowledges it with the document's lines.
fn callback_script(document: &str, secret: &str, log: &Path) -> String {
    [
        "<?php",
        function(document, "decrypt"),
        &format!("$secret_key = '{secret}'; $log = '{}'; $acknowledge = 'no';", log.display()),
        line(document, "$data = file_get_contents("),
        line(document, "$json = json_decode("),
        line(document, "$encrypted_hash=base64_decode($json"),
        line(document, "$remote_hash=decrypt($encrypted_hash,$secret_key)"),
        "$order_id = $json['order_id']; $amount_processed = $json['processed_amount']; $status = $json['status'];",
        line(document, "$local_hash = md5($order_id.$amount_processed"),
        "if ($remote_hash == $local_hash) { $hash_status = 'Hash Matched'; $acknowledge = 'yes'; }",
        "else { $hash_status = 'Hash Mismatch'; }",
        "file_put_contents($log, \"$status $amount_processed $hash_status\\n\", FILE_APPEND);",
        "$data = $json;",
        between(document, "$data['hash_status']=", "echo json_encode($data);"),
    ]
    .join("\n")
}

fn poll(folder: &Path, house: &House, ref_code: &str) -> Value {
    let url = format!("{}{}", house.fact("/url"), crate::merchant::POLL);
    let merchant: Vec<&str> = vec![
        house.fact("/payout/pid"),
        ref_code,
        house.fact("/payout/secret_key"),
    ];
    let output = Command::new("php")
        .arg(folder.join("poll.php"))
        .arg(url)
        .args(merchant)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    serde_json::from_str(&said)
        .unwrap_or_else(|_| panic!("php said {said} {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn the_documents_php_polls_and_receives_and_acknowledges_callbacks() {
    let Some(document) = document() else { return };
    let house = House::start();
    let (folder, demo) = (tempfile::tempdir().unwrap(), house.demo());
    let log = folder.path().join("log");
    fs::write(folder.path().join("poll.php"), poll_script(&document)).unwrap();
    fs::write(
        folder.path().join("callback.php"),
        callback_script(&document, &demo.secret, &log),
    )
    .unwrap();

    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string();
    let mut server = Command::new("php");
    server.args(["-S", &free]).arg(folder.path().join("callback.php"));
    let mut server = Program::start(server, "php", folder.path());
    server.logs("started");
    house.tell(&[
        "merchant",
        "callback-url",
        &demo.pid,
        &format!("http://{free}/secret/callback.php"),
    ]);
    until("the server knows where callbacks go", || {
        house.pay(&demo, 1);
        log.exists()
    });

    let ref_code = house.pay(&demo, 8128);
    until("PHP has acknowledged that it is paid", || {
        let said = poll(folder.path(), &house, &ref_code);
        assert_eq!(
            (&said["fits"], &said["upi_id"]),
            (&Value::Bool(true), &Value::from("")),
            "{said}"
        );
        said["status"] == "Approved" && said["amount"] == 8128 && said["acknowledged"] == "1"
    });
    let heard = fs::read_to_string(&log).unwrap();
    assert!(
        heard.contains("Approved 8128 Hash Matched") && !heard.contains("Mismatch"),
        "{heard}"
    );
}
