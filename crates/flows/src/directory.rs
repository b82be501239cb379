//! The directory: all settings that a request needs, in memory, with the secrets opened.
//!
//! A server reads it at start and again whenever the settings' number grows, so that a command beside it takes
//! effect within a moment.

use crate::{House, Keyring};
use ipnet::IpNet;
use rokad_domain::{
    Id, Private,
    id::kind::{BankAccount, Endpoint, Merchant},
};
use rokad_store::{
    StoreError, bank_account,
    merchant::{self, SealedSecret, StoredMerchant},
};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, net::IpAddr, sync::Arc};

/// What a secret is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SecretKind {
    /// Seals the payout API.
    PayoutSecret,
    /// The token of the payout API's other calls.
    PayoutToken,
    /// The salt of collecting.
    CollectSalt,
    /// The `Authorization` value of collecting.
    CollectAuthorization,
    /// Signs callbacks by Standard Webhooks.
    CallbackSigning,
}

impl SecretKind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::PayoutSecret,
        Self::PayoutToken,
        Self::CollectSalt,
        Self::CollectAuthorization,
        Self::CallbackSigning,
    ];

    /// Its name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PayoutSecret => "payout_secret",
            Self::PayoutToken => "payout_token",
            Self::CollectSalt => "collect_salt",
            Self::CollectAuthorization => "collect_authorization",
            Self::CallbackSigning => "callback_signing",
        }
    }
}

/// A merchant, as a request needs it.
pub struct MerchantEntry {
    /// Its row.
    pub stored: StoredMerchant,
    addresses: Vec<IpNet>,
    secrets: Vec<(SecretKind, Private<String>)>,
}

impl MerchantEntry {
    /// The valid secrets of a kind: one, or two during a rotation, the older first.
    pub fn secrets(&self, kind: SecretKind) -> impl DoubleEndedIterator<Item = &str> {
        self.secrets
            .iter()
            .filter(move |(its, _)| *its == kind)
            .map(|(_, secret)| secret.reveal().as_str())
    }

    /// Whether a request may come from `address`. An IPv4 address inside IPv6 counts as what it is.
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.addresses.iter().any(|range| range.contains(&address))
    }
}

/// All merchants and bank accounts, at one moment.
#[derive(Default)]
pub struct Directory {
    by_pid: HashMap<String, Arc<MerchantEntry>>,
    by_id: HashMap<Id<Merchant>, Arc<MerchantEntry>>,
    by_key: HashMap<String, Arc<MerchantEntry>>,
    /// By the hash of a valid `Authorization` value: to find one takes the same time whether it is nearly right or not.
    by_authorization: HashMap<[u8; 32], Arc<MerchantEntry>>,
    urls: HashMap<Id<Endpoint>, String>,
    bank_accounts: HashMap<Id<BankAccount>, String>,
    version: i64,
}

impl Directory {
    /// Reads it.
    ///
    /// # Errors
    /// Those of the store, and when a secret does not open under this instance key.
    pub async fn read(house: &House, keys: &Keyring) -> Result<Self, StoreError> {
        let (keys, now) = (keys.clone(), house.store.clock().now().at());
        house
            .store
            .read(move |tx| {
                let version = merchant::settings_version(tx)?;
                let mut secrets: HashMap<Id<Merchant>, Vec<SealedSecret>> = HashMap::new();
                for secret in merchant::secrets(tx, now)? {
                    secrets.entry(secret.merchant).or_default().push(secret);
                }
                let mut directory = Self {
                    version,
                    ..Self::default()
                };
                for stored in merchant::all(tx)? {
                    let sealed = secrets.remove(&stored.id).unwrap_or_default();
                    directory.add(entry(stored, &sealed, &keys)?);
                }
                let accounts = bank_account::all(tx)?.into_iter();
                directory.bank_accounts = accounts
                    .map(|account| (account.id, account.declared.name))
                    .collect();
                Ok(directory)
            })
            .await
    }

    fn add(&mut self, entry: MerchantEntry) {
        let entry = Arc::new(entry);
        if let Some(endpoint) = &entry.stored.callbacks {
            self.urls.insert(endpoint.id, endpoint.url.clone());
        }
        for value in entry.secrets(SecretKind::CollectAuthorization) {
            self.by_authorization
                .insert(Sha256::digest(value).into(), entry.clone());
        }
        self.by_key
            .insert(entry.stored.collect_key.clone(), entry.clone());
        self.by_pid.insert(entry.stored.pid.clone(), entry.clone());
        self.by_id.insert(entry.stored.id, entry);
    }

    /// The merchant of this PID.
    #[must_use]
    pub fn by_pid(&self, pid: &str) -> Option<&Arc<MerchantEntry>> {
        self.by_pid.get(pid)
    }

    /// The merchant with this key for collecting.
    #[must_use]
    pub fn by_key(&self, key: &str) -> Option<&Arc<MerchantEntry>> {
        self.by_key.get(key)
    }

    /// The merchant whose `Authorization` value this is.
    #[must_use]
    pub fn by_authorization(&self, value: &str) -> Option<&Arc<MerchantEntry>> {
        let hash: [u8; 32] = Sha256::digest(value).into();
        self.by_authorization.get(&hash)
    }

    /// The merchant of this number.
    #[must_use]
    pub fn merchant(&self, id: Id<Merchant>) -> Option<&Arc<MerchantEntry>> {
        self.by_id.get(&id)
    }

    /// Where this endpoint is.
    #[must_use]
    pub fn url(&self, endpoint: Id<Endpoint>) -> Option<&str> {
        self.urls.get(&endpoint).map(String::as_str)
    }

    /// The operator's name of a bank account.
    #[must_use]
    pub fn bank_account(&self, id: Id<BankAccount>) -> Option<&str> {
        self.bank_accounts.get(&id).map(String::as_str)
    }

    /// The settings' number when it was read.
    #[must_use]
    pub const fn version(&self) -> i64 {
        self.version
    }

    /// How many merchants there are.
    #[must_use]
    pub fn merchants(&self) -> usize {
        self.by_pid.len()
    }
}

fn entry(
    stored: StoredMerchant,
    sealed: &[SealedSecret],
    keys: &Keyring,
) -> Result<MerchantEntry, StoreError> {
    let mut secrets = Vec::with_capacity(sealed.len());
    for secret in sealed {
        let Some(kind) = SecretKind::ALL.iter().find(|kind| kind.name() == secret.kind) else {
            continue;
        };
        let opened = keys
            .open(stored.id, &secret.kind, &secret.sealed)
            .ok_or_else(|| {
                StoreError::Corrupt(format!(
                    "a secret of merchant {} does not open: is this its instance key?",
                    stored.pid
                ))
            })?;
        secrets.push((*kind, Private::new(opened)));
    }
    let addresses = parse_addresses(&stored.terms.addresses)
        .map_err(|bad| StoreError::Corrupt(format!("address range {bad:?} of merchant {}", stored.pid)))?;
    Ok(MerchantEntry {
        stored,
        addresses,
        secrets,
    })
}

/// Reads addresses and ranges, IPv4 and IPv6, with blanks or commas between.
///
/// # Errors
/// The first that is neither.
pub fn parse_addresses(text: &str) -> Result<Vec<IpNet>, String> {
    let one = |word: &str| {
        let range = word
            .parse::<IpNet>()
            .or_else(|_| word.parse::<IpAddr>().map(IpNet::from));
        range.map_err(|_| word.to_owned())
    };
    text.split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty())
        .map(one)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_ranges_of_both_families_are_read() {
        let ranges = parse_addresses("10.0.0.0/8, 192.0.2.7 2001:db8::/32 ::1").unwrap();
        assert_eq!(ranges.len(), 4);
        assert!(ranges[1].contains(&"192.0.2.7".parse::<IpAddr>().unwrap()));
        assert!(!ranges[1].contains(&"192.0.2.8".parse::<IpAddr>().unwrap()));
        for bad in ["10.0.0.0/33", "10.0.0", "example.com", "10.0.0.0/8;::1"] {
            assert_eq!(parse_addresses(bad), Err(bad.to_owned()));
        }
    }
}
