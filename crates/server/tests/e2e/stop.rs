//! Ctrl-C and SIGTERM: what is under way finishes, nothing is lost, and it takes at most ten seconds.

use crate::{
    house::House,
    http::{connect, hear, try_post},
    merchant::{ORDINARY, REQUEST},
    program::{Program, rokad},
    waiting::until,
};
use serde_json::Value;
use std::{
    io::{Read, Write},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

#[test]
fn a_request_whose_body_is_still_coming_is_answered_after_the_signal() {
    let mut house = House::start();
    let demo = house.demo();
    let body = demo.order(120, ORDINARY).to_string();
    let mut stream = connect(house.address());
    let head = format!(
        "POST {REQUEST} HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");

    house.program.signal("TERM");
    house.program.logs("stopping");
    stream.write_all(body.as_bytes()).unwrap();
    let answer = hear(&mut stream);
    assert_eq!(answer.field("status"), "Pending");
    assert_eq!(house.program.ended().code(), Some(0));
    assert!(
        !house.data().join("sandbox.json").exists(),
        "nobody answers there any more"
    );

    let (_, ground) = house.into_ground();
    let house = House::start_on(ground, &[], |_| {});
    house.becomes(&demo, &answer.field("ref_code"), "Approved");
}

#[test]
fn ctrl_c_stops_it_too() {
    let mut house = House::start();
    house.program.signal("INT");
    assert_eq!(house.program.ended().code(), Some(0));
}

#[test]
fn a_signal_that_comes_while_it_starts_is_not_lost() {
    let ground = tempfile::tempdir().unwrap();
    let data = ground.path().join("data");
    let command = rokad(&[
        "sandbox",
        "--data",
        data.to_str().unwrap(),
        "--listen",
        "127.0.0.1:0",
    ]);
    let mut program = Program::start(command, "sandbox", ground.path());
    until("it begins to start", || data.exists());
    program.signal("TERM");
    assert_eq!(program.ended().code(), Some(0));
    assert!(program.printed().contains("rokad"), "it had started first");
    let house = House::start_on(ground, &[], |_| {});
    house.verify();
}

#[test]
fn a_stop_under_load_keeps_every_payout_that_was_answered() {
    let mut house = House::start();
    let demo = house.demo();
    let (saved, stopped) = (Mutex::new(Vec::<(Value, String)>::new()), AtomicBool::new(false));
    let url = format!("{}{REQUEST}", house.fact("/url"));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let client = crate::http::client(None);
                while !stopped.load(Ordering::Relaxed) {
                    let order = demo.order(3, ORDINARY);
                    let answer = try_post(&client, &url, &[], order.to_string().as_bytes());
                    if let Ok(answer) = answer
                        .as_ref()
                        .inspect_err(|_| stopped.store(true, Ordering::Relaxed))
                    {
                        assert!([200, 503].contains(&answer.status), "{}", answer.text());
                        if answer.status == 200 {
                            saved.lock().unwrap().push((order, answer.field("ref_code")));
                        }
                    }
                }
            });
        }
        until("some payouts are under way", || saved.lock().unwrap().len() >= 40);
        house.program.signal("TERM");
        assert_eq!(house.program.ended().code(), Some(0));
        stopped.store(true, Ordering::Relaxed);
    });

    let (_, ground) = house.into_ground();
    let house = House::start_on(ground, &[], |_| {});
    let saved = saved.into_inner().unwrap();
    for (order, ref_code) in &saved {
        assert_eq!(
            house.request(order).field("ref_code"),
            *ref_code,
            "known under the same name"
        );
    }
    for (_, ref_code) in &saved {
        house.becomes(&demo, ref_code, "Approved");
    }
    assert_eq!(
        house.paid_at_the_bank(3),
        house.bank("/v1/verify")["transfers"].as_u64().unwrap() as usize
    );
    assert!(house.paid_at_the_bank(3) >= saved.len());
    house.verify();
}
