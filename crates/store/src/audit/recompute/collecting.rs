//! The links of collecting: payments, attempts, their log, settlements, receipts and events.

use crate::{
    attempt::{self, link_attempt, read_attempt},
    chain::Link,
    dialect::Row,
    dispute::{self, link_dispute, link_evidence},
    error::StoreError,
    event::link_event,
    payment::{link_payment, link_step},
    receipt::link_receipt,
    refund::{link_change, link_refund},
    settlement::link_settlement,
    tx::Tx,
};
use std::collections::HashMap;

pub(super) fn link(tx: &Tx<'_>, links: &mut HashMap<i64, Link>) -> Result<(), StoreError> {
    let mut each = |sql: &str, take: &dyn Fn(&mut Link, &Row<'_>) -> Result<(), StoreError>| {
        tx.each(sql, &[], |row| take(links.entry(row.int(0)?).or_default(), row))
    };
    each(
        "SELECT batch_id, id, merchant_id, amount_paise, fee_paise, gst_paise, settle_after, created_at_ms, \
         expires_at_ms, txnid, productinfo, customer, udf, surl, furl FROM payments ORDER BY id",
        &|link, row| {
            let texts = texts::<6>(row, 9)?;
            link_payment(link, numbers::<8>(row, 1)?, texts.each_ref().map(String::as_str));
            Ok(())
        },
    )?;
    each(
        "SELECT batch_id, id, payment_id, previous_id, what, attempt_id, at_ms, detail FROM payment_changes ORDER BY id",
        &|link, row| {
            link_step(link, numbers::<6>(row, 1)?, &row.text(7)?);
            Ok(())
        },
    )?;
    each(
        "SELECT batch_id, id, merchant_id, payments, net_paise, at_ms FROM settlements ORDER BY id",
        &|link, row| {
            link_settlement(link, numbers::<5>(row, 1)?);
            Ok(())
        },
    )?;
    each(
        "SELECT batch_id, id, bank_account_id, amount_paise, at_ms, COALESCE(attempt_id, 0), utr, remark, said_by, \
         COALESCE(why, '') FROM receipts ORDER BY id",
        &|link, row| {
            let texts = texts::<4>(row, 6)?;
            link_receipt(link, numbers::<5>(row, 1)?, texts.each_ref().map(String::as_str));
            Ok(())
        },
    )?;
    each(
        "SELECT batch_id, id, merchant_id, payment_id, previous_id, amount_paise, collected_paise, attempt_id, created_at_ms, \
         reference FROM refunds ORDER BY id",
        &|link, row| {
            link_refund(link, numbers::<8>(row, 1)?, &row.text(9)?);
            Ok(())
        },
    )?;
    each(
        "SELECT batch_id, id, refund_id, previous_id, status, at_ms, detail FROM refund_changes ORDER BY id",
        &|link, row| {
            link_change(link, numbers::<5>(row, 1)?, &row.text(6)?);
            Ok(())
        },
    )?;
    each(
        "SELECT batch_id, id, merchant_id, payment_id, previous_id, attempt_id, claimed_paise, amount_paise, collected_paise, \
         owed_paise, deadline_ms, created_at_ms, kind, reason, title, comment, source, reference FROM disputes ORDER BY id",
        &|link, row| {
            let texts = texts::<6>(row, 12)?;
            link_dispute(link, numbers::<11>(row, 1)?, texts.each_ref().map(String::as_str));
            Ok(())
        },
    )?;
    each(
        "SELECT batch_id, id, dispute_id, previous_id, status, at_ms, said_by FROM dispute_changes ORDER BY id",
        &|link, row| {
            dispute::link_change(link, numbers::<5>(row, 1)?, &row.text(6)?);
            Ok(())
        },
    )?;
    each(
        "SELECT batch_id, id, dispute_id, bytes, at_ms, name, media_type, sha256, said_by FROM evidence ORDER BY id",
        &|link, row| {
            let texts = texts::<4>(row, 5)?;
            link_evidence(link, numbers::<4>(row, 1)?, texts.each_ref().map(String::as_str));
            Ok(())
        },
    )?;
    each(
        "SELECT batch_id, id, merchant_id, kind, payment_id, about_id, change_id, at_ms, detail FROM events ORDER BY id",
        &|link, row| {
            link_event(link, numbers::<7>(row, 1)?, &row.text(8)?);
            Ok(())
        },
    )?;
    tx.each(&format!("{} ORDER BY id", attempt::COLUMNS), &[], |row| {
        link_attempt(links.entry(row.int(18)?).or_default(), &read_attempt(row)?);
        Ok(())
    })
}

fn numbers<const N: usize>(row: &Row<'_>, first: usize) -> Result<[i64; N], StoreError> {
    let mut numbers = [0; N];
    for (at, number) in numbers.iter_mut().enumerate() {
        *number = row.int(first + at)?;
    }
    Ok(numbers)
}

fn texts<const N: usize>(row: &Row<'_>, first: usize) -> Result<[String; N], StoreError> {
    let mut texts = [const { String::new() }; N];
    for (at, text) in texts.iter_mut().enumerate() {
        *text = row.text(first + at)?;
    }
    Ok(texts)
}
