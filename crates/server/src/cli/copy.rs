//! `rokad copy`: moves a gateway's whole book to another database.

use crate::{
    cli::{Failure, print},
    database::{DATABASE, is_address},
    node::{Hold, hold},
};
use rokad_flows::{
    copy::{Checked, Copying, Refusal},
    verify::Statement,
};
use rokad_store::{
    Place,
    copy::{Progress, Sum},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// From where to where.
#[derive(clap::Args)]
pub struct Args {
    /// The book: sqlite:DIR, sqlite:FILE, or postgres://user:password@host/name. Nobody may serve it meanwhile
    #[arg(long, value_name = "DATABASE")]
    from: String,
    /// Where it goes, in the same words. It must be empty: a file that does not exist, or a database without a gateway
    #[arg(long, value_name = "DATABASE")]
    to: String,
    /// Compare the tables, and do not recompute the books: that takes some 0.7 KiB of memory for each payout
    #[arg(long)]
    no_verify: bool,
}

/// Does it. Exits with 1 when the book itself is not sound, on both sides alike.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let (from, to) = (read(&args.from)?, read(&args.to)?);
    let _holds = hold_folders([&from, &to])?;
    // A client of a server waits on a runtime of its own, which cannot be inside another.
    let done = {
        let (from, to) = (from.clone(), to.clone());
        tokio::task::spawn_blocking(move || copy(&from, &to, !args.no_verify)).await
    };
    let broke_off = |_| Failure::Said("the copy broke off; nothing of it is left".to_owned());
    let (sums, statement) = done.map_err(broke_off)??;
    for line in summary(&sums, statement.as_ref(), &to) {
        print::line(&line);
    }
    let sound = statement.is_none_or(|statement| statement.faults.is_empty());
    Ok(if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn copy(from: &Place, to: &Place, verify: bool) -> Result<(Vec<Sum>, Option<Statement>), Failure> {
    let said = |refusal: Refusal| Failure::Said(refusal.to_string());
    let copying = Copying::fill(from, to, &mut |progress| say("copied", progress)).map_err(said)?;
    eprintln!("rokad: reading it back");
    let mut watch = |progress: Progress<'_>| say("read back", progress);
    let found = if verify {
        let Checked { sums, statement } = copying.check(&mut watch).map_err(said)?;
        (sums, Some(statement))
    } else {
        (copying.compare(&mut watch).map_err(said)?, None)
    };
    copying.keep().map_err(said)?;
    Ok(found)
}

fn say(what: &str, Progress { table, rows, done }: Progress<'_>) {
    let so_far = if done { "" } else { " so far" };
    eprintln!("rokad: {what} {table}: {rows} rows{so_far}");
}

fn read(text: &str) -> Result<Place, Failure> {
    if is_address(text) {
        return Ok(Place::Server(text.to_owned()));
    }
    let path = text.strip_prefix("sqlite:").filter(|path| !path.is_empty());
    let path = path.map(PathBuf::from).ok_or_else(|| {
        Failure::Said(
            "a database is sqlite:DIR, sqlite:FILE or postgres://user:password@host/name".to_owned(),
        )
    })?;
    Ok(Place::File(if path.is_dir() {
        path.join(DATABASE)
    } else {
        path
    }))
}

/// Takes hold of the directories of embedded databases, so that nobody serves one before this has ended.
fn hold_folders(places: [&Place; 2]) -> Result<Vec<Hold>, Failure> {
    let mut folders = Vec::new();
    for place in places {
        if let Place::File(file) = place {
            folders.push(folder(file).canonicalize().map_err(|error| {
                let folder = folder(file).display();
                Failure::Said(format!("{folder}: {error}"))
            })?);
        }
    }
    folders.dedup();
    Ok(folders
        .iter()
        .map(|folder| hold(folder))
        .collect::<Result<_, _>>()?)
}

fn folder(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        Some(_) | None => Path::new("."),
    }
}

fn summary(sums: &[Sum], statement: Option<&Statement>, to: &Place) -> Vec<String> {
    let rows: u64 = sums.iter().map(|sum| sum.rows).sum();
    let mut lines = vec![
        format!("Copied: {rows} rows in {} tables.", sums.len()),
        "Read back, the same on both sides: the rows of every table, and a checksum over all of them."
            .to_owned(),
    ];
    match statement {
        Some(statement) => lines.extend(findings(statement)),
        None => lines.push("Not verified: whether the book is sound says rokad verify.".to_owned()),
    }
    lines.extend(next(to).map(str::to_owned));
    lines
}

fn findings(statement: &Statement) -> Vec<String> {
    let count = |by: &BTreeMap<&str, (usize, i64)>| by.values().map(|(count, _)| count).sum::<usize>();
    let mut lines = vec![format!(
        "Recomputed, the same on both sides: {} balances from {} postings, {} payouts, {} payments, a hash chain of {} links, \
         head {}",
        statement.balances.len(),
        statement.postings,
        count(&statement.payouts),
        count(&statement.payments),
        statement.chain.links,
        hex::encode(&statement.chain.head)
    )];
    lines.extend(statement.faults.iter().map(|fault| format!("FAULT: {fault}")));
    lines.push(match statement.faults.len() {
        0 => "Sound: every balance is proved.".to_owned(),
        count => format!("NOT SOUND: {count} faults, which the book had before; the copy has the same."),
    });
    lines
}

/// What is left to do by hand.
fn next(to: &Place) -> [&'static str; 4] {
    let setting = match to {
        Place::Server(_) => {
            "Next: set database = \"postgres://...\" in rokad.toml to the address given here, and start rokad serve."
        }
        Place::File(_) => {
            "Next: put the file into the data directory as rokad.db, take the line database = ... out of rokad.toml \
             (in a sandbox's directory: remove database.url), and start rokad serve."
        }
    };
    [
        setting,
        "Keep the instance key where it is (instance.key in the data directory, instance_key_file or ROKAD_INSTANCE_KEY): it is \
         not in the database, and without it no secret opens and no ref_code is known.",
        "Never serve the old database again: both would go on from the same payout. Put it away where nothing starts it.",
        "Then: rokad verify.",
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_a_directory_a_file_or_an_address() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().display();
        assert!(read(&format!("sqlite:{dir}")).unwrap() == Place::File(folder.path().join("rokad.db")));
        assert!(read(&format!("sqlite:{dir}/book")).unwrap() == Place::File(folder.path().join("book")));
        assert!(matches!(
            read("postgres://db.example/rokad"),
            Ok(Place::Server(_))
        ));
        for wrong in ["", "sqlite:", "book.db", "mysql://db.example/rokad"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn two_files_of_one_directory_are_held_once() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = ["a", "b"].map(|name| Place::File(folder.path().join(name)));
        assert_eq!(hold_folders([&one, &other]).unwrap().len(), 1);
    }
}
