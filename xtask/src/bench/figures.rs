//! The figures of one run, and `target/bench.json`, which keeps its keys whatever was left out (then null).

use std::path::Path;

use serde_json::{Value, json};

use crate::Result;

/// Rates are answers a second; `[p50, p99]` in milliseconds.
#[derive(Default)]
pub struct Figures {
    /// Before and after everything else.
    pub echo_per_s: Vec<f64>,
    pub echo_ms_at_1000: Option<[f64; 2]>,
    pub pgbench_per_s: Vec<f64>,
    /// One hot merchant, jobs off.
    pub accept_per_s: Option<f64>,
    pub spread_per_s: Option<f64>,
    /// The same two with the book on a PostgreSQL server, and pgbench there. Medians of several turns.
    pub server_pgbench_per_s: Option<f64>,
    pub server_accept_per_s: Option<f64>,
    pub server_spread_per_s: Option<f64>,
    pub server_two_nodes_per_s: Option<f64>,
    pub server_two_nodes_spread_per_s: Option<f64>,
    pub accept_per_s_jobs_on: Option<f64>,
    pub ms_at_1000: Option<[f64; 2]>,
    pub ms_at_10000: Option<[f64; 2]>,
    pub acknowledged_per_s: Option<f64>,
    /// While payouts are accepted as fast as they go.
    pub acknowledged_per_s_meanwhile: Option<f64>,
    pub callbacks: Option<u64>,
    pub rss_mib_accept: Option<f64>,
    pub rss_mib_carried: Option<f64>,
    pub bytes_per_payout: Option<f64>,
    /// Signed forms of one merchant that became payments.
    pub payments_per_s: Option<f64>,
    /// Five requests each.
    pub card_payments_per_s: Option<f64>,
    pub page_ms: Option<[f64; 2]>,
    /// Of one id each.
    pub status_per_s: Option<f64>,
    pub status_ms_of_50: Option<[f64; 2]>,
    /// Payments in the book that was asked.
    pub status_payments: Option<u64>,
    pub rss_mib_payments: Option<f64>,
    /// Deliveries to 100 healthy endpoints, from a backlog. This and the following are medians of several turns.
    pub webhooks_per_s: Option<f64>,
    /// The same to the 90 that are left when ten are dead.
    pub webhooks_per_s_tenth_dead: Option<f64>,
    /// From the request whose commit made the event to its first byte at an endpoint, at 500 deliveries a second.
    pub webhook_ms: Option<[f64; 2]>,
    pub webhook_ms_tenth_dead: Option<[f64; 2]>,
    pub ready_ms_jobs_off: Option<f64>,
    pub ready_ms_jobs_on: Option<f64>,
    /// Payouts in the book that was started on.
    pub ready_payouts: Option<u64>,
}

impl Figures {
    pub fn echo(&self) -> Option<f64> {
        mean(&self.echo_per_s)
    }

    pub fn pgbench(&self) -> Option<f64> {
        mean(&self.pgbench_per_s)
    }

    pub fn accept_over_echo(&self) -> Option<f64> {
        ratio(self.accept_per_s, self.echo())
    }

    pub fn accept_over_pgbench(&self) -> Option<f64> {
        ratio(self.accept_per_s, self.pgbench())
    }

    pub fn hot_over_spread(&self) -> Option<f64> {
        ratio(self.accept_per_s, self.spread_per_s)
    }

    pub fn server_accept_over_pgbench(&self) -> Option<f64> {
        ratio(self.server_accept_per_s, self.server_pgbench_per_s)
    }

    pub fn server_two_nodes_over_one(&self) -> Option<f64> {
        ratio(self.server_two_nodes_per_s, self.server_accept_per_s)
    }

    pub fn server_hot_over_spread(&self) -> Option<f64> {
        ratio(self.server_accept_per_s, self.server_spread_per_s)
    }

    pub fn payments_over_echo(&self) -> Option<f64> {
        ratio(self.payments_per_s, self.echo())
    }

    pub fn status_over_echo(&self) -> Option<f64> {
        ratio(self.status_per_s, self.echo())
    }

    /// At each of the ninety that live, over each of a hundred.
    pub fn webhooks_tenth_dead(&self) -> Option<f64> {
        ratio(
            self.webhooks_per_s_tenth_dead,
            self.webhooks_per_s.map(|all| all * 0.9),
        )
    }

    pub fn webhook_p99_tenth_dead(&self) -> Option<f64> {
        let p99 = |ms: Option<[f64; 2]>| ms.map(|[_, p99]| p99);
        ratio(p99(self.webhook_ms_tenth_dead), p99(self.webhook_ms))
    }

    pub fn rss_mib(&self) -> Option<f64> {
        greatest(self.rss_mib_accept, self.rss_mib_carried)
    }

    pub fn ready_ms(&self) -> Option<f64> {
        greatest(self.ready_ms_jobs_off, self.ready_ms_jobs_on)
    }

    pub fn write(&self, path: &Path) -> Result<()> {
        std::fs::write(path, format!("{:#}\n", self.json()))?;
        Ok(())
    }

    fn json(&self) -> Value {
        json!({
            "accept_per_s": number(self.accept_per_s),
            "accept_over_echo": number(self.accept_over_echo()),
            "accept_over_pgbench": number(self.accept_over_pgbench()),
            "hot_over_spread": number(self.hot_over_spread()),
            "p50_ms_at_1000": number(self.ms_at_1000.map(|[p50, _]| p50)),
            "p99_ms_at_1000": number(self.ms_at_1000.map(|[_, p99]| p99)),
            "acknowledged_per_s": number(self.acknowledged_per_s),
            "payments_per_s": number(self.payments_per_s),
            "payments_over_echo": number(self.payments_over_echo()),
            "card_payments_per_s": number(self.card_payments_per_s),
            "status_over_echo": number(self.status_over_echo()),
            "p50_ms_status_of_50": number(self.status_ms_of_50.map(|[p50, _]| p50)),
            "webhooks_per_s": number(self.webhooks_per_s),
            "webhooks_tenth_dead": number(self.webhooks_tenth_dead()),
            "p99_ms_webhook": number(self.webhook_ms.map(|[_, p99]| p99)),
            "p99_ms_page": number(self.page_ms.map(|[_, p99]| p99)),
            "rss_mib": number(self.rss_mib()),
            "bytes_per_payout": number(self.bytes_per_payout),
            "ready_ms": number(self.ready_ms()),
            "details": self.details(),
        })
    }

    fn details(&self) -> Value {
        json!({
            "echo_per_s": number(self.echo()),
            "echo_per_s_runs": numbers(&self.echo_per_s),
            "echo_p50_ms_at_1000": number(self.echo_ms_at_1000.map(|[p50, _]| p50)),
            "echo_p99_ms_at_1000": number(self.echo_ms_at_1000.map(|[_, p99]| p99)),
            "pgbench_per_s": number(self.pgbench()),
            "pgbench_per_s_runs": numbers(&self.pgbench_per_s),
            "spread_per_s": number(self.spread_per_s),
            "server_pgbench_per_s": number(self.server_pgbench_per_s),
            "server_accept_per_s": number(self.server_accept_per_s),
            "server_accept_over_pgbench": number(self.server_accept_over_pgbench()),
            "server_spread_per_s": number(self.server_spread_per_s),
            "server_hot_over_spread": number(self.server_hot_over_spread()),
            "server_two_nodes_per_s": number(self.server_two_nodes_per_s),
            "server_two_nodes_over_one": number(self.server_two_nodes_over_one()),
            "server_two_nodes_spread_per_s": number(self.server_two_nodes_spread_per_s),
            "accept_per_s_jobs_on": number(self.accept_per_s_jobs_on),
            "acknowledged_per_s_meanwhile": number(self.acknowledged_per_s_meanwhile),
            "p50_ms_at_10000_jobs_off": number(self.ms_at_10000.map(|[p50, _]| p50)),
            "p99_ms_at_10000_jobs_off": number(self.ms_at_10000.map(|[_, p99]| p99)),
            "callbacks": self.callbacks,
            "webhooks_per_s_tenth_dead": number(self.webhooks_per_s_tenth_dead),
            "p50_ms_webhook": number(self.webhook_ms.map(|[p50, _]| p50)),
            "p50_ms_webhook_tenth_dead": number(self.webhook_ms_tenth_dead.map(|[p50, _]| p50)),
            "p99_webhook_tenth_dead_over": number(self.webhook_p99_tenth_dead()),
            "p99_ms_webhook_tenth_dead": number(self.webhook_ms_tenth_dead.map(|[_, p99]| p99)),
            "status_per_s": number(self.status_per_s),
            "status_payments": self.status_payments,
            "p99_ms_status_of_50": number(self.status_ms_of_50.map(|[_, p99]| p99)),
            "p50_ms_page": number(self.page_ms.map(|[p50, _]| p50)),
            "rss_mib_payments": number(self.rss_mib_payments),
            "rss_mib_accept": number(self.rss_mib_accept),
            "rss_mib_carried": number(self.rss_mib_carried),
            "ready_ms_jobs_off": number(self.ready_ms_jobs_off),
            "ready_ms_jobs_on": number(self.ready_ms_jobs_on),
            "ready_payouts": self.ready_payouts,
        })
    }
}

/// The greater of two, of those that were measured.
pub fn greatest(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    one.into_iter().chain(other).reduce(f64::max)
}

fn mean(runs: &[f64]) -> Option<f64> {
    (!runs.is_empty()).then(|| runs.iter().sum::<f64>() / runs.len() as f64)
}

/// The one in the middle: what a machine that stalled for a moment does not move.
pub fn median(mut runs: Vec<f64>) -> Option<f64> {
    runs.sort_by(f64::total_cmp);
    runs.get(runs.len() / 2).copied()
}

fn ratio(figure: Option<f64>, rod: Option<f64>) -> Option<f64> {
    Some(figure? / rod?)
}

/// Three decimals: more would be noise.
fn number(figure: Option<f64>) -> Value {
    figure.map_or(Value::Null, |figure| json!((figure * 1000.0).round() / 1000.0))
}

fn numbers(figures: &[f64]) -> Vec<Value> {
    figures.iter().map(|&figure| number(Some(figure))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_find_their_keys_even_when_nothing_was_measured() {
        let json = Figures::default().json();
        let mut keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(
            keys,
            [
                "accept_over_echo",
                "accept_over_pgbench",
                "accept_per_s",
                "acknowledged_per_s",
                "bytes_per_payout",
                "card_payments_per_s",
                "details",
                "hot_over_spread",
                "p50_ms_at_1000",
                "p50_ms_status_of_50",
                "p99_ms_at_1000",
                "p99_ms_page",
                "p99_ms_webhook",
                "payments_over_echo",
                "payments_per_s",
                "ready_ms",
                "rss_mib",
                "status_over_echo",
                "webhooks_per_s",
                "webhooks_tenth_dead",
            ]
        );
    }

    #[test]
    fn one_stalled_run_does_not_move_the_median() {
        assert_eq!(median(vec![30.0, 2.0, 31.0, 29.0, 30.0]), Some(30.0));
        assert_eq!(median(Vec::new()), None);
    }

    #[test]
    fn ratios_come_from_the_mean_echo() {
        let figures = Figures {
            echo_per_s: vec![60.0, 40.0],
            accept_per_s: Some(25.0),
            ..Figures::default()
        };
        assert_eq!(figures.accept_over_echo(), Some(0.5));
        assert_eq!(figures.accept_over_pgbench(), None);
        assert_eq!(number(Some(1.0 / 3.0)), json!(0.333));
    }
}
