//! The hosted checkout, as customers see it: one page with the states of a payment, in English and in Hindi.
//!
//! `GET /checkout/{token}` shows [`Choose`], [`AtBank`], [`InApp`], [`Checking`], [`Qr`] or [`Ended`], whichever the payment
//! is in. Forms post to `/pay`, `/change`, `/cancel` and `/give-up` below it; pages that wait listen to `/events`. Everything
//! works without the script. Source: contract.md §3.2.

mod render;
pub mod samples;
mod view;
mod words;

pub use render::{at_bank, checking, choose, ended, hash_lab, in_app, message, qr};
pub use view::{
    AtBank, Checking, Choice, Choose, Ended, Field, FormFault, HashLab, InApp, Message, Notice, Offer, Order,
    Outcome, PostBack, Problem, Qr, Typed,
};
