//! `rokad serve`: the real thing. Nothing is seeded, nothing is served over plain HTTP.

use crate::{
    api,
    app::{App, Setup},
    cli::Failure,
    collecting::{Collecting, Declared, DeclaredQr, sandbox_offers},
    config::{Config, EnvironmentName, RailKind},
    duties::{Duties, Term},
    keyfile::{self, INSTANCE_KEY},
    node::{Node, StopSignals, hold, node_name},
    rails::Rails,
    tls,
};
use rokad_flows::{House, bootstrap::declare_bank_accounts, node::Newcomer};
use rokad_rails::sandbox::{AcquirerRail, SandboxRail};
use rokad_store::{Clock, Store};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::net::TcpListener;

/// Where the instance key of this configuration is.
pub fn key_path(config: &Config) -> PathBuf {
    config
        .instance_key_file
        .clone()
        .unwrap_or_else(|| config.data.join(INSTANCE_KEY))
}

/// Runs until stopped.
pub async fn serve(config: Config) -> Result<(), Failure> {
    let signals = StopSignals::listen()?;
    fs::create_dir_all(&config.data)?;
    let _hold = hold(&config.data)?;
    let keys = keyfile::instance_key(&key_path(&config), true)?;
    let acceptor = tls::acceptor(&config.tls_certificate, &config.tls_key)?;
    let rails = rails(&config)?;
    let house = House::new(Store::open(&config.place(), Clock::system())?);
    declare_bank_accounts(&house, config.declared()?).await?;
    let newcomer = Newcomer {
        name: config.node.clone().map_or_else(|| node_name(&config.data), Ok)?,
        works: config.jobs,
    };
    let duties = Duties::begin(&house, newcomer, Term::from_seconds(config.lease_seconds)).await?;
    let node = Node::new();
    let setup = Setup {
        environment: config.environment.into(),
        collecting: collecting(&house, &config).await?,
        trusted_proxies: config.trusted_proxies,
        duties,
        keep_delivered_days: config.keep_delivered_days,
        stop: node.stop.clone(),
    };
    let app = App::new(house.clone(), keys, setup).await?;
    let listener = TcpListener::bind(config.listen).await?;
    let address = listener.local_addr()?;
    node.site(api::router(app.clone())).serve_tls(listener, acceptor);
    node.start_jobs(&app, &rails, config.jobs);
    tracing::info!(%address, merchants = app.directory().merchants(), "serving HTTPS");
    let drain = Duration::from_secs(config.drain_seconds.into());
    node.serve_until(&app, signals, drain).await;
    house.store.close();
    Ok(())
}

async fn collecting(house: &House, config: &Config) -> Result<Collecting, Failure> {
    let mut acquirers = Vec::with_capacity(config.acquirers.len());
    for acquirer in &config.acquirers {
        let (name, key) = (&acquirer.name, key(&acquirer.key_file)?);
        match acquirer.kind {
            RailKind::Sandbox => {
                let rail = AcquirerRail::new(&acquirer.url, key.trim())
                    .map_err(|error| Failure::Said(format!("acquirer {name:?}: {error}")))?;
                let pages = acquirer.pages_url.as_ref().unwrap_or(&acquirer.url);
                acquirers.push(Declared {
                    name: name.clone(),
                    rail: Arc::new(rail.with_pages_at(pages)),
                    offers: sandbox_offers(),
                });
            }
        }
    }
    let upi_qr = config.upi_qr.as_ref().map(|qr| DeclaredQr {
        vpa: qr.vpa.clone(),
        name: qr.name.clone(),
        bank_account: qr.bank_account.clone(),
    });
    let public_url = config.public_url.clone().unwrap_or_default();
    let test_mode = config.environment == EnvironmentName::Uat;
    Collecting::declare(house, public_url, acquirers, upi_qr, test_mode).await
}

fn key(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path)
        .map_err(|error| Failure::Said(format!("cannot read {}: {error}", path.display())))
}

fn rails(config: &Config) -> Result<Rails, Failure> {
    let mut rails = Rails::default();
    for rail in &config.rails {
        let key = key(&rail.key_file)?;
        match rail.kind {
            RailKind::Sandbox => {
                let sandbox = SandboxRail::new(&rail.url, key.trim())
                    .map_err(|error| Failure::Said(format!("rail {:?}: {error}", rail.name)))?;
                rails.add(&rail.name, Arc::new(sandbox));
            }
        }
    }
    Ok(rails)
}
