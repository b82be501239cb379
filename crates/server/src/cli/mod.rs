//! The command line.

mod accounts;
mod backup;
mod bank;
mod callbacks;
mod caller;
mod clock;
mod copy;
mod dispute;
mod events;
mod fund;
mod holiday;
mod listen;
mod merchant;
mod payment;
mod payout;
mod place;
pub mod print;
mod refund;
mod settle;
mod statement;
mod suspense;
mod trigger;
mod verify;
mod webhook;

use crate::{config, logging, sandbox, serve};
use clap::{Parser, Subcommand};
use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

/// Takes payments in and pays money out, in rupees, and keeps every paisa in a double-entry book.
///
/// Without a command it starts the sandbox in ./rokad-data.
#[derive(Parser)]
#[command(name = "rokad", version, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Runs everything on this machine: the gateway, a sandbox bank and a demo shop, with seeded data
    Sandbox(SandboxArgs),
    /// Runs the gateway for real: HTTPS only, nothing seeded
    Serve(ServeArgs),
    /// Runs the sandbox bank alone, as a bank for other gateways
    Bank(bank::Args),
    /// Adds, lists and shows merchants, and changes their keys
    #[command(subcommand)]
    Merchant(merchant::Command),
    /// Records that money came in: a merchant's, or the operator's own
    Fund(fund::Args),
    /// Shows a payout, or declines one that is Pending
    #[command(subcommand)]
    Payout(payout::Command),
    /// Shows what became of a payment
    #[command(subcommand)]
    Payment(payment::Command),
    /// Lists refunds under way, shows one, and ends one that a person pays
    #[command(subcommand)]
    Refund(refund::Command),
    /// Lists, shows, raises, answers and decides disputes, and takes an acquirer's file of chargebacks
    #[command(subcommand)]
    Dispute(dispute::Command),
    /// Settles what is due: captured money becomes the merchants' to use
    Settle(settle::Args),
    /// Takes a bank's statement, or one receipt: money that customers paid by UPI QR code
    #[command(subcommand)]
    Statement(statement::Command),
    /// Lists money that came in and that nobody has claimed
    Suspense(suspense::Args),
    /// Shows a sandbox's clock, and moves it forward
    #[command(subcommand)]
    Clock(clock::Command),
    /// Declares and lists days on which banks do not settle, beside the weekends
    #[command(subcommand)]
    Holiday(holiday::Command),
    /// Lists callbacks that were given up, and sends callbacks again
    #[command(subcommand)]
    Callbacks(callbacks::Command),
    /// Registers URLs to which a merchant's events are posted, lists them, and switches them on again
    #[command(subcommand)]
    Webhook(webhook::Command),
    /// Lists what merchants were told of, and tells them again
    #[command(subcommand)]
    Events(events::Command),
    /// Hears of a merchant's events as they happen, and forwards them to a developer's machine
    Listen(listen::Args),
    /// Makes an event happen in a sandbox: a real payment, refund or dispute
    Trigger(trigger::Args),
    /// Lists the operator's bank accounts, and switches them off and on
    #[command(subcommand)]
    Accounts(accounts::Command),
    /// Recomputes the whole book and says whether every paisa is explained
    Verify(verify::Args),
    /// Writes the embedded database's present state to a file, while a gateway serves it
    Backup(backup::Args),
    /// Moves the whole book to another database, and proves that it is the same there
    Copy(copy::Args),
}

#[derive(clap::Args)]
pub struct SandboxArgs {
    /// Where the data is; made when it is missing
    #[arg(long, value_name = "DIR", default_value = "rokad-data")]
    pub data: PathBuf,
    /// Where HTTP is served; HTTPS, the bank and the shop take the next ports, or any when the port is 0
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:7300")]
    pub listen: SocketAddr,
    /// Keep the book of a new directory on this server: postgres://user:password@host/name
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Only serve requests: no payout is given to the bank, no callback is carried
    #[arg(long)]
    pub no_jobs: bool,
}

#[derive(clap::Args)]
struct ServeArgs {
    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = "rokad.toml")]
    config: PathBuf,
}

/// Why a command failed, for whoever typed it.
#[derive(thiserror::Error, Debug)]
pub enum Failure {
    /// In words.
    #[error("{0}")]
    Said(String),
    /// Input or output.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The store.
    #[error(transparent)]
    Store(#[from] rokad_store::StoreError),
    /// A key.
    #[error(transparent)]
    Key(#[from] crate::keyfile::KeyError),
    /// A copy or a backup.
    #[error(transparent)]
    Copy(#[from] rokad_store::copy::CopyError),
    /// TLS.
    #[error(transparent)]
    Tls(#[from] crate::tls::TlsError),
    /// The configuration.
    #[error(transparent)]
    Config(#[from] config::ConfigError),
    /// The sandbox bank.
    #[error(transparent)]
    Bank(#[from] rokad_rails::sandbox::BankError),
}

impl From<String> for Failure {
    fn from(said: String) -> Self {
        Self::Said(said)
    }
}

/// Runs the command. Exits with 0, 1 when it failed, 2 when it was typed wrongly.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let command = cli.command.unwrap_or_else(|| {
        Command::Sandbox(SandboxArgs {
            data: "rokad-data".into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 7300)),
            database: None,
            no_jobs: false,
        })
    });
    let server = matches!(
        command,
        Command::Sandbox(_) | Command::Serve(_) | Command::Bank(_)
    );
    logging::start(if server { "info" } else { "warn" });
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&Failure::Io(error)),
    };
    match runtime.block_on(run(command)) {
        Ok(code) => code,
        Err(failure) => fail(&failure),
    }
}

fn fail(failure: &Failure) -> ExitCode {
    eprintln!("rokad: {failure}");
    ExitCode::FAILURE
}

async fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Sandbox(args) => sandbox::run(args).await?,
        Command::Serve(args) => serve::serve(config::read(&args.config)?).await?,
        Command::Bank(args) => bank::run(args).await?,
        Command::Merchant(command) => merchant::run(command).await?,
        Command::Fund(args) => fund::run(args).await?,
        Command::Payout(command) => payout::run(command).await?,
        Command::Payment(command) => payment::run(command).await?,
        Command::Refund(command) => refund::run(command).await?,
        Command::Dispute(command) => dispute::run(command).await?,
        Command::Settle(args) => settle::run(args).await?,
        Command::Statement(command) => statement::run(command).await?,
        Command::Suspense(args) => suspense::run(args).await?,
        Command::Clock(command) => clock::run(command)?,
        Command::Holiday(command) => holiday::run(command).await?,
        Command::Callbacks(command) => callbacks::run(command).await?,
        Command::Webhook(command) => webhook::run(command).await?,
        Command::Events(command) => events::run(command).await?,
        Command::Listen(args) => listen::run(args).await?,
        Command::Trigger(args) => trigger::run(args).await?,
        Command::Accounts(command) => accounts::run(command).await?,
        Command::Verify(args) => return verify::run(args).await,
        Command::Backup(args) => return backup::run(args).await,
        Command::Copy(args) => return copy::run(args).await,
    }
    Ok(ExitCode::SUCCESS)
}
