//! `rokad verify`: the statement of the book, and whether every paisa is explained.

use crate::cli::{Failure, place::Place, print};
use rokad_flows::verify::{Statement, verify};
use std::process::ExitCode;

/// Where the book is.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
}

/// Does it. Exits with 1 at the first paisa that cannot be explained.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let opened = args.place.open()?;
    let statement = verify(&opened.house).await?;
    for line in lines(&statement) {
        print::line(&line);
    }
    Ok(if statement.faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn lines(statement: &Statement) -> Vec<String> {
    let mut lines = vec!["Accounts, as the postings say".to_owned()];
    for (account, balance) in &statement.balances {
        let kind = format!("{:?}", account.kind()).to_lowercase();
        lines.push(format!(
            "  {:<32} {kind:<10} {:>24}",
            account.to_string(),
            print::signed(*balance)
        ));
    }
    for (title, by_status) in [("Payouts", &statement.payouts), ("Payments", &statement.payments)] {
        lines.push(title.to_owned());
        lines.extend(by_status.iter().map(|(status, (count, paise))| {
            format!("  {status:<32} {count:>10} {:>24}", print::signed(*paise))
        }));
    }
    let (owed, parked, delivered) = statement.callbacks;
    lines.push(format!(
        "Callbacks: {delivered} delivered, {owed} owed, {parked} of them given up"
    ));
    if statement.discrepancies > 0 {
        let count = statement.discrepancies;
        lines.push(format!(
            "{count} answers of banks contradict the book: somebody must look at them"
        ));
    }
    let head = &statement.chain.head;
    let head: String = head.iter().map(|byte| format!("{byte:02x}")).collect();
    lines.push(format!(
        "Hash chain: {} links, head {head}",
        statement.chain.links
    ));
    lines.extend(statement.faults.iter().map(|fault| format!("FAULT: {fault}")));
    let postings = statement.postings;
    lines.push(match statement.faults.len() {
        0 => format!("Sound: {postings} postings, debits equal credits, every balance is proved."),
        count => format!("NOT SOUND: {count} faults in {postings} postings."),
    });
    lines
}
