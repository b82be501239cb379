//! The road of a payment: opened, attempted, captured or ended, settled. One file a step.

pub mod ask;
pub mod attempt;
pub(crate) mod back;
pub mod end;
pub mod hear;
pub mod open;
pub mod receive;
pub mod reference;
pub mod settle;
pub mod status;
