//! From the start of the program to its first answer, on a database that exists.

use std::sync::Arc;
use std::time::Instant;

use super::accept;
use super::figures::Figures;
use super::rokad::{Instance, Jobs};
use super::{Bench, say};
use crate::Result;
use crate::load::connection::Connection;
use crate::load::random::Random;
use crate::load::request::Requests;

const STARTS: usize = 5;

/// On a book full of payouts that wait: what is rebuilt at a start grows with them. With the jobs on, those payouts
/// are taken up at once and compete with the first request; the slower way is the figure.
pub async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    say("ready: starts on a filled book");
    let instance = Instance::create(bench, "ready").await?;
    let requests = Arc::new(Requests::of(&[instance.merchant(accept::NOBODY)?]));
    let running = instance.start(Jobs::Off).await?;
    let (_, tally) = bench.flat_out(running.address, &requests).await?;
    running.stop().await?;
    figures.ready_payouts = Some(tally.accepted);
    figures.ready_ms_jobs_off = Some(median_start(&instance, Jobs::Off, &requests).await?);
    figures.ready_ms_jobs_on = Some(median_start(&instance, Jobs::On, &requests).await?);
    Ok(())
}

async fn median_start(instance: &Instance, jobs: Jobs, requests: &Requests) -> Result<f64> {
    let mut millis = Vec::new();
    for _ in 0..STARTS {
        millis.push(start_to_answer(instance, jobs, requests).await?);
    }
    millis.sort_by(f64::total_cmp);
    Ok(millis[STARTS / 2])
}

/// Milliseconds until a payout is accepted: it has been written, then.
async fn start_to_answer(instance: &Instance, jobs: Jobs, requests: &Requests) -> Result<f64> {
    let mut request = Vec::new();
    requests.next(&mut Random::fresh(), &mut request);
    let start = Instant::now();
    let running = instance.start(jobs).await?;
    let status = Connection::open(running.address)
        .await?
        .exchange(&request)
        .await?
        .status;
    let took = start.elapsed();
    running.stop().await?;
    if status == 200 {
        return Ok(took.as_secs_f64() * 1000.0);
    }
    Err(format!("the first answer after a start has status {status}").into())
}
