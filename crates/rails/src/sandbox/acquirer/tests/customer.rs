//! The customer at the bank's pages.

use super::{
    super::scripts::{OTP, PASSWORD, USER},
    world::{GOOD_CARD, GOOD_FOR, RETURN_URL, World, card, get, http, page, post, rrn},
};
use rokad_domain::acquirer::{Answer, Fault, Means};

const PAY: &str = "choice=pay&otp=123456";

fn refused(fault: Fault) -> Answer {
    Answer::Refused(fault)
}

#[tokio::test]
async fn a_customer_who_answers_the_password_has_paid_and_comes_back() {
    let world = World::new().await;
    let page = world.page_of("R-1", card(GOOD_CARD)).await;
    let html = get(&page).await;
    for shown in [
        "₹1,23,456.00",
        "512345XXXXXX2346",
        "Mastercard",
        "Sandbox bank",
        OTP,
    ] {
        assert!(html.contains(shown), "{shown}: {html}");
    }
    assert_eq!(post(&page, PAY).await, RETURN_URL);
    let paid = world.ask("R-1").await;
    assert_eq!(
        world.captured().await,
        [("R-1".to_owned(), rrn(&paid).as_str().to_owned())]
    );
}

#[tokio::test]
async fn the_same_form_posted_again_captures_nothing_more_and_leads_back() {
    let world = World::new().await;
    let page = world.page_of("R-1", card(GOOD_CARD)).await;
    post(&page, PAY).await;
    let paid = world.ask("R-1").await;
    for form in [PAY, "choice=pay&otp=000000", "choice=cancel", ""] {
        assert_eq!(post(&page, form).await, RETURN_URL, "{form}");
        assert_eq!(world.ask("R-1").await, paid, "{form}");
    }
    assert!(
        get(&page).await.contains("You have paid"),
        "going back shows how it ended"
    );
    assert_eq!(world.captured().await.len(), 1);
}

#[tokio::test]
async fn a_wrong_password_may_be_tried_again_but_not_a_third_time() {
    let world = World::new().await;
    let page = world.page_of("R-1", card(GOOD_CARD)).await;
    for left in ["2 tries left", "1 try left"] {
        let back_here = post(&page, "choice=pay&otp=000000").await;
        assert!(page.ends_with(&back_here), "{back_here}");
        assert!(get(&page).await.contains(left));
        assert_eq!(world.ask("R-1").await, Answer::Waiting(Some(page.clone())));
    }
    assert_eq!(post(&page, "choice=pay&otp=000000").await, RETURN_URL);
    assert_eq!(post(&page, PAY).await, RETURN_URL, "too late");
    assert_eq!(world.ask("R-1").await, refused(Fault::OtpIncorrect));
    let second = world.page_of("R-2", card(GOOD_CARD)).await;
    post(&second, "choice=pay&otp=000000").await;
    assert_eq!(post(&second, "choice=pay&otp=+123456+").await, RETURN_URL);
    rrn(&world.ask("R-2").await);
}

#[tokio::test]
async fn wrong_passwords_are_counted_across_a_restart() {
    let world = World::new().await;
    let page = world.page_of("R-1", card(GOOD_CARD)).await;
    for _ in 0..2 {
        post(&page, "choice=pay&otp=1").await;
    }
    let path = page.strip_prefix(&world.base).unwrap().to_owned();
    let world = world.restart().await;
    post(&format!("{}{path}", world.base), "choice=pay&otp=1").await;
    assert_eq!(world.ask("R-1").await, refused(Fault::OtpIncorrect));
}

#[tokio::test]
async fn a_customer_may_turn_back_at_every_page() {
    let world = World::new().await;
    let means: [(&str, Means); 3] = [
        ("card", card(GOOD_CARD)),
        ("bank", Means::NetBanking("TESTPGNB".into())),
        ("wallet", Means::Wallet("PAYUW".into())),
    ];
    for (reference, means) in means {
        let page = world.page_of(reference, means).await;
        assert_eq!(post(&page, "choice=cancel").await, RETURN_URL);
        assert_eq!(world.ask(reference).await, refused(Fault::CancelledAtBank));
    }
    assert!(world.captured().await.is_empty());
}

#[tokio::test]
async fn a_bank_asks_who_it_is_before_it_asks_for_the_password() {
    let world = World::new().await;
    let page = world.page_of("R-1", Means::NetBanking("TESTPGNB".into())).await;
    let login = format!("choice=login&user={USER}&password={PASSWORD}");
    assert!(get(&page).await.contains("name=\"password\""));
    post(&page, PAY).await;
    assert!(
        get(&page).await.contains("name=\"password\""),
        "no way around the login"
    );
    post(&page, "choice=login&user=payu&password=wrong").await;
    assert!(
        get(&page)
            .await
            .contains("User or password is wrong. 2 tries left")
    );
    post(&page, &login).await;
    post(&page, &login).await; // a double click
    let html = get(&page).await;
    assert!(
        html.contains("name=\"otp\"") && !html.contains("is wrong"),
        "{html}"
    );
    assert_eq!(post(&page, PAY).await, RETURN_URL);
    rrn(&world.ask("R-1").await);
}

#[tokio::test]
async fn three_wrong_logins_are_refused() {
    let world = World::new().await;
    let page = world.page_of("R-1", Means::NetBanking("TESTPGNB".into())).await;
    for _ in 0..3 {
        post(&page, "choice=login&user=x&password=y").await;
    }
    assert_eq!(world.ask("R-1").await, refused(Fault::AuthenticationFailed));
}

#[tokio::test]
async fn a_wallet_shows_its_balance_before_it_pays() {
    let world = World::new().await;
    let page = world.page_of("R-1", Means::Wallet("PAYUW".into())).await;
    post(&page, PAY).await;
    post(&page, PAY).await; // a double click must not press the next button
    assert!(get(&page).await.contains("₹1,23,956.00"));
    assert!(world.captured().await.is_empty());
    assert_eq!(post(&page, "choice=confirm").await, RETURN_URL);
    rrn(&world.ask("R-1").await);
}

#[tokio::test]
async fn a_page_whose_time_is_over_says_so_and_leads_back() {
    let world = World::new().await;
    let page = world.page_of("R-1", card(GOOD_CARD)).await;
    world.pass(GOOD_FOR).await;
    assert!(
        get(&page).await.contains("One-time password"),
        "good to the last moment"
    );
    world.pass(1).await;
    assert!(page.ends_with(&post(&page, PAY).await), "nothing is captured");
    let html = get(&page).await;
    assert!(html.contains("expired") && html.contains(&format!("href=\"{RETURN_URL}\"")));
    assert_eq!(world.ask("R-1").await, refused(Fault::NotFinished));
    assert!(world.captured().await.is_empty());
}

#[tokio::test]
async fn a_guessed_address_shows_nothing_and_does_nothing() {
    let world = World::new().await;
    world.page_of("R-1", card(GOOD_CARD)).await;
    for token in ["0", &"f".repeat(32), "%00", "R-1"] {
        let address = format!("{}/customer/{token}", world.base);
        for method in ["GET", "POST"] {
            assert_eq!(http(&address, method, None, PAY).await.0, 404, "{token}");
        }
    }
    assert!(world.captured().await.is_empty());
}

#[tokio::test]
async fn a_form_that_cannot_be_read_answers_nothing() {
    let world = World::new().await;
    let page = world.page_of("R-1", card(GOOD_CARD)).await;
    for form in [
        "",
        "{}",
        "otp=123456",
        "choice=confirm",
        "choice=%FF&otp=%FF",
        "choice=pay&choice=pay",
    ] {
        assert!(page.ends_with(&post(&page, form).await), "{form}");
    }
    assert!(!get(&page).await.contains("is wrong"), "and counts as no mistake");
}

#[tokio::test]
async fn pages_are_guarded_and_let_only_the_shop_be_reached() {
    let world = World::new().await;
    let at = world.page_of("R-1", card(GOOD_CARD)).await;
    let (_, headers, _) = http(&at, "GET", None, "").await;
    assert_eq!(
        headers["content-security-policy"],
        "default-src 'none'; style-src 'self'; base-uri 'none'; \
         form-action 'self' http://shop.example:7300; frame-ancestors 'none'"
    );
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(headers[name], value);
    }
    let html = get(&at).await;
    assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">") && !html.contains("<script"));
    assert_eq!(
        http(&format!("{}/customer.css", world.base), "GET", None, "")
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn two_charges_have_pages_of_their_own() {
    let world = World::new().await;
    let one = world.page_of("R-1", card(GOOD_CARD)).await;
    let two = page(&world.charge("R-2", card(GOOD_CARD)).await);
    post(&one, PAY).await;
    assert_eq!(world.ask("R-2").await, Answer::Waiting(Some(two)));
}
