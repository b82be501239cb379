//! What the entries about one refund or one dispute moved: set aside, and then gone or given back.

use rokad_domain::{account::Account, entry::EntryKind};
use rokad_store::audit::AuditPosting;

/// In paise.
#[derive(Default, Clone, Copy)]
pub(super) struct Aside {
    last_entry: i64,
    pub(super) held: Part,
    /// Paid back, or lost.
    pub(super) gone: Part,
    pub(super) released: Part,
    /// Where it went.
    pub(super) purse: Option<Account>,
}

/// What one kind of entry moved, and how many there were.
#[derive(Default, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Part {
    pub(super) entries: u32,
    pub(super) paise: i64,
    /// Of it, from or to unsettled money.
    pub(super) collected: i64,
    /// Of it, owed or repaid.
    pub(super) owed: i64,
}

impl Aside {
    pub(super) fn add(&mut self, posting: AuditPosting) {
        let first_line = u32::from(self.last_entry != posting.entry);
        self.last_entry = posting.entry;
        let (part, other) = match posting.kind {
            EntryKind::RefundHeld | EntryKind::DisputeHeld => (&mut self.held, posting.debit),
            EntryKind::RefundReleased | EntryKind::DisputeReleased => (&mut self.released, posting.credit),
            EntryKind::RefundPaid | EntryKind::DisputeLost => {
                self.purse = Some(posting.credit);
                (&mut self.gone, posting.credit)
            }
            EntryKind::Opening
            | EntryKind::Deposit
            | EntryKind::PayoutHeld
            | EntryKind::PayoutSpent
            | EntryKind::PayoutReleased
            | EntryKind::PayoutReturned
            | EntryKind::PaymentCaptured
            | EntryKind::PaymentsSettled
            | EntryKind::SuspenseReceived => return,
        };
        part.entries += first_line;
        part.paise += posting.amount_paise;
        if matches!(other, Account::Collected(_)) {
            part.collected += posting.amount_paise;
        }
        if matches!(other, Account::Owing(_)) {
            part.owed += posting.amount_paise;
        }
    }
}
