//! `rokad serve`: the real thing. Nothing is seeded, nothing is served over plain HTTP.

use crate::{
    api,
    app::App,
    cli::Failure,
    config::{Config, RailKind},
    keyfile::{self, INSTANCE_KEY},
    node::{Node, StopSignals, hold},
    rails::Rails,
    tls,
};
use rokad_flows::{House, bootstrap::declare_bank_accounts};
use rokad_rails::sandbox::SandboxRail;
use rokad_store::{Clock, Store};
use std::{fs, path::PathBuf, sync::Arc};
use tokio::net::TcpListener;

/// The database's file in a data directory.
pub const DATABASE: &str = "rokad.db";

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
    let house = House::new(Store::open(&config.data.join(DATABASE), Clock::system())?);
    declare_bank_accounts(&house, config.declared()?).await?;
    let environment = config.environment.into();
    let app = App::new(house.clone(), keys, environment, config.trusted_proxies).await?;
    let listener = TcpListener::bind(config.listen).await?;
    let address = listener.local_addr()?;
    let node = Node::new();
    node.site(api::router(app.clone())).serve_tls(listener, acceptor);
    node.start_jobs(&app, &rails, config.jobs);
    tracing::info!(%address, merchants = app.directory().merchants(), "serving HTTPS");
    node.run_until(signals).await;
    house.store.close();
    Ok(())
}

fn rails(config: &Config) -> Result<Rails, Failure> {
    let mut rails = Rails::default();
    for rail in &config.rails {
        let key = fs::read_to_string(&rail.key_file)
            .map_err(|error| Failure::Said(format!("cannot read {}: {error}", rail.key_file.display())))?;
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
