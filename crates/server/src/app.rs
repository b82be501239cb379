//! What every request and every job of this process shares.

use crate::{collecting::Collecting, duties::Duties};
use rokad_flows::{Directory, House, Keyring};
use rokad_store::StoreError;
use rokad_wire::{
    collect::CheckoutTokens,
    payout::{Environment, RefCodes},
};
use std::sync::{Arc, PoisonError, RwLock};
use tokio_util::sync::CancellationToken;

/// The process, as its requests and jobs see it.
pub struct App {
    /// The store and the bells.
    pub house: House,
    /// The instance key.
    pub keys: Keyring,
    /// Makes and reads ref_codes under the instance key.
    pub ref_codes: RefCodes,
    /// Whose rules apply to what merchants send.
    pub environment: Environment,
    /// Whose word on the source address is believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Makes and reads the addresses of checkouts under the instance key.
    pub checkouts: CheckoutTokens,
    /// How customers can pay.
    pub collecting: Collecting,
    /// What this node may do of the work that one node does at a time.
    pub duties: Arc<Duties>,
    /// Days for which delivered callbacks are kept.
    pub keep_delivered_days: u32,
    /// Cancelled when the process stops: answers without end end then.
    pub stop: CancellationToken,
    directory: RwLock<Arc<Directory>>,
}

/// What an operator sets of a process.
pub struct Setup {
    /// Whose rules apply to what merchants send.
    pub environment: Environment,
    /// Whose word on the source address is believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// How customers can pay.
    pub collecting: Collecting,
    /// What this node may do of the work that one node does at a time.
    pub duties: Arc<Duties>,
    /// Days for which delivered callbacks are kept.
    pub keep_delivered_days: u32,
    /// Cancelled when the process stops.
    pub stop: CancellationToken,
}

impl App {
    /// Reads the directory and puts all of it together.
    pub async fn new(house: House, keys: Keyring, setup: Setup) -> Result<Arc<Self>, StoreError> {
        let directory = Directory::read(&house, &keys).await?;
        let ref_codes = RefCodes::new(&keys.derive("ref_code"));
        let checkouts = CheckoutTokens::new(&keys.derive("checkout"));
        let directory = RwLock::new(Arc::new(directory));
        Ok(Arc::new(Self {
            house,
            keys,
            ref_codes,
            environment: setup.environment,
            trusted_proxies: setup.trusted_proxies,
            checkouts,
            collecting: setup.collecting,
            duties: setup.duties,
            keep_delivered_days: setup.keep_delivered_days,
            stop: setup.stop,
            directory,
        }))
    }

    /// The settings, at this moment.
    pub fn directory(&self) -> Arc<Directory> {
        self.directory
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Reads the settings again.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let directory = Arc::new(Directory::read(&self.house, &self.keys).await?);
        tracing::info!(
            merchants = directory.merchants(),
            version = directory.version(),
            "settings read"
        );
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = directory;
        Ok(())
    }
}
