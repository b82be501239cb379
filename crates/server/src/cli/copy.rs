//! `rokad copy`: moves a gateway's whole book to another database.

use crate::{
    cli::{Failure, print},
    database::{DATABASE, is_address},
    node::{Hold, hold},
};
use rokad_flows::copy::{Checked, Copying, Refusal};
use rokad_store::{Place, copy::Progress};
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
}

/// Does it. Exits with 1 when the book itself is not sound, on both sides alike.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let (from, to) = (read(&args.from)?, read(&args.to)?);
    let _holds = hold_folders([&from, &to])?;
    // A client of a server waits on a runtime of its own, which cannot be inside another.
    let checked = {
        let (from, to) = (from.clone(), to.clone());
        tokio::task::spawn_blocking(move || copy(&from, &to)).await
    };
    let checked =
        checked.map_err(|_| Failure::Said("the copy broke off; nothing of it is left".to_owned()))??;
    for line in summary(&checked, &to) {
        print::line(&line);
    }
    Ok(if checked.statement.faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn copy(from: &Place, to: &Place) -> Result<Checked, Failure> {
    let said = |refusal: Refusal| Failure::Said(refusal.to_string());
    let copying = Copying::fill(from, to, &mut |progress| say("copied", progress)).map_err(said)?;
    eprintln!("rokad: reading it back, and recomputing both books");
    let checked = copying
        .check(&mut |progress| say("read back", progress))
        .map_err(said)?;
    copying.keep().map_err(said)?;
    Ok(checked)
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

fn summary(checked: &Checked, to: &Place) -> Vec<String> {
    let Checked { sums, statement } = checked;
    let rows: u64 = sums.iter().map(|sum| sum.rows).sum();
    let count = |by: &BTreeMap<&str, (usize, i64)>| by.values().map(|(count, _)| count).sum::<usize>();
    let head = &statement.chain.head;
    let mut lines = vec![
        format!("Copied: {rows} rows in {} tables.", sums.len()),
        format!(
            "Read back, the same on both sides: the rows of every table and their checksums, {} balances from {} postings, \
             {} payouts, {} payments, a hash chain of {} links, head {}",
            statement.balances.len(),
            statement.postings,
            count(&statement.payouts),
            count(&statement.payments),
            statement.chain.links,
            hex::encode(head)
        ),
    ];
    lines.extend(statement.faults.iter().map(|fault| format!("FAULT: {fault}")));
    lines.push(match statement.faults.len() {
        0 => "Sound: every balance is proved.".to_owned(),
        count => format!("NOT SOUND: {count} faults, which the book had before; the copy has the same."),
    });
    lines.extend(next(to).map(str::to_owned));
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
