//! The table for people: a figure, what it means, and what the issue aimed at.

use std::fmt::Write;

use super::figures::Figures;
use super::options::{Measure, Options};

/// What a figure should be at least, or at most.
enum Aim {
    None,
    AtLeast(f64),
    Below(f64),
}

struct Row {
    name: &'static str,
    figure: Option<f64>,
    decimals: usize,
    unit: &'static str,
    aim: Aim,
    /// What was measured.
    how: &'static str,
}

pub fn render(figures: &Figures, options: &Options) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let mut table = format!(
        "\nRokad on this machine: {cores} cores, {} s a measure, 64 connections\n\n",
        options.seconds
    );
    for row in rows(figures) {
        row.render(&mut table);
    }
    if options.wants(Measure::Pgbench) && figures.pgbench().is_none() {
        table.push_str(
            "\npgbench and its ratio are left out: PostgreSQL's programs are not on this machine\n",
        );
    }
    table.push_str("\nfor scripts: target/bench.json\n");
    table
}

impl Row {
    fn render(&self, table: &mut String) {
        let figure = self
            .figure
            .map_or_else(|| "not measured".to_owned(), |figure| self.with_unit(figure));
        let _ = writeln!(
            table,
            "{:<24}{figure:>14}  {:<22}  {}",
            self.name,
            self.verdict(),
            self.how
        );
    }

    fn with_unit(&self, figure: f64) -> String {
        format!("{figure:.*}{}", self.decimals, self.unit)
    }

    fn verdict(&self) -> String {
        let (wish, met) = match self.aim {
            Aim::None => return String::new(),
            Aim::AtLeast(least) => ("at least", self.figure.map(|figure| figure >= least)),
            Aim::Below(most) => ("below", self.figure.map(|figure| figure < most)),
        };
        let (Aim::AtLeast(bound) | Aim::Below(bound)) = self.aim else {
            return String::new();
        };
        match met {
            Some(true) => format!("{wish} {bound}: met"),
            Some(false) => format!("{wish} {bound}: MISSED"),
            None => format!("{wish} {bound}"),
        }
    }
}

fn rows(figures: &Figures) -> Vec<Row> {
    [
        rods(figures),
        accepting(figures),
        on_a_server(figures),
        carrying(figures),
        collecting(figures),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn row(name: &'static str, figure: Option<f64>, format: (usize, &'static str), how: &'static str) -> Row {
    Row {
        name,
        figure,
        decimals: format.0,
        unit: format.1,
        aim: Aim::None,
        how,
    }
}

impl Row {
    fn aiming(self, aim: Aim) -> Self {
        Self { aim, ..self }
    }
}

const RATE: (usize, &str) = (0, " /s");
const RATIO: (usize, &str) = (2, " x");
const MS: (usize, &str) = (2, " ms");

fn rods(f: &Figures) -> Vec<Row> {
    vec![
        row(
            "echo",
            f.echo(),
            RATE,
            "bare axum: reads the same JSON, answers as much (mean of before and after)",
        ),
        row(
            "echo p99",
            f.echo_ms_at_1000.map(|ms| ms[1]),
            MS,
            "1,000/s offered: what the harness itself adds",
        ),
        row(
            "pgbench",
            f.pgbench(),
            RATE,
            "TPC-B-like, scale 10, 16 clients, durable, unix socket, same disk",
        ),
    ]
}

fn accepting(f: &Figures) -> Vec<Row> {
    vec![
        row(
            "accept, hot merchant",
            f.accept_per_s,
            RATE,
            "durable payouts over HTTP, one merchant, jobs off",
        ),
        row(
            "  over echo",
            f.accept_over_echo(),
            RATIO,
            "hot merchant over echo",
        )
        .aiming(Aim::AtLeast(0.45)),
        row(
            "  over pgbench",
            f.accept_over_pgbench(),
            RATIO,
            "hot merchant over pgbench",
        )
        .aiming(Aim::AtLeast(5.0)),
        row(
            "accept, 1,000 merchants",
            f.spread_per_s,
            RATE,
            "the same, merchants at random",
        ),
        row(
            "  hot over spread",
            f.hot_over_spread(),
            RATIO,
            "1 means that one busy merchant costs nothing",
        ),
        row(
            "accept, jobs on",
            f.accept_per_s_jobs_on,
            RATE,
            "one merchant, while payouts are paid and called back",
        ),
        row(
            "p50 at 1,000/s",
            f.ms_at_1000.map(|ms| ms[0]),
            MS,
            "offered, jobs on, from the moment a request was due",
        ),
        row("p99 at 1,000/s", f.ms_at_1000.map(|ms| ms[1]), MS, "the same run").aiming(Aim::Below(3.0)),
        row(
            "p99 at 10,000/s",
            f.ms_at_10000.map(|ms| ms[1]),
            MS,
            "offered, jobs off",
        ),
    ]
}

fn on_a_server(f: &Figures) -> Vec<Row> {
    vec![
        row(
            "on PostgreSQL, hot",
            f.server_accept_per_s,
            RATE,
            "accept, hot merchant, the book on a server of this machine, 256 connections; this and what follows: medians of turns",
        ),
        row(
            "  over pgbench",
            f.server_accept_over_pgbench(),
            RATIO,
            "the hot merchant over pgbench on the same server",
        )
        .aiming(Aim::AtLeast(4.0)),
        row(
            "on PostgreSQL, 1,000",
            f.server_spread_per_s,
            RATE,
            "the same, merchants at random",
        ),
        row(
            "  hot over spread",
            f.server_hot_over_spread(),
            RATIO,
            "on PostgreSQL",
        )
        .aiming(Aim::AtLeast(0.8)),
        row(
            "  two nodes, hot",
            f.server_two_nodes_per_s,
            RATE,
            "the hot merchant, two nodes on one server and one machine",
        ),
        row(
            "    over one node",
            f.server_two_nodes_over_one(),
            RATIO,
            "one writes at a time: 1 means that a second node costs nothing",
        ),
        row(
            "  two nodes, 1,000",
            f.server_two_nodes_spread_per_s,
            RATE,
            "the same, merchants at random",
        ),
    ]
}

fn carrying(f: &Figures) -> Vec<Row> {
    let acknowledged = "first request to last acknowledged Approved callback";
    vec![
        row("acknowledged", f.acknowledged_per_s, RATE, acknowledged).aiming(Aim::AtLeast(4000.0)),
        row(
            "memory",
            f.rss_mib(),
            (1, " MiB"),
            "the most the process ever had (VmHWM)",
        )
        .aiming(Aim::Below(100.0)),
        row(
            "on disk",
            f.bytes_per_payout,
            (0, " B"),
            "a payout accepted: the data directory's growth after a stop",
        ),
        row(
            "ready",
            f.ready_ms(),
            MS,
            "start to first accepted payout, on a filled book",
        )
        .aiming(Aim::Below(300.0)),
    ]
}

fn collecting(f: &Figures) -> Vec<Row> {
    vec![
        row(
            "payments",
            f.payments_per_s,
            RATE,
            "signed forms that opened a checkout, durable, one merchant",
        ),
        row("  over echo", f.payments_over_echo(), RATIO, "payments over echo"),
        row(
            "card payments",
            f.card_payments_per_s,
            RATE,
            "whole ones: form, checkout, pay, return, paid page; acquirer in the same process",
        ),
        row(
            "checkout page p99",
            f.page_ms.map(|ms| ms[1]),
            MS,
            "200/s offered, the whole page read",
        ),
        row(
            "status calls",
            f.status_per_s,
            RATE,
            "one id each, on the large book (status_payments)",
        ),
        row(
            "  over echo",
            f.status_over_echo(),
            RATIO,
            "status calls over echo",
        )
        .aiming(Aim::AtLeast(0.5)),
        row(
            "status of 50 p50",
            f.status_ms_of_50.map(|ms| ms[0]),
            MS,
            "50 ids a call, 100/s offered, the same book",
        )
        .aiming(Aim::Below(2.0)),
        row(
            "webhooks",
            f.webhooks_per_s,
            RATE,
            "acknowledged deliveries to 100 endpoints, from a backlog; this and what follows: medians of turns",
        )
        .aiming(Aim::AtLeast(3000.0)),
        row(
            "  with a tenth dead",
            f.webhooks_tenth_dead(),
            RATIO,
            "to each of the other 90 while ten are dead, over the rate to each of a hundred without",
        )
        .aiming(Aim::AtLeast(0.9)),
        row(
            "  p50 at 500/s",
            f.webhook_ms.map(|ms| ms[0]),
            MS,
            "from sending the request that ends a payment to its webhook's first byte",
        ),
        row("  p99 at 500/s", f.webhook_ms.map(|ms| ms[1]), MS, "the same run, beside the gateway of the next line").aiming(Aim::Below(50.0)),
        row(
            "  p99, a tenth dead",
            f.webhook_p99_tenth_dead(),
            RATIO,
            "the same at the other 90 while ten are dead, over that",
        )
        .aiming(Aim::Below(1.1)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(figure: Option<f64>, aim: Aim) -> String {
        row("p99", figure, MS, "").aiming(aim).verdict()
    }

    #[test]
    fn an_aim_is_met_or_missed_in_plain_sight() {
        assert_eq!(line(Some(2.9), Aim::Below(3.0)), "below 3: met");
        assert_eq!(line(Some(3.0), Aim::Below(3.0)), "below 3: MISSED");
        assert_eq!(line(Some(0.5), Aim::AtLeast(0.45)), "at least 0.45: met");
        assert_eq!(line(None, Aim::AtLeast(0.45)), "at least 0.45");
    }

    #[test]
    fn what_was_not_measured_says_so() {
        let options = Options::parse(&[]).unwrap();
        let table = render(&Figures::default(), &options);
        assert_eq!(
            table.matches("not measured").count(),
            rows(&Figures::default()).len()
        );
    }
}
