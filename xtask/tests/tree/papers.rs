//! Documents name what exists: an invariant its test, a dependency its reason, a decision its number.

use crate::files::{self, document};

#[test]
fn every_invariant_names_a_test_that_exists() {
    let sources: Vec<String> = files::rust().into_iter().map(|file| file.text).collect();
    let invariants = invariants(&document("ARCHITECTURE.md"));
    assert!(
        !invariants.is_empty(),
        "ARCHITECTURE.md has no numbered invariants"
    );
    for invariant in invariants {
        let tests = tests_named_in(&invariant);
        assert!(!tests.is_empty(), "this invariant names no test: {invariant}");
        for test in tests {
            let definition = format!("fn {test}(");
            assert!(
                sources.iter().any(|source| source.contains(&definition)),
                "no test `{test}`, which stands for: {invariant}"
            );
        }
    }
}

/// The numbered items under headings that speak of invariants, each on one line.
fn invariants(architecture: &str) -> Vec<String> {
    let (mut inside, mut items) = (false, Vec::<String>::new());
    let mut open = false;
    for line in architecture.lines() {
        if line.starts_with('#') {
            (inside, open) = (line.to_lowercase().contains("invariant"), false);
        } else if inside && is_numbered(line) {
            items.push(line.to_owned());
            open = true;
        } else if line.trim().is_empty() {
            open = false;
        } else if let Some(item) = items.last_mut().filter(|_| open) {
            item.push(' ');
            item.push_str(line.trim());
        }
    }
    items
}

fn is_numbered(line: &str) -> bool {
    line.split_once(". ")
        .is_some_and(|(number, _)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// The names between backticks after `Test:` or `Tests:`, without their modules.
fn tests_named_in(invariant: &str) -> Vec<String> {
    let Some((_, after)) = invariant
        .split_once("Test: ")
        .or_else(|| invariant.split_once("Tests: "))
    else {
        return Vec::new();
    };
    let names = after.split('`').skip(1).step_by(2);
    names
        .map(|name| name.rsplit("::").next().unwrap_or(name).to_owned())
        .collect()
}

#[test]
fn invariants_are_read_over_several_lines() {
    let paper = "# Map\n1. Not one.\n\n## Invariants\n1. Sums are zero.\n   Test: `a::sums`\n2. No.\n\nMore `text`.\n";
    let found = invariants(paper);
    assert_eq!(found, ["1. Sums are zero. Test: `a::sums`", "2. No."]);
    assert_eq!(tests_named_in(&found[0]), ["sums"]);
    assert!(tests_named_in(&found[1]).is_empty());
    assert_eq!(tests_named_in("3. Both. Tests: `x`, `y`."), ["x", "y"]);
}

#[test]
fn decisions_are_numbered_and_weigh_what_they_cost() {
    let decisions: Vec<_> = files::all()
        .into_iter()
        .filter(|file| file.path.starts_with("docs/decisions/"))
        .collect();
    assert!(!decisions.is_empty(), "docs/decisions is empty");
    for (index, decision) in decisions.iter().enumerate() {
        let number = format!("docs/decisions/{:04}-", index + 1);
        let path = &decision.path;
        assert!(
            path.starts_with(&number) && path.ends_with(".md"),
            "{path}: expected {number}….md"
        );
        for heading in ["context", "decision", "what we gave up", "how we would notice"] {
            let headings = decision.text.lines().filter(|line| line.starts_with("## "));
            let there = headings
                .map(str::to_lowercase)
                .any(|line| line[3..].starts_with(heading));
            assert!(there, "{path}: no heading `## {heading}`");
        }
    }
}

#[test]
fn every_dependency_is_named_with_its_reason() {
    let record = document("docs/decisions/0003-dependencies.md");
    let missing: Vec<_> = workspace_dependencies(&document("Cargo.toml"))
        .into_iter()
        .filter(|name| !name.starts_with("rokad-") && !record.contains(&format!("`{name}`")))
        .collect();
    assert!(
        missing.is_empty(),
        "not named in 0003-dependencies.md: {}",
        missing.join(", ")
    );
}

fn workspace_dependencies(manifest: &str) -> Vec<String> {
    let lines = manifest
        .lines()
        .skip_while(|line| *line != "[workspace.dependencies]")
        .skip(1);
    let entries = lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with('#'));
    let names: Vec<String> = entries
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name.to_owned())
        .collect();
    assert!(!names.is_empty(), "Cargo.toml has no [workspace.dependencies]");
    names
}
