//! Collecting, from a shop's form to its post-back: what contract.md §3 promises to shops and their customers.
//!
//! `shop` is a merchant's server that collects, `checkout` its customer with a browser that runs no script.

pub mod checkout;
pub mod shop;

mod card_data;
mod disputes;
mod events;
mod forms;
mod lab;
mod outcomes;
mod pages;
mod production;
mod refunds;
mod refused;
mod request;
mod samples;
mod silence;
mod status;
