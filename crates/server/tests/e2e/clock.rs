//! The sandbox's clock: a merchant tests a month in a second.

use crate::{
    collect::checkout::{PAID_AT_ONCE, card},
    house::House,
    waiting::until,
};

#[test]
fn a_month_passes_in_a_second() {
    let house = House::start();
    let shop = house.shop();
    // A customer who never came back, one who paid, and one whose bank wants the money back.
    let (left, abandoned) = shop.checkout("300");
    let (paid, checkout) = shop.checkout("400");
    assert_eq!(checkout.pay(&card(PAID_AT_ONCE)).stage(), "paid");
    let (disputed, checkout) = shop.checkout("7701");
    assert_eq!(checkout.pay(&card(PAID_AT_ONCE)).stage(), "paid");
    until("it is disputed", || shop.word(&disputed) == "Under Dispute");
    assert!(house.tell(&["clock", "show"]).contains("(0 d 0 h 0 min"));

    let said = house.tell(&["clock", "advance", "16m"]);
    assert!(said.contains("(0 d 0 h 16 min 0 s ahead)"), "{said}");
    until("the checkout has expired", || shop.word(&left) == "Dropped");
    let page = abandoned.page();
    assert_eq!(shop.told(&left, &page).unmapped, "dropped");
    assert_eq!(shop.word(&paid), "Money with Payumoney");

    house.tell(&["clock", "advance", "6d"]);
    until("it is settled", || shop.word(&paid) == "Money Settled");
    assert_eq!(shop.word(&disputed), "Under Dispute");
    house.tell(&["clock", "advance", "4w"]);
    until("the deadline is over, and the dispute lost", || {
        shop.word(&disputed) == "Refunded"
    });
    house.verify();

    // Payouts go on, and a restart keeps the time.
    let house = house.restart();
    assert!(house.tell(&["clock", "show"]).contains("(34 d 0 h 16 min"));
    let merchant = house.demo();
    let ref_code = house.pay(&merchant, 250);
    until("it is paid", || {
        house.tell(&["payout", "show", &ref_code]).contains("Approved")
    });
    house.verify();
}

#[test]
fn a_clock_goes_forward_in_sandboxes_alone() {
    let house = House::start();
    for by in ["-3d", "3", "0s", "12y", "11000d"] {
        let said = house.command(&["clock", "advance", "--", by]);
        assert!(!said.ok, "{by}: {}", said.out);
    }
    let nowhere = house.data().join("nothing");
    let said = crate::program::run(&["clock", "advance", "3d", "--data", nowhere.to_str().unwrap()]);
    assert!(
        !said.ok && said.err.contains("there is no sandbox"),
        "{}",
        said.err
    );
}

#[test]
fn a_callback_that_nobody_takes_is_tried_and_given_up_as_time_passes() {
    let house = House::start();
    let receiver = crate::receiver::Receiver::replying(|_, _| crate::receiver::Reply::Status(500));
    house.tell(&["webhook", "add", house.fact("/payout/pid"), &receiver.url]);
    house.tell(&["trigger", "payment.failed"]);
    until("it was tried", || !receiver.told().is_empty());
    for (tries, by) in [(2, "7s"), (3, "20s"), (4, "90s"), (5, "7m")] {
        house.tell(&["clock", "advance", by]);
        until("it is tried again", || receiver.told().len() >= tries);
    }
    house.verify();
}
