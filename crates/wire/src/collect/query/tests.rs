use super::*;
use proptest::prelude::*;

fn ask(query: &str, body: &str) -> Result<Selection, Refusal> {
    let fields = Fields::read(Some(query), body.as_bytes())?;
    read_response_query(&fields).map(|asked| asked.selection)
}

fn ids_of(selection: Selection) -> Vec<String> {
    match &selection {
        Selection::Ids(ids) => ids.txnids.iter().map(|id| id.as_str().to_owned()).collect(),
        Selection::Days(_) | Selection::Newest(_) => panic!("{selection:?}"),
    }
}

fn said(body: &str) -> String {
    ask("", body).map_or_else(|refusal| refusal.to_string(), |_| "taken".to_owned())
}

#[test]
fn the_documents_own_php_is_understood() {
    // The URL has a blank before the key, the body one after a name; the field stands in both.
    let query = "merchantKey=%20eM8ZaP&merchantTransactionIds=563445";
    let body = "merchantKey=eM8ZaP&merchantTransactionIds+=563445";
    for (query, body) in [(query, body), ("", body), (query, "")] {
        let fields = Fields::read(Some(query), body.as_bytes()).unwrap();
        let asked = read_response_query(&fields).unwrap();
        assert_eq!(asked.merchant_key, Some("eM8ZaP"));
        assert_eq!(ids_of(asked.selection), ["563445"]);
        let asked = read_status_query(&fields).unwrap();
        assert_eq!((asked.merchant_key, asked.ids.txnids.len()), (Some("eM8ZaP"), 1));
    }
}

#[test]
fn a_key_may_be_absent_or_blank() {
    for body in [
        "merchantTransactionIds=1",
        "merchantTransactionIds=1&merchantKey=+",
    ] {
        let fields = Fields::read(None, body.as_bytes()).unwrap();
        assert_eq!(read_response_query(&fields).unwrap().merchant_key, None);
        assert_eq!(read_status_query(&fields).unwrap().merchant_key, None);
    }
}

#[test]
fn ids_are_told_apart_and_each_counts_once() {
    let ids = ids_of(ask("", "merchantTransactionIds=|a| b ||a|c|b|").unwrap());
    assert_eq!(ids, ["a", "b", "c"]);
    let odd = ask("", "merchantTransactionIds=a|%E0%A4%9A|%E0%A4%9A").unwrap();
    assert!(matches!(odd, Selection::Ids(Ids { impossible: 1, txnids }) if txnids.len() == 1));
    assert_eq!(
        ids_of(ask("", r#"{"merchantTransactionIds":563445}"#).unwrap()),
        ["563445"]
    );
}

#[test]
fn at_most_fifty_statuses_and_a_hundred_responses_are_asked_for_at_once() {
    let ids = |count: usize| {
        let ids: Vec<String> = (0..count).map(|n| n.to_string()).collect();
        // Named twice: they still count once.
        format!("merchantTransactionIds={0}|{0}", ids.join("|"))
    };
    let status = |body: &str| {
        let fields = Fields::read(None, body.as_bytes()).unwrap();
        read_status_query(&fields).map(|asked| asked.ids.txnids.len())
    };
    assert_eq!(status(&ids(50)), Ok(50));
    assert_eq!(status(&ids(51)), Err(Refusal::TooManyIds(50)));
    assert_eq!(ask("", &ids(100)).map(ids_of).unwrap().len(), 100);
    assert_eq!(ask("", &ids(101)), Err(Refusal::TooManyIds(100)));
}

#[test]
fn days_are_whole_and_those_of_kolkata() {
    let Ok(Selection::Days(range)) = ask("", "from=11-08-2015&to=11-08-2015") else {
        panic!("no days");
    };
    assert_eq!(date::day_and_time(range.start), "2015-08-11 00:00:00");
    assert_eq!(date::day_and_time(range.end), "2015-08-12 00:00:00");
    assert_eq!(said("from=01-01-2024&to=31-01-2024&count=5"), "taken");
}

#[test]
fn what_is_wrong_with_days_is_said() {
    let form = |name: &str| format!("{name} is a day as dd-mm-yyyy, like 31-01-2026");
    let cases = [
        ("from=01-01-2024", "to is missing".to_owned()),
        ("to=01-01-2024&count=5", "from is missing".to_owned()),
        ("from=01-01-2024&to=+", "to is missing".to_owned()),
        ("from=2024-01-01&to=01-01-2024", form("from")),
        ("from=01-01-2024&to=30-02-2024", form("to")),
        (
            "from=02-01-2024&to=01-01-2024",
            "to is not before from".to_owned(),
        ),
        (
            "from=01-01-2024&to=01-02-2024",
            "from and to are at most 31 days apart, both included; these are 32".to_owned(),
        ),
    ];
    for (body, sentence) in cases {
        assert_eq!(said(body), sentence, "{body}");
    }
}

#[test]
fn a_count_is_from_one_to_a_hundred() {
    assert_eq!(ask("count=1", ""), Ok(Selection::Newest(1)));
    assert_eq!(ask("", r#"{"count":100}"#), Ok(Selection::Newest(100)));
    for count in ["0", "101", "-1", "%2B1", "1.0", "ten", "99999999999"] {
        assert_eq!(
            said(&format!("count={count}")),
            "count is a whole number from 1 to 100",
            "{count}"
        );
    }
}

#[test]
fn one_of_the_three_has_to_be_given_and_ids_go_first() {
    for body in ["", "merchantKey=eM8ZaP", "merchantTransactionIds=+|+|&count="] {
        assert_eq!(ask("", body), Err(Refusal::NothingSelected), "{body}");
        let fields = Fields::read(None, body.as_bytes()).unwrap();
        let refusal = read_status_query(&fields).unwrap_err();
        assert_eq!(refusal, Refusal::MissingField("merchantTransactionIds"));
    }
    let all = ask("count=5", "merchantTransactionIds=a&from=01-01-2024").unwrap();
    assert_eq!(ids_of(all), ["a"]);
    assert_eq!(
        said(r#"{"count":[5]}"#),
        "count is text, this is an array, an object or a file"
    );
}

proptest! {
    #[test]
    fn no_text_breaks_a_question(name in "merchantTransactionIds|from|to|count|merchantKey", text in any::<String>()) {
        let body = serde_json::json!({ "to": "01-01-2024", name: text }).to_string();
        let fields = Fields::read(None, body.as_bytes()).unwrap();
        if let Err(refusal) = read_response_query(&fields) {
            prop_assert_eq!(refusal.wire().status, 400);
        }
        if let Err(refusal) = read_status_query(&fields) {
            prop_assert_eq!(refusal.wire().status, 400);
        }
    }

    #[test]
    fn ids_that_are_joined_are_read_as_themselves(ids in proptest::collection::hash_set("[A-Za-z0-9_-]{1,50}", 1..50)) {
        let ids: Vec<String> = ids.into_iter().collect();
        let read = ids_of(ask("", &format!("merchantTransactionIds={}", ids.join("|"))).unwrap());
        prop_assert_eq!(read, ids);
    }
}
