//! `cargo xtask test`: all that must hold before a change goes in, on any machine with Rust and a C compiler.
//!
//! The cheap steps come first. The test runner comes last and writes to stdout, also what it would say on stderr
//! (nextest does), so that its closing line is the last line of stdout.

mod browser;
mod database;

use std::time::Instant;

use crate::Result;
use crate::cargo::{cargo, check};
use crate::tools::{self, php::Php};

pub fn run() -> Result<()> {
    let start = Instant::now();
    let (php, chromium, postgres) = step("tools", || {
        tools::need_component("rustfmt", "fmt")?;
        tools::need_component("clippy", "clippy")?;
        Ok((
            tools::php::find()?,
            tools::browser::find()?,
            tools::postgres::find()?,
        ))
    })?;
    step("formatting", formatting)?;
    step("lints", lints)?;
    step("build of rokad", build)?;
    step("documentation's examples", doc_tests)?;
    step("browser", || browser::tests(&chromium))?;
    step("tests", || {
        database::beside(&postgres, |server| tests(php, server))
    })?;
    eprintln!("xtask: all is well after {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}

fn step<T>(name: &str, body: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("xtask: {name} …");
    let start = Instant::now();
    let result = body();
    let verdict = if result.is_ok() { "ok" } else { "FAILED" };
    eprintln!(
        "xtask: {name}: {verdict} ({:.1} s)",
        start.elapsed().as_secs_f64()
    );
    result
}

fn formatting() -> Result<()> {
    check(
        &mut cargo(&["fmt", "--all", "--check"]),
        "formatting differs: run `cargo fmt --all`",
    )
}

fn lints() -> Result<()> {
    let args = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ];
    check(&mut cargo(&args), "clippy objects: see above")
}

/// Tests start the real program; when it does not build, we say so before they do.
fn build() -> Result<()> {
    check(
        &mut cargo(&["build", "-p", "rokad", "--locked"]),
        "rokad does not build: see above",
    )
}

/// nextest does not run these.
fn doc_tests() -> Result<()> {
    let args = ["test", "--doc", "--workspace", "--locked", "--no-fail-fast"];
    check(
        cargo(&args).stderr(std::io::stdout()),
        "an example in the documentation fails: see above",
    )
}

/// All of them; then those of the whole program once more, with its book on the server.
fn tests(php: Php, postgres: &database::Variables) -> Result<()> {
    let nextest = tools::has_nextest();
    let runner: &[&str] = if nextest { &["nextest", "run"] } else { &["test"] };
    let run = || cargo(&[runner, &["--locked", "--no-fail-fast"]].concat());
    let (mut all, mut on_server) = (run(), run());
    all.arg("--workspace");
    if !nextest {
        all.arg("--all-targets");
    }
    on_server
        .args(["-p", "rokad", "--test", "e2e"])
        .env("ROKAD_TEST_ON", "postgres");
    for command in [&mut all, &mut on_server] {
        command.env(tools::php::VARIABLE, php.as_variable());
        command.envs(postgres.iter().map(|(name, value)| (name, value)));
        check(command.stderr(std::io::stdout()), "tests fail: see above")?;
    }
    Ok(())
}
