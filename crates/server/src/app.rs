//! What every request and every job of this process shares.

use rokad_flows::{Directory, House, Keyring};
use rokad_store::StoreError;
use rokad_wire::payout::{Environment, RefCodes};
use std::sync::{Arc, PoisonError, RwLock};

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
    directory: RwLock<Arc<Directory>>,
}

impl App {
    /// Reads the directory and puts all of it together.
    pub async fn new(
        house: House,
        keys: Keyring,
        environment: Environment,
        trusted_proxies: Vec<ipnet::IpNet>,
    ) -> Result<Arc<Self>, StoreError> {
        let directory = Directory::read(&house, &keys).await?;
        let ref_codes = RefCodes::new(&keys.derive("ref_code"));
        let directory = RwLock::new(Arc::new(directory));
        Ok(Arc::new(Self {
            house,
            keys,
            ref_codes,
            environment,
            trusted_proxies,
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
