//! The arrows between the crates, as Cargo itself reads them: all kinds of dependencies, those of tests too.

use std::process::Command;

use serde_json::Value;

use crate::files::root;

/// Each crate of the house and those it may know. A crate that is not in this list has no place in the house yet.
const ARROWS: [(&str, &[&str]); 8] = [
    ("rokad-domain", &[]),
    ("rokad-wire", &["rokad-domain"]),
    ("rokad-pages", &["rokad-domain"]),
    ("rokad-store", &["rokad-domain"]),
    ("rokad-rails", &["rokad-domain"]),
    ("rokad-flows", &["rokad-store", "rokad-rails", "rokad-domain"]),
    (
        "rokad",
        &[
            "rokad-flows",
            "rokad-store",
            "rokad-rails",
            "rokad-pages",
            "rokad-wire",
            "rokad-domain",
        ],
    ),
    ("xtask", &[]),
];

/// Libraries that only some crates may use, with the reason.
const RESERVED: [(&str, &[&str], &str); 5] = [
    (
        "axum",
        &["rokad", "rokad-rails", "xtask"],
        "only server and the banks' side of rails know HTTP",
    ),
    (
        "hyper",
        &["rokad", "rokad-rails"],
        "only server and the banks' side of rails know HTTP",
    ),
    ("rusqlite", &["rokad-store"], "only store writes SQL"),
    ("postgres", &["rokad-store"], "only store writes SQL"),
    ("tokio-postgres", &["rokad-store"], "only store writes SQL"),
];

/// Libraries that the tests of a crate may use beside: to damage a file as a thief would, for `verify` to find.
const FOR_TESTS: [(&str, &str); 4] = [
    ("rokad-flows", "rusqlite"),
    ("rokad-flows", "postgres"),
    ("rokad", "rusqlite"),
    ("rokad", "postgres"),
];

struct Package {
    name: String,
    dependencies: Vec<String>,
    /// Those of its tests alone.
    of_tests: Vec<String>,
}

fn packages() -> Vec<Package> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
        .current_dir(root());
    let output = cargo.output().unwrap();
    assert!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(Package::read)
        .collect()
}

impl Package {
    fn read(package: &Value) -> Self {
        let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
        let all = package["dependencies"].as_array().unwrap();
        let of_tests = all
            .iter()
            .filter(|value| value["kind"] == "dev")
            .map(name)
            .collect();
        Self {
            name: name(package),
            dependencies: all.iter().map(name).collect(),
            of_tests,
        }
    }
}

#[test]
fn each_crate_knows_only_those_below_it() {
    let packages = packages();
    let is_ours = |name: &String| packages.iter().any(|package| package.name == *name);
    for package in &packages {
        let known = ARROWS.iter().find(|(name, _)| *name == package.name);
        let (_, allowed) = known.unwrap_or_else(|| panic!("{} has no place in the map", package.name));
        for dependency in package.dependencies.iter().filter(|name| is_ours(name)) {
            assert!(
                allowed.contains(&dependency.as_str()),
                "{} must not know {dependency}",
                package.name
            );
        }
    }
    assert_eq!(
        packages.len(),
        ARROWS.len(),
        "the map names a crate that is not there"
    );
}

#[test]
fn http_and_sql_are_known_only_where_they_belong() {
    for package in packages() {
        for (library, users, reason) in RESERVED {
            // hyper-util and hyper-rustls are hyper, too.
            let family = format!("{library}-");
            let only_in_tests = |name: &String| {
                FOR_TESTS.contains(&(package.name.as_str(), name.as_str())) && package.of_tests.contains(name)
            };
            let uses = package
                .dependencies
                .iter()
                .filter(|name| !only_in_tests(name))
                .any(|name| name == library || name.starts_with(&family));
            assert!(
                !uses || users.contains(&package.name.as_str()),
                "{}: no {library}: {reason}",
                package.name
            );
        }
    }
}
