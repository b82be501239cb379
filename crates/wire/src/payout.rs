//! Paying out (IMPS): everything that is said at `/payout/api`, and the callbacks that follow.
//!
//! In the order of a payout's life: [`request`] is parsed, and refused with a [`refusal`] or [`accepted`] with a
//! [`ref_code`]; a [`poll`] asks about it; a [`callback`] tells of each change, and its [`mod@acknowledgement`] is read.
//! The [`seal`] is what lets either end believe the other; [`verify`] is the merchant's end.

pub mod accepted;
pub mod acknowledgement;
pub mod callback;
pub mod poll;
pub mod reconcile;
pub mod ref_code;
pub mod refusal;
pub mod request;
mod rules;
pub mod seal;
pub mod verify;

pub use accepted::Accepted;
pub use acknowledgement::acknowledgement;
pub use callback::{Callback, Change};
pub use poll::{Poll, PollBody, sign_poll};
pub use ref_code::RefCodes;
pub use refusal::{Refusal, Retry, Wire};
pub use request::{Environment, Rules};
pub use rokad_domain::payout::{Order, OrderId, Payout, Status};
pub use seal::SealKey;
pub use verify::{NotVerified, VerifiedCallback, VerifiedPoll, verify_callback, verify_poll_answer};
