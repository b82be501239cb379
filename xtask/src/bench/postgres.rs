//! Durable accepted payouts a second with the book on a PostgreSQL server, on the same machine and disk: by one node, and by two.

use std::sync::Arc;

use super::accept::{MERCHANTS, NOBODY};
use super::figures::Figures;
use super::rokad::{Instance, Jobs};
use super::{Bench, CONNECTIONS, say};
use crate::Result;
use crate::load::request::Requests;
use crate::postgres::{Cluster, Programs};

pub async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let Some(programs) = Programs::find() else {
        say("postgres: PostgreSQL's programs are not here");
        return Ok(());
    };
    let dir = bench.scratch.path().join("server");
    let cluster = Cluster::make(&programs, &dir).await?;
    let server = cluster.start(&[]).await?;
    say("postgres: one hot merchant");
    let hot = on_server(bench, &cluster, "server_hot").await?;
    let pids = vec![hot.merchant(NOBODY)?];
    figures.server_accept_per_s = Some(rate(bench, &hot, &pids).await?);
    say("postgres: one hot merchant, two nodes");
    figures.server_two_nodes_per_s = Some(rate_of_two(bench, &hot, &pids).await?);
    say("postgres: a thousand merchants");
    let spread = on_server(bench, &cluster, "server_spread").await?;
    let pids = spread.merchants(MERCHANTS, NOBODY)?;
    figures.server_spread_per_s = Some(rate(bench, &spread, &pids).await?);
    say("postgres: a thousand merchants, two nodes");
    figures.server_two_nodes_spread_per_s = Some(rate_of_two(bench, &spread, &pids).await?);
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
    let (rate, _) = bench.flat_out(running.address, &requests).await?;
    running.stop().await?;
    Ok(rate)
}

/// Each node answers half of the connections.
async fn rate_of_two(bench: &Bench, first: &Instance, pids: &[String]) -> Result<f64> {
    let second = first.another_node()?;
    let nodes = [first.start(Jobs::Off).await?, second.start(Jobs::Off).await?];
    let requests = Arc::new(Requests::of(pids));
    let load = |node: usize| bench.closed(nodes[node].address, &requests, CONNECTIONS / 2);
    let (one, other) = tokio::try_join!(load(0), load(1))?;
    for node in nodes {
        node.stop().await?;
    }
    Ok(one.0 + other.0)
}
