//! What a fresh sandbox is seeded with. A later start finds everything as it was.

use crate::{
    cli::Failure,
    sandbox::{
        bank::AccountSeed,
        secrets::{fresh_secrets, new_collect_key, new_pid},
    },
};
use argon2::{Argon2, PasswordHasher};
use md5::{Digest, Md5};
use rokad_domain::{
    BasisPoints, Paise,
    account::Account,
    charge::{FeeOnReturn, FeePlan},
    payout::IMPS_RUPEES_MAX,
};
use rokad_flows::{
    Directory, House, Keyring,
    bootstrap::{add_operator, declare_bank_accounts},
    directory::SecretKind,
    fund::{FundRefusal, Whose, fund},
    merchant::{self, NewMerchant},
};
use rokad_store::{bank_account::Declared, book, merchant::Terms, operator};

/// The operator's name for its account at the sandbox bank.
pub const BANK_ACCOUNT_NAME: &str = "sandbox-main";

/// The acquirer's name; merchants see it as `PG_TYPE`.
pub const ACQUIRER: &str = "SANDBOX";

/// The virtual payment address of the operator's account, in QR codes.
pub const VPA: &str = "rokad@sandbox";

/// The rail of the sandbox.
pub const RAIL: &str = "sandbox";

/// Who does it.
const ACTOR: &str = "sandbox";

/// The operator's address.
pub const OPERATOR: &str = "operator@rokad.test";

const BANK_ACCOUNT: &str = "100000000001";

/// Rupees in the bank account: ten crore. Of these, half a crore is the demo merchant's.
const OPENING_RUPEES: i64 = 100_000_000;
const WALLET_RUPEES: i64 = 5_000_000;

/// What the demo is known by.
pub struct Demo {
    /// Its PID.
    pub pid: String,
    /// Its secrets of the payout API.
    pub secret_key: String,
    /// Its token of the payout API.
    pub token: String,
    /// Its key, salt and authorization for collecting.
    pub collect: [String; 3],
    /// The operator's password.
    pub operator_password: String,
}

/// The accounts at the sandbox bank.
pub fn bank_accounts() -> Vec<AccountSeed> {
    let opening = Paise::from_rupees(OPENING_RUPEES).unwrap_or_default();
    vec![AccountSeed {
        number: BANK_ACCOUNT.to_owned(),
        opening,
    }]
}

/// Seeds what is missing. The demo merchant's callbacks go to `callback_url`, wherever the shop is today.
pub async fn seed(house: &House, keys: &Keyring, callback_url: &str) -> Result<Demo, Failure> {
    let operator_password = hex::encode(&keys.derive("sandbox operator password")[..8]);
    let known = house
        .store
        .read(|tx| Ok((rokad_store::merchant::all(tx)?, operator::exists(tx, OPERATOR)?)))
        .await?;
    let (merchants, has_operator) = known;
    if !has_operator {
        operator(house, &operator_password).await?;
    }
    let pid = match merchants.into_iter().next() {
        Some(first) => first.pid,
        None => first_start(house, keys, callback_url).await?,
    };
    merchant::set_callback_url(house, pid.clone(), callback_url.to_owned(), ACTOR.to_owned())
        .await
        .map_err(|refusal| Failure::Said(refusal.to_string()))?;
    demo(house, keys, pid, operator_password).await
}

/// The merchant comes last, with its money: a start that is killed before leaves the rest to the next.
async fn first_start(house: &House, keys: &Keyring, callback_url: &str) -> Result<String, Failure> {
    let said = |refusal: FundRefusal| Failure::Said(refusal.to_string());
    let rupees = |n| Paise::from_rupees(n).unwrap_or_default();
    declare_bank_accounts(house, vec![declared()]).await?;
    let balances = house.store.read(|tx| book::all_balances(tx)).await?;
    if balances.contains(&(Account::Capital, 0)) {
        let own = rupees(OPENING_RUPEES - WALLET_RUPEES);
        fund(house, Whose::Operator, own, None, ACTOR.to_owned())
            .await
            .map_err(said)?;
    }
    let new = demo_merchant(callback_url);
    let pid = new.pid.clone();
    merchant::add_funded(house, keys, vec![new], rupees(WALLET_RUPEES), ACTOR.to_owned())
        .await
        .map_err(said)?;
    Ok(pid)
}

fn declared() -> Declared {
    Declared {
        name: BANK_ACCOUNT_NAME.to_owned(),
        rail: RAIL.to_owned(),
        number: BANK_ACCOUNT.to_owned(),
        holder: "Rokad Operator".to_owned(),
        bank: "Sandbox Bank".to_owned(),
        minimum_balance: Paise::ZERO,
        daily_limit: Paise::from_rupees(OPENING_RUPEES).unwrap_or_default(),
        weight: 1,
    }
}

fn demo_merchant(callback_url: &str) -> NewMerchant {
    let price = |flat_paise: i64, basis_points: i64| FeePlan {
        flat: Paise::new(flat_paise).unwrap_or_default(),
        rate: BasisPoints::new(basis_points).unwrap_or_default(),
        gst: BasisPoints::new(FeePlan::GST_DEFAULT).unwrap_or_default(),
        on_return: FeeOnReturn::Keep,
    };
    NewMerchant {
        pid: new_pid(),
        collect_key: new_collect_key(),
        terms: Terms {
            name: "Demo Shop".to_owned(),
            addresses: "127.0.0.0/8 ::1".to_owned(),
            amount_rupees_max: IMPS_RUPEES_MAX,
            plan: price(300, 25),
            collect_plan: price(0, 200),
            settle_after: 2,
        },
        callback_url: Some(callback_url.to_owned()),
        secrets: fresh_secrets(),
    }
}

/// Argon2id hashes take tens of milliseconds: made once, on a thread that may be busy.
async fn operator(house: &House, password: &str) -> Result<(), Failure> {
    let password = password.to_owned();
    let hashes = tokio::task::spawn_blocking(move || {
        let verification_code = hex::encode(Md5::digest(password.as_bytes()));
        Ok::<_, argon2::password_hash::Error>((hash(&password)?, hash(&verification_code)?))
    });
    let hashes = hashes.await.map_err(|error| Failure::Said(error.to_string()))?;
    let (password, verification) = hashes.map_err(|error| Failure::Said(error.to_string()))?;
    add_operator(
        house,
        "Sandbox Operator".to_owned(),
        OPERATOR.to_owned(),
        password,
        verification,
    )
    .await?;
    Ok(())
}

fn hash(secret: &str) -> Result<String, argon2::password_hash::Error> {
    let salt = rokad_wire::chance::fill::<16>();
    Ok(Argon2::default()
        .hash_password_with_salt(secret.as_bytes(), &salt)?
        .to_string())
}

async fn demo(
    house: &House,
    keys: &Keyring,
    pid: String,
    operator_password: String,
) -> Result<Demo, Failure> {
    let directory = Directory::read(house, keys).await?;
    let entry = directory
        .by_pid(&pid)
        .ok_or_else(|| Failure::Said("the demo merchant is gone".to_owned()))?;
    let secret = |kind| entry.secrets(kind).next_back().unwrap_or_default().to_owned();
    Ok(Demo {
        secret_key: secret(SecretKind::PayoutSecret),
        token: secret(SecretKind::PayoutToken),
        collect: [
            entry.stored.collect_key.clone(),
            secret(SecretKind::CollectSalt),
            secret(SecretKind::CollectAuthorization),
        ],
        pid,
        operator_password,
    })
}
