//! Rokad's book, as `rokad verify` and `rokad merchant show` tell it.

use crate::place::Place;
use std::collections::HashMap;

#[derive(PartialEq, Debug)]
pub struct Book {
    pub text: String,
    pub callbacks: Callbacks,
    balances: HashMap<String, i64>,
    payouts: HashMap<String, usize>,
    /// How many have a status, and their sum in paise.
    payments: HashMap<String, (usize, i64)>,
}

#[derive(PartialEq, Debug, Default)]
pub struct Callbacks {
    pub delivered: usize,
    pub owed: usize,
}

impl Book {
    /// Whether the bank said something that the book contradicts.
    pub fn is_contradicted(&self) -> bool {
        self.text.contains("contradict")
    }

    /// Paise in an account. One that nobody used holds nothing.
    pub fn balance(&self, account: &str) -> i64 {
        self.balances.get(account).copied().unwrap_or(0)
    }

    /// How many payouts have this status.
    pub fn count(&self, status: &str) -> usize {
        self.payouts.get(status).copied().unwrap_or(0)
    }

    pub fn all_payouts(&self) -> usize {
        self.payouts.values().sum()
    }

    /// How many payments have this status, and their sum in paise.
    pub fn payments(&self, status: &str) -> (usize, i64) {
        self.payments.get(status).copied().unwrap_or_default()
    }

    pub fn all_payments(&self) -> usize {
        self.payments.values().map(|(count, _)| count).sum()
    }
}

/// Proves the book. It has to be sound.
pub fn verify(place: &Place) -> Book {
    let text = place.run(&["verify"], &[]);
    let (mut balances, mut callbacks) = (HashMap::new(), None);
    let (mut payouts, mut payments) = (HashMap::new(), HashMap::new());
    let mut section = "";
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match (line.starts_with("  "), section, words.as_slice()) {
            (true, "Accounts,", [account, _, amount]) => {
                balances.insert((*account).to_owned(), paise(amount));
            }
            (true, "Payouts", [status, count, _]) => {
                payouts.insert((*status).to_owned(), count.parse().unwrap());
            }
            (true, "Payments", [status, count, amount]) => {
                payments.insert((*status).to_owned(), (count.parse().unwrap(), paise(amount)));
            }
            (false, _, ["Callbacks:", delivered, "delivered,", owed, "owed,", "0", ..]) => {
                callbacks = Some(Callbacks {
                    delivered: delivered.parse().unwrap(),
                    owed: owed.parse().unwrap(),
                });
            }
            (false, _, [first, ..]) => section = first,
            _ => panic!("a line that nobody understands: {line:?}"),
        }
    }
    assert!(text.contains("Sound: "), "{text}");
    let callbacks = callbacks.unwrap_or_else(|| panic!("callbacks were given up:\n{text}"));
    Book {
        text,
        callbacks,
        balances,
        payouts,
        payments,
    }
}

/// What a merchant is shown as available and held, in paise.
pub fn wallet(place: &Place, pid: &str) -> (i64, i64) {
    let shown = place.run(&["merchant", "show"], &[pid]);
    let row = |name: &str| {
        let line = shown
            .lines()
            .find(|line| line.split_whitespace().next() == Some(name));
        paise(line.unwrap().split_whitespace().nth(1).unwrap())
    };
    (row("available"), row("held"))
}

/// Reads `-₹1,23,456.05`.
fn paise(shown: &str) -> i64 {
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    let paise: i64 = digits.parse().unwrap_or_else(|_| panic!("no amount: {shown:?}"));
    if shown.starts_with('-') { -paise } else { paise }
}
