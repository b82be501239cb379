//! Bells wake the jobs of this process when a commit has made work for them.
//!
//! They carry nothing: the work is in the database. A bell that nobody hears costs a moment, never a payout, because
//! every job also looks by itself from time to time.

use std::sync::Arc;
use tokio::sync::Notify;

/// The bells of one process. Clones ring the same ones.
#[derive(Clone, Default)]
pub struct Bells(Arc<Inner>);

#[derive(Default)]
struct Inner {
    dispatcher: Notify,
    courier: Notify,
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

    /// Waits for payouts to dispatch.
    pub async fn heard_by_dispatcher(&self) {
        self.0.dispatcher.notified().await;
    }

    /// Waits for callbacks to carry.
    pub async fn heard_by_courier(&self) {
        self.0.courier.notified().await;
    }
}
