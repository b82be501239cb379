//! `rokad statement`: money that came into a bank account, as the bank's statement or an operator says.
//!
//! A statement is CSV with a header that names four columns, in any order: `utr`, `amount` (rupees), `at` (a time like
//! `2026-01-31 18:05:00` in Asia/Kolkata, or with its offset) and `remark`. Other columns are passed over.

use crate::cli::{
    Failure,
    place::{Place, actor},
    print,
};
use rokad_domain::{Paise, UnixMs, rail::Utr};
use rokad_flows::payment::receive::{Line, Received, Statement, receive};
use rokad_store::Clock;
use rokad_wire::date;
use std::{fs::File, io::Read, path::PathBuf};

/// Bytes of a statement at most: some 100,000 lines.
const STATEMENT_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Characters of a remark at most; the rest is cut off.
const REMARK_MAX: usize = 200;

/// What to do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Takes a statement, whole or not at all; taking it again changes nothing
    Take {
        #[command(flatten)]
        place: Place,
        /// The CSV file, with columns utr, amount, at, remark
        file: PathBuf,
        /// The bank account, by its name
        #[arg(long, value_name = "NAME")]
        account: String,
        /// The statement is complete up to this time: what is not on it was not paid
        #[arg(long, value_name = "TIME", value_parser = parse_time)]
        complete_until: Option<UnixMs>,
    },
    /// Takes one receipt that an operator has seen at the bank
    Confirm {
        #[command(flatten)]
        place: Place,
        /// The reference under the QR code
        reference: String,
        /// The bank account, by its name
        #[arg(long, value_name = "NAME")]
        account: String,
        /// The bank's reference
        #[arg(long, value_parser = parse_utr)]
        utr: Utr,
        /// Rupees
        #[arg(long, value_name = "RUPEES", value_parser = parse_amount)]
        amount: Paise,
        /// When the bank booked it; now, if left out
        #[arg(long, value_name = "TIME", value_parser = parse_time)]
        at: Option<UnixMs>,
    },
}

fn parse_time(text: &str) -> Result<UnixMs, String> {
    date::read_time(text).ok_or_else(|| "not a time like 2026-01-31 18:05:00".to_owned())
}

fn parse_utr(text: &str) -> Result<Utr, String> {
    Utr::parse(text).ok_or_else(|| "a UTR is 1 to 35 letters and digits".to_owned())
}

fn parse_amount(text: &str) -> Result<Paise, String> {
    Paise::parse_rupees(text)
        .filter(|amount| !amount.is_zero())
        .ok_or_else(|| "not an amount in rupees, like 250.50".to_owned())
}

/// Does it.
pub async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Take {
            place,
            file,
            account,
            complete_until,
        } => {
            let name = file.display().to_string();
            let lines = open(&file).and_then(read_lines);
            let lines = lines.map_err(|why| Failure::Said(format!("{name}: {why}")))?;
            take(&place, account, lines, complete_until, name).await
        }
        Command::Confirm {
            place,
            reference,
            account,
            utr,
            amount,
            at,
        } => {
            let at = at.unwrap_or_else(|| Clock::system().now().at());
            let line = Line {
                utr,
                amount,
                at,
                remark: reference,
            };
            take(&place, account, vec![line], None, actor()).await
        }
    }
}

async fn take(
    place: &Place,
    account: String,
    lines: Vec<Line>,
    complete_until: Option<UnixMs>,
    said_by: String,
) -> Result<(), Failure> {
    let opened = place.open()?;
    let statement = Statement {
        account,
        lines,
        complete_until,
        said_by,
        instance_tag: opened.keys()?.instance_tag(),
    };
    let received = receive(&opened.house, statement)
        .await
        .map_err(|refusal| Failure::Said(refusal.to_string()))?;
    print::line(&said(received));
    Ok(())
}

fn said(received: Received) -> String {
    let Received {
        captured,
        in_suspense,
        known,
        unpaid,
    } = received;
    format!(
        "{captured} payments paid, {in_suspense} receipts in suspense, {known} known before, {unpaid} attempts not paid"
    )
}

fn open(path: &PathBuf) -> Result<impl Read + use<>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let size = file.metadata().map_err(|error| error.to_string())?.len();
    if size > STATEMENT_BYTES_MAX {
        return Err(format!("above {STATEMENT_BYTES_MAX} bytes"));
    }
    Ok(file)
}

/// Every line of a statement, or the first that cannot be read, by its number.
fn read_lines(from: impl Read) -> Result<Vec<Line>, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(from);
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let place = |name: &str| {
        header
            .iter()
            .position(|column| column.eq_ignore_ascii_case(name))
            .ok_or_else(|| format!("there is no column {name}"))
    };
    let (utr, amount, at, remark) = (place("utr")?, place("amount")?, place("at")?, place("remark")?);
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let number = record.position().map_or(0, csv::Position::line);
        let field = |column: usize| record.get(column).unwrap_or_default();
        let bad = |why: String| format!("line {number}: {why}");
        lines.push(Line {
            utr: parse_utr(field(utr)).map_err(bad)?,
            // Banks group digits, each in its own way.
            amount: parse_amount(&field(amount).replace(',', "")).map_err(bad)?,
            at: parse_time(field(at)).map_err(bad)?,
            remark: field(remark).chars().take(REMARK_MAX).collect(),
        });
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "At,UTR,Amount,Balance,Remark\n\
         2026-01-31 18:05:00, 403212345678 ,\"1,250.50\",9,\"UPI/RC0A1B2C00000000000001, asha\"\n";

    #[test]
    fn a_statement_is_read_whatever_the_order_of_its_columns() {
        let lines = read_lines(GOOD.as_bytes()).unwrap();
        assert_eq!(lines.len(), 1);
        assert_eq!(
            (lines[0].utr.as_str(), lines[0].amount.get()),
            ("403212345678", 125_050)
        );
        assert_eq!(lines[0].at, UnixMs(1_769_862_900_000));
        assert!(lines[0].remark.contains("RC0A1B2C00000000000001"));
        assert_eq!(read_lines("utr,amount,at,remark\n".as_bytes()), Ok(vec![]));
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_line() {
        for (text, why) in [
            ("", "no column utr"),
            ("utr,amount,at\n", "no column remark"),
            (
                "utr,amount,at,remark\nU1,5,2026-01-31 18:05:00,x\nU 2,5,2026-01-31 18:05:00,x\n",
                "line 3: a UTR",
            ),
            ("utr,amount,at,remark\nU1,5,31/01/2026,x\n", "line 2: not a time"),
            (
                "utr,amount,at,remark\nU1,-5,2026-01-31 18:05:00,x\n",
                "line 2: not an amount",
            ),
            (
                "utr,amount,at,remark\nU1,0,2026-01-31 18:05:00,x\n",
                "line 2: not an amount",
            ),
            ("utr,amount,at,remark\nU1,5\n", "2 fields"),
        ] {
            let error = read_lines(text.as_bytes()).unwrap_err();
            assert!(error.contains(why), "{text:?}: {error}");
        }
    }
}
