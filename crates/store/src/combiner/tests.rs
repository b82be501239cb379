//! What only shows beside another connection.

use super::*;
use crate::dialect::Checkpoint;
use rokad_domain::UnixMs;

fn never(_: &mut Tx<'_>, _: Now, _: &[u8]) -> Result<Vec<()>, StoreError> {
    panic!("no transaction can begin")
}

#[test]
fn while_another_holds_the_database_asks_fail_at_once_instead_of_one_after_the_other() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rokad.db");
    let (mine, other) = (Handle::open_impatient(&path), Handle::open_impatient(&path));
    other.begin_write().unwrap();
    let combiner = Combiner::default();
    let answers: Vec<_> = (0..100).map(|n| combiner.push(never, n).unwrap()).collect();
    combiner.close();
    write(&combiner, &mine, || Now(UnixMs(0)), None, |_| ());
    for mut answer in answers {
        assert!(matches!(answer.try_recv(), Ok(Err(StoreError::Database(_)))));
    }
}

#[test]
fn a_long_reader_does_not_hold_the_writer_up_when_the_log_begins_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rokad.db");
    let writer = Handle::open_sqlite(&path, true).unwrap();
    let reader = Handle::open_sqlite(&path, false).unwrap();
    writer.execute_script("CREATE TABLE t (n INTEGER)").unwrap();
    reader.begin_read().unwrap();
    reader.each("SELECT COUNT(*) FROM t", &[], |_| Ok(())).unwrap();
    writer.execute_script("INSERT INTO t VALUES (1)").unwrap();
    let watch = crate::clock::Stopwatch::start();
    let pages = writer.checkpoint(Checkpoint::Restart).unwrap();
    assert!(pages.written_back < pages.in_log, "the reader stands in the way");
    assert!(watch.elapsed_ms() < 1_000, "but the writer goes on");
}
