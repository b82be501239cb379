//! `cargo xtask …`: everything around the code that has logic.
//!
//! - `test`  formatting, lints, build and all tests, those in a browser too, installing what is missing where it can
//! - `drill` what becomes of a gateway of three nodes when nodes and database servers fail: see `drill.rs`
//! - `bench` the speed of Rokad as ratios: see `bench.rs`
//!
//! xtask speaks on stderr; stdout belongs to the test runners and to the table of the benchmark.

mod bench;
mod cargo;
mod drill;
mod echo;
mod load;
mod postgres;
mod process;
mod test;
mod tools;

use std::process::ExitCode;

/// Whatever went wrong, in a sentence for the person at the terminal.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const USAGE: &str = "\
usage: cargo xtask test
       cargo xtask drill [--only NAME]... [--rokad PROGRAM]
       cargo xtask bench [--seconds N] [--only NAME]... [--payments N] [--rokad PROGRAM]
       cargo xtask bench growth [--payouts N] [--minutes N] [--on sqlite|postgres] [--setting NAME=VALUE]... [--rokad PROGRAM]

drill --only NAME      restart, node, asleep, cut, primary or disk; may be repeated
      --rokad PROGRAM  drill with this binary instead of building one
bench --seconds N      length of each measure (default 5)
      --only NAME      echo, pgbench, accept, spread, postgres, latency, carried, payments, page, card, status, webhooks or
                       ready; may be repeated
      --payments N     payments in the book of the status calls (default 1000000, or 200000 a second asked for)
      --rokad PROGRAM  measure this binary instead of building one
growth --payouts N     payouts in the grown book (default 10000000: 15 GB on the embedded database, 25 GB on a server)
       --minutes N     that the growing may take (default 120)
       --setting ...   of the PostgreSQL server, beside those of docs/operations/growth.md
Data lies in /var/tmp (ROKAD_BENCH_DIR says otherwise): a real disk, not a RAM disk.";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<()> {
    let (command, rest) = args.split_first().ok_or(USAGE)?;
    match command.as_str() {
        "test" if rest.is_empty() => test::run(),
        "drill" => drill::run(rest),
        "bench" => bench::run(rest),
        "echo" => echo::run(rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(USAGE.into()),
    }
}
