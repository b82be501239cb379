//! Every magic number of the sandbox bank leads a payout where it should, and every paisa is explained afterwards.

use crate::{
    house::House,
    merchant::{Merchant, ORDINARY},
};

/// Where a payout ends, and what the log says of it.
struct Row {
    number: &'static str,
    status: &'static str,
    note: &'static str,
}

const fn row(number: &'static str, status: &'static str, note: &'static str) -> Row {
    Row { number, status, note }
}

const RETURNED: &str = "The beneficiary's bank returned the money";
const FROZEN: &str = "The beneficiary's account takes no credit";
const UNKNOWN: &str = "The beneficiary's bank knows no such account";
const LIMIT: &str = "Above a limit of the beneficiary's account";
const SHORT: &str = "The paying bank could not carry out the payment";

const ROWS: &[Row] = &[
    row("account 90000000001", "Approved", "Paid"),
    row("account 90000000002", "Approved", "Paid"),
    row("account 90000000003", "Failed", UNKNOWN),
    row("account 90000000004", "Failed", FROZEN),
    row("account 90000000005", "Failed", LIMIT),
    row("account 90000000006", "Approved", "Paid"),
    row("account 90000000007", "Failed", FROZEN),
    row("account 90000000008", "Approved", "Paid"),
    row("account 90000000009", "Failed", RETURNED),
    // "Unknown" is believed 25 seconds after the intent: until then the outcome is unknown, and nothing is sent again.
    row("account 90000000010", "Processing", "Given to the bank"),
    row("account 90000000011", "Approved", "Paid"),
    row("account 90000000012", "Approved", "Paid"),
    row("account 90000000013", "Failed", SHORT),
    row("amount ₹9,901.00", "Failed", UNKNOWN),
    row("amount ₹9,902.00", "Failed", FROZEN),
    row("amount ₹9,903.00", "Failed", LIMIT),
    row("amount ₹9,904.00", "Approved", "Paid"),
    row("amount ₹9,905.00", "Failed", FROZEN),
    row("amount ₹9,906.00", "Approved", "Paid"),
    row("amount ₹9,907.00", "Failed", RETURNED),
];

impl Row {
    /// The account and the rupees of its payout.
    fn beneficiary(&self, at: usize) -> (&str, i64) {
        match self.number.split_once(' ') {
            Some(("account", number)) => (number, 1_000 + i64::try_from(at).unwrap()),
            Some((_, amount)) => (ORDINARY, crate::house::paise(amount) / 100),
            None => panic!("{}", self.number),
        }
    }
}

#[test]
fn the_rows_here_are_those_of_the_documentation() {
    let page = include_str!("../../../../docs/sandbox-bank.md");
    let documented = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let documented: Vec<&str> = documented
        .filter(|cell| cell.starts_with("account 9") || cell.starts_with("amount "))
        .collect();
    assert_eq!(documented, ROWS.iter().map(|row| row.number).collect::<Vec<_>>());
}

/// What is left of a wallet of ten lakh when every row was paid once, by `₹5 + 1 %` and 18 % GST on it.
fn expected(keeps_the_fee: bool) -> (i64, i64) {
    let (mut available, mut held) = (100_000_000, 0);
    for (at, row) in ROWS.iter().enumerate() {
        let amount = row.beneficiary(at).1 * 100;
        let fee = 500 + amount / 100;
        let price = fee + (fee * 18 + 50) / 100;
        match (row.status, row.note) {
            ("Approved", _) => available -= amount + price,
            ("Processing", _) => (available, held) = (available - amount - price, held + amount + price),
            (_, RETURNED) if keeps_the_fee => available -= price,
            _ => {}
        }
    }
    (available, held)
}

fn ends_as_it_should(house: &House, merchant: &Merchant, row: &Row, ref_code: &str) {
    let said = house.becomes(merchant, ref_code, row.status);
    let log = said["transaction_info"].as_array().unwrap();
    let statuses: Vec<&str> = log
        .iter()
        .map(|change| change["status"].as_str().unwrap())
        .collect();
    let road: &[&str] = match (row.status, row.note) {
        (_, RETURNED) => &["Pending", "Processing", "Approved", "Failed"],
        ("Processing", _) => &["Pending", "Processing"],
        (status, _) => &["Pending", "Processing", status],
    };
    assert_eq!(
        (statuses.as_slice(), &log[log.len() - 1]["note"]),
        (road, &row.note.into()),
        "{}",
        row.number
    );
    let (utr, processed) = (
        said["bank_ref"].as_str().unwrap(),
        said["processed_amount"].as_i64().unwrap(),
    );
    assert_eq!(
        !utr.is_empty(),
        road.contains(&"Approved"),
        "{} {utr}",
        row.number
    );
    assert_eq!(processed > 0, row.status == "Approved", "{}", row.number);
}

#[test]
fn every_magic_number_leads_where_it_should_and_the_books_agree() {
    let house = House::start();
    let fees = ["--fee-flat", "5", "--fee-bps", "100"];
    let keeps = house.merchant(&fees);
    let gives_back = house.merchant(&[&fees[..], &["--give-fee-back"]].concat());
    let mut under_way = Vec::new();
    for merchant in [&keeps, &gives_back] {
        for (at, row) in ROWS.iter().enumerate() {
            let (account, rupees) = row.beneficiary(at);
            under_way.push((merchant, row, house.pay_to(merchant, rupees, account)));
        }
    }
    for (merchant, row, ref_code) in &under_way {
        ends_as_it_should(&house, merchant, row, ref_code);
    }
    assert_eq!(house.wallet(&keeps), expected(true));
    assert_eq!(house.wallet(&gives_back), expected(false));

    let (ours, theirs) = (house.verify(), house.bank("/v1/verify"));
    assert_eq!(
        (&theirs["balanced"], &theirs["wrong_bookings"]),
        (&true.into(), &serde_json::json!([]))
    );
    // The bank got what we opened it with; the wallets of this test were funded in our book alone.
    let account = &theirs["accounts"][0];
    let funded_here = 2 * 100_000_000;
    let bank = ours.row_beginning("bank:");
    assert_eq!(bank - funded_here, account["balance_paise"].as_i64().unwrap());
    assert_eq!(account["blocked_paise"], 0);
    let mut under_way = 0;
    for (at, row) in ROWS.iter().enumerate() {
        let rupees = row.beneficiary(at).1;
        let times = if row.status == "Approved" || row.note == RETURNED {
            2
        } else {
            0
        };
        assert_eq!(
            house.paid_at_the_bank(rupees),
            times,
            "{}: once for each merchant",
            row.number
        );
        under_way += if row.status == "Processing" {
            2 * 100 * rupees
        } else {
            0
        };
    }
    assert_eq!(house.under_way(), under_way, "what is over is not under way");
}
