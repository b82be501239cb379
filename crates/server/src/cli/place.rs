//! Which gateway a command works on: a data directory, or what a configuration names.

use crate::{
    cli::Failure,
    config::{self, EnvironmentName},
    database::place_of,
    keyfile::{self, INSTANCE_KEY},
    sandbox::clock::TestClock,
    serve::key_path,
};
use rokad_flows::{House, Keyring};
use rokad_store::{Clock, Store};
use rokad_wire::payout::RefCodes;
use std::path::PathBuf;

/// The arguments that say where the gateway is.
#[derive(clap::Args, Clone)]
pub struct Place {
    /// The data directory
    #[arg(
        long,
        value_name = "DIR",
        default_value = "rokad-data",
        conflicts_with = "config"
    )]
    data: PathBuf,
    /// Take the data directory from this configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// An opened gateway.
pub struct Opened {
    /// Its store.
    pub house: House,
    /// Whether real money moves there.
    pub production: bool,
    key: PathBuf,
}

impl Place {
    /// Opens it. It must exist.
    pub fn open(&self) -> Result<Opened, Failure> {
        let (place, key, production) = self.find()?;
        Ok(Opened {
            house: House::new(Store::open_existing(&place, self.clock()?)?),
            production,
            key,
        })
    }

    /// The clock of a sandbox may have been moved.
    fn clock(&self) -> Result<Clock, Failure> {
        match &self.config {
            Some(_) => Ok(Clock::system()),
            None => Ok(TestClock::of(&self.data)?.clock()),
        }
    }

    /// Where its book is. An embedded one exists.
    pub fn book(&self) -> Result<rokad_store::Place, Failure> {
        self.find().map(|(place, _, _)| place)
    }

    /// Its book, its instance key, and whether real money moves there.
    fn find(&self) -> Result<(rokad_store::Place, PathBuf, bool), Failure> {
        let found = match &self.config {
            Some(path) => {
                let config = config::read(path)?;
                let production = config.environment == EnvironmentName::Production;
                (config.place(), key_path(&config), production)
            }
            None => (place_of(&self.data)?, self.data.join(INSTANCE_KEY), false),
        };
        if let rokad_store::Place::File(database) = &found.0
            && !database.exists()
        {
            let data = database.parent().unwrap_or(database);
            return Err(Failure::Said(format!(
                "there is no gateway in {}",
                data.display()
            )));
        }
        Ok(found)
    }
}

impl Opened {
    /// Its instance key.
    pub fn keys(&self) -> Result<Keyring, Failure> {
        Ok(keyfile::instance_key(&self.key, false)?)
    }

    /// Reads its ref_codes.
    pub fn ref_codes(&self) -> Result<RefCodes, Failure> {
        Ok(RefCodes::new(&self.keys()?.derive("ref_code")))
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.house.store.close();
    }
}

/// Who types: the name under which this process runs.
pub fn actor() -> String {
    let user = std::env::var("SUDO_USER")
        .or_else(|_| std::env::var("USER"))
        .unwrap_or_else(|_| "?".to_owned());
    format!("cli:{user}")
}
