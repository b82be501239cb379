//! `/api/v1/disputes`: a merchant's disputes, listed, shown, contested with evidence, accepted. Documented in docs/api/disputes.md.

use crate::{
    api::v1::{FilesCall, MerchantCall, Refusal, answer},
    app::App,
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use rokad_domain::{Id, dispute::Reply, id::kind::Dispute};
use rokad_flows::dispute::{
    reply::{ReplyRequest, reply},
    status::{Report, by_id, of_merchant},
};
use rokad_store::dispute::{NewEvidence, StoredDispute, StoredEvidence};
use rokad_wire::{
    collect::{
        dispute::{dispute_id, read_dispute_id},
        payment_id::payment_id,
        rupees_text,
    },
    date::rfc3339,
    evidence::{FILES_MAX, content, media_type},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Disputes of one answer.
const DISPUTES_MAX: usize = 100;

/// A dispute. Amounts are rupees, as texts.
#[derive(Serialize)]
struct View {
    id: String,
    payment_id: String,
    status: &'static str,
    kind: &'static str,
    reason: &'static str,
    issue: &'static str,
    title: String,
    comment: String,
    claimed: String,
    amount: String,
    owed: String,
    answer_until: String,
    created_at: String,
    ended_at: Option<String>,
}

impl View {
    fn of(dispute: &StoredDispute) -> Self {
        let claim = &dispute.claim;
        Self {
            id: dispute_id(dispute.id).to_string(),
            payment_id: payment_id(dispute.payment).to_string(),
            status: dispute.status.word(),
            kind: claim.kind.code(),
            reason: claim.reason.code(),
            issue: claim.reason.sentence(),
            title: claim.title.clone(),
            comment: claim.comment.clone(),
            claimed: rupees_text(claim.amount),
            amount: rupees_text(dispute.aside.amount),
            owed: rupees_text(dispute.aside.owed),
            answer_until: rfc3339(claim.deadline),
            created_at: rfc3339(dispute.created_at),
            ended_at: dispute.ended_at.map(rfc3339),
        }
    }
}

/// A file that was given as evidence.
#[derive(Serialize)]
struct FileView {
    name: String,
    media_type: String,
    bytes: i64,
    sha256: String,
    given_at: String,
}

impl From<StoredEvidence> for FileView {
    fn from(file: StoredEvidence) -> Self {
        Self {
            name: file.name,
            media_type: file.media_type,
            bytes: file.bytes,
            sha256: file.sha256,
            given_at: rfc3339(file.at),
        }
    }
}

/// A dispute with its evidence and its log.
#[derive(Serialize)]
struct Whole {
    #[serde(flatten)]
    dispute: View,
    evidence: Vec<FileView>,
    log: Vec<LogLine>,
}

#[derive(Serialize)]
struct LogLine {
    status: &'static str,
    at: String,
}

#[derive(Serialize)]
struct List {
    disputes: Vec<View>,
}

/// `GET /api/v1/disputes`: newest first; `before` goes on behind the last of a list.
pub async fn list(State(app): State<Arc<App>>, caller: MerchantCall) -> Result<Response, Refusal> {
    const BEFORE: Refusal = Refusal::InvalidQuery("before must be the id of a dispute");
    let fields = caller
        .call
        .query()
        .map_err(|_| Refusal::InvalidQuery("the query cannot be read"))?;
    let before = match fields.text("before").filter(|text| !text.is_empty()) {
        Some(text) => read_dispute_id(text).ok_or(BEFORE)?.get(),
        None => i64::MAX,
    };
    let disputes = of_merchant(&app.house, caller.merchant.stored.id, before, DISPUTES_MAX).await?;
    let disputes = disputes.iter().map(View::of).collect();
    Ok(answer(200, &List { disputes }))
}

fn id_of(text: &str) -> Result<Id<Dispute>, Refusal> {
    read_dispute_id(text).ok_or(Refusal::NoDispute)
}

/// `GET /api/v1/disputes/{id}`.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    caller: MerchantCall,
) -> Result<Response, Refusal> {
    let report = by_id(&app.house, Some(caller.merchant.stored.id), id_of(&id)?).await?;
    Ok(answer(200, &whole(report.ok_or(Refusal::NoDispute)?)))
}

fn whole(report: Report) -> Whole {
    let line = |change: rokad_store::dispute::StoredChange| LogLine {
        status: change.status.word(),
        at: rfc3339(change.at),
    };
    Whole {
        dispute: View::of(&report.dispute),
        evidence: report.evidence.into_iter().map(FileView::from).collect(),
        log: report.log.into_iter().map(line).collect(),
    }
}

/// What is posted to contest a dispute.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Contest {
    files: Vec<File>,
}

/// A file: its content in base64, with or without a `data:` prefix.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    content: String,
}

/// `POST /api/v1/disputes/{id}/evidence`.
pub async fn contest(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    FilesCall(caller): FilesCall,
) -> Result<Response, Refusal> {
    let id = id_of(&id)?;
    let posted: Contest = serde_json::from_slice(caller.call.body())
        .map_err(|error| Refusal::MalformedBody(error.to_string()))?;
    if !(1..=FILES_MAX).contains(&posted.files.len()) {
        return Err(Refusal::InvalidFiles);
    }
    let files = posted.files.into_iter().map(read_file);
    let evidence = files.collect::<Result<Vec<_>, _>>()?;
    answer_with(&app, &caller, id, Reply::Contest, evidence).await
}

fn read_file(file: File) -> Result<NewEvidence, Refusal> {
    let bad = |why: String| Refusal::InvalidFile(format!("{:?}: {why}", file.name));
    let content = content(&file.content).ok_or_else(|| bad("content is no base64".to_owned()))?;
    let media_type = media_type(&file.name, &content).map_err(|error| bad(error.to_string()))?;
    Ok(NewEvidence {
        name: file.name,
        media_type,
        content,
    })
}

/// `POST /api/v1/disputes/{id}/accept`.
pub async fn accept(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    caller: MerchantCall,
) -> Result<Response, Refusal> {
    answer_with(&app, &caller, id_of(&id)?, Reply::Accept, Vec::new()).await
}

async fn answer_with(
    app: &App,
    caller: &MerchantCall,
    id: Id<Dispute>,
    how: Reply,
    evidence: Vec<NewEvidence>,
) -> Result<Response, Refusal> {
    let merchant = caller.merchant.stored.id;
    let ask = ReplyRequest {
        merchant,
        dispute: id,
        reply: how,
        evidence,
        said_by: caller.actor(),
    };
    reply(&app.house, ask).await??;
    let report = by_id(&app.house, Some(merchant), id).await?;
    Ok(answer(200, &whole(report.ok_or(Refusal::NoDispute)?)))
}
