//! Before the storm: a bank with money, a sandbox that is killed already while it seeds itself, and a merchant.

use crate::{
    book,
    chance::Chance,
    merchant::{COLLECT_FEE_BPS, COLLECT_FEE_FLAT_PAISE, FEE_BPS, FEE_FLAT_PAISE, Merchant, WALLET_RUPEES},
    place::{Place, text},
    program::Program,
    shop::Shop,
    waiting::{pause, until},
};
use std::{sync::Arc, time::Duration};

/// What the sandbox's own book opens with, in rupees.
pub const SANDBOX_RUPEES: i64 = 100_000_000;

/// Of these the demo merchant's, in rupees.
pub const SANDBOX_WALLET_RUPEES: i64 = 5_000_000;

/// The operator's account at the sandbox bank.
pub const BANK_ACCOUNT: &str = "100000000001";

/// Kills during the first starts, until one is let live.
const KILLS: usize = 6;

/// Makes it a place where everything stands and nothing runs.
pub fn open(place: &Place, chance: &mut Chance) -> (Arc<Merchant>, Shop) {
    std::fs::create_dir(place.data()).unwrap();
    open_bank(place);
    for _ in 0..KILLS {
        let mut first = Program::start(place);
        pause(chance.ms(1, 90));
        first.kill();
    }
    Program::start(place).ready().stop();
    let seeded = book::verify(place);
    assert_eq!(
        seeded.balance("bank:1"),
        SANDBOX_RUPEES * 100,
        "the seed is whole"
    );

    let shop = Shop::open(chance.split());
    let merchant = Arc::new(Merchant::add(place, &shop.url()));
    shop.believes(&merchant);
    (merchant, shop)
}

/// The bank has what the sandbox will believe it has, and what the merchant will bring.
fn open_bank(place: &Place) {
    let (data, key) = (place.data().join("bank"), place.path("bank.key"));
    let account = format!("{BANK_ACCOUNT}:{}", SANDBOX_RUPEES + WALLET_RUPEES);
    let listen = place.bank_listen();
    let args = [
        "bank",
        "--data",
        text(&data),
        "--key-file",
        text(&key),
        "--listen",
        &listen,
        "--account",
        &account,
    ];
    let bank = Program::spawn(place, &args);
    until("the bank answers", Duration::from_secs(30), || {
        std::net::TcpStream::connect(&listen).is_ok()
    });
    bank.stop();
}

/// What the merchant pays for a payout of so many paise: the fee and the tax on it, half a paisa up.
pub fn price(paise: i64) -> (i64, i64) {
    by_contract(paise, FEE_FLAT_PAISE, FEE_BPS)
}

/// The same for a payment collected.
pub fn collect_price(paise: i64) -> (i64, i64) {
    by_contract(paise, COLLECT_FEE_FLAT_PAISE, COLLECT_FEE_BPS)
}

fn by_contract(paise: i64, flat: i64, bps: i64) -> (i64, i64) {
    let fee = flat + (paise * bps + 5_000) / 10_000;
    (fee, (fee * 1_800 + 5_000) / 10_000)
}
