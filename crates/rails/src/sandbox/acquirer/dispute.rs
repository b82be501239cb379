//! Disputes: what the book keeps of them, and what is decided when a merchant answers.

use super::{
    BankError,
    book::Book,
    charge::Charge,
    dispute_scripts::{AFTER_MS, DisputeScript},
    record::Record,
};
use crate::sandbox::{
    dispute_words::DisputeSaid,
    office::{Desk, Impossible},
};
use rokad_domain::{
    UnixMs,
    dispute::{Outcome, Reply},
};
use std::collections::BTreeSet;

/// A dispute.
pub struct Dispute {
    /// Of which charge.
    pub charge: u32,
    pub amount_paise: i64,
    pub raised_at: UnixMs,
    /// What the merchant answered last.
    pub reply: Option<Reply>,
    /// Hashes of the merchant's files.
    pub evidence: Vec<Box<str>>,
    /// How it will end, and when, unless it is answered before; then how it ended.
    pub end: (UnixMs, Outcome),
    pub ended: bool,
}

/// All disputes.
#[derive(Default)]
pub struct Disputes {
    pub all: Vec<Dispute>,
    /// Charges that are to be disputed, by time.
    planned: BTreeSet<(UnixMs, u32)>,
    /// What is to end, by time.
    due: BTreeSet<(UnixMs, u32)>,
    /// What happened: which dispute, and whether it was raised or ended.
    news: Vec<(u32, bool)>,
}

/// What the caller gets who answers a dispute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heard {
    /// It was heard, now or before.
    Yes,
    /// There is no such dispute.
    Unknown,
    /// It has ended, or its time is over.
    TooLate,
}

impl Disputes {
    /// A charge was captured: some are disputed.
    pub fn captured(&mut self, number: u32, charge: &Charge, at: UnixMs) {
        if DisputeScript::of(charge.amount).is_some() {
            self.planned.insert((at.plus_ms(AFTER_MS), number));
        }
    }

    /// The record of what happens next, if that is due.
    pub fn due(&self, now: UnixMs) -> Option<Record> {
        let at_ms = now.0;
        if let Some((_, charge)) = self.planned.first().filter(|(due, _)| *due <= now) {
            return Some(Record::DisputeRaised {
                charge: *charge,
                at_ms,
            });
        }
        let (_, dispute) = *self.due.first().filter(|(due, _)| *due <= now)?;
        Some(Record::DisputeEnded { dispute, at_ms })
    }

    pub fn raise(&mut self, number: u32, charge: &Charge, at: UnixMs) -> Result<(), Impossible> {
        let script = DisputeScript::of(charge.amount).ok_or(Impossible)?;
        let planned = self.planned.iter().find(|(_, its)| *its == number).copied();
        self.planned.remove(&planned.ok_or(Impossible)?);
        let dispute = u32::try_from(self.all.len()).map_err(|_| Impossible)?;
        let end = script.unanswered(at);
        self.due.insert((end.0, dispute));
        self.news.push((dispute, true));
        self.all.push(Dispute {
            charge: number,
            amount_paise: script.claimed_paise(charge.amount),
            raised_at: at,
            reply: None,
            evidence: Vec::new(),
            end,
            ended: false,
        });
        Ok(())
    }

    /// The merchant's answer: it is decided a little later.
    pub fn answer(
        &mut self,
        number: u32,
        script: DisputeScript,
        (reply, evidence): (Reply, &[String]),
        at: UnixMs,
    ) -> Result<(), Impossible> {
        let dispute = self.all.get_mut(number as usize).ok_or(Impossible)?;
        if dispute.ended || dispute.reply == Some(Reply::Accept) {
            return Err(Impossible);
        }
        self.due.remove(&(dispute.end.0, number));
        dispute.end = (at.plus_ms(AFTER_MS), script.answered(reply));
        dispute.reply = Some(reply);
        dispute
            .evidence
            .extend(evidence.iter().map(|sha256| sha256.as_str().into()));
        self.due.insert((dispute.end.0, number));
        Ok(())
    }

    pub fn end(&mut self, number: u32) -> Result<(), Impossible> {
        let dispute = self.all.get_mut(number as usize).filter(|dispute| !dispute.ended);
        let dispute = dispute.ok_or(Impossible)?;
        dispute.ended = true;
        self.due.remove(&(dispute.end.0, number));
        self.news.push((number, false));
        Ok(())
    }
}

/// The number of a dispute on the line.
pub fn reference(number: u32) -> String {
    format!("D{number:09}")
}

fn read_reference(reference: &str) -> Option<u32> {
    reference.strip_prefix('D')?.parse().ok()
}

/// News after position `after`, at most so many, and the position to go on from.
pub fn news(book: &Book, after: u64, limit: usize) -> (Vec<DisputeSaid>, u64) {
    let news = &book.disputes.news;
    let start = usize::try_from(after).unwrap_or(usize::MAX).min(news.len());
    let some = &news[start..news.len().min(start.saturating_add(limit))];
    let said = some
        .iter()
        .filter_map(|(number, raised)| said(book, *number, *raised));
    (said.collect(), (start + some.len()) as u64)
}

fn said(book: &Book, number: u32, raised: bool) -> Option<DisputeSaid> {
    let dispute = book.disputes.all.get(number as usize)?;
    let charge = book.charges.get(dispute.charge as usize)?;
    let script = DisputeScript::of(charge.amount)?;
    let (reference, charge) = (reference(number), charge.reference.to_string());
    Some(if raised {
        DisputeSaid::Raised {
            reference,
            charge,
            kind: script.kind.code().to_owned(),
            reason: script.reason.code().to_owned(),
            amount_paise: dispute.amount_paise,
            deadline_ms: script.deadline(dispute.raised_at).0,
            title: script.reason.sentence().to_owned(),
            comment: "The sandbox's customer says so".to_owned(),
        }
    } else {
        DisputeSaid::Resolved {
            reference,
            charge,
            outcome: dispute.end.1.code().to_owned(),
        }
    })
}

/// A merchant answers. The same answer again is heard as before.
pub fn answer(
    desk: &mut Desk<Book>,
    reference: &str,
    reply: Reply,
    sha256: Vec<String>,
    now: UnixMs,
) -> Result<Heard, BankError> {
    let number = read_reference(reference);
    let Some((number, dispute)) =
        number.and_then(|number| Some((number, desk.book.disputes.all.get(number as usize)?)))
    else {
        return Ok(Heard::Unknown);
    };
    if dispute.reply == Some(reply) {
        return Ok(Heard::Yes);
    }
    let taken_back = dispute.reply == Some(Reply::Accept);
    if dispute.ended || taken_back {
        return Ok(Heard::TooLate);
    }
    desk.append(&Record::DisputeAnswered {
        dispute: number,
        accepts: reply == Reply::Accept,
        sha256,
        at_ms: now.0,
    })?;
    Ok(Heard::Yes)
}
