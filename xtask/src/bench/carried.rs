//! With the jobs on: latency at a steady thousand a second, and payouts carried through to the acknowledged callback.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::figures::{Figures, greatest};
use super::options::Measure;
use super::receiver::Receiver;
use super::rokad::{Instance, Jobs, Running};
use super::{Bench, CONNECTIONS, WARM_UP, say};
use crate::Result;
use crate::load::closed::Closed;
use crate::load::request::Requests;

const OFFERED_PER_SECOND: u32 = 1000;

/// Payouts sent through the whole road for each second asked for; with the default of 5 s, 20,000.
const PAYOUTS_A_SECOND: u64 = 4000;

/// So long may no payout be acknowledged before the measure is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running instance and its merchant.
struct Stage<'a> {
    bench: &'a Bench,
    running: Running,
    requests: Arc<Requests>,
    receiver: Receiver,
    /// Payouts accepted so far: each must end Approved and acknowledged.
    accepted: u64,
}

pub async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let receiver = Receiver::start().await?;
    let instance = Instance::create(bench, "carried").await?;
    let requests = Arc::new(Requests::of(&[instance.merchant(&receiver.url())?]));
    let running = instance.start(Jobs::On).await?;
    let mut stage = Stage {
        bench,
        running,
        requests,
        receiver,
        accepted: 0,
    };
    if bench.options.wants(Measure::Latency) {
        stage.latency(figures).await?;
    }
    if bench.options.wants(Measure::Carried) {
        stage.carry(figures).await?;
        stage.accept_meanwhile(figures).await?;
    }
    figures.rss_mib_carried = greatest(figures.rss_mib_carried, Some(stage.running.peak_mib()?));
    figures.callbacks = Some(stage.receiver.progress().callbacks);
    stage.running.stop().await
}

impl Stage<'_> {
    async fn latency(&mut self, figures: &mut Figures) -> Result<()> {
        say("latency: 1,000 requests a second, jobs on");
        let mut tally = self
            .bench
            .offered(OFFERED_PER_SECOND, self.running.address, &self.requests)
            .await?;
        figures.ms_at_1000 = Some(tally.percentiles_ms([0.5, 0.99]));
        self.accepted += tally.accepted;
        self.receiver.until_approved(self.accepted, PATIENCE).await?;
        Ok(())
    }

    /// From the first request to the last acknowledgement, all of them as fast as they go.
    async fn carry(&mut self, figures: &mut Figures) -> Result<()> {
        let payouts = PAYOUTS_A_SECOND * self.bench.options.seconds;
        say(&format!(
            "carried: {payouts} payouts to their acknowledged callbacks"
        ));
        let plan = Closed {
            connections: CONNECTIONS,
            warm_up: Duration::ZERO,
            window: Duration::from_secs(60),
            requests: payouts.cast_signed(),
        };
        let start = Instant::now();
        let tally = plan.run(self.running.address, Arc::clone(&self.requests)).await?;
        self.accepted += tally.accepted;
        let progress = self.receiver.until_approved(self.accepted, PATIENCE).await?;
        let last = progress.last_approved.ok_or("no payout was acknowledged")?;
        figures.acknowledged_per_s = Some(tally.accepted as f64 / (last - start).as_secs_f64());
        Ok(())
    }

    /// For information: what accepting is slowed by carrying. The backlog it leaves is dropped with the directory.
    async fn accept_meanwhile(&mut self, figures: &mut Figures) -> Result<()> {
        say("accept: one hot merchant, jobs on");
        let before = self.receiver.progress().approved;
        let (rate, _) = self.bench.flat_out(self.running.address, &self.requests).await?;
        let carried = self.receiver.progress().approved - before;
        figures.accept_per_s_jobs_on = Some(rate);
        let seconds = (self.bench.window() + WARM_UP).as_secs_f64();
        figures.acknowledged_per_s_meanwhile = Some(carried as f64 / seconds);
        Ok(())
    }
}
