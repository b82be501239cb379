//! A bank that is dead, hung or babbling is silent; nothing fails because of it.

use super::world::{KEY, World, instruction, question};
use crate::{payout::PayoutRail, sandbox::SandboxRail};
use rokad_domain::rail::Answer;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

async fn listener() -> (TcpListener, SandboxRail) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let rail = SandboxRail::new(&format!("http://{}", listener.local_addr().unwrap()), KEY).unwrap();
    (listener, rail)
}

#[tokio::test]
async fn a_dead_bank_is_silent() {
    let (listener, rail) = listener().await;
    drop(listener);
    assert_eq!(
        rail.send(&instruction("R-1", "123456789", 1)).await,
        Answer::Silent
    );
    assert_eq!(rail.ask(&question("R-1")).await, Answer::Silent);
    assert_eq!(rail.news(0).await, None);
}

#[tokio::test]
async fn a_hung_bank_is_silent_after_ten_seconds() {
    let (listener, rail) = listener().await;
    let send = tokio::spawn(async move { rail.send(&instruction("R-1", "123456789", 1)).await });
    let (mut socket, _) = listener.accept().await.unwrap();
    let read = socket.read(&mut [0; 4096]).await.unwrap();
    assert!(read > 0);
    tokio::time::pause(); // from here on, time jumps to whatever is waited for
    let began = tokio::time::Instant::now();
    assert_eq!(send.await.unwrap(), Answer::Silent);
    assert!((Duration::from_secs(9)..Duration::from_secs(11)).contains(&began.elapsed()));
}

#[tokio::test]
async fn an_answer_that_never_ends_is_silence_and_not_read_to_its_end() {
    let (listener, rail) = listener().await;
    let ask = tokio::spawn(async move { rail.ask(&question("R-1")).await });
    let (mut socket, _) = listener.accept().await.unwrap();
    socket
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n")
        .await
        .unwrap();
    let (blanks, mut taken) = ([b' '; 4096], 0);
    while socket.write_all(&blanks).await.is_ok() {
        taken += blanks.len();
        assert!(taken < 64 << 20, "64 KiB and what sockets buffer");
    }
    assert_eq!(ask.await.unwrap(), Answer::Silent);
}

#[tokio::test]
async fn a_bank_that_does_not_take_our_key_is_silent() {
    let world = World::new().await;
    let rail = SandboxRail::new(&world.base, "another key").unwrap();
    assert_eq!(
        rail.send(&instruction("R-1", "123456789", 1)).await,
        Answer::Silent
    );
    assert_eq!(rail.ask(&question("R-1")).await, Answer::Silent);
    assert_eq!(rail.news(0).await, None);
    assert!(world.bookings().await.is_empty());
}

#[tokio::test]
async fn a_reference_that_would_change_the_path_never_leaves() {
    let world = World::new().await;
    for bad in ["", "../news", "R 1", "R-1?x=", "R\r\n", &"R".repeat(65)] {
        assert_eq!(world.pay(bad, "123456789", 1).await, Answer::Silent, "{bad:?}");
        assert_eq!(world.ask(bad).await, Answer::Silent, "{bad:?}");
    }
    assert!(world.bookings().await.is_empty());
}

#[test]
fn an_address_is_http_and_a_host() {
    for good in [
        "http://127.0.0.1:9100",
        "http://127.0.0.1:9100/",
        "http://bank.internal",
    ] {
        assert!(SandboxRail::new(good, KEY).is_ok(), "{good}");
    }
    for bad in [
        "",
        "127.0.0.1:9100",
        "https://bank",
        "http://bank/v1",
        "http://",
        "http://bank?x",
    ] {
        assert!(SandboxRail::new(bad, KEY).is_err(), "{bad}");
    }
    assert!(SandboxRail::new("http://bank", "a\nkey").is_err());
}
