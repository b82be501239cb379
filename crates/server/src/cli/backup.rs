//! `rokad backup`: the embedded database, as it stands at this moment, in one file, while a gateway serves it.

use crate::cli::{Failure, place::Place, print};
use rokad_flows::verify::verify_in;
use rokad_store::{
    backup::{Outline, back_up},
    copy::look_at,
};
use std::{path::PathBuf, process::ExitCode};

/// What and where to.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    /// The file to write. Nothing is written over
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Do not recompute the book in the backup
    #[arg(long)]
    no_verify: bool,
}

/// Does it. Exits with 1 when the backup holds a paisa that cannot be explained; the file stays.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let rokad_store::Place::File(book) = args.place.book()? else {
        return Err(Failure::Said(
            "this gateway keeps its book on a PostgreSQL server: back it up there, with pg_basebackup and the continuous \
             archiving of its log; docs/operations/backup.md says how"
                .to_owned(),
        ));
    };
    let (outline, bytes) = back_up(&book, &args.to)?;
    let Outline {
        payouts,
        payments,
        last_link: (link, hash),
    } = outline;
    print::line(&format!("{}: {bytes} bytes", args.to.display()));
    print::line(&format!("{payouts} payouts, {payments} payments"));
    print::line(&format!(
        "Last link of the hash chain: {link}, {}",
        hex::encode(hash)
    ));
    let faults = if args.no_verify {
        print::line("Not verified.");
        Vec::new()
    } else {
        let statement = look_at(&args.to, verify_in)?;
        print::line(&match statement.faults.len() {
            0 => format!("Sound: {} postings, every balance is proved.", statement.postings),
            count => format!(
                "NOT SOUND: {count} faults. The backup is kept; the book itself may be damaged: rokad verify"
            ),
        });
        statement.faults
    };
    for fault in &faults {
        print::line(&format!("FAULT: {fault}"));
    }
    print::line(
        "The instance key is not in it. Keep a copy of the key apart from this file: without it no secret opens and no \
         ref_code is known.",
    );
    Ok(if faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
