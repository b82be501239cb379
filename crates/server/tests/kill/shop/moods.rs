//! How the shop answers a callback: mostly yes, sometimes as shops do.

use super::http;
use crate::{chance::Chance, waiting::pause};
use std::{
    io::Write,
    net::{Shutdown, TcpStream},
    time::Duration,
};

/// How often one callback is not acknowledged at most. It comes again within 6 s; the gaps after that are longer.
pub const REFUSALS_MAX: u32 = 1;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Yes,
    /// Yes, after a while: the program may be gone by then.
    LateYes(Duration),
    No,
    Broken,
    HangsUp,
}

impl Mood {
    pub fn draw(chance: &mut Chance) -> Self {
        match chance.between(0, 99) {
            0..2 => Self::No,
            2..5 => Self::Broken,
            5..8 => Self::HangsUp,
            8..12 => Self::LateYes(chance.ms(20, 400)),
            _ => Self::Yes,
        }
    }

    pub fn acknowledges(self) -> bool {
        matches!(self, Self::Yes | Self::LateYes(_))
    }

    /// The same, if it acknowledges.
    pub fn or_yes(self) -> Self {
        if self.acknowledges() { self } else { Self::Yes }
    }

    /// Answers. Returns whether the connection goes on.
    pub fn answer(self, mut stream: &TcpStream) -> bool {
        let yes = || http::response("200 OK", r#"{"hash_status":"Hash Matched","acknowledge":"yes"}"#);
        let response = match self {
            Self::Yes => yes(),
            Self::LateYes(after) => {
                pause(after);
                yes()
            }
            Self::No => http::response("200 OK", r#"{"hash_status":"Hash Matched","acknowledge":"no"}"#),
            Self::Broken => http::response("500 Internal Server Error", "the shop is being painted"),
            Self::HangsUp => {
                let _ = stream.shutdown(Shutdown::Both);
                return false;
            }
        };
        stream.write_all(response.as_bytes()).is_ok()
    }
}
