//! `rokad dispute`: disputes that the operator raises, shows, decides, or takes from an acquirer's file.

mod file;

use crate::cli::{
    Failure,
    place::{Opened, Place, actor},
    print,
};
use rokad_domain::{
    Id, Paise, UnixMs,
    dispute::{Claim, Kind, Outcome, RaiseRefusal, Reason, Reply, ReplyRefusal, Verdict},
    id::kind::{Dispute, Payment},
};
use rokad_flows::dispute::{
    raise::{Raise, Raised, raise},
    reply::{ReplyRequest, reply},
    resolve::{Resolve, resolve},
    status::by_id,
};
use rokad_store::dispute::{self, NewEvidence, StoredDispute};
use rokad_wire::{
    collect::{
        dispute::{dispute_id, read_dispute_id},
        payment_id::{payment_id, read_payment_id},
    },
    date, evidence,
};
use std::path::PathBuf;

/// Milliseconds that a merchant has to answer, if nobody says otherwise.
const DEADLINE_MS: i64 = 7 * 24 * 3_600_000;

/// What to do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Lists disputes that have not ended
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Shows a dispute: what is claimed, what happened to it, and its evidence
    Show {
        #[command(flatten)]
        place: Place,
        /// Its disputeId
        id: String,
    },
    /// Raises a dispute: its money is set aside at once
    Raise {
        #[command(flatten)]
        place: Place,
        /// The paymentId
        payment: String,
        /// Rupees
        #[arg(long, value_name = "RUPEES", value_parser = parse_amount)]
        amount: Paise,
        /// complaint, chargeback, fraud or pre_arbitration
        #[arg(long, default_value = "complaint", value_parser = parse_kind)]
        kind: Kind,
        /// not_received, not_as_described, duplicate, not_authorised, credit_not_processed or other
        #[arg(long, default_value = "other", value_parser = parse_reason)]
        reason: Reason,
        /// Until when the merchant may answer, like "2026-01-31 18:05:00"; a week from now, if left out
        #[arg(long, value_name = "TIME", value_parser = parse_time)]
        deadline: Option<UnixMs>,
        /// A few words
        #[arg(long, default_value = "", value_parser = parse_words)]
        title: String,
        /// What the customer says
        #[arg(long, default_value = "", value_parser = parse_words)]
        comment: String,
        /// Its number elsewhere: the same number is the same dispute
        #[arg(long, value_parser = parse_words)]
        reference: String,
    },
    /// Takes an acquirer's file of chargebacks, whole or not at all; taking it again changes nothing
    Take {
        #[command(flatten)]
        place: Place,
        /// The CSV file: reference, payment_id, amount, kind, reason, deadline, title, comment, outcome
        file: PathBuf,
    },
    /// Answers a dispute for its merchant, with evidence
    Contest {
        #[command(flatten)]
        place: Place,
        /// Its disputeId
        id: String,
        /// A PNG, JPEG, WebP or PDF of up to 1 MiB; up to five times
        #[arg(long, value_name = "FILE", required = true)]
        file: Vec<PathBuf>,
    },
    /// Accepts a dispute for its merchant
    Accept {
        #[command(flatten)]
        place: Place,
        /// Its disputeId
        id: String,
    },
    /// Decides a dispute: won, lost or withdrawn, as the merchant sees it
    Resolve {
        #[command(flatten)]
        place: Place,
        /// Its disputeId
        id: String,
        /// won, lost or withdrawn
        #[arg(value_parser = parse_outcome)]
        outcome: Outcome,
    },
}

fn parse_amount(text: &str) -> Result<Paise, String> {
    Paise::parse_rupees(text)
        .filter(|amount| !amount.is_zero())
        .ok_or_else(|| "not an amount in rupees, like 250.50".to_owned())
}

fn parse_kind(text: &str) -> Result<Kind, String> {
    Kind::from_code(text).ok_or_else(|| "complaint, chargeback, fraud or pre_arbitration".to_owned())
}

fn parse_reason(text: &str) -> Result<Reason, String> {
    let words = "not_received, not_as_described, duplicate, not_authorised, credit_not_processed or other";
    Reason::from_code(text).ok_or_else(|| words.to_owned())
}

fn parse_time(text: &str) -> Result<UnixMs, String> {
    date::read_time(text).ok_or_else(|| "not a time like 2026-01-31 18:05:00".to_owned())
}

fn parse_outcome(text: &str) -> Result<Outcome, String> {
    Outcome::from_code(text).ok_or_else(|| "won, lost or withdrawn".to_owned())
}

fn parse_words(text: &str) -> Result<String, String> {
    let fits = text.chars().count() <= 200 && !text.chars().any(char::is_control);
    if fits {
        Ok(text.to_owned())
    } else {
        Err("up to 200 printable characters".to_owned())
    }
}

fn none() -> Failure {
    Failure::Said("there is no such dispute".to_owned())
}

fn id_of(text: &str) -> Result<Id<Dispute>, Failure> {
    read_dispute_id(text).ok_or_else(none)
}

fn payment_of(text: &str) -> Result<Id<Payment>, String> {
    read_payment_id(text).ok_or_else(|| "there is no such payment".to_owned())
}

/// Does it.
pub async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::List { place } => list(&place.open()?).await,
        Command::Show { place, id } => show(&place.open()?, id_of(&id)?).await,
        Command::Raise {
            place,
            payment,
            amount,
            kind,
            reason,
            deadline,
            title,
            comment,
            reference,
        } => {
            let opened = place.open()?;
            let now = opened.house.store.clock().now().at();
            let claim = Claim {
                kind,
                reason,
                amount,
                deadline: deadline.unwrap_or_else(|| now.plus_ms(DEADLINE_MS)),
                title,
                comment,
            };
            let ask = Raise {
                payment: payment_of(&payment)?,
                claim,
                source: "operator".to_owned(),
                reference,
                said_by: actor(),
            };
            raise_one(&opened, ask).await
        }
        Command::Take { place, file } => file::take(&place.open()?, &file).await,
        Command::Contest { place, id, file } => {
            let files = file.iter().map(read_file).collect::<Result<Vec<_>, _>>()?;
            if files.len() > evidence::FILES_MAX {
                return Err(Failure::Said(format!("at most {} files", evidence::FILES_MAX)));
            }
            answer(&place.open()?, id_of(&id)?, Reply::Contest, files).await
        }
        Command::Accept { place, id } => answer(&place.open()?, id_of(&id)?, Reply::Accept, Vec::new()).await,
        Command::Resolve { place, id, outcome } => decide(&place.open()?, id_of(&id)?, outcome).await,
    }
}

async fn raise_one(opened: &Opened, ask: Raise) -> Result<(), Failure> {
    let Raised { dispute, known } = raise(&opened.house, ask)
        .await?
        .map_err(|refusal| Failure::Said(why_not(refusal).to_owned()))?;
    let was = if known { "was raised before" } else { "is raised" };
    print::line(&format!("dispute {} {was}", dispute_id(dispute)));
    Ok(())
}

const fn why_not(refusal: RaiseRefusal) -> &'static str {
    match refusal {
        RaiseRefusal::NoPayment => "there is no such payment",
        RaiseRefusal::NotPaid => "this payment was not paid",
        RaiseRefusal::NothingLeft => "all of this payment went back already, or is on its way",
        RaiseRefusal::TooMany => "this payment had as many disputes as a payment can have",
    }
}

fn read_file(path: &PathBuf) -> Result<NewEvidence, Failure> {
    let shown = path.display();
    let size = std::fs::metadata(path)
        .map_err(|error| format!("{shown}: {error}"))?
        .len();
    let bad = |error: evidence::BadFile| format!("{shown}: {error}");
    if size > evidence::FILE_BYTES_MAX as u64 {
        return Err(bad(evidence::BadFile::Size).into());
    }
    let content = std::fs::read(path).map_err(|error| format!("{shown}: {error}"))?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let media_type = evidence::media_type(&name, &content).map_err(bad)?;
    Ok(NewEvidence {
        name,
        media_type,
        content,
    })
}

async fn answer(
    opened: &Opened,
    id: Id<Dispute>,
    how: Reply,
    evidence: Vec<NewEvidence>,
) -> Result<(), Failure> {
    let report = by_id(&opened.house, None, id).await?.ok_or_else(none)?;
    let ask = ReplyRequest {
        merchant: report.dispute.merchant,
        dispute: id,
        reply: how,
        evidence,
        said_by: actor(),
    };
    let status = reply(&opened.house, ask)
        .await?
        .map_err(|refusal| match refusal {
            ReplyRefusal::NoDispute => none(),
            ReplyRefusal::NotOpen(status) => Failure::Said(format!("it is {} already", status.word())),
            ReplyRefusal::TooLate => {
                Failure::Said("its deadline is over; it may still be accepted".to_owned())
            }
        })?;
    print::line(&format!("dispute {} is {}", dispute_id(id), status.word()));
    Ok(())
}

async fn decide(opened: &Opened, id: Id<Dispute>, outcome: Outcome) -> Result<(), Failure> {
    let ask = Resolve {
        dispute: id,
        outcome,
        said_by: actor(),
    };
    match resolve(&opened.house, ask).await?.ok_or_else(none)? {
        Verdict::Pay | Verdict::Release(_) | Verdict::Known => show(opened, id).await,
        Verdict::Contradiction => Err(Failure::Said(
            "it was decided otherwise before; nothing was changed, and the contradiction is written down"
                .to_owned(),
        )),
    }
}

async fn list(opened: &Opened) -> Result<(), Failure> {
    let disputes = opened.house.store.read(|tx| dispute::open(tx)).await?;
    if disputes.is_empty() {
        print::line("No dispute is open.");
    }
    let now = opened.house.store.clock().now().at();
    for dispute in disputes {
        let late = if dispute.claim.deadline < now {
            "  (its deadline is over)"
        } else {
            ""
        };
        print::line(&format!("{}{late}", line(&dispute)));
    }
    Ok(())
}

fn line(dispute: &StoredDispute) -> String {
    format!(
        "dispute {} of payment {}  {:>14}  {}, {}: {}; answer until {}",
        dispute_id(dispute.id),
        payment_id(dispute.payment),
        dispute.aside.amount.to_string(),
        dispute.claim.kind.code(),
        dispute.claim.reason.code(),
        dispute.status.word(),
        print::time(dispute.claim.deadline)
    )
}

async fn show(opened: &Opened, id: Id<Dispute>) -> Result<(), Failure> {
    let report = by_id(&opened.house, None, id).await?.ok_or_else(none)?;
    let dispute = &report.dispute;
    print::line(&line(dispute));
    print::line(&format!(
        "claimed {}, raised by {} as {}",
        dispute.claim.amount, dispute.source, dispute.reference
    ));
    if !dispute.aside.owed.is_zero() {
        print::line(&format!("{} of it was missing, and is owed", dispute.aside.owed));
    }
    for text in [&dispute.claim.title, &dispute.claim.comment] {
        if !text.is_empty() {
            print::line(&format!("  {text}"));
        }
    }
    for change in report.log {
        print::line(&format!(
            "  {}  {:<10}  {}",
            print::time(change.at),
            change.status.word(),
            change.said_by
        ));
    }
    for file in report.evidence {
        print::line(&format!(
            "  evidence {}  {}, {} bytes, SHA-256 {}",
            file.name, file.media_type, file.bytes, file.sha256
        ));
    }
    Ok(())
}
