//! `/events`: a page that waits is told when it is out of date, and never holds up a stop.

use super::checkout::{Checkout, PAID_AT_ONCE, WITH_PAGE, card, upi};
use crate::{
    house::House,
    http::{bytes, connect},
};
use std::{
    io::{Read, Write},
    net::TcpStream,
};

/// Begins to listen as the page of this attempt and stage does.
fn listen(house: &House, checkout: &Checkout, attempt: u32, page: &str) -> TcpStream {
    let target = checkout.at(&format!("/events?attempt={attempt}&page={page}"));
    let mut stream = connect(house.address());
    stream
        .write_all(&bytes("GET", &target, &["Accept: text/event-stream"], b""))
        .unwrap();
    stream
}

/// Reads until this has come.
fn hear(stream: &mut TcpStream, text: &str) -> String {
    let (mut heard, mut some) = (Vec::new(), [0; 1_024]);
    loop {
        let said = String::from_utf8_lossy(&heard).into_owned();
        if said.contains(text) {
            return said;
        }
        let count = stream.read(&mut some).unwrap();
        assert!(count > 0, "it ended with {said:?}");
        heard.extend(&some[..count]);
    }
}

/// Reads to the end, which comes with the change.
fn to_the_end(stream: &mut TcpStream) -> String {
    let (mut heard, mut some) = (Vec::new(), [0; 1_024]);
    loop {
        let count = stream.read(&mut some).unwrap();
        heard.extend(&some[..count]);
        let said = String::from_utf8_lossy(&heard).into_owned();
        if count == 0 {
            return said;
        }
        assert!(said.matches(": waiting").count() < 8, "it waits in vain: {said}");
    }
}

const CHANGED: &str = "event: changed\ndata: 1\n\n";

#[test]
fn a_page_that_is_out_of_date_is_told_at_once_and_one_that_is_not_when_it_changes() {
    let house = House::start();
    let shop = house.shop();
    let (_, checkout) = shop.checkout("21");
    for (attempt, page) in [(0, "in_app"), (1, "choose"), (0, ""), (9, "checking")] {
        let heard = to_the_end(&mut listen(&house, &checkout, attempt, page));
        assert!(
            heard.contains("HTTP/1.1 200")
                && heard.contains("text/event-stream")
                && heard.contains("no-store"),
            "{heard}"
        );
        assert!(
            heard.contains(CHANGED) && !heard.contains(": waiting"),
            "{attempt} {page}: {heard}"
        );
    }

    let mut waits = listen(&house, &checkout, 0, "choose");
    hear(&mut waits, ": waiting");
    checkout.pay(&card(WITH_PAGE));
    assert!(to_the_end(&mut waits).contains(CHANGED), "an attempt began");

    let mut waits = listen(&house, &checkout, 1, "at_bank");
    hear(&mut waits, ": waiting");
    checkout.go("/change", &[]);
    assert!(to_the_end(&mut waits).contains(CHANGED), "it was called off");

    checkout.pay(&upi("anything@payu"));
    let mut waits = listen(&house, &checkout, 2, "in_app");
    hear(&mut waits, ": waiting");
    assert!(
        to_the_end(&mut waits).contains(CHANGED),
        "the customer paid in the app"
    );
    assert_eq!(checkout.page().stage(), "paid");
    let heard = to_the_end(&mut listen(&house, &checkout, 2, "in_app"));
    assert!(heard.contains(CHANGED));
}

#[test]
fn another_payment_does_not_disturb() {
    let house = House::start();
    let shop = house.shop();
    let ((_, one), (_, other)) = (shop.checkout("22"), shop.checkout("22"));
    let mut waits = listen(&house, &one, 0, "choose");
    hear(&mut waits, ": waiting");
    assert_eq!(other.pay(&card(PAID_AT_ONCE)).stage(), "paid");
    assert_eq!(one.go("/cancel", &[]).stage(), "cancelled");
    let heard = to_the_end(&mut waits);
    assert!(heard.matches("event: changed").count() == 1, "{heard}");
}

#[test]
fn pages_that_wait_do_not_hold_up_a_stop() {
    let mut house = House::start();
    let shop = house.shop();
    let (_, checkout) = shop.checkout("23");
    checkout.pay(&card("4012001037140098"));
    let mut pages: Vec<TcpStream> = (0..20)
        .map(|_| listen(&house, &checkout, 1, "checking"))
        .collect();
    for page in &mut pages {
        hear(page, ": waiting");
    }
    assert_eq!(
        house.program.stop().code(),
        Some(0),
        "it ended within ten seconds"
    );
    for page in &mut pages {
        let _ = page.read_to_end(&mut Vec::new());
    }
}
