use super::*;
use proptest::prelude::*;

fn read<'a>(query: &'a str, body: &'a str) -> Result<Fields<'a>, FieldsError> {
    Fields::read(Some(query), body.as_bytes())
}

#[test]
fn the_bodys_first_bytes_decide_what_it_is() {
    let multipart = "--x\r\nContent-Disposition: form-data; name=\"pid\"\r\n\r\n77\r\n--x--\r\n";
    for body in [
        "{\"pid\":\"77\"}",
        " \r\n{\"pid\":77}",
        "\u{FEFF}{ \" pid\" : \" 77 \"}",
        "pid=77",
        "a=&pid=%37+7",
        multipart,
    ] {
        let body = body.replace("%37+7", "%377");
        let fields = read("", &body).unwrap();
        assert_eq!(fields.text("pid"), Some("77"), "{body:?}");
    }
}

#[test]
fn an_empty_body_is_an_empty_form() {
    for fields in [
        Fields::read(None, b""),
        read("", ""),
        read("&&", "&"),
        read("=1", "{\"\":1}"),
        read("", "\r\n"),
    ] {
        assert!(fields.unwrap().is_empty());
    }
}

#[test]
fn the_query_wins_over_the_body() {
    for body in [
        "pid=2&amount=8128",
        "{\"pid\":\"2\",\"amount\":8128}",
        "{\" pid \":[],\"amount\":8128}",
    ] {
        let fields = read("pid=1", body).unwrap();
        assert_eq!(
            (fields.text("pid"), fields.text("amount")),
            (Some("1"), Some("8128")),
            "{body}"
        );
        assert_eq!(fields.len(), 2);
    }
}

#[test]
fn blanks_are_trimmed_when_read_and_kept_for_hashing() {
    for body in ["{\"a \":\" 1 \\n\"}", "+a=+1+%0a", " a= 1 \n"] {
        let fields = read("", body).unwrap();
        assert_eq!(
            (fields.text("a"), fields.raw("a")),
            (Some("1"), Some(" 1 \n")),
            "{body}"
        );
    }
}

#[test]
fn a_value_keeps_its_kind() {
    let body = r#"{"t":"8128","e":"\u0906\/","i":8128,"n":-1,"u":18446744073709551615,"f":8128.0,"x":1e3,"z":-0,
        "big":18446744073709551616,"b":true,"null":null,"o":{"a":1,"a":2},"l":[[{}]]}"#;
    let fields = read("", body).unwrap();
    let expected = [
        ("t", Some(Value::Text("8128".into()))),
        ("e", Some(Value::Text("आ/".into()))),
        ("i", Some(Value::Integer("8128".to_owned()))),
        ("n", Some(Value::Integer("-1".to_owned()))),
        ("u", Some(Value::Integer("18446744073709551615".to_owned()))),
        ("f", Some(Value::OtherNumber)),
        ("x", Some(Value::OtherNumber)),
        ("z", Some(Value::OtherNumber)),
        ("big", Some(Value::OtherNumber)),
        ("b", Some(Value::Bool(true))),
        ("null", None),
        ("o", Some(Value::Nested)),
        ("l", Some(Value::Nested)),
        ("absent", None),
    ];
    for (name, value) in expected {
        assert_eq!(fields.get(name), value.as_ref(), "{name}");
    }
}

#[test]
fn a_field_given_twice_is_refused_by_name() {
    for (query, body) in [
        ("", "{\"amount\":1,\"amount\":2}"),
        ("", "{\"amount\":null,\"amount \":2}"),
        ("", "amount=1&amount=1"),
        ("", "amount=1&%61mount=1"),
        ("amount=1&amount=1", ""),
    ] {
        assert_eq!(
            read(query, body).unwrap_err(),
            FieldsError::Duplicate("amount".to_owned()),
            "{query} {body}"
        );
    }
    let long = "n".repeat(100);
    let error = read("", &format!("{long}=1&{long}=2")).unwrap_err();
    assert_eq!(error, FieldsError::Duplicate("n".repeat(40)));
}

#[test]
fn what_begins_like_json_is_read_as_json_or_refused_with_the_place() {
    let place = |line, column| Err(FieldsError::NotJson { line, column });
    let refused = |body| read("", body).map(|_| ());
    assert_eq!(refused("{\"pid\":\"77\","), place(1, 12));
    assert_eq!(refused("{\n  \"pid\": 78473xxx\n}"), place(2, 15));
    assert_eq!(refused("{\"a\":1} trailing"), place(1, 9));
    assert_eq!(refused("{\"a\":\"\\ud800\"}"), place(1, 13));
    assert_eq!(refused("[{\"pid\":\"77\"}]"), Err(FieldsError::NotAnObject));
    assert!(
        !read("", "{\"pid\": s3cr3t}")
            .unwrap_err()
            .to_string()
            .contains("s3cr3t")
    );
}

#[test]
fn what_is_not_utf_8_is_refused() {
    for body in [
        &b"{\"a\":\"\xff\"}"[..],
        b"a=\xff",
        b"a=%ff",
        b"{\"a\":[\"\xc0\x80\"]}",
    ] {
        assert_eq!(Fields::read(None, body).unwrap_err(), FieldsError::NotUtf8);
    }
}

#[test]
fn more_than_a_hundred_fields_are_refused() {
    let form = |count: usize| {
        (0..count)
            .map(|n| format!("f{n}=1"))
            .collect::<Vec<_>>()
            .join("&")
    };
    assert_eq!(read("", &form(100)).unwrap().len(), 100);
    assert_eq!(read("", &form(101)).unwrap_err(), FieldsError::TooMany);
    assert_eq!(read("q=1", &form(100)).unwrap_err(), FieldsError::TooMany);
}

#[test]
fn no_depth_exhausts_the_stack() {
    let deep = "[".repeat(BODY_BYTES_MAX);
    assert!(matches!(
        read("", &format!("{{\"a\":{deep}")),
        Err(FieldsError::NotJson { .. })
    ));
    let closed = format!("{{\"a\":{}{}}}", "[".repeat(30_000), "]".repeat(30_000));
    assert_eq!(read("", &closed).unwrap().get("a"), Some(&Value::Nested));
}

#[test]
fn values_do_not_print() {
    let shown = format!("{:?}", read("", "account_no=78473123").unwrap());
    assert_eq!(shown, "Fields([(\"account_no\", text)])");
}

proptest! {
    #[test]
    fn no_request_breaks_the_reader(query in "\\PC{0,60}", body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Fields::read(Some(&query), &body);
    }

    #[test]
    fn nothing_that_looks_like_a_request_breaks_the_reader(
        body in "(--x\r\n|\\{\"|\\[|a=)?([a-z\"\\\\:,{}%\\[\\]&=;0-9\\-]|--x|\r\n|Content-Disposition: form-data; name=){0,60}(--x--)?",
    ) {
        let _ = Fields::read(None, body.as_bytes());
    }

    #[test]
    fn a_text_comes_through_json_and_query_as_it_was(text in any::<String>()) {
        let json = serde_json::to_string(&[("a", &text)].into_iter().collect::<std::collections::HashMap<_, _>>()).unwrap();
        let by_body = Fields::read(None, json.as_bytes()).unwrap();
        prop_assert_eq!(by_body.raw("a"), Some(text.as_str()));
        let query: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let query = format!("a={query}");
        let by_query = Fields::read(Some(&query), b"").unwrap();
        prop_assert_eq!(by_query.raw("a"), Some(text.as_str()));
    }
}
