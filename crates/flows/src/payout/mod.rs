//! The road of a payout: request, dispatch, confirm, and what can come after.

pub mod ask;
pub mod confirm;
pub mod decline;
pub mod dispatch;
pub mod news;
pub mod reference;
pub mod request;
pub mod reverse;
pub mod status;
