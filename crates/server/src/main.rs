//! Rokad: takes payments in and pays money out, in rupees, for many merchants, and keeps every paisa in a book.
//!
//! This crate is the door: HTTP, jobs, configuration and the command line. What happens behind it is in `flows`.

mod api;
mod app;
mod checkout;
mod cli;
mod collecting;
mod config;
mod courier;
mod database;
mod duties;
mod http;
mod jobs;
mod keyfile;
mod logging;
mod node;
mod notice;
mod rails;
mod sandbox;
mod serve;
mod tls;

/// Many threads allocate little things here; measured beside the machine's own allocator in decisions/0003.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::main()
}
