//! Durable accepted payouts a second, with nothing else going on: one hot merchant, and a thousand.

use std::sync::Arc;

use super::figures::{Figures, greatest};
use super::rokad::{Instance, Jobs};
use super::{Bench, say};
use crate::Result;
use crate::load::request::Requests;

pub const MERCHANTS: usize = 1000;

/// Merchants have a callback address, so that accepting a payout writes its first callback; nothing is carried.
pub const NOBODY: &str = "http://127.0.0.1:9/callback";

/// Offered to the hot merchant's book afterwards, for the tail of the latencies under a busy hour.
const BUSY_PER_SECOND: u32 = 10_000;

pub async fn hot(bench: &Bench, figures: &mut Figures) -> Result<()> {
    say("accept: one hot merchant");
    let instance = Instance::create(bench, "hot").await?;
    let pids = vec![instance.merchant(NOBODY)?];
    let rate = load(bench, &instance, &pids, figures).await?;
    figures.accept_per_s = Some(rate);
    busy(bench, &instance, &pids, figures).await
}

pub async fn spread(bench: &Bench, figures: &mut Figures) -> Result<()> {
    say("accept: a thousand merchants");
    let instance = Instance::create(bench, "spread").await?;
    let pids = instance.merchants(MERCHANTS, NOBODY)?;
    let rate = load(bench, &instance, &pids, figures).await?;
    figures.spread_per_s = Some(rate);
    Ok(())
}

/// The rate; memory, and bytes on disk once the program has stopped in good order, on the way.
async fn load(bench: &Bench, instance: &Instance, pids: &[String], figures: &mut Figures) -> Result<f64> {
    let before = instance.bytes()?;
    let running = instance.start(Jobs::Off).await?;
    let (rate, tally) = bench
        .flat_out(running.address, &Arc::new(Requests::of(pids)))
        .await?;
    let peak = running.peak_mib()?;
    running.stop().await?;
    let grown = instance.bytes()?.saturating_sub(before);
    figures.rss_mib_accept = greatest(figures.rss_mib_accept, Some(peak));
    figures.bytes_per_payout = greatest(
        figures.bytes_per_payout,
        Some(grown as f64 / tally.accepted as f64),
    );
    Ok(rate)
}

async fn busy(bench: &Bench, instance: &Instance, pids: &[String], figures: &mut Figures) -> Result<()> {
    let running = instance.start(Jobs::Off).await?;
    let mut tally = bench
        .offered(BUSY_PER_SECOND, running.address, &Arc::new(Requests::of(pids)))
        .await?;
    figures.ms_at_10000 = Some(tally.percentiles_ms([0.5, 0.99]));
    running.stop().await
}
