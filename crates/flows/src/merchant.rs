//! A merchant is added, and its keys are changed.

use crate::{
    House, Keyring,
    directory::SecretKind,
    fund::{self, FundRefusal, Whose},
};
use rokad_domain::{Id, Now, Paise, UnixMs, id::kind::Merchant};
use rokad_store::{StoreError, Tx, merchant, merchant::Terms, operator};

/// Secrets and the random bytes that their sealing needs. Drawn by the caller: chance comes in as a value.
#[derive(Clone)]
pub struct FreshSecret {
    /// What for.
    pub kind: SecretKind,
    /// The secret.
    pub secret: String,
    /// For its sealing.
    pub nonce: [u8; 24],
}

/// A merchant about to be added.
#[derive(Clone)]
pub struct NewMerchant {
    /// The name by which it calls itself on the wire.
    pub pid: String,
    /// The name of its key for collecting.
    pub collect_key: String,
    /// What the operator sets.
    pub terms: Terms,
    /// Where its payout callbacks go.
    pub callback_url: Option<String>,
    /// One of each kind.
    pub secrets: Vec<FreshSecret>,
}

/// Why keys are not changed.
#[derive(thiserror::Error, Debug)]
pub enum MerchantRefusal {
    /// There is none.
    #[error("there is no merchant with this PID")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds merchants, all or none. Returns their numbers.
///
/// # Errors
/// Those of the store.
pub async fn add(
    house: &House,
    keys: &Keyring,
    new: Vec<NewMerchant>,
    actor: String,
) -> Result<Vec<Id<Merchant>>, StoreError> {
    let keys = keys.clone();
    house
        .store
        .tx("add merchants", move |tx, now| {
            let ids = new
                .iter()
                .map(|new| add_one(tx, now, &keys, new, &actor))
                .collect::<Result<_, _>>()?;
            merchant::settings_changed(tx)?;
            Ok::<_, StoreError>(ids)
        })
        .await
}

/// Adds merchants who each bring `wallet` along into the only bank account, all or none: nobody is ever found without
/// the money it came with.
///
/// # Errors
/// As [`FundRefusal`].
pub async fn add_funded(
    house: &House,
    keys: &Keyring,
    new: Vec<NewMerchant>,
    wallet: Paise,
    actor: String,
) -> Result<(), FundRefusal> {
    let keys = keys.clone();
    house
        .store
        .tx("add merchants with money", move |tx, now| {
            for new in &new {
                add_one(tx, now, &keys, new, &actor)?;
                fund::fund_one(tx, now, &Whose::Merchant(new.pid.clone()), wallet, None, &actor)?;
            }
            Ok(merchant::settings_changed(tx)?)
        })
        .await
}

fn add_one(
    tx: &mut Tx<'_>,
    now: Now,
    keys: &Keyring,
    new: &NewMerchant,
    actor: &str,
) -> Result<Id<Merchant>, StoreError> {
    let id = merchant::insert(tx, &new.pid, &new.collect_key, &new.terms, now.at())?;
    put_secrets(tx, keys, id, &new.secrets, now.at(), now.at())?;
    if let Some(url) = &new.callback_url {
        merchant::set_callback_url(tx, id, url)?;
    }
    operator::log_action(tx, actor, "merchant.add", &new.pid, &new.terms.name, now.at())?;
    Ok(id)
}

fn put_secrets(
    tx: &Tx<'_>,
    keys: &Keyring,
    merchant: Id<Merchant>,
    secrets: &[FreshSecret],
    now: UnixMs,
    old_until: UnixMs,
) -> Result<(), StoreError> {
    for fresh in secrets {
        let sealed = keys.seal(merchant, fresh.kind.name(), &fresh.secret, fresh.nonce);
        merchant::put_secret(tx, merchant, fresh.kind.name(), &sealed, now, old_until)?;
    }
    Ok(())
}

/// Gives a merchant new keys. The old ones stay valid for `grace_ms` beside them.
///
/// # Errors
/// As [`MerchantRefusal`].
pub async fn rotate_keys(
    house: &House,
    keys: &Keyring,
    pid: String,
    fresh: Vec<FreshSecret>,
    grace_ms: i64,
    actor: String,
) -> Result<(), MerchantRefusal> {
    let keys = keys.clone();
    house
        .store
        .tx("rotate keys", move |tx, now| {
            let merchant = merchant::by_pid(tx, &pid)?.ok_or(MerchantRefusal::Unknown)?;
            put_secrets(
                tx,
                &keys,
                merchant.id,
                &fresh,
                now.at(),
                now.at().plus_ms(grace_ms),
            )?;
            operator::log_action(
                tx,
                &actor,
                "merchant.rotate_keys",
                &pid,
                &format!("grace {grace_ms} ms"),
                now.at(),
            )?;
            Ok(merchant::settings_changed(tx)?)
        })
        .await
}

/// Ends a rotation: the old keys are valid no more. Returns how many there were.
///
/// # Errors
/// As [`MerchantRefusal`].
pub async fn finish_rotation(house: &House, pid: String, actor: String) -> Result<usize, MerchantRefusal> {
    house
        .store
        .tx("finish a rotation", move |tx, now| {
            let merchant = merchant::by_pid(tx, &pid)?.ok_or(MerchantRefusal::Unknown)?;
            let ended = merchant::finish_rotation(tx, merchant.id, now.at())?;
            operator::log_action(tx, &actor, "merchant.finish_rotation", &pid, "", now.at())?;
            merchant::settings_changed(tx)?;
            Ok(ended)
        })
        .await
}

/// Sets where a merchant's payout callbacks go.
///
/// # Errors
/// As [`MerchantRefusal`].
pub async fn set_callback_url(
    house: &House,
    pid: String,
    url: String,
    actor: String,
) -> Result<(), MerchantRefusal> {
    house
        .store
        .tx("set a callback URL", move |tx, now| {
            let merchant = merchant::by_pid(tx, &pid)?.ok_or(MerchantRefusal::Unknown)?;
            if merchant
                .callbacks
                .as_ref()
                .is_some_and(|endpoint| endpoint.url == url)
            {
                return Ok(());
            }
            merchant::set_callback_url(tx, merchant.id, &url)?;
            operator::log_action(tx, &actor, "merchant.callback_url", &pid, &url, now.at())?;
            Ok(merchant::settings_changed(tx)?)
        })
        .await
}
