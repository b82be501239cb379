//! The gateway on a PostgreSQL server: the setting `database`, and nothing else, is different.

use crate::{database::Database, gateway::Gateway, merchant::ORDINARY};
use rokad_store::Place;

#[test]
fn one_line_moves_the_book_to_a_server_and_what_was_promised_survives_a_kill_there() {
    let db = Database::postgres();
    let Place::Server(url) = db.place() else {
        panic!("it is on a server")
    };
    let mut gateway = Gateway::start(&format!("database = {url:?}"));
    let shop = gateway.merchant(&["--address", "127.0.0.1"]);
    let paid = gateway.request(&shop.order(1_234, ORDINARY)).field("ref_code");
    gateway.becomes(&shop, &paid, "Approved");
    // Killed with payouts under way; they are in the server's book, and go on from there.
    let promised: Vec<String> = (1..=20)
        .map(|rupees| gateway.request(&shop.order(rupees, ORDINARY)).field("ref_code"))
        .collect();
    gateway.program.signal("KILL");
    gateway.program.ended();
    gateway.serve_again();
    let mut approved = 1;
    for ref_code in promised {
        // One of which the bank never heard fails, once that is certain.
        let end = gateway.becomes_one_of(&shop, &ref_code, &["Approved", "Failed"]);
        approved += i64::from(end["status"] == "Approved");
    }
    assert!(gateway.tell(&["verify"]).contains("Sound: "));
    let paid = "SELECT COUNT(*) FROM payouts WHERE utr IS NOT NULL";
    assert_eq!(db.number(paid), approved);
    assert_eq!(gateway.program.stop().code(), Some(0));
}
