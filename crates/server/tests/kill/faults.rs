//! What does not fit. All of it is collected first: one paisa too many is better understood beside its neighbours.

/// Faults that are shown at most.
const SHOWN: usize = 30;

#[derive(Default)]
pub struct Faults(Vec<String>);

impl Faults {
    pub fn unless(&mut self, holds: bool, fault: impl FnOnce() -> String) {
        if !holds {
            self.0.push(fault());
        }
    }

    /// Two figures that must be one.
    pub fn equal<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, is: T, should_be: T) {
        self.unless(is == should_be, || {
            format!("{what}: is {is:?}, should be {should_be:?}")
        });
    }

    /// Stops the test if there is any.
    pub fn none(self) {
        let shown: Vec<&str> = self.0.iter().take(SHOWN).map(String::as_str).collect();
        assert!(
            self.0.is_empty(),
            "{} faults:\n  {}",
            self.0.len(),
            shown.join("\n  ")
        );
    }
}
