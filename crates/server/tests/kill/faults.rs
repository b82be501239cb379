//! What does not fit. All of it is collected first: one paisa too many is better understood beside its neighbours.

use std::fmt::Debug;

/// Faults of one judge that are shown at most.
const SHOWN: usize = 10;

/// Faults, by who found them.
#[derive(Default)]
pub struct Faults(Vec<(&'static str, Vec<String>)>);

impl Faults {
    /// From here on `judge` finds them.
    pub fn found_by(&mut self, judge: &'static str) -> &mut Self {
        self.0.push((judge, Vec::new()));
        self
    }

    pub fn unless(&mut self, holds: bool, fault: impl FnOnce() -> String) {
        if !holds {
            let last = self.0.last_mut().expect("somebody judges");
            last.1.push(fault());
        }
    }

    /// Two figures that must be one.
    pub fn equal<T: PartialEq + Debug>(&mut self, what: &str, is: T, should_be: T) {
        self.unless(is == should_be, || {
            format!("{what}: is {is:?}, should be {should_be:?}")
        });
    }

    /// Stops the test if there is any.
    pub fn none(mut self) {
        self.0.retain(|(_, faults)| !faults.is_empty());
        let judge = |(judge, faults): &(&str, Vec<String>)| {
            let shown = faults.iter().take(SHOWN).map(|fault| format!("\n  {fault}"));
            format!("{judge}: {} faults{}\n", faults.len(), shown.collect::<String>())
        };
        assert!(
            self.0.is_empty(),
            "\n{}",
            self.0.iter().map(judge).collect::<String>()
        );
    }
}
