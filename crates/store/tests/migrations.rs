//! Migrations: each survives the sample rows of those before it, and a newer schema is left alone.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_store::{Store, StoreError, merchant};
use support::{Database, migrations};

on_every_database! {
    fn the_program_applies_the_migrations_of_the_folder_in_order(db) {
        db.open();
        let names: Vec<String> = migrations().into_iter().map(|migration| migration.name).collect();
        assert_eq!(db.texts("SELECT name FROM schema_version ORDER BY version"), names);
    }

    fn each_migration_survives_the_sample_rows_of_those_before_it(db) {
        let db = db.with_samples();
        let before = db.all_rows();
        let merchants = db.open().read(|tx| merchant::all(tx)).await.unwrap();
        assert_eq!(merchants[0].pid, "SHOP1");
        assert_eq!(db.all_rows(), before, "the program finds nothing left to apply");
    }

    fn every_table_has_a_sample_row(db) {
        let db = db.with_samples();
        let empty: Vec<String> = db.tables().into_iter().filter(|table| db.rows(table).is_empty()).collect();
        assert_eq!(empty, [""; 0]);
    }

    fn orders_have_an_index_on_a_server_and_none_on_the_embedded_database(db) {
        db.open();
        let indexes = if db.is_on_server() {
            db.texts("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexname = 'payouts_order'")
        } else {
            db.texts("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'payouts'")
        };
        let expected: &[&str] = if db.is_on_server() { &["payouts_order"] } else { &[] };
        assert_eq!(indexes, expected);
    }

    fn opening_again_applies_nothing_twice(db) {
        db.open().close();
        let before = db.all_rows();
        db.open().close();
        assert_eq!(db.all_rows(), before);
    }

    fn processes_that_start_at_once_apply_everything_once(db) {
        // The instant in which they meet is short: several must try.
        const PROCESSES: usize = 4;
        let together = std::sync::Barrier::new(PROCESSES);
        let opened = std::thread::scope(|scope| {
            let open = || {
                together.wait();
                Store::open(&db.place(), db.clock()).map(drop)
            };
            let threads: Vec<_> = (0..PROCESSES).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(opened.iter().all(Result::is_ok), "{opened:?}");
        assert_eq!(db.texts("SELECT name FROM schema_version").len(), migrations().len());
    }

    fn a_newer_schema_is_refused_with_a_sentence_and_left_alone(db) {
        db.open().close();
        db.tamper("INSERT INTO schema_version VALUES (99, '0099_future', 99)");
        let before = db.all_rows();
        let error = Store::open(&db.place(), db.clock()).err().unwrap();
        let known = migrations().len();
        assert_eq!(
            error.to_string(),
            format!("the database has schema 99, this program knows {known}: use a newer rokad")
        );
        assert_eq!(db.all_rows(), before);
    }

    fn a_newer_schema_that_this_program_survives_is_used_as_it_is(db) {
        db.open().close();
        let known = migrations().len();
        db.tamper(&format!("INSERT INTO schema_version VALUES (99, '0099_future', {known})"));
        let before = db.all_rows();
        let merchants = db.open().read(|tx| merchant::all(tx)).await.unwrap();
        assert!(merchants.is_empty());
        assert_eq!(db.all_rows(), before, "nothing was applied");
    }

    fn a_database_that_must_exist_is_not_made(db) {
        assert!(matches!(Store::open_existing(&db.place(), db.clock()), Err(StoreError::Database(_))));
        assert_eq!(db.tables(), [""; 0]);
    }
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let db = Database::sqlite();
    let diary = "the diary of somebody else, and longer than a header of a hundred bytes ".repeat(9);
    std::fs::write(db.path(), &diary).unwrap();
    let refused = Store::open(&db.place(), db.clock());
    assert!(matches!(refused, Err(StoreError::Database(_))));
    assert_eq!(std::fs::read_to_string(db.path()).unwrap(), diary);
}
