//! What may stand in which file.

use crate::files::{self, Text};

/// Lines of a Rust file. Not a matter of taste: a file that nobody reads to its end is where a mistake with money
/// stays unseen, and a step, its decision and its tests fit into a third of this.
const LINES_MAX: usize = 700;

fn assert_none(found: Vec<String>, rule: &str) {
    assert!(found.is_empty(), "{rule}:\n  {}", found.join("\n  "));
}

fn find_in(files: &[Text], needles: &[&str]) -> Vec<String> {
    files
        .iter()
        .flat_map(|file| needles.iter().flat_map(|needle| file.find(needle)))
        .collect()
}

#[test]
fn only_store_writes_sql() {
    let elsewhere = files::rust().into_iter().filter(|file| {
        !file.path.starts_with("crates/store/") && !file.path.starts_with("xtask/") && !file.is_test()
    });
    let found = elsewhere
        .filter(|file| speaks_sql(&file.text))
        .map(|file| file.path)
        .collect();
    assert_none(found, "SQL outside crates/store");
}

/// Statements in capitals, also when they run over several lines.
fn speaks_sql(text: &str) -> bool {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(not_empty)
        .collect();
    let near = |at: usize, word: &str| words[at..].iter().take(40).any(|other| *other == word);
    words.iter().enumerate().any(|(at, word)| match *word {
        "SELECT" => near(at, "FROM"),
        "UPDATE" => near(at, "SET"),
        "INSERT" => words.get(at + 1).is_some_and(|next| *next == "INTO"),
        "DELETE" => words.get(at + 1).is_some_and(|next| *next == "FROM"),
        _ => false,
    })
}

fn not_empty(word: &&str) -> bool {
    !word.is_empty()
}

#[test]
fn sql_is_recognised() {
    assert!(speaks_sql("\"SELECT a,\n    b FROM payout\""));
    assert!(speaks_sql("INSERT INTO x") && speaks_sql("DELETE FROM x") && speaks_sql("UPDATE x SET a = 1"));
    assert!(!speaks_sql(
        "// Select one from the list; DELETE is an HTTP method, UPDATE is not"
    ));
}

#[test]
fn only_one_file_reads_the_clock() {
    let needles = [concat!("SystemTime::", "now"), concat!("Instant::", "now")];
    let mut files = files::rust();
    files.retain(|file| {
        file.path != "crates/store/src/clock.rs" && !file.path.starts_with("xtask/") && !file.is_test()
    });
    assert_none(
        find_in(&files, &needles),
        "time comes in as a value; only crates/store/src/clock.rs reads the clock",
    );
}

#[test]
fn no_test_is_skipped_and_nothing_is_left_to_do() {
    let needles = [
        concat!("#[ig", "nore"),
        concat!("to", "do!("),
        concat!("unimpl", "emented!("),
    ];
    assert_none(
        find_in(&files::rust(), &needles),
        "a test that never runs, or code that is not there",
    );
}

#[test]
fn no_test_waits_by_the_clock() {
    let mut files = files::rust();
    files.retain(Text::is_test);
    assert_none(
        find_in(&files, &[concat!("sle", "ep(")]),
        "a test waits for what it needs, not for a time",
    );
}

#[test]
fn every_file_can_be_read_in_one_sitting() {
    let long = files::rust()
        .into_iter()
        .filter(|file| file.text.lines().count() > LINES_MAX);
    assert_none(
        long.map(|file| file.path).collect(),
        &format!("more than {LINES_MAX} lines"),
    );
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    let roots = [
        concat!("/ho", "me/"),
        concat!("/ro", "ot/"),
        concat!("/wo", "rk/"),
        concat!("/Us", "ers/"),
    ];
    let found = files::all().into_iter().flat_map(|file| {
        let lines = file.text.lines().enumerate();
        let hits = lines.filter(|(_, line)| roots.iter().any(|root| has_path(line, root)));
        hits.map(|(number, _)| format!("{}:{}", file.path, number + 1))
            .collect::<Vec<_>>()
    });
    assert_none(found.collect(), "a path of one machine");
}

/// `root` where a path begins: not in the middle of another one, or of a URL.
fn has_path(line: &str, root: &str) -> bool {
    line.match_indices(root).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "_-./~}".contains(c))
    })
}

#[test]
fn a_path_is_told_from_a_part_of_one() {
    let root = concat!("/wo", "rk/");
    assert!(has_path(&format!("see {root}main"), root) && has_path(&format!("\"{root}x\""), root));
    assert!(!has_path(&format!("https://example.com{root}x"), root) && !has_path(&format!("a{root}b"), root));
}
