//! The page for people.

use super::world::{World, raw, utr};
use crate::sandbox::bank::scripts;

#[tokio::test]
async fn the_page_shows_accounts_transfers_and_magic_numbers_without_a_key() {
    let world = World::new().await;
    let paid = utr(&world.pay("R-PAID", "123456789", 1_234).await);
    world.pay("R-FROZEN", "90000000004", 1).await;
    let (status, page) = raw(&world.base, "GET", "/", "", "").await;
    let page = String::from_utf8(page.to_vec()).unwrap();
    assert_eq!(status.as_u16(), 200);
    for shown in [
        "R-PAID",
        paid.as_str(),
        "₹1,234.00",
        "R-FROZEN",
        "account_frozen",
        "₹99,98,766.00",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    for (magic, _) in scripts::rows() {
        assert!(page.contains(&magic), "{magic}");
    }
    assert!(!page.contains("123456789") && !page.contains("<script"));
}

#[tokio::test]
async fn what_the_page_shows_is_escaped() {
    let world = World::new().await;
    let (_, page) = raw(&world.base, "GET", "/", "", "").await;
    let page = String::from_utf8(page.to_vec()).unwrap();
    assert!(page.contains("Rokad &lt;Operator&gt;") && !page.contains("<Operator>"));
}

#[tokio::test]
async fn the_page_shows_the_last_fifty_transfers() {
    let world = World::new().await;
    for n in 100..160 {
        utr(&world.pay(&format!("R-{n}"), "123456789", 1).await);
    }
    let (_, page) = raw(&world.base, "GET", "/", "", "").await;
    let page = String::from_utf8(page.to_vec()).unwrap();
    assert_eq!(page.matches(">R-").count(), 50);
    assert!(page.contains("R-159") && page.contains("R-110") && !page.contains("R-109"));
}
