//! The acquirer is silent, lies or is lost, the gateway is killed: the customer sees the truth in the end, and is charged once.

use super::{
    checkout::{Browser, Checkout, OTP, PAID_AT_ONCE, WITH_PAGE, card, upi},
    shop::RESPONSE,
};
use crate::{house::House, waiting::until};
use std::thread;

#[test]
fn whatever_the_acquirer_says_at_first_the_checkout_shows_the_truth_in_the_end() {
    let house = House::start();
    let shop = house.shop();
    let begun = |amount: &str, means: &[(&str, &str)]| {
        let (order, checkout) = shop.checkout(amount);
        let page = checkout.pay(means);
        assert_eq!(
            (page.stage().as_str(), shop.word(&order).as_str()),
            ("checking", "Initiated"),
            "{amount}"
        );
        assert!(page.text().contains("Do not pay again"));
        (order, checkout)
    };
    let silent = begun("401", &card("4012001037140064"));
    let refused = begun("402", &card("4012001037140072"));
    let lost = begun("403", &card("4012001037140080"));
    let never = begun("404", &card("4012001037140098"));
    let garbage = begun("405", &card("4012001037140106"));
    let silent_upi = begun("406", &upi("silent@payu"));
    let never_upi = begun("407", &upi("never@payu"));

    // While nobody knows, no other attempt begins, whatever is sent.
    for (_, checkout) in [&never, &never_upi] {
        for attempt in ["1", "2"] {
            for action in ["/pay", "/cancel", "/give-up"] {
                checkout.send_as(attempt, action, &card(PAID_AT_ONCE));
                assert_eq!(checkout.page().stage(), "checking", "{attempt} {action}");
            }
        }
    }
    for (order, checkout) in [&silent, &garbage, &silent_upi] {
        let told = shop.told(order, &checkout.becomes("paid"));
        assert_eq!(told.status, "success");
    }
    let page = refused.1.becomes("choose");
    assert!(page.notice().contains("declined"), "{}", page.notice());
    let page = lost.1.becomes("at_bank");
    assert_eq!(
        lost.1.at_the_bank(&page, OTP).stage(),
        "paid",
        "the page was found by asking"
    );
    for (order, checkout) in [&never, &never_upi] {
        assert_eq!(checkout.page().stage(), "checking");
        let said = &shop.result(RESPONSE, order)["postBackParam"];
        assert_eq!(
            (&said["status"], &said["unmappedstatus"]),
            (&"pending".into(), &"pending".into())
        );
    }
    let taken = [401, 402, 403, 404, 405, 406, 407].map(|rupees| house.captured_at_the_acquirer(rupees));
    assert_eq!(taken, [1, 0, 1, 0, 1, 1, 0]);
    house.verify();
}

impl House {
    /// Kills it, and starts it again on what it had on disk.
    pub fn killed_and_restarted(mut self) -> Self {
        self.program.signal("KILL");
        self.program.ended();
        let (_, ground) = self.into_ground();
        Self::start_on(ground, &[], |_| {})
    }

    /// The same checkout, wherever the gateway is now.
    fn again(&self, checkout: &Checkout) -> Checkout {
        Checkout {
            browser: Browser::new(self.client.clone(), self.fact("/url")),
            token: checkout.token.clone(),
        }
    }
}

#[test]
fn a_silent_payment_that_outlives_a_kill_is_shown_as_paid() {
    let house = House::start();
    let shop = house.shop();
    let (silent, app) = (shop.checkout("411"), shop.checkout("412"));
    assert_eq!(silent.1.pay(&card("4012001037140064")).stage(), "checking");
    assert_eq!(app.1.pay(&upi("anything@payu")).stage(), "in_app");
    let house = house.killed_and_restarted();
    let shop = house.shop();
    for (order, checkout) in [&silent, &app] {
        let told = shop.told(order, &house.again(checkout).becomes("paid"));
        assert_eq!(told.status, "success");
    }
    assert_eq!(
        (
            house.captured_at_the_acquirer(411),
            house.captured_at_the_acquirer(412)
        ),
        (1, 1)
    );
    house.verify();
}

#[test]
fn payments_under_way_when_the_gateway_is_killed_are_charged_once_at_most_and_told_truly() {
    let house = House::start();
    let shop = house.shop();
    let begun: Vec<_> = (0..24).map(|_| shop.checkout("421")).collect();
    thread::scope(|scope| {
        for chunk in begun.chunks(6) {
            scope.spawn(move || {
                for (_, checkout) in chunk {
                    // The gateway dies somewhere in the middle: then nobody answers.
                    let _ = checkout.try_pay(PAID_AT_ONCE);
                }
            });
        }
        until("some are paid", || house.captured_at_the_acquirer(421) >= 4);
        house.program.signal("KILL");
    });
    let house = house.killed_and_restarted();
    let shop = house.shop();
    until("all that was captured is shown as paid", || {
        let shown = begun
            .iter()
            .filter(|(_, checkout)| house.again(checkout).page().stage() == "paid")
            .count();
        shown == house.captured_at_the_acquirer(421)
    });
    let mut paid = 0;
    for (order, checkout) in &begun {
        let page = house.again(checkout).page();
        assert!(["paid", "choose", "checking"].contains(&page.stage().as_str()));
        if page.stage() == "paid" {
            paid += 1;
            assert_eq!(shop.told(order, &page).status, "success");
        }
    }
    assert!(paid >= 4, "{paid}");
    house.verify();
}

#[test]
fn a_checkout_that_waits_at_the_bank_goes_on_after_a_kill() {
    let house = House::start();
    let shop = house.shop();
    let (order, checkout) = shop.checkout("431");
    assert_eq!(checkout.pay(&card(WITH_PAGE)).stage(), "at_bank");
    let house = house.killed_and_restarted();
    let checkout = house.again(&checkout);
    // The bank of a sandbox is at another address after a restart, as no real one is: the link is found by asking.
    let at_the_bank = house.fact("/bank").to_owned();
    let page = crate::waiting::found("the link leads to the bank", || {
        checkout.browser.get(&checkout.at("/return"));
        Some(checkout.page()).filter(|page| page.link().starts_with(&at_the_bank))
    });
    checkout.browser.sent_on(&page.link(), OTP[0]);
    assert_eq!(
        house.shop().told(&order, &checkout.becomes("paid")).status,
        "success"
    );
    assert_eq!(house.captured_at_the_acquirer(431), 1);
}
