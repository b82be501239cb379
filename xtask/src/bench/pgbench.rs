//! pgbench's TPC-B-like transactions, as durable as it comes.

use crate::Result;
use crate::postgres::Cluster;

const SCALE: &str = "10";
const CLIENTS: &str = "16";

/// Makes its tables, in the database that every server has.
pub async fn fill(cluster: &Cluster<'_>) -> Result<()> {
    cluster.output("pgbench", &["-i", "-q", "-s", SCALE]).await?;
    // What filling them left to write would slow the first seconds.
    cluster.output("psql", &["-c", "CHECKPOINT"]).await?;
    Ok(())
}

pub async fn transactions_per_second(cluster: &Cluster<'_>, seconds: u64) -> Result<f64> {
    let seconds = seconds.to_string();
    let said = cluster
        .output("pgbench", &["-c", CLIENTS, "-j", "2", "-T", &seconds])
        .await?;
    tps(&said).ok_or_else(|| format!("pgbench says no tps:\n{said}").into())
}

/// From `tps = 5123.456789 (without initial connection time)`.
fn tps(said: &str) -> Option<f64> {
    let line = said.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figure_is_read_from_what_pgbench_says() {
        let said = "latency average = 3.1 ms\ntps = 5123.456789 (without initial connection time)\n";
        assert_eq!(tps(said), Some(5123.456789));
        assert_eq!(tps("nothing"), None);
    }
}
