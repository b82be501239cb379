//! The customer at the bank's pages.

use super::{
    super::scripts::LATE_MS,
    world::{GOOD_CARD, GOOD_FOR, RETURN_URL, World, card, get, http, page, post, question, rrn},
};
use crate::collect::CollectRail;
use rokad_domain::acquirer::{Answer, Fault, Means};

#[tokio::test]
async fn a_customer_who_answers_the_password_has_paid_and_comes_back() {
    let world = World::new().await;
    let page = world.page_of("R-1", card(GOOD_CARD)).await;
    let html = get(&page).await;
    for shown in ["₹1,23,456.00", "512345XXXXXX2346", "Mastercard", "Sandbox bank"] {
        assert!(html.contains(shown), "{shown}: {html}");
    }
    assert_eq!(post(&page, "choice=pay&otp=123456").await, RETURN_URL);
    let paid = world.ask("R-1").await;
    assert_eq!(
        world.captured().await,
        [("R-1".to_owned(), rrn(&paid).as_str().to_owned())]
    );
}
