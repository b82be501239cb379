//! `rokad.toml`: what `rokad serve` runs with. An unknown key is an error that names it.

use crate::{
    database::{DATABASE, is_address},
    duties,
};
use rokad_domain::{Paise, Private};
use rokad_store::{Place, bank_account::Declared};
use rokad_wire::payout::Environment;
use serde::{Deserialize, Deserializer};
use std::{
    collections::HashSet,
    fs,
    net::SocketAddr,
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

/// The whole file.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the embedded database and the lock are.
    pub data: PathBuf,
    /// Another database than the embedded one: `postgres://user:password@host/name`.
    #[serde(default, deserialize_with = "private")]
    pub database: Option<Private<String>>,
    /// The name of this node among those that serve one database. Without it, the machine's name and the data directory.
    #[serde(default)]
    pub node: Option<String>,
    /// Seconds after which the other nodes have what a dead one held.
    #[serde(default = "lease_seconds")]
    pub lease_seconds: u32,
    /// Seconds for which a node that was asked to stop goes on to answer, so that a load balancer notices. Only where others serve.
    #[serde(default = "drain_seconds")]
    pub drain_seconds: u32,
    /// Days for which callbacks that were delivered are kept, with their attempts.
    #[serde(default = "keep_delivered_days")]
    pub keep_delivered_days: u32,
    /// Where HTTPS is served.
    pub listen: SocketAddr,
    /// Whose rules apply.
    pub environment: EnvironmentName,
    /// PEM file with the certificate chain.
    pub tls_certificate: PathBuf,
    /// PEM file with its key.
    pub tls_key: PathBuf,
    /// File with the instance key; `ROKAD_INSTANCE_KEY` in the environment goes before it.
    #[serde(default)]
    pub instance_key_file: Option<PathBuf>,
    /// Ranges of proxies whose `X-Forwarded-For` is believed.
    #[serde(default)]
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Whether this node moves payouts and carries callbacks, beside serving requests.
    #[serde(default = "yes")]
    pub jobs: bool,
    /// The banks that it reaches.
    #[serde(default, rename = "rail")]
    pub rails: Vec<RailConfig>,
    /// The operator's accounts at them.
    #[serde(default, rename = "bank_account")]
    pub bank_accounts: Vec<BankAccountConfig>,
    /// Where customers reach this gateway, like `https://pay.example`. Needed for collecting.
    #[serde(default)]
    pub public_url: Option<String>,
    /// Who takes money from customers.
    #[serde(default, rename = "acquirer")]
    pub acquirers: Vec<AcquirerConfig>,
    /// The account that UPI QR codes pay into.
    #[serde(default)]
    pub upi_qr: Option<UpiQrConfig>,
}

/// Who takes money from customers.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct AcquirerConfig {
    /// Its name; merchants see it as `PG_TYPE`.
    pub name: String,
    /// What it speaks.
    pub kind: RailKind,
    /// Where it is.
    pub url: String,
    /// Where customers' browsers reach its pages, if not there.
    #[serde(default)]
    pub pages_url: Option<String>,
    /// File with the key that it wants.
    pub key_file: PathBuf,
}

/// An account that UPI QR codes pay into.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct UpiQrConfig {
    /// Its virtual payment address.
    pub vpa: String,
    /// The name that the customer's app shows.
    pub name: String,
    /// The operator's name of the bank account behind it.
    pub bank_account: String,
}

fn private<'d, D: Deserializer<'d>>(value: D) -> Result<Option<Private<String>>, D::Error> {
    String::deserialize(value).map(|text| Some(Private::new(text)))
}

/// Seconds that a lease may last: shorter, and a pause of a machine looks like its death; longer, and an older program is not
/// recognized as dead at an upgrade.
const LEASE_SECONDS: RangeInclusive<u32> = 3..=60;

/// Seconds that a drain may last.
const DRAIN_SECONDS_MAX: u32 = 300;

const fn lease_seconds() -> u32 {
    duties::LEASE_SECONDS
}

/// Days for which delivered callbacks are kept, unless the operator says otherwise: a quarter's questions can be answered.
pub const KEEP_DELIVERED_DAYS: u32 = 90;

/// Days that may be asked for. Longer than the three days for which a callback is tried, and no more than ten years.
const KEEP_DELIVERED_RANGE: RangeInclusive<u32> = 7..=3_650;

const fn keep_delivered_days() -> u32 {
    KEEP_DELIVERED_DAYS
}

/// Load balancers look every few seconds.
const fn drain_seconds() -> u32 {
    10
}

const fn yes() -> bool {
    true
}

/// `uat` or `production`.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
pub enum EnvironmentName {
    /// Takes the samples of the document.
    Uat,
    /// Takes what a bank takes.
    Production,
}

impl From<EnvironmentName> for Environment {
    fn from(name: EnvironmentName) -> Self {
        match name {
            EnvironmentName::Uat => Self::Uat,
            EnvironmentName::Production => Self::Production,
        }
    }
}

/// A bank.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct RailConfig {
    /// The name by which accounts refer to it.
    pub name: String,
    /// What it speaks.
    pub kind: RailKind,
    /// Where it is.
    pub url: String,
    /// File with the key that it wants.
    pub key_file: PathBuf,
}

/// What a bank speaks.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
pub enum RailKind {
    /// The sandbox bank's own interface.
    Sandbox,
}

/// An account of the operator's.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct BankAccountConfig {
    /// The operator's name for it; merchants see it as `sender_pg`.
    pub name: String,
    /// The rail that reaches its bank.
    pub rail: String,
    /// Its number.
    pub number: String,
    /// Its holder.
    pub holder: String,
    /// The bank's name.
    pub bank: String,
    /// Rupees that must stay in it, like "10000.00".
    #[serde(default = "no_rupees")]
    pub minimum_balance: String,
    /// Rupees that may leave it in a day.
    pub daily_limit: String,
    /// Its share of the payouts beside the others.
    #[serde(default = "one")]
    pub weight: u32,
}

fn no_rupees() -> String {
    "0".to_owned()
}

const fn one() -> u32 {
    1
}

/// Why a file cannot be used.
#[derive(thiserror::Error, Debug)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("cannot read {0}: {1}")]
    Unreadable(String, std::io::Error),
    /// It is no TOML, or a key is unknown, missing or of the wrong type.
    #[error("{0}: {1}")]
    Wrong(String, toml::de::Error),
    /// A value makes no sense.
    #[error("{0}: {1}")]
    Senseless(String, String),
}

/// Reads and checks a file. Paths in it are relative to it.
pub fn read(path: &Path) -> Result<Config, ConfigError> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| ConfigError::Unreadable(name.clone(), error))?;
    let mut config: Config =
        toml::from_str(&text).map_err(|error| ConfigError::Wrong(name.clone(), error))?;
    let base = path.parent().unwrap_or(Path::new("."));
    for relative in [&mut config.data, &mut config.tls_certificate, &mut config.tls_key]
        .into_iter()
        .chain(config.instance_key_file.as_mut())
        .chain(config.rails.iter_mut().map(|rail| &mut rail.key_file))
        .chain(config.acquirers.iter_mut().map(|acquirer| &mut acquirer.key_file))
    {
        *relative = base.join(&*relative);
    }
    config
        .check()
        .map_err(|what| ConfigError::Senseless(name, what))?;
    Ok(config)
}

impl Config {
    /// Where the database is.
    #[must_use]
    pub fn place(&self) -> Place {
        match &self.database {
            Some(url) => Place::Server(url.reveal().clone()),
            None => Place::File(self.data.join(DATABASE)),
        }
    }

    fn check(&self) -> Result<(), String> {
        if self
            .database
            .as_ref()
            .is_some_and(|url| !is_address(url.reveal()))
        {
            return Err(
                "database: must begin with postgres://; without it the embedded one is used".to_owned(),
            );
        }
        if !LEASE_SECONDS.contains(&self.lease_seconds) {
            let (least, most) = (LEASE_SECONDS.start(), LEASE_SECONDS.end());
            return Err(format!("lease_seconds must be from {least} to {most}"));
        }
        if !KEEP_DELIVERED_RANGE.contains(&self.keep_delivered_days) {
            let (least, most) = (KEEP_DELIVERED_RANGE.start(), KEEP_DELIVERED_RANGE.end());
            return Err(format!("keep_delivered_days must be from {least} to {most}"));
        }
        if self.drain_seconds > DRAIN_SECONDS_MAX {
            return Err(format!("drain_seconds must be at most {DRAIN_SECONDS_MAX}"));
        }
        let mut names = HashSet::new();
        if let Some(twice) = self
            .bank_accounts
            .iter()
            .find(|account| !names.insert(&account.name))
        {
            return Err(format!("there are two bank accounts named {:?}", twice.name));
        }
        self.check_collecting()?;
        self.declared().map(|_| ())
    }

    fn check_collecting(&self) -> Result<(), String> {
        let mut names = HashSet::new();
        if let Some(twice) = self
            .acquirers
            .iter()
            .find(|acquirer| !names.insert(&acquirer.name))
        {
            return Err(format!("there are two acquirers named {:?}", twice.name));
        }
        if let Some(qr) = &self.upi_qr
            && self
                .bank_accounts
                .iter()
                .all(|account| account.name != qr.bank_account)
        {
            return Err(format!(
                "upi_qr names a bank account {:?} that there is none of",
                qr.bank_account
            ));
        }
        let collects = !self.acquirers.is_empty() || self.upi_qr.is_some();
        match &self.public_url {
            None if collects => Err("collecting needs public_url, like \"https://pay.example\"".to_owned()),
            Some(url) if self.environment == EnvironmentName::Production && !url.starts_with("https://") => {
                Err("public_url must be https:// in production".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// The bank accounts, as the store takes them.
    pub fn declared(&self) -> Result<Vec<Declared>, String> {
        self.bank_accounts
            .iter()
            .map(|account| account.declared(&self.rails))
            .collect()
    }
}

impl BankAccountConfig {
    fn declared(&self, rails: &[RailConfig]) -> Result<Declared, String> {
        if rails.iter().all(|rail| rail.name != self.rail) {
            return Err(format!(
                "bank account {:?} names a rail {:?} that there is none of",
                self.name, self.rail
            ));
        }
        let rupees = |key: &str, text: &str| {
            Paise::parse_rupees(text)
                .ok_or_else(|| format!("{key} of bank account {:?} is no amount in rupees", self.name))
        };
        Ok(Declared {
            name: self.name.clone(),
            rail: self.rail.clone(),
            number: self.number.clone(),
            holder: self.holder.clone(),
            bank: self.bank.clone(),
            minimum_balance: rupees("minimum_balance", &self.minimum_balance)?,
            daily_limit: rupees("daily_limit", &self.daily_limit)?,
            weight: self.weight,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        data = "data"
        listen = "127.0.0.1:8443"
        environment = "production"
        tls_certificate = "cert.pem"
        tls_key = "key.pem"
        trusted_proxies = ["10.0.0.0/8"]
        [[rail]]
        name = "bank"
        kind = "sandbox"
        url = "http://127.0.0.1:7302"
        key_file = "bank.key"
        [[bank_account]]
        name = "main"
        rail = "bank"
        number = "100000000001"
        holder = "Operator"
        bank = "Sandbox Bank"
        daily_limit = "1000000"
    "#;

    fn read_text(text: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rokad.toml");
        fs::write(&path, text).unwrap();
        read(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn a_good_file_is_read_and_its_paths_are_relative_to_it() {
        let config = read_text(GOOD).unwrap();
        assert!(config.data.is_absolute());
        assert_eq!(
            config.declared().unwrap()[0].daily_limit,
            Paise::from_rupees(1_000_000).unwrap()
        );
    }

    #[test]
    fn a_server_is_the_database_when_it_is_named_and_its_password_does_not_print() {
        let embedded = read_text(GOOD).unwrap();
        assert!(matches!(embedded.place(), Place::File(file) if file.ends_with("data/rokad.db")));
        let with = |url: &str| read_text(&format!("database = \"{url}\"\n{GOOD}"));
        let config = with("postgres://rokad:hush@db.example/rokad").unwrap();
        assert!(matches!(config.place(), Place::Server(url) if url.contains("db.example")));
        assert!(!format!("{config:?}").contains("hush"));
        assert!(
            with("mysql://db.example/rokad")
                .unwrap_err()
                .contains("database: must begin with postgres://")
        );
    }

    #[test]
    fn delivered_callbacks_are_kept_for_a_sensible_time() {
        let with = |days: u32| read_text(&format!("keep_delivered_days = {days}\n{GOOD}"));
        assert_eq!(read_text(GOOD).unwrap().keep_delivered_days, 90);
        assert_eq!(with(7).unwrap().keep_delivered_days, 7);
        for senseless in [0, 6, 3_651] {
            let refused = with(senseless).unwrap_err();
            assert!(
                refused.contains("keep_delivered_days must be from 7 to 3650"),
                "{refused}"
            );
        }
    }

    #[test]
    fn an_unknown_key_is_named() {
        assert!(
            read_text(&GOOD.replace("trusted_proxies", "trusted_proxy"))
                .unwrap_err()
                .contains("trusted_proxy")
        );
        assert!(
            read_text(&GOOD.replace("key_file", "keyfile"))
                .unwrap_err()
                .contains("keyfile")
        );
    }

    #[test]
    fn collecting_needs_to_know_where_customers_reach_it() {
        let acquirer = "[[acquirer]]\nname = \"A\"\nkind = \"sandbox\"\nurl = \"http://127.0.0.1:7302\"\nkey_file = \"a.key\"\n";
        let with = |top: &str| read_text(&format!("{top}\n{GOOD}\n{acquirer}"));
        assert!(with("public_url = \"https://pay.example\"").is_ok());
        assert!(with("").unwrap_err().contains("public_url"));
        assert!(
            with("public_url = \"http://pay.example\"")
                .unwrap_err()
                .contains("https")
        );
        let qr = "[upi_qr]\nvpa = \"shop@bank\"\nname = \"Shop\"\nbank_account = \"other\"\n";
        assert!(read_text(&format!("{GOOD}\n{qr}")).unwrap_err().contains("other"));
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        assert!(
            read_text(&GOOD.replace("rail = \"bank\"", "rail = \"other\""))
                .unwrap_err()
                .contains("other")
        );
        assert!(
            read_text(&GOOD.replace("\"1000000\"", "\"-5\""))
                .unwrap_err()
                .contains("daily_limit")
        );
        let twice = format!("{GOOD}{}", &GOOD[GOOD.find("[[bank_account]]").unwrap()..]);
        assert!(read_text(&twice).unwrap_err().contains("two bank accounts"));
    }
}
