//! `rokad copy`: a gateway moves from the embedded database to a server and back, and goes on as if nothing had happened.

use crate::{
    database::Database,
    gateway::Gateway,
    merchant::{Merchant, ORDINARY},
    program::{Program, Said, rokad, run},
};
use rokad_store::Place;
use std::{fs, path::Path};
use tempfile::TempDir;

fn url(db: &Database) -> String {
    match db.place() {
        Place::Server(url) => url,
        Place::File(_) => panic!("it is on a server"),
    }
}

fn embedded(folder: &Path) -> String {
    format!("sqlite:{}", folder.display())
}

fn data(gateway: &Gateway) -> std::path::PathBuf {
    gateway.config.with_file_name("data")
}

fn copy(from: &str, to: &str) -> Said {
    run(&["copy", "--from", from, "--to", to])
}

/// Copies, which has to succeed. What was said on stdout.
fn copied(from: &str, to: &str) -> String {
    let said = copy(from, to);
    assert!(said.ok, "{}{}", said.out, said.err);
    assert!(said.err.contains("copied payouts: ") && said.err.contains("read back payouts: "));
    assert!(said.out.contains("the same on both sides") && said.out.contains("Sound: "));
    assert!(said.out.contains("Keep the instance key"));
    said.out
}

/// A refusal, in one sentence.
fn refused(from: &str, to: &str) -> String {
    let said = copy(from, to);
    assert!(!said.ok && said.out.is_empty(), "{}", said.out);
    said.err
}

impl Gateway {
    fn pays(&self, shop: &Merchant, rupees: i64) -> String {
        let saved = self.request(&shop.order(rupees, ORDINARY));
        assert_eq!(saved.status, 200, "{}", saved.text());
        let ref_code = saved.field("ref_code");
        self.becomes(shop, &ref_code, "Approved");
        ref_code
    }

    /// From now on its book is there; `None` is its own directory.
    fn keep_the_book_at(&self, url: Option<&str>) {
        let text = fs::read_to_string(&self.config).unwrap();
        let mut lines: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim().starts_with("database = "))
            .collect();
        let setting = url.map(|url| format!("database = {url:?}"));
        lines.splice(0..0, setting.as_deref());
        fs::write(&self.config, lines.join("\n")).unwrap();
    }
}

#[test]
fn a_gateway_moves_to_a_server_and_back_and_every_payout_is_known() {
    let db = Database::postgres();
    let mut gateway = Gateway::start("");
    let shop = gateway.merchant(&["--address", "127.0.0.1"]);
    let mut known = vec![gateway.pays(&shop, 101)];
    gateway.tell(&["accounts", "pause", "main account"]);
    let waits = gateway.request(&shop.order(7, ORDINARY)).field("ref_code");
    assert_eq!(gateway.program.stop().code(), Some(0));

    let said = copied(&embedded(&data(&gateway)), &url(&db));
    assert!(
        said.contains("2 payouts") && said.contains("set database = "),
        "{said}"
    );
    fs::rename(
        data(&gateway).join("rokad.db"),
        data(&gateway).join("put-away.db"),
    )
    .unwrap();
    gateway.keep_the_book_at(Some(&url(&db)));
    gateway.serve_again();
    gateway.becomes(&shop, &known[0], "Approved");
    gateway.becomes(&shop, &waits, "Pending");
    gateway.tell(&["accounts", "resume", "main account"]);
    gateway.becomes(&shop, &waits, "Approved");
    known.push(gateway.pays(&shop, 102));
    assert_eq!(db.number("SELECT MAX(id) FROM payouts"), 3, "numbers go on");
    assert!(gateway.tell(&["verify"]).contains("Sound: "));
    assert_eq!(gateway.program.stop().code(), Some(0));

    let said = copied(&url(&db), &embedded(&data(&gateway)));
    assert!(said.contains("3 payouts"), "{said}");
    gateway.keep_the_book_at(None);
    gateway.serve_again();
    for ref_code in known {
        gateway.becomes(&shop, &ref_code, "Approved");
    }
    gateway.pays(&shop, 103);
    assert!(gateway.tell(&["verify"]).contains("Sound: "));
}

#[test]
fn a_book_that_is_served_is_not_copied_and_one_that_is_used_is_not_written_over() {
    let (db, empty) = (Database::postgres(), Database::postgres());
    let ground = TempDir::new().unwrap();
    let mut gateway = Gateway::start("");
    let book = embedded(&data(&gateway));
    let served = refused(&book, &url(&empty));
    assert!(served.contains("another rokad serves"), "{served}");
    gateway.program.stop();
    copied(&book, &url(&db));
    gateway.keep_the_book_at(Some(&url(&db)));
    gateway.serve_again();
    let file = embedded(&ground.path().join("book.db"));
    let served = refused(&url(&db), &file);
    assert!(served.contains("serves this database: stop it first"), "{served}");
    gateway.program.stop();
    let used = refused(&book, &url(&db));
    assert!(
        used.contains("is not empty: a gateway has written to its table"),
        "{used}"
    );
    let used = refused(&url(&db), &book);
    assert!(used.contains("rokad.db exists already"), "{used}");
    let nothing = refused(&url(&empty), &file);
    assert!(nothing.contains("there is no gateway at the source"), "{nothing}");
    assert_eq!(fs::read_dir(ground.path()).unwrap().count(), 1, "only the lock");
}

/// Copies until it waits for a table of `server`, on which somebody else sits, and is killed there.
fn killed_half_way(from: &str, to: &str, server: &Database, lock: &str) {
    let logs = TempDir::new().unwrap();
    let other = server.other_session(&format!("LOCK TABLE payouts IN {lock} MODE"));
    let mut program = Program::start(rokad(&["copy", "--from", from, "--to", to]), "copy", logs.path());
    program.logs("copied accounts: ");
    server.wait_until_somebody_waits_for("payouts");
    program.signal("KILL");
    program.ended();
    other.end();
}

#[test]
fn a_copy_that_was_killed_half_way_left_nothing_and_is_simply_done_again() {
    let ground = TempDir::new().unwrap();
    let file = ground.path().join("book.db");
    let (book, to) = (Database::sqlite().with_samples(), Database::postgres());
    to.open().close();
    let path = embedded(&book.path());
    killed_half_way(&path, &url(&to), &to, "SHARE");
    assert_eq!(to.number("SELECT SUM(value) FROM counters"), 0);
    copied(&path, &url(&to));

    killed_half_way(&url(&to), &embedded(&file), &to, "ACCESS EXCLUSIVE");
    assert!(file.with_extension("db.part").exists() && !file.exists());
    copied(&url(&to), &embedded(&file));
    assert!(file.exists() && !file.with_extension("db.part").exists());
}

#[test]
fn a_copy_without_verification_compares_the_tables_and_one_of_a_damaged_book_fails_loudly() {
    let ground = TempDir::new().unwrap();
    let book = Database::sqlite().with_samples();
    book.tamper("UPDATE payouts SET amount_paise = amount_paise + 1 WHERE id = 1");
    let to = |name: &str| embedded(&ground.path().join(name));
    let said = copy(&embedded(&book.path()), &to("damaged.db"));
    assert!(
        !said.ok && said.out.contains("NOT SOUND") && said.out.contains("FAULT: payout 1"),
        "{}{}",
        said.out,
        said.err
    );
    let (from, to) = (embedded(&book.path()), to("unverified.db"));
    let said = run(&["copy", "--from", &from, "--to", &to, "--no-verify"]);
    assert!(
        said.ok && said.out.contains("Not verified") && said.out.contains("the same on both sides"),
        "{}{}",
        said.out,
        said.err
    );
}
