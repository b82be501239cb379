//! `rokad clock`: the sandbox's clock, shown and moved forward.

use crate::{
    cli::{Failure, print},
    keyfile::INSTANCE_KEY,
    sandbox::clock::{MOVED_MS_MAX, TestClock},
};
use std::path::PathBuf;

/// What to do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Shows what the clock of a sandbox shows
    Show {
        #[command(flatten)]
        sandbox: Sandbox,
    },
    /// Moves the clock of a sandbox forward: what is due by then happens at once
    Advance {
        #[command(flatten)]
        sandbox: Sandbox,
        /// By how much: 90s, 15m, 6h, 3d or 2w
        #[arg(value_parser = parse_duration)]
        by: i64,
    },
}

/// A sandbox.
#[derive(clap::Args)]
pub struct Sandbox {
    /// Its data directory
    #[arg(long, value_name = "DIR", default_value = "rokad-data")]
    data: PathBuf,
}

impl Sandbox {
    fn clock(&self) -> Result<TestClock, Failure> {
        // What `rokad serve` keeps elsewhere has no clock that could be moved.
        if !self.data.join(INSTANCE_KEY).exists() {
            let data = self.data.display();
            return Err(Failure::Said(format!("there is no sandbox in {data}")));
        }
        Ok(TestClock::of(&self.data)?)
    }
}

/// Milliseconds.
fn parse_duration(text: &str) -> Result<i64, String> {
    let wrong = || "a number and its unit, like 90s, 15m, 6h, 3d or 2w; ten years at most".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let unit_ms: i64 = match unit {
        's' => 1_000,
        'm' => 60_000,
        'h' => 3_600_000,
        'd' => 86_400_000,
        'w' => 7 * 86_400_000,
        _ => return Err(wrong()),
    };
    let digits = &text[..text.len() - 1];
    let number: i64 = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse().ok())
        .flatten()
        .ok_or_else(wrong)?;
    number
        .checked_mul(unit_ms)
        .filter(|ms| (1..=MOVED_MS_MAX).contains(ms))
        .ok_or_else(wrong)
}

/// Does it.
pub fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Show { sandbox } => show(&sandbox.clock()?),
        Command::Advance { sandbox, by } => {
            let clock = sandbox.clock()?;
            if clock.moved_ms() + by > MOVED_MS_MAX {
                return Err(Failure::Said(
                    "a sandbox's clock is moved by ten years at most".to_owned(),
                ));
            }
            clock.advance(by)?;
            show(&clock);
        }
    }
    Ok(())
}

fn show(clock: &TestClock) {
    let moved = clock.moved_ms() / 1_000;
    let (days, hours, minutes, seconds) = (moved / 86_400, moved / 3_600 % 24, moved / 60 % 60, moved % 60);
    print::line(&format!(
        "{}  ({days} d {hours} h {minutes} min {seconds} s ahead)",
        print::time(clock.clock().now().at())
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_number_and_its_unit() {
        for (text, ms) in [
            ("90s", 90_000),
            ("15m", 900_000),
            ("6h", 21_600_000),
            ("3d", 259_200_000),
            ("2w", 1_209_600_000),
        ] {
            assert_eq!(parse_duration(text), Ok(ms), "{text}");
        }
        for text in [
            "",
            "3",
            "d",
            "-3d",
            "0s",
            "3 d",
            "3D",
            "1.5h",
            "99999999999999999999s",
            "5000d",
            "3日",
        ] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
