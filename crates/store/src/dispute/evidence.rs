//! Files with which merchants answer disputes: kept with their hashes, which the chain covers.

use crate::{
    chain::{Link, Part, Table},
    dialect::{Insert, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{
    Id, UnixMs,
    id::kind::{Dispute, Evidence},
};
use sha2::{Digest, Sha256};

/// A file about to be kept.
#[derive(Clone, Debug)]
pub struct NewEvidence {
    /// What the merchant calls it.
    pub name: String,
    /// What its content is.
    pub media_type: &'static str,
    /// The content.
    pub content: Vec<u8>,
}

/// A file that is kept, without its content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredEvidence {
    /// Its number.
    pub id: Id<Evidence>,
    /// What the merchant calls it.
    pub name: String,
    /// What its content is.
    pub media_type: String,
    /// How large it is.
    pub bytes: i64,
    /// The SHA-256 of the content, in hexadecimal.
    pub sha256: String,
    /// Who gave it.
    pub said_by: String,
    /// When.
    pub at: UnixMs,
}

/// Keeps files.
///
/// # Errors
/// Only those of the database.
pub fn insert_evidence(
    tx: &mut Tx<'_>,
    dispute: Id<Dispute>,
    files: &[NewEvidence],
    said_by: &str,
    at: UnixMs,
) -> Result<(), StoreError> {
    const EVIDENCE: Insert<9> = Insert {
        table: "evidence",
        columns: [
            "id",
            "batch_id",
            "dispute_id",
            "name",
            "media_type",
            "bytes",
            "sha256",
            "said_by",
            "at_ms",
        ],
    };
    const FILES: Insert<2> = Insert {
        table: "evidence_files",
        columns: ["evidence_id", "content"],
    };
    if files.is_empty() {
        return Ok(());
    }
    let (first, batch) = (tx.next_numbers("evidence", files.len())?, tx.batch()?);
    for (id, file) in (first..).zip(files) {
        let bytes = i64::try_from(file.content.len()).unwrap_or(i64::MAX);
        let sha256 = hash(&file.content);
        let numbers = [id, dispute.get(), bytes, at.0];
        let texts = [file.name.as_str(), file.media_type, &sha256, said_by];
        link_evidence(&mut tx.link, numbers, texts);
        let [id, dispute, bytes, at] = numbers.map(Value::Int);
        let [name, media_type, sha256, said_by] = texts.map(Value::Text);
        let row = [
            id,
            Value::Int(batch),
            dispute,
            name,
            media_type,
            bytes,
            sha256,
            said_by,
            at,
        ];
        tx.insert_many(&EVIDENCE, [row])?;
        tx.insert_many(&FILES, [[id, Value::Blob(&file.content)]])?;
    }
    Ok(())
}

pub(crate) fn link_evidence(link: &mut Link, numbers: [i64; 4], texts: [&str; 4]) {
    let row: Vec<Part<'_>> = numbers
        .into_iter()
        .map(Part::Int)
        .chain(texts.into_iter().map(Part::Text))
        .collect();
    link.add(Table::Evidence, &row);
}

fn hash(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The files of a dispute, oldest first.
///
/// # Errors
/// Only those of the database.
pub fn evidence_of(tx: &Tx<'_>, dispute: Id<Dispute>) -> Result<Vec<StoredEvidence>, StoreError> {
    let sql = "SELECT id, name, media_type, bytes, sha256, said_by, at_ms FROM evidence WHERE dispute_id = $1 ORDER BY id";
    tx.query(sql, &[Value::Int(dispute.get())], |row| {
        Ok(StoredEvidence {
            id: Id::new(row.int(0)?),
            name: row.text(1)?,
            media_type: row.text(2)?,
            bytes: row.int(3)?,
            sha256: row.text(4)?,
            said_by: row.text(5)?,
            at: UnixMs(row.int(6)?),
        })
    })
}

/// The content of a file, as long as it is what was kept.
///
/// # Errors
/// When it is not there, or another than was hashed.
pub fn content(tx: &Tx<'_>, evidence: &StoredEvidence) -> Result<Vec<u8>, StoreError> {
    let sql = "SELECT content FROM evidence_files WHERE evidence_id = $1";
    let content = tx.query_one(sql, &[Value::Int(evidence.id.get())], |row| row.blob(0))?;
    content
        .filter(|content| hash(content) == evidence.sha256)
        .ok_or_else(|| StoreError::corrupt(format!("evidence {} is not what was kept", evidence.id)))
}
