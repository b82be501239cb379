//! The bank and its acquirer, in one directory and at one address.

use super::world::{KEY, START, World, card, http, order};
use crate::{
    collect::CollectRail,
    sandbox::{AcquirerRail, Bank},
};
use rokad_domain::{UnixMs, acquirer::Answer};
use std::sync::Arc;

#[tokio::test]
async fn the_bank_and_its_acquirer_share_a_directory_an_address_and_a_key() {
    let world = World::new().await;
    let bank = Bank::open(world.dir.path(), Arc::new(|| UnixMs(START)), vec![]).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let both = bank.router(KEY).merge(world.acquirer.router(KEY));
    tokio::spawn(async move { axum::serve(listener, both).await });
    let rail = AcquirerRail::new(&base, KEY).unwrap();
    let charged = rail.charge(order("R-1", card("4012001037140015"))).await;
    assert!(matches!(charged, Answer::Captured(_)), "{charged:?}");
    for (path, key, status) in [
        ("/", None, 200),
        ("/acquirer", None, 200),
        ("/customer.css", None, 200),
        ("/bank.css", None, 200),
        ("/v1/accounts", Some(KEY), 200),
        ("/v1/verify", Some(KEY), 200),
        ("/v1/charges", Some(KEY), 200),
        ("/v1/charges", None, 401),
        ("/v1/accounts", None, 401),
        ("/v1/nothing", Some(KEY), 404),
        ("/nothing", None, 404),
    ] {
        let uri = format!("{base}{path}");
        assert_eq!(http(&uri, "GET", key, "").await.0, status, "{path}");
    }
}
