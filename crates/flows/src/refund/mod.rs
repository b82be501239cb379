//! The road of a refund: asked for, given to the acquirer, completed or failed. One file a step.

pub mod by_hand;
pub mod errand;
pub mod hear;
pub mod reference;
pub mod request;
pub mod status;
