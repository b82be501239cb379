//! A charge as the book keeps it.

use super::record::{Ending, Pages, Step};
use rokad_domain::{
    Paise, UnixMs,
    acquirer::{Fault, Method},
};

/// A charge.
pub struct Charge {
    pub reference: Box<str>,
    pub amount: Paise,
    pub method: Method,
    /// With what, as it may be shown.
    pub shown: Box<str>,
    pub return_url: Box<str>,
    /// No money is taken after this instant.
    pub not_after: UnixMs,
    pub state: State,
}

/// Where a charge stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum State {
    /// The customer is at its pages.
    AtPages(AtPages),
    /// It ends so by itself, unless its time is over before.
    Ends {
        ending: Ending,
        due: UnixMs,
        silent: bool,
    },
    /// It ends when its time is over.
    Unanswered,
    /// The money was taken.
    Captured { at: UnixMs },
    /// Nothing was taken, and never will be.
    Refused(Fault),
}

/// How far the customer has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AtPages {
    pub token: Box<str>,
    pub pages: Pages,
    /// Pages answered well.
    pub passed: u8,
    /// Wrong answers on this page.
    pub mistakes: u8,
    pub ending: Ending,
}

impl AtPages {
    /// The page to answer now.
    pub fn step(&self) -> Option<Step> {
        self.pages.steps().get(usize::from(self.passed)).copied()
    }

    /// Whether no page follows.
    pub fn is_last(&self) -> bool {
        usize::from(self.passed) + 1 == self.pages.steps().len()
    }
}

impl State {
    /// Whether money may still be taken.
    pub const fn is_open(&self) -> bool {
        match self {
            Self::AtPages(_) | Self::Ends { .. } | Self::Unanswered => true,
            Self::Captured { .. } | Self::Refused(_) => false,
        }
    }
}

impl Charge {
    /// The first instant at which its time is over.
    pub const fn over_at(&self) -> UnixMs {
        self.not_after.plus_ms(1)
    }

    /// When something happens to it by itself.
    pub fn due(&self) -> Option<UnixMs> {
        match &self.state {
            State::Ends { due, .. } => Some((*due).min(self.over_at())),
            State::AtPages(_) | State::Unanswered => Some(self.over_at()),
            State::Captured { .. } | State::Refused(_) => None,
        }
    }
}
