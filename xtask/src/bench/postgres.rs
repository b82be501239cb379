//! Durable accepted payouts a second with the book on a PostgreSQL server, on the same machine and disk: by one node, and by two;
//! and what pgbench makes of the same server. In turn, several times: the medians are not moved by what else the machine does.

use std::sync::Arc;

use super::accept::{MERCHANTS, NOBODY};
use super::figures::{Figures, median};
use super::rokad::{Instance, Jobs};
use super::{Bench, pgbench, say};
use crate::Result;
use crate::load::request::Requests;
use crate::postgres::{Cluster, Programs};

/// Turns of pgbench, the hot merchant and the spread ones.
const TURNS: usize = 3;

/// Connections to all nodes together. A commit on a server takes several times as long as one of the embedded database: it takes
/// more callers to keep the gateway busy meanwhile.
const CALLERS: usize = 256;

pub async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let Some(programs) = Programs::find() else {
        say("postgres: PostgreSQL's programs are not here");
        return Ok(());
    };
    let dir = bench.scratch.path().join("server");
    let cluster = Cluster::make(&programs, &dir).await?;
    let server = cluster.start(&[]).await?;
    pgbench::fill(&cluster).await?;
    let hot = on_server(bench, &cluster, "server_hot").await?;
    let (hot_too, hot_pids) = (hot.another_node()?, vec![hot.merchant(NOBODY)?]);
    let spread = on_server(bench, &cluster, "server_spread").await?;
    let (spread_too, spread_pids) = (spread.another_node()?, spread.merchants(MERCHANTS, NOBODY)?);
    let mut runs: [Vec<f64>; 5] = Default::default();
    for turn in 1..=TURNS {
        say(&format!(
            "postgres: pgbench, one hot merchant, a thousand; by one node, by two; {turn} of {TURNS}"
        ));
        let rates = [
            pgbench::transactions_per_second(&cluster, bench.options.seconds).await?,
            rate(bench, &hot, &hot_pids).await?,
            rate(bench, &spread, &spread_pids).await?,
            rate_of_two(bench, [&hot, &hot_too], &hot_pids).await?,
            rate_of_two(bench, [&spread, &spread_too], &spread_pids).await?,
        ];
        say(&format!("postgres: {rates:.0?}"));
        for (runs, rate) in runs.iter_mut().zip(rates) {
            runs.push(rate);
        }
    }
    let [pgbench, hot, spread, hot_by_two, spread_by_two] = runs.map(median);
    figures.server_pgbench_per_s = pgbench;
    figures.server_accept_per_s = hot;
    figures.server_spread_per_s = spread;
    figures.server_two_nodes_per_s = hot_by_two;
    figures.server_two_nodes_spread_per_s = spread_by_two;
    server.stop().await
}

/// An instance with a database of its own.
async fn on_server(bench: &Bench, cluster: &Cluster<'_>, name: &str) -> Result<Instance> {
    cluster
        .output("psql", &["-c", &format!("CREATE DATABASE {name}")])
        .await?;
    Instance::create_on(bench, name, Some(cluster.url(name))).await
}

async fn rate(bench: &Bench, instance: &Instance, pids: &[String]) -> Result<f64> {
    let running = instance.start(Jobs::Off).await?;
    let requests = Arc::new(Requests::of(pids));
    let (rate, _) = bench.closed(running.address, &requests, CALLERS).await?;
    running.stop().await?;
    Ok(rate)
}

/// Each node answers half of the connections.
async fn rate_of_two(bench: &Bench, [first, second]: [&Instance; 2], pids: &[String]) -> Result<f64> {
    let nodes = [first.start(Jobs::Off).await?, second.start(Jobs::Off).await?];
    let requests = Arc::new(Requests::of(pids));
    let load = |node: usize| bench.closed(nodes[node].address, &requests, CALLERS / 2);
    let (one, other) = tokio::try_join!(load(0), load(1))?;
    for node in nodes {
        node.stop().await?;
    }
    Ok(one.0 + other.0)
}
