//! What a judge reads from the bank, and what a careless caller gets.

use super::world::{FROM, KEY, OPENING, START, World, body, raw, utr};
use crate::sandbox::bank::account::Account;
use serde_json::{Value, json};

#[tokio::test]
async fn a_statement_shows_every_booking_once_in_pages() {
    let world = World::new().await;
    utr(&world.pay("R-0", "90000000009", 1).await);
    for n in 1..5 {
        utr(&world.pay(&format!("R-{n}"), "123456789", 1).await);
    }
    world.pass(5_000).await;
    let (mut entries, mut after) = (Vec::new(), 0);
    loop {
        let path = format!("/v1/accounts/{FROM}/statement?after={after}&limit=2");
        let (_, page) = world.get(&path).await;
        let page_entries = page["entries"].as_array().unwrap();
        if page_entries.is_empty() {
            assert_eq!(page["next"], after);
            break;
        }
        entries.extend(page_entries.iter().cloned());
        after = page["next"].as_u64().unwrap();
    }
    let seen: Vec<_> = entries
        .iter()
        .map(|e| (&e["entry"], &e["reference"], &e["booked"]))
        .collect();
    let expected = [
        ("R-0", "paid"),
        ("R-1", "paid"),
        ("R-2", "paid"),
        ("R-3", "paid"),
        ("R-4", "paid"),
        ("R-0", "returned"),
    ];
    let expected: Vec<_> = expected
        .iter()
        .enumerate()
        .map(|(n, (r, b))| (json!(n + 1), json!(r), json!(b)))
        .collect();
    assert_eq!(
        seen,
        expected.iter().map(|(n, r, b)| (n, r, b)).collect::<Vec<_>>()
    );
    assert_eq!(
        (&entries[0]["utr"], &entries[0]["at_ms"]),
        (&entries[5]["utr"], &json!(START))
    );
    assert_eq!(entries[5]["at_ms"], START + 5_000);
    assert_eq!(world.balance().await, OPENING - 400);
}

#[tokio::test]
async fn a_returned_transfer_stays_paid_and_says_that_it_came_back() {
    let world = World::new().await;
    utr(&world.pay("R-1", "90000000009", 1).await);
    let (_, before) = world.get("/v1/transfers/R-1").await;
    assert_eq!(before.get("returned"), None);
    world.pass(5_000).await;
    let (status, after) = world.get("/v1/transfers/R-1").await;
    assert_eq!(
        (status.as_u16(), &after["status"], &after["returned"]),
        (200, &json!("paid"), &json!(true))
    );
}

#[tokio::test]
async fn an_audit_notices_every_way_to_tamper_with_the_book() {
    type Tamper = fn(&mut Account);
    let ways: [(Tamper, &[&str]); 5] = [
        (|a| a.bookings.truncate(1), &["R-2"]),
        (|a| a.bookings.push(a.bookings[1]), &["R-2"]),
        (|a| a.bookings[1].transfer = 0, &["R-1", "R-2"]),
        (|a| a.balance = a.opening, &[]),
        (|a| a.blocked = a.opening, &[]),
    ];
    for (at, (tamper, wrong)) in ways.into_iter().enumerate() {
        let world = World::new().await;
        utr(&world.pay("R-1", "123456789", 1).await);
        utr(&world.pay("R-2", "123456789", 1).await);
        assert!(world.bank.verify().await.unwrap().balanced);
        let tampered = world.bank.at_desk(|desk, _| {
            tamper(&mut desk.book.accounts[0]);
            Ok(())
        });
        tampered.await.unwrap();
        let audit = world.bank.verify().await.unwrap();
        assert!(!audit.balanced, "way {at}");
        assert_eq!(audit.wrong_bookings, wrong, "way {at}");
    }
}

#[tokio::test]
async fn everything_below_v1_wants_the_key() {
    let world = World::new().await;
    let paths = [
        "/v1/transfers/R-1",
        "/v1/news",
        "/v1/accounts",
        "/v1/verify",
        "/v1/nothing",
        "/v1/accounts/1/statement",
    ];
    let longer = format!("{KEY}x");
    for path in paths {
        for key in ["", "wrong", &KEY[1..], &longer] {
            let (status, said) = world.http("GET", path, key, "").await;
            assert_eq!(
                (status.as_u16(), &said["code"]),
                (401, &json!("wrong_key")),
                "{path} {key:?}"
            );
        }
    }
    let instruction = body("R-1", "123456789", 100).to_string();
    assert_eq!(
        world
            .http("POST", "/v1/transfers", "wrong", &instruction)
            .await
            .0
            .as_u16(),
        401
    );
    assert!(world.bookings().await.is_empty());
}

#[tokio::test]
async fn a_malformed_instruction_is_named_and_books_nothing() {
    let world = World::new().await;
    let bad: &[(&str, Value, &str)] = &[
        ("reference", json!(""), "bad_reference"),
        ("reference", json!("a/b"), "bad_reference"),
        ("reference", json!("R".repeat(65)), "bad_reference"),
        ("amount_paise", json!(0), "bad_amount"),
        ("amount_paise", json!(-1), "bad_amount"),
        ("amount_paise", json!(i64::MAX), "bad_amount"),
        ("amount_paise", json!(1.5), "malformed"),
        ("amount_paise", json!("100"), "malformed"),
        ("account_no", json!("12 34"), "bad_account"),
        ("from_account", json!(""), "bad_account"),
        ("ifsc", json!("SBI"), "bad_ifsc"),
        ("ifsc", json!("SBIN0001234X"), "bad_ifsc"),
        ("account_holder", json!(""), "bad_holder"),
        ("account_holder", json!("a\nb"), "bad_holder"),
        ("account_holder", json!("अ".repeat(101)), "bad_holder"),
        ("not_after_ms", Value::Null, "malformed"),
    ];
    for (field, value, code) in bad {
        let mut instruction = body("R-1", "123456789", 100);
        instruction[field] = value.clone();
        let (status, said) = world.post(instruction).await;
        assert_eq!(
            (status.as_u16(), &said["code"]),
            (400, &json!(code)),
            "{field} {value}"
        );
    }
    assert_eq!(world.post("not json").await.1["code"], "malformed");
    let huge = body(&"R".repeat(20_000), "123456789", 100).to_string();
    let (status, _) = raw(&world.base, "POST", "/v1/transfers", KEY, &huge).await;
    assert_eq!(status.as_u16(), 413);
    let (_, audit) = world.get("/v1/verify").await;
    assert_eq!(audit["transfers"], 0);
}

#[tokio::test]
async fn unknown_tells_the_banks_own_time() {
    let world = World::new().await;
    world.pass(7).await;
    let (status, said) = world.get("/v1/transfers/NEVER").await;
    let expected = json!({"status": "unknown", "reference": "NEVER", "bank_time_ms": START + 7});
    assert_eq!((status.as_u16(), said), (404, expected));
}

#[tokio::test]
async fn a_page_that_is_no_number_is_named() {
    let world = World::new().await;
    for path in [
        "/v1/news?after=x",
        "/v1/news?limit=-1",
        &format!("/v1/accounts/{FROM}/statement?after=1.5"),
    ] {
        let (status, said) = world.get(path).await;
        assert_eq!(
            (status.as_u16(), &said["code"]),
            (400, &json!("bad_paging")),
            "{path}"
        );
    }
    let (status, said) = world.get("/v1/accounts/777/statement").await;
    assert_eq!((status.as_u16(), &said["code"]), (404, &json!("no_such_account")));
}
