//! Collecting: payments created, whole card payments, the checkout's page, and status calls on a large book. One merchant.

use std::sync::Arc;
use std::time::Duration;

use super::figures::{Figures, greatest};
use super::options::Measure;
use super::rokad::{Instance, Jobs, Running};
use super::{Bench, CONNECTIONS, card, say};
use crate::Result;
use crate::load::closed::Closed;
use crate::load::connection::Connection;
use crate::load::payment::{Keys, Orders, StatusCalls, get};
use crate::load::request::Requests;

/// Pages of the checkout that are fetched in turn.
const PAGES: usize = 100;

/// Fetched while nothing else goes on: a busy shop's customers, not a flood.
const PAGES_PER_SECOND: u32 = 200;

/// Ids in one status call at most. Source: the document.
const IDS_MAX: usize = 50;

/// Of calls with so many ids.
const LONG_CALLS_PER_SECOND: u32 = 100;

/// So long the book may take to fill: a slow machine makes a few thousand payments a second.
const FILL_LIMIT: Duration = Duration::from_secs(900);

/// A running instance, its merchant, and how many payments it has made.
struct Stage<'a> {
    bench: &'a Bench,
    running: Running,
    keys: Keys,
    made: u64,
}

pub async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let instance = Instance::create(bench, "payments").await?;
    let keys = instance.collecting_merchant()?;
    let mut stage = Stage {
        bench,
        running: instance.start(Jobs::On).await?,
        keys,
        made: 0,
    };
    if bench.options.wants(Measure::Payments) {
        stage.create(figures).await?;
    }
    if bench.options.wants(Measure::Page) {
        stage.page(figures).await?;
    }
    if bench.options.wants(Measure::Card) {
        stage.card(figures).await?;
    }
    if bench.options.wants(Measure::Status) {
        stage.fill().await?;
        stage.status(figures).await?;
    }
    figures.rss_mib_payments = greatest(figures.rss_mib_payments, Some(stage.running.peak_mib()?));
    stage.running.stop().await
}

impl Stage<'_> {
    async fn create(&mut self, figures: &mut Figures) -> Result<()> {
        say("payments: created as fast as they go, one merchant");
        let requests = self.orders();
        let (rate, _) = self.bench.flat_out(self.running.address, &requests).await?;
        self.made = made(&requests);
        figures.payments_per_s = Some(rate);
        Ok(())
    }

    /// The whole page is read: its first byte came no later.
    async fn page(&mut self, figures: &mut Figures) -> Result<()> {
        say("page: the checkout of open payments");
        let orders = Orders::from(self.made, &self.keys);
        let mut connection = Connection::open(self.running.address).await?;
        let (mut request, mut pages) = (Vec::new(), Vec::new());
        for _ in 0..PAGES {
            orders.next(&mut request);
            let reply = connection.exchange(&request).await?;
            pages.push(get(reply.location()?).into_bytes());
        }
        self.made = orders.made();
        let pages = Arc::new(Requests::Pages(pages));
        let (bench, address) = (self.bench, self.running.address);
        let mut tally = bench.offered(PAGES_PER_SECOND, address, &pages).await?;
        figures.page_ms = Some(tally.percentiles_ms([0.5, 0.99]));
        Ok(())
    }

    async fn card(&mut self, figures: &mut Figures) -> Result<()> {
        say("card: whole payments, five requests each");
        let orders = Arc::new(Orders::from(self.made, &self.keys));
        let window = self.bench.window();
        let rate = card::payments_per_second(self.running.address, &orders, window).await?;
        self.made = orders.made();
        figures.card_payments_per_s = Some(rate);
        Ok(())
    }

    async fn fill(&mut self) -> Result<()> {
        let missing = self.bench.options.payments().saturating_sub(self.made);
        say(&format!("status: {missing} payments to fill the book"));
        let requests = self.orders();
        let plan = Closed {
            connections: CONNECTIONS,
            warm_up: Duration::ZERO,
            window: FILL_LIMIT,
            requests: missing.cast_signed(),
        };
        plan.run(self.running.address, Arc::clone(&requests)).await?;
        self.made = made(&requests);
        Ok(())
    }

    async fn status(&mut self, figures: &mut Figures) -> Result<()> {
        let payments = self.made;
        say(&format!("status: calls on a book of {payments} payments"));
        let calls = |ids| {
            let keys = self.keys.clone();
            Arc::new(Requests::Status(StatusCalls { keys, payments, ids }))
        };
        let (bench, address) = (self.bench, self.running.address);
        let (rate, _) = bench.flat_out(address, &calls(1)).await?;
        let mut long = bench
            .offered(LONG_CALLS_PER_SECOND, address, &calls(IDS_MAX))
            .await?;
        figures.status_per_s = Some(rate);
        figures.status_payments = Some(payments);
        figures.status_ms_of_50 = Some(long.percentiles_ms([0.5, 0.99]));
        Ok(())
    }

    fn orders(&self) -> Arc<Requests> {
        Arc::new(Requests::Payments(Orders::from(self.made, &self.keys)))
    }
}

fn made(requests: &Requests) -> u64 {
    match requests {
        Requests::Payments(orders) => orders.made(),
        Requests::Payouts(_) | Requests::Status(_) | Requests::Pages(_) => 0,
    }
}
