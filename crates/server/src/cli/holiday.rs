//! `rokad holiday`: days on which banks do not settle.

use crate::cli::{
    Failure,
    place::{Place, actor},
    print,
};
use rokad_domain::{
    UnixMs,
    time::{DAY_MS, KOLKATA_OFFSET_MS},
};
use rokad_flows::bootstrap::declare_holiday;
use rokad_store::holiday;
use rokad_wire::date;

/// What to do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Declares one; payments captured from now on are settled around it
    Add {
        #[command(flatten)]
        place: Place,
        /// The day, as dd-mm-yyyy
        #[arg(value_parser = parse_day)]
        day: i64,
        /// Its name
        name: String,
    },
    /// Lists them
    List {
        #[command(flatten)]
        place: Place,
    },
}

fn parse_day(text: &str) -> Result<i64, String> {
    date::day_begins(text)
        .map(UnixMs::day_in_kolkata)
        .ok_or_else(|| "not a day as dd-mm-yyyy, like 26-01-2027".to_owned())
}

/// Does it.
pub async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Add { place, day, name } => {
            Ok(declare_holiday(&place.open()?.house, day, name, actor()).await?)
        }
        Command::List { place } => {
            let opened = place.open()?;
            for (day, name) in opened.house.store.read(|tx| holiday::all(tx)).await? {
                let begins = UnixMs(day * DAY_MS - KOLKATA_OFFSET_MS);
                let day = date::day_and_time(begins);
                print::line(&format!("{}  {name}", day.get(..10).unwrap_or(&day)));
            }
            Ok(())
        }
    }
}
