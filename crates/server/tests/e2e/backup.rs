//! `rokad backup`: one state of a gateway that goes on meanwhile, and the gateway that is made of it when the first is lost.

use crate::{
    database::Database,
    gateway::Gateway,
    merchant::{Merchant, ORDINARY},
    program::{Said, run},
};
use rokad_store::Place;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};
use tempfile::TempDir;

fn back_up(gateway: &Gateway, to: &Path, more: &[&str]) -> Said {
    let config = gateway.config.to_str().unwrap();
    let args = ["backup", "--config", config, "--to", to.to_str().unwrap()];
    run(&[&args, more].concat())
}

impl Gateway {
    /// Its directory is gone; what is left is a backup and the key, in a new one.
    fn is_lost_but_for(&mut self, backup: &Path, more: &str) {
        self.program.signal("KILL");
        self.program.ended();
        let folder = self.config.parent().unwrap();
        fs::create_dir(folder.join("restored")).unwrap();
        fs::rename(
            folder.join("data/instance.key"),
            folder.join("restored/instance.key"),
        )
        .unwrap();
        fs::remove_dir_all(folder.join("data")).unwrap();
        fs::copy(backup, folder.join("restored/rokad.db")).unwrap();
        let text = fs::read_to_string(&self.config).unwrap();
        let text = text.replace("data = \"data\"", &format!("data = \"restored\"\n{more}"));
        fs::write(&self.config, text).unwrap();
        self.serve_again();
    }

    fn accepts(&self, shop: &Merchant, rupees: i64) -> String {
        let saved = self.request(&shop.order(rupees, ORDINARY));
        assert_eq!(saved.status, 200, "{}", saved.text());
        saved.field("ref_code")
    }
}

#[test]
fn a_backup_under_load_is_one_state_and_a_gateway_is_made_of_it() {
    let ground = TempDir::new().unwrap();
    let file = ground.path().join("book.backup");
    let mut gateway = Gateway::start("");
    let shop = gateway.merchant(&["--address", "127.0.0.1"]);
    let before: Vec<String> = (1..=20).map(|rupees| gateway.accepts(&shop, rupees)).collect();
    for ref_code in &before {
        gateway.becomes(&shop, ref_code, "Approved");
    }
    let enough = AtomicBool::new(false);
    let said = thread::scope(|scope| {
        let load = scope.spawn(|| {
            let mut accepted = 0;
            while !enough.load(Ordering::SeqCst) {
                gateway.accepts(&shop, 1);
                accepted += 1;
            }
            accepted
        });
        let said = back_up(&gateway, &file, &[]);
        enough.store(true, Ordering::SeqCst);
        assert!(load.join().unwrap() > 0);
        said
    });
    assert!(said.ok, "{}{}", said.out, said.err);
    for word in [
        "bytes",
        "payouts, 0 payments",
        "Last link of the hash chain: ",
        "Sound: ",
        "instance key",
    ] {
        assert!(said.out.contains(word), "{word}: {}", said.out);
    }

    // Of the load some came after the backup: their numbers are given anew, which no bank may see (docs/operations/backup.md).
    gateway.is_lost_but_for(&file, "jobs = false");
    for ref_code in before {
        gateway.becomes(&shop, &ref_code, "Approved");
    }
    let new = gateway.accepts(&shop, 500);
    gateway.becomes(&shop, &new, "Pending");
    assert!(gateway.tell(&["verify"]).contains("Sound: "));
}

#[test]
fn a_restored_gateway_moves_no_payout_until_its_jobs_are_switched_on() {
    let ground = TempDir::new().unwrap();
    let file = ground.path().join("book.backup");
    let mut gateway = Gateway::start("");
    let shop = gateway.merchant(&["--address", "127.0.0.1"]);
    gateway.tell(&["accounts", "pause", "main account"]);
    let waits = gateway.accepts(&shop, 77);
    assert!(
        back_up(&gateway, &file, &["--no-verify"])
            .out
            .contains("Not verified.")
    );
    // What happens from here on is not in the backup.
    gateway.tell(&["accounts", "resume", "main account"]);
    gateway.becomes(&shop, &waits, "Approved");

    gateway.is_lost_but_for(&file, "jobs = false");
    gateway.tell(&["accounts", "resume", "main account"]);
    // Without jobs nothing moves, and the money stands where it stood.
    let new = gateway.accepts(&shop, 78);
    gateway.becomes(&shop, &new, "Pending");
    gateway.becomes(&shop, &waits, "Pending");
    assert!(gateway.tell(&["verify"]).contains("Sound: "));
    gateway.program.stop();
    let text = fs::read_to_string(&gateway.config).unwrap();
    fs::write(&gateway.config, text.replace("jobs = false", "jobs = true")).unwrap();
    gateway.serve_again();
    gateway.becomes(&shop, &new, "Approved");
    // This bank pays a reference once, whoever names it a second time.
    gateway.becomes(&shop, &waits, "Approved");
    assert!(gateway.tell(&["verify"]).contains("Sound: "));
}

#[test]
fn a_backup_is_its_owners_alone_and_is_written_over_nothing() {
    let ground = TempDir::new().unwrap();
    let file = ground.path().join("book.backup");
    let gateway = Gateway::start("");
    assert!(back_up(&gateway, &file, &[]).ok);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(
        fs::read_dir(ground.path()).unwrap().count(),
        1,
        "one file, complete in itself"
    );
    let bytes = fs::read(&file).unwrap();
    let again = back_up(&gateway, &file, &[]);
    assert!(!again.ok && again.err.contains("exists already"), "{}", again.err);
    assert!(fs::read(&file).unwrap() == bytes);
}

#[test]
fn a_backup_of_a_damaged_book_is_kept_and_says_so() {
    let ground = TempDir::new().unwrap();
    let file = ground.path().join("book.backup");
    let book = Database::sqlite().with_samples();
    book.tamper("UPDATE payouts SET amount_paise = amount_paise + 1 WHERE id = 1");
    let data = book.path();
    let args = [
        "--data",
        data.parent().unwrap().to_str().unwrap(),
        "--to",
        file.to_str().unwrap(),
    ];
    let said = run(&[&["backup"], &args[..]].concat());
    assert!(
        !said.ok && said.out.contains("NOT SOUND") && said.out.contains("FAULT: payout 1"),
        "{}",
        said.out
    );
    assert!(file.exists());
}

#[test]
fn the_book_of_a_server_is_backed_up_there() {
    let db = Database::postgres();
    let Place::Server(url) = db.place() else {
        panic!("it is on a server")
    };
    let ground = TempDir::new().unwrap();
    fs::write(ground.path().join("database.url"), url).unwrap();
    let file = ground.path().join("book.backup");
    let said = run(&[
        "backup",
        "--data",
        ground.path().to_str().unwrap(),
        "--to",
        file.to_str().unwrap(),
    ]);
    assert!(!said.ok && said.err.contains("pg_basebackup") && said.err.contains("docs/operations/backup.md"));
    assert!(!file.exists());
}
