//! The real program over real HTTP: what is promised on the wire and at the command line is tested there.
//!
//! `house` starts a sandbox, `merchant` speaks as a merchant's server does, `receiver` is the server to which its
//! callbacks go; `gateway` runs the real thing beside a bank. Each test has a house of its own, with its own data and ports.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

#[path = "../../../store/tests/support/mod.rs"]
#[macro_use]
mod database;
mod document;
mod gateway;
mod house;
mod http;
mod merchant;
mod program;
mod receiver;
mod waiting;

mod addresses;
mod backup;
mod bad_input;
mod bank_scripts;
mod callbacks;
mod clock;
mod collect;
mod copy;
mod logs;
mod nodes;
mod operators;
mod php;
mod polling;
mod postgres;
mod production;
mod reading;
mod receipts;
mod request;
mod shop;
mod start;
mod stop;
mod webhooks;
