//! A book is moved to another database: all of it, or nothing. The database of each test is where it goes.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_flows::{
    House,
    copy::{Copying, Refusal},
    node::{Beat, Newcomer, beat, join},
    verify::verify,
};
use rokad_store::{
    Place,
    copy::{CopyError, Source},
};
use std::sync::atomic::{AtomicBool, Ordering};
use support::{Database, World, apart, bank::PAYS, block_on, order};

fn every_kind() -> [Database; 2] {
    [Database::sqlite(), Database::postgres()]
}

fn fill(from: &Database, to: &Database) -> Result<Copying, Refusal> {
    Copying::fill(&from.place(), &to.place(), &mut |_| ())
}

/// Whether it is what was there before anything was copied to it.
fn is_as_before(to: &Database) -> bool {
    match to.place() {
        Place::File(file) => std::fs::read_dir(file.parent().unwrap()).unwrap().count() == 0,
        Place::Server(_) => to.number("SELECT COUNT(*) FROM merchants") == 0,
    }
}

/// Does this to the copy, before it is compared with the book: in the file that is under way, or to what comes in.
fn copy_and_damage(from: &Database, to: &Database, damage: Damage) -> Copying {
    if to.is_on_server() {
        to.open().close();
        to.attempt(&format!(
            "CREATE FUNCTION damage() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} END $$; \
             CREATE TRIGGER damage BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION damage()",
            damage.coming_in, damage.table
        ))
        .unwrap();
    }
    let copying = fill(from, to).unwrap();
    if let Place::File(file) = to.place() {
        let db = rusqlite::Connection::open(file.with_extension("db.part")).unwrap();
        db.execute_batch(damage.in_place).unwrap();
    }
    copying
}

#[derive(Clone, Copy)]
struct Damage {
    table: &'static str,
    in_place: &'static str,
    coming_in: &'static str,
}

const DAMAGE: &[Damage] = &[
    Damage {
        table: "payouts",
        in_place: "UPDATE payouts SET amount_paise = amount_paise + 1 WHERE id = 2",
        coming_in: "IF NEW.id = 2 THEN NEW.amount_paise := NEW.amount_paise + 1; END IF; RETURN NEW;",
    },
    Damage {
        table: "callbacks_done",
        in_place: "DELETE FROM callbacks_done",
        coming_in: "RETURN NULL;",
    },
    Damage {
        table: "merchants",
        in_place: "UPDATE merchants SET name = name || ' '",
        coming_in: "NEW.name := NEW.name || ' '; RETURN NEW;",
    },
    Damage {
        table: "merchant_secrets",
        in_place: "UPDATE merchant_secrets SET sealed = X'00' WHERE kind = 'payout_secret'",
        coming_in: "IF NEW.kind = 'payout_secret' THEN NEW.sealed := '\\x00'; END IF; RETURN NEW;",
    },
    Damage {
        table: "payouts",
        in_place: "UPDATE payouts SET utr = '' WHERE id = 5",
        coming_in: "IF NEW.id = 5 THEN NEW.utr := ''; END IF; RETURN NEW;",
    },
];

// A client of a server waits on a runtime of its own, which cannot be inside that of a test.
on_every_database! {
    fn every_table_is_copied_and_the_copy_is_the_book(db) {
        apart(|| {
            for from in every_kind() {
                let (from, to) = (from.with_samples(), db.another());
                let copying = fill(&from, &to).unwrap();
                let checked = copying.check(&mut |_| ()).unwrap();
                copying.keep().unwrap();
                // Every table of the sample book has a row.
                let mut copied: Vec<String> = checked.sums.iter().filter(|sum| sum.rows > 0).map(|sum| sum.table.clone()).collect();
                copied.extend(["leases", "nodes", "order_form", "order_pages", "schema_version", "writers"].map(str::to_owned));
                copied.sort();
                assert_eq!(copied, from.tables());
                assert_eq!(to.tables(), from.tables());
                let (book, copy) = (House::new(from.open()), House::new(to.open()));
                assert_eq!(block_on(verify(&copy)).unwrap(), block_on(verify(&book)).unwrap());
            }
        });
    }

    fn a_copied_gateway_goes_on_where_the_book_stood(db) {
        apart(|| {
            for from in every_kind() {
                let world = block_on(World::new(from));
                block_on(world.pay(order(1, 100, PAYS)));
                world.house.store.close();
                let to = db.another();
                let copying = fill(&world.db, &to).unwrap();
                copying.check(&mut |_| ()).unwrap();
                copying.keep().unwrap();
                let numbers = "SELECT value FROM counters WHERE name = 'payout'";
                assert_eq!((world.db.number(numbers), to.number(numbers)), (1, 1));
                assert_eq!(block_on(verify(&House::new(to.open()))).unwrap().faults, [""; 0]);
            }
        });
    }

    fn a_copy_that_differs_is_thrown_away_and_said_to(db) {
        apart(|| {
            let from = Database::sqlite().with_samples();
            for damage in DAMAGE {
                let to = db.another();
                let copying = copy_and_damage(&from, &to, *damage);
                let refusal = copying.check(&mut |_| ()).unwrap_err();
                let said = refusal.to_string();
                assert!(matches!(refusal, Refusal::Differs(_)) && said.contains(&format!("table {}: ", damage.table)), "{said}");
                drop(copying);
                assert!(is_as_before(&to), "{}", damage.table);
            }
        });
    }

    fn a_copy_that_is_not_kept_leaves_nothing_and_can_be_repeated(db) {
        apart(|| {
            let from = Database::postgres().with_samples();
            fill(&from, &db).unwrap().check(&mut |_| ()).unwrap();
            assert!(is_as_before(&db));
            let copying = fill(&from, &db).unwrap();
            copying.check(&mut |_| ()).unwrap();
            copying.keep().unwrap();
            assert_eq!(db.number("SELECT COUNT(*) FROM payouts"), 6);
        });
    }

    fn a_destination_that_holds_a_gateway_is_refused_and_left_alone(db) {
        apart(|| {
            let (from, to) = (Database::sqlite().with_samples(), db.with_samples());
            let before = to.all_rows();
            let refusal = fill(&from, &to).err().unwrap().to_string();
            let why = if to.is_on_server() { "not empty: a gateway has written to its table counters" } else { "exists already" };
            assert!(refusal.contains(why), "{refusal}");
            assert_eq!(to.all_rows(), before);
        });
    }

    fn an_unsound_book_is_copied_as_it_is_and_its_faults_are_told(db) {
        apart(|| {
            let from = Database::sqlite().with_samples();
            from.tamper("UPDATE accounts SET balance_paise = balance_paise + 1 WHERE id = 22");
            let copying = fill(&from, &db).unwrap();
            let faults = copying.check(&mut |_| ()).unwrap().statement.faults;
            assert!(faults.iter().any(|fault| fault.contains("bank:1 says")), "{faults:?}");
        });
    }

    fn nobody_writes_to_the_book_while_it_is_copied(db) {
        apart(|| {
            let from = db.with_samples();
            let source = Source::open(&from.place()).unwrap();
            let write = |impatient: bool| {
                let patience = match (from.is_on_server(), impatient) {
                    (true, true) => "SET lock_timeout = '1ms'",
                    // A server takes a moment to notice that a connection is gone.
                    (true, false) => "SET lock_timeout = '60s'",
                    (false, _) => "PRAGMA busy_timeout = 0",
                };
                format!("{patience}; BEGIN; UPDATE counters SET value = value WHERE name = 'batch'; COMMIT")
            };
            let refused = from.attempt(&write(true)).unwrap_err();
            assert!(refused.contains("lock"), "{refused}");
            drop(source);
            let _ = from.attempt("ROLLBACK");
            from.attempt(&write(false)).unwrap();
        });
    }

    fn a_book_of_another_schema_is_refused(db) {
        apart(|| {
            let from = db.another().with_first_migrations(1);
            let refusal = fill(&from, &db.another()).err().unwrap();
            assert!(matches!(refusal, Refusal::Copy(CopyError::OtherSchema { have: 1, .. })), "{refusal}");
            let nothing = fill(&db.another(), &db.another()).err().unwrap();
            assert!(matches!(nothing, Refusal::Copy(CopyError::NoSource)), "{nothing}");
        });
    }
}

#[test]
fn a_server_on_which_a_gateway_was_never_used_is_empty_whatever_its_schema() {
    let from = Database::sqlite().with_samples();
    let interrupted = Database::postgres().with_first_migrations(1);
    fill(&from, &interrupted).unwrap().check(&mut |_| ()).unwrap();
    let older = Database::postgres().with_first_migrations(1);
    older.tamper("UPDATE counters SET value = 1 WHERE name = 'settings'");
    let refusal = fill(&from, &older).err().unwrap();
    assert!(
        matches!(refusal, Refusal::Copy(CopyError::NotEmpty(_))),
        "{refusal}"
    );
    assert_eq!(older.number("SELECT MAX(version) FROM schema_version"), 1);
}

#[test]
fn a_server_that_a_gateway_serves_is_neither_copied_nor_filled() {
    let (book, served) = (Database::sqlite().with_samples(), Database::postgres());
    fill(&book, &served).unwrap().check(&mut |_| ()).unwrap();
    let house = House::new(served.open());
    let newcomer = Newcomer {
        name: "east".to_owned(),
        works: true,
    };
    let node = block_on(join(&house, newcomer)).unwrap().node;
    let enough = AtomicBool::new(false);
    let refusal = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !enough.load(Ordering::Relaxed) {
                let says = Beat {
                    node,
                    silent: Vec::new(),
                    done_with: Vec::new(),
                };
                block_on(beat(&house, says)).unwrap();
            }
        });
        let refusal = fill(&served, &Database::sqlite()).err().unwrap();
        enough.store(true, Ordering::Relaxed);
        refusal
    });
    assert!(
        matches!(&refusal, Refusal::Copy(CopyError::Served(name)) if name == "east"),
        "{refusal}"
    );
    let filled = fill(&book, &served).err().unwrap();
    assert!(
        matches!(filled, Refusal::Copy(CopyError::NotEmpty(_))),
        "{filled}"
    );
    // One that was killed does not beat.
    house.store.close();
    fill(&served, &Database::sqlite())
        .unwrap()
        .check(&mut |_| ())
        .unwrap();
    let same = fill(&book, &book).err().unwrap();
    assert!(matches!(same, Refusal::SamePlace), "{same}");
}
