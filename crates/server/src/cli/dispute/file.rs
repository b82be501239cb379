//! An acquirer's file of chargebacks.
//!
//! CSV with a header that names its columns, in any order: `reference`, `payment_id`, `amount` (rupees), `kind`, `reason`, `deadline`
//! (a time like `2026-01-31 18:05:00` in Asia/Kolkata, or with its offset); and, if they are there, `title`, `comment` and
//! `outcome` (empty while it is open; else `won`, `lost` or `withdrawn`). Other columns are passed over.

use super::{
    parse_amount, parse_kind, parse_outcome, parse_reason, parse_time, parse_words, payment_of, why_not,
};
use crate::cli::{Failure, place::Opened, print};
use rokad_domain::dispute::{Claim, Outcome, Verdict};
use rokad_flows::dispute::{
    raise::{Raise, Raised, raise},
    resolve::{Resolve, resolve},
};
use std::{fs::File, io::Read, path::Path};

/// Bytes of a file at most: some 50,000 lines.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// One line: what is claimed, and how it was decided, if it was.
#[derive(Debug)]
struct Line {
    number: u64,
    raise: Raise,
    outcome: Option<Outcome>,
}

/// Takes a file. Every line is read before the first is acted on; a line that cannot be acted on is named, and the others are.
pub async fn take(opened: &Opened, path: &Path) -> Result<(), Failure> {
    let name = path.display().to_string();
    let lines = open(path).and_then(|file| read_lines(file, &name));
    let lines = lines.map_err(|why| Failure::Said(format!("{name}: {why}")))?;
    let (mut raised, mut known, mut decided, mut refused) = (0, 0, 0, 0);
    for line in lines {
        let said_by = line.raise.said_by.clone();
        let dispute = match raise(&opened.house, line.raise).await? {
            Ok(Raised {
                dispute,
                known: false,
            }) => {
                raised += 1;
                dispute
            }
            Ok(Raised { dispute, known: true }) => {
                known += 1;
                dispute
            }
            Err(refusal) => {
                refused += 1;
                print::line(&format!("line {}: {}", line.number, why_not(refusal)));
                continue;
            }
        };
        let Some(outcome) = line.outcome else {
            continue;
        };
        let ask = Resolve {
            dispute,
            outcome,
            said_by,
        };
        match resolve(&opened.house, ask).await? {
            Some(Verdict::Pay | Verdict::Release(_)) => decided += 1,
            Some(Verdict::Known) | None => {}
            Some(Verdict::Contradiction) => {
                refused += 1;
                print::line(&format!(
                    "line {}: it was decided otherwise before; nothing was changed",
                    line.number
                ));
            }
        }
    }
    print::line(&format!(
        "{raised} disputes raised, {known} known before, {decided} decided, {refused} lines not acted on"
    ));
    Ok(())
}

fn open(path: &Path) -> Result<impl Read + use<>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let size = file.metadata().map_err(|error| error.to_string())?.len();
    if size > FILE_BYTES_MAX {
        return Err(format!("above {FILE_BYTES_MAX} bytes"));
    }
    Ok(file)
}

/// Every line of a file, or the first that cannot be read, by its number.
fn read_lines(from: impl Read, name: &str) -> Result<Vec<Line>, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(from);
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let place = |name: &str| header.iter().position(|column| column.eq_ignore_ascii_case(name));
    let must = |name: &str| place(name).ok_or_else(|| format!("there is no column {name}"));
    let (reference, payment, amount) = (must("reference")?, must("payment_id")?, must("amount")?);
    let (kind, reason, deadline) = (must("kind")?, must("reason")?, must("deadline")?);
    let (title, comment, outcome) = (place("title"), place("comment"), place("outcome"));
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let number = record.position().map_or(0, csv::Position::line);
        let field = |column: usize| record.get(column).unwrap_or_default();
        let maybe = |column: Option<usize>| column.map_or("", field);
        let bad = |why: String| format!("line {number}: {why}");
        if field(reference).is_empty() {
            return Err(bad("reference is empty".to_owned()));
        }
        let claim = Claim {
            kind: parse_kind(field(kind)).map_err(bad)?,
            reason: parse_reason(field(reason)).map_err(bad)?,
            // Acquirers group digits, each in its own way.
            amount: parse_amount(&field(amount).replace(',', "")).map_err(bad)?,
            deadline: parse_time(field(deadline)).map_err(bad)?,
            title: parse_words(maybe(title)).map_err(bad)?,
            comment: parse_words(maybe(comment)).map_err(bad)?,
        };
        let raise = Raise {
            payment: payment_of(field(payment)).map_err(bad)?,
            claim,
            source: "file".to_owned(),
            reference: parse_words(field(reference)).map_err(bad)?,
            said_by: format!("file:{name}"),
        };
        let outcome = Some(maybe(outcome)).filter(|word| !word.is_empty());
        lines.push(Line {
            number,
            raise,
            outcome: outcome.map(parse_outcome).transpose().map_err(bad)?,
        });
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "reference,payment_id,amount,kind,reason,deadline,outcome\n";

    #[test]
    fn a_file_is_read_whatever_the_order_of_its_columns() {
        let text = "Deadline,Amount,Payment_Id,Kind,Reason,Reference,Bank,Title\n\
                    2026-01-31 18:05:00,\"1,250.50\",1000000001,fraud,not_authorised,CB-1,HDFC,\"I did not, sir\"\n";
        let lines = read_lines(text.as_bytes(), "january.csv").unwrap();
        let Raise {
            claim,
            reference,
            payment,
            ..
        } = &lines[0].raise;
        assert_eq!(
            (claim.amount.get(), claim.title.as_str()),
            (125_050, "I did not, sir")
        );
        assert_eq!(
            (reference.as_str(), payment.get(), lines[0].outcome),
            ("CB-1", 1, None)
        );
        assert!(read_lines(HEADER.as_bytes(), "empty.csv").unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_line() {
        let good = "CB-1,1000000001,5,fraud,other,2026-01-31 18:05:00,\n";
        for (text, why) in [
            ("".to_owned(), "no column reference"),
            (
                "reference,payment_id,amount,kind,reason\n".to_owned(),
                "no column deadline",
            ),
            (
                format!("{HEADER}{good},1000000001,5,fraud,other,2026-01-31 18:05:00,\n"),
                "line 3: reference is empty",
            ),
            (
                format!("{HEADER}CB-1,12,5,fraud,other,2026-01-31 18:05:00,\n"),
                "line 2: there is no such payment",
            ),
            (
                format!("{HEADER}CB-1,1000000001,0,fraud,other,2026-01-31 18:05:00,\n"),
                "line 2: not an amount",
            ),
            (
                format!("{HEADER}CB-1,1000000001,5,theft,other,2026-01-31 18:05:00,\n"),
                "line 2: complaint",
            ),
            (
                format!("{HEADER}CB-1,1000000001,5,fraud,other,soon,\n"),
                "line 2: not a time",
            ),
            (
                format!("{HEADER}CB-1,1000000001,5,fraud,other,2026-01-31 18:05:00,maybe\n"),
                "line 2: won, lost",
            ),
        ] {
            let error = read_lines(text.as_bytes(), "f").unwrap_err();
            assert!(error.contains(why), "{text:?}: {error}");
        }
    }
}
