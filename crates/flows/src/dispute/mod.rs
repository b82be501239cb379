//! The road of a dispute: raised, answered, won, lost or withdrawn. One file a step.

pub mod news;
pub mod raise;
pub mod reply;
pub mod resolve;
pub mod status;
pub mod tell;

/// What stands before the name of an acquirer that raised a dispute.
const ACQUIRER: &str = "acquirer:";

/// Who raised a dispute that an acquirer tells of.
fn source_of(acquirer: &str) -> String {
    format!("{ACQUIRER}{acquirer}")
}
