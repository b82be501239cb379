//! Bells wake the jobs of this process when a commit has made work for them.
//!
//! They carry nothing: the work is in the database. A bell that nobody hears costs a moment, never a payout, because
//! every job also looks by itself from time to time.

use rokad_domain::{Id, id::kind::Payment};
use std::sync::Arc;
use tokio::sync::{Notify, broadcast};

/// Changes of payments that a listener may be behind. One that is further behind looks at the database.
const CHANGES_KEPT: usize = 256;

/// The bells of one process. Clones ring the same ones.
#[derive(Clone, Default)]
pub struct Bells(Arc<Inner>);

struct Inner {
    dispatcher: Notify,
    courier: Notify,
    payments: broadcast::Sender<Id<Payment>>,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            dispatcher: Notify::new(),
            courier: Notify::new(),
            payments: broadcast::channel(CHANGES_KEPT).0,
        }
    }
}

impl Bells {
    /// There are payouts to dispatch.
    pub fn payouts_wait(&self) {
        self.0.dispatcher.notify_one();
    }

    /// There are callbacks to carry.
    pub fn callbacks_wait(&self) {
        self.0.courier.notify_one();
    }

    /// Something happened to a payment: pages that show it look again.
    pub fn payment_changed(&self, payment: Id<Payment>) {
        // Nobody may be looking.
        let _ = self.0.payments.send(payment);
    }

    /// Hears of changes of payments from now on.
    #[must_use]
    pub fn payment_changes(&self) -> broadcast::Receiver<Id<Payment>> {
        self.0.payments.subscribe()
    }

    /// Waits for payouts to dispatch.
    pub async fn heard_by_dispatcher(&self) {
        self.0.dispatcher.notified().await;
    }

    /// Waits for callbacks to carry.
    pub async fn heard_by_courier(&self) {
        self.0.courier.notified().await;
    }
}
