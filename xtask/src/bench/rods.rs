//! The measuring rods: what this machine does without Rokad.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::figures::Figures;
use super::options::Measure;
use super::{Bench, pgbench, say};
use crate::Result;
use crate::load::request::Requests;
use crate::postgres::{Cluster, Programs};
use crate::process::Process;

/// Measured before and after Rokad; the mean of the two evens out a machine that warms up or is shared.
pub async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    if bench.options.wants(Measure::Echo) {
        echo(bench, figures).await?;
    }
    if bench.options.wants(Measure::Pgbench) {
        against_postgres(bench, figures).await?;
    }
    Ok(())
}

async fn echo(bench: &Bench, figures: &mut Figures) -> Result<()> {
    say("echo: a bare axum server");
    let program = std::env::current_exe()?;
    let mut command = Command::new(program);
    let mut echo = Process::spawn(
        command
            .args(["echo", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped()),
    )?;
    let stdout = echo.child().stdout.take().ok_or("the echo has no stdout")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    let address = address(line.trim())?;
    let requests = Arc::new(Requests::of(&["PECHO".to_owned()]));
    let (per_second, _) = bench.flat_out(address, &requests).await?;
    figures.echo_per_s.push(per_second);
    figures.echo_ms_at_1000 = Some(
        bench
            .offered(1000, address, &requests)
            .await?
            .percentiles_ms([0.5, 0.99]),
    );
    Ok(())
}

async fn against_postgres(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let Some(programs) = Programs::find() else {
        say("pgbench: PostgreSQL's programs are not here, so its ratio is left out");
        return Ok(());
    };
    say("pgbench: TPC-B-like, scale 10, 16 clients, durable");
    let dir = bench
        .scratch
        .path()
        .join(format!("pg{}", figures.pgbench_per_s.len()));
    let cluster = Cluster::make(&programs, &dir).await?;
    let server = cluster.start(&[]).await?;
    pgbench::fill(&cluster).await?;
    let per_second = pgbench::transactions_per_second(&cluster, bench.options.seconds).await?;
    figures.pgbench_per_s.push(per_second);
    server.stop().await?;
    std::fs::remove_dir_all(dir)?;
    Ok(())
}

/// The address in `http://127.0.0.1:4711`, with or without a path.
pub fn address(url: &str) -> Result<SocketAddr> {
    let host = url
        .strip_prefix("http://")
        .map(|rest| rest.split('/').next().unwrap_or(rest));
    let address = host.and_then(|host| host.parse().ok());
    address.ok_or_else(|| format!("not an http address with a port: {url:?}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_from_its_url() {
        assert_eq!(address("http://127.0.0.1:4711/x").unwrap().port(), 4711);
        assert!(address("https://127.0.0.1:4711").is_err() && address("").is_err());
    }
}
