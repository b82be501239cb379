//! Three books: what merchants were told, Rokad's, and the bank's.

use std::time::{Duration, Instant};

use super::clients::{AllTold, Told, ask};
use super::gateway::{ACCOUNT, Gateway, NODES};
use crate::Result;

/// Everything must have its end within this time: an instruction that died with a node is certain to be void 20 s later.
const SETTLED_WITHIN: Duration = Duration::from_secs(180);

/// Who send all orders once more, at once.
const ASKERS: usize = 32;

/// Bookings of a page of the bank's statement.
const PAGE: usize = 500;

#[derive(Default)]
pub struct Judge {
    told: Vec<Told>,
}

/// Payouts of one status in Rokad's book.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Row {
    count: usize,
    paise: i64,
}

impl Judge {
    /// Compares them, over all scenarios so far. Says how many payouts there are.
    pub async fn compare(&mut self, gateway: &Gateway, more: AllTold) -> Result<String> {
        missing(gateway, &more.told)?;
        self.told.extend(more.told);
        let book = settled(gateway).await?;
        let (approved, failed) = (row(&book, "Approved"), row(&book, "Failed"));
        let rupees = |told: &Told| told.order["amount"].as_i64().unwrap_or(0);
        let asked = Row {
            count: self.told.len(),
            paise: self.told.iter().map(rupees).sum::<i64>() * 100,
        };
        let known = Row {
            count: approved.count + failed.count,
            paise: approved.paise + failed.paise,
        };
        if asked != known {
            return Err(format!("merchants were told of {asked:?}, Rokad's book has {known:?}").into());
        }
        let paid = paid_by_the_bank(gateway)?;
        if paid != approved {
            return Err(format!("the bank paid {paid:?}, Rokad says {approved:?}").into());
        }
        Ok(format!(
            "the books agree on {} payouts, of which {} failed",
            known.count, failed.count
        ))
    }
}

/// Every order that was answered is still there: sent once more, it is answered the same.
fn missing(gateway: &Gateway, told: &[Told]) -> Result<()> {
    let (client, addresses) = (gateway.client()?, gateway.addresses());
    let asked: Result<Vec<()>> = std::thread::scope(|scope| {
        let parts = told.chunks(told.len().div_ceil(ASKERS).max(1));
        let threads: Vec<_> = parts
            .map(|part| scope.spawn(|| same_again(&client, &addresses, part)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| "an asker panicked")?)
            .collect()
    });
    asked.map(drop)
}

fn same_again(client: &ureq::Agent, addresses: &[String; NODES], told: &[Told]) -> Result<()> {
    for (turn, told) in told.iter().enumerate() {
        let again = ask(client, &addresses[turn % NODES], &told.order)?;
        if again != told.ref_code {
            return Err(format!(
                "order {} was answered with {}, and then with {again}",
                told.order["order_id"], told.ref_code
            )
            .into());
        }
    }
    Ok(())
}

/// Rokad's book, proved, when nothing is under way any more.
async fn settled(gateway: &Gateway) -> Result<String> {
    let deadline = Instant::now() + SETTLED_WITHIN;
    loop {
        let book = gateway.output(&["verify"])?;
        if !book.contains("Sound: ") {
            return Err(book.into());
        }
        if row(&book, "Pending").count + row(&book, "Processing").count == 0 {
            return Ok(book);
        }
        if Instant::now() > deadline {
            return Err(format!("payouts are still under way:\n{book}").into());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// A row of the payouts in what `rokad verify` prints: `  Approved  12  ₹1,234.00`.
fn row(book: &str, status: &str) -> Row {
    let lines = book.lines().skip_while(|line| !line.starts_with("Payouts"));
    let mine = lines
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .find(|words| words.first() == Some(&status));
    match mine.as_deref() {
        Some([_, count, amount]) => Row {
            count: count.parse().unwrap_or(0),
            paise: digits(amount),
        },
        _ => Row::default(),
    }
}

fn digits(amount: &str) -> i64 {
    let digits: String = amount.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

/// What left the account, each reference once.
fn paid_by_the_bank(gateway: &Gateway) -> Result<Row> {
    let (mut paid, mut read) = (Row::default(), 0);
    let mut references = std::collections::HashSet::new();
    loop {
        let page = gateway.bank(&format!("accounts/{ACCOUNT}/statement?limit={PAGE}&after={read}"))?;
        let entries = page["entries"].as_array().ok_or("a statement without entries")?;
        if entries.is_empty() {
            return Ok(paid);
        }
        for entry in entries {
            read += 1;
            if entry["booked"] == "paid" {
                if !references.insert(entry["reference"].to_string()) {
                    return Err(format!("paid twice: {entry}").into());
                }
                paid.count += 1;
                paid.paise += entry["amount_paise"].as_i64().unwrap_or(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_from_what_verify_prints() {
        let book =
            "Payouts\n  Approved       12  ₹1,234.50\n  Failed  1  ₹3.00\nPayments\n  Approved 9 ₹1.00\n";
        let approved = Row {
            count: 12,
            paise: 123_450,
        };
        assert_eq!(row(book, "Approved"), approved);
        assert_eq!(row(book, "Pending"), Row::default());
    }
}
