//! `rokad bank`: the sandbox bank alone.

use crate::{
    cli::{Failure, print},
    keyfile::write_private,
    node::{Node, StopSignals},
    sandbox::bank::{AccountSeed, open, serve},
};
use rokad_store::Clock;
use rokad_wire::chance;
use std::{fs, net::SocketAddr, path::PathBuf};
use tokio::net::TcpListener;

/// Where the bank is, and what it is opened with.
#[derive(clap::Args)]
pub struct Args {
    /// Where its book is; made when it is missing
    #[arg(long, value_name = "DIR", default_value = "rokad-bank")]
    data: PathBuf,
    /// Where it is served, over plain HTTP
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:7302")]
    listen: SocketAddr,
    /// The key that callers must show; made when the file is missing
    #[arg(long, value_name = "FILE", default_value = "rokad-bank/bank.key")]
    key_file: PathBuf,
    /// An account and the rupees in it when the bank is first opened; may be given several times
    #[arg(
        long = "account",
        value_name = "NUMBER:RUPEES",
        default_value = "100000000001:100000000"
    )]
    accounts: Vec<AccountSeed>,
}

/// Runs until stopped.
pub async fn run(args: Args) -> Result<(), Failure> {
    let signals = StopSignals::listen()?;
    fs::create_dir_all(&args.data)?;
    if !args.key_file.exists() {
        write_private(&args.key_file, hex::encode(chance::fill::<32>()).as_bytes())?;
    }
    let key = fs::read_to_string(&args.key_file)?;
    let bank = open(&args.data, args.accounts, Clock::system())?;
    let listener = TcpListener::bind(args.listen).await?;
    let address = listener.local_addr()?;
    let node = Node::new();
    serve(&node, &bank, key.trim(), listener);
    print::line(&format!(
        "sandbox bank at http://{address}, key in {}",
        args.key_file.display()
    ));
    node.run_until(signals).await;
    bank.close();
    Ok(())
}
