//! The hash chain, recomputed from the rows.

mod collecting;

use crate::{
    chain::{Link, Part, Table},
    error::StoreError,
    payout::{evidence, link_change, link_row, read_payout_at, read_status},
    tx::Tx,
};
use rokad_domain::{Id, rail::Utr};
use std::collections::HashMap;

/// What recomputing the hash chain found.
#[derive(Debug, PartialEq, Eq)]
pub struct ChainReport {
    /// How many links there are.
    pub links: usize,
    /// The hash of the last one; note it down elsewhere to prove later that nothing before it changed.
    pub head: Vec<u8>,
    /// The first link that does not fit, if any.
    pub broken_at: Option<i64>,
}

/// Recomputes the hash chain from the rows.
///
/// # Errors
/// When a row does not make sense.
pub fn chain(tx: &mut Tx<'_>) -> Result<ChainReport, StoreError> {
    let mut links = rebuild_links(tx)?;
    let batches = tx.query(
        "SELECT id, previous_id, at_ms, hash FROM batches ORDER BY id",
        &[],
        |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?, row.blob(3)?)),
    )?;
    let mut report = ChainReport {
        links: batches.len(),
        head: Vec::new(),
        broken_at: None,
    };
    let mut last = 0;
    for (id, previous_id, at_ms, hash) in batches {
        let expected = links
            .remove(&id)
            .unwrap_or_default()
            .close(&report.head, id, at_ms);
        if (previous_id != last || expected.as_slice() != hash) && report.broken_at.is_none() {
            report.broken_at = Some(id);
        }
        (last, report.head) = (id, hash);
    }
    // Rows of a batch that has no link.
    let stray = links.keys().min().copied();
    report.broken_at = report.broken_at.or(stray);
    Ok(report)
}

/// The links as the rows say they must have been, by batch.
fn rebuild_links(tx: &mut Tx<'_>) -> Result<HashMap<i64, Link>, StoreError> {
    let mut links: HashMap<i64, Link> = HashMap::new();
    let sql = format!(
        "{} ORDER BY id",
        crate::payout::COLUMNS.replace("utr FROM", "utr, batch_id FROM")
    );
    tx.each(&sql, &[], |row| {
        let payout = read_payout_at(row)?;
        let numbers = [
            payout.id.get(),
            payout.merchant.get(),
            payout.order.amount.get(),
            payout.charge.fee.get(),
            payout.charge.gst.get(),
            payout.requested_at.0,
        ];
        link_row(
            links.entry(row.int(20)?).or_default(),
            numbers,
            payout.on_return,
            &payout.order,
        );
        Ok(())
    })?;
    link_changes(tx, &mut links)?;
    link_entries(tx, &mut links)?;
    collecting::link(tx, &mut links)?;
    Ok(links)
}

fn link_changes(tx: &Tx<'_>, links: &mut HashMap<i64, Link>) -> Result<(), StoreError> {
    let sql = "SELECT c.id, c.payout_id, c.previous_id, c.status, c.at_ms, c.note, c.batch_id, p.bank_account_id, p.utr \
               FROM payout_changes c LEFT JOIN payouts p ON p.id = c.payout_id ORDER BY c.id";
    tx.each(sql, &[], |row| {
        let numbers = [row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?, row.int(4)?];
        let utr = row.maybe_text(8)?.and_then(|utr| Utr::parse(&utr));
        let bank_account = row.maybe_int(7)?.map(Id::new);
        let evidence = evidence(read_status(row.int(3)?)?, bank_account, utr.as_ref());
        let link = links.entry(row.int(6)?).or_default();
        link_change(link, numbers, &row.text(5)?, evidence);
        Ok(())
    })
}

fn link_entries(tx: &Tx<'_>, links: &mut HashMap<i64, Link>) -> Result<(), StoreError> {
    let sql = "SELECT e.id, e.kind, COALESCE(e.about_id, 0), e.at_ms, e.batch_id, p.debit_account, p.credit_account, \
               p.amount_paise FROM entries e JOIN postings p ON p.entry_id = e.id ORDER BY e.id, p.line";
    // The postings of one entry stand together; an entry is hashed as a whole.
    let mut open: Option<(i64, i64, Vec<i64>)> = None;
    let mut close = |open: &mut Option<(i64, i64, Vec<i64>)>| {
        if let Some((_, batch, numbers)) = open.take() {
            let parts: Vec<Part<'_>> = numbers.into_iter().map(Part::Int).collect();
            links.entry(batch).or_default().add(Table::Entries, &parts);
        }
    };
    tx.each(sql, &[], |row| {
        let id = row.int(0)?;
        if open.as_ref().is_none_or(|(open_id, _, _)| *open_id != id) {
            close(&mut open);
            open = Some((id, row.int(4)?, vec![id, row.int(1)?, row.int(2)?, row.int(3)?]));
        }
        if let Some((_, _, numbers)) = &mut open {
            numbers.extend([row.int(5)?, row.int(6)?, row.int(7)?]);
        }
        Ok(())
    })?;
    close(&mut open);
    Ok(())
}
