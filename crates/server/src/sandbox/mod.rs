//! The sandbox: everything on one machine, so that somebody who has just cloned it sees money move in a minute.

pub mod bank;
mod banner;
pub mod clock;
pub mod secrets;
mod seed;
mod shop;

use crate::{
    api,
    app::{App, Setup},
    cli::{Failure, SandboxArgs},
    collecting::{Collecting, Declared, DeclaredQr, sandbox_offers},
    config::KEEP_DELIVERED_DAYS,
    database::{place_of, remember},
    duties::{Duties, LEASE_SECONDS, Term},
    keyfile::{self, INSTANCE_KEY, write_private},
    node::{Node, StopSignals, hold, node_name},
    rails::Rails,
    tls,
};
use clock::TestClock;
use rokad_flows::{House, node::Newcomer};
use rokad_rails::sandbox::{AcquirerRail, SandboxRail};
use rokad_store::Store;
use rokad_wire::payout::Environment;
use std::{fs, net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// The file that tells scripts where everything is.
const DESCRIPTION: &str = "sandbox.json";

/// Runs until stopped.
pub async fn run(args: SandboxArgs) -> Result<(), Failure> {
    let signals = StopSignals::listen()?;
    fs::create_dir_all(&args.data)?;
    let _hold = hold(&args.data)?;
    if let Some(url) = &args.database {
        remember(&args.data, url)?;
    }
    let description = args.data.join(DESCRIPTION);
    // It is there when, and only when, the server answers.
    let _ = fs::remove_file(&description);
    let keys = keyfile::instance_key(&args.data.join(INSTANCE_KEY), true)?;
    let listeners = Listeners::bind(args.listen).await?;
    let addresses = listeners.addresses()?;
    let (node, beside) = (Node::new(), Node::new());

    let test_clock = TestClock::of(&args.data)?;
    beside.work.spawn(test_clock.clone().follow(beside.stop.clone()));
    let clock = test_clock.clock();
    let bank = bank::open(&args.data.join("bank"), seed::bank_accounts(), clock.clone())?;
    let bank_key = hex::encode(keys.derive("sandbox bank"));
    bank::serve(&beside, &bank, &bank_key, listeners.bank);
    let mut rails = Rails::default();
    let rail = SandboxRail::new(&format!("http://{}", addresses.bank), &bank_key);
    rails.add(
        seed::RAIL,
        Arc::new(rail.map_err(|error| Failure::Said(error.to_string()))?),
    );

    let house = House::new(Store::open(&place_of(&args.data)?, clock)?);
    let demo = seed::seed(&house, &keys, &format!("http://{}/callback", addresses.shop)).await?;
    let newcomer = Newcomer {
        name: node_name(&args.data)?,
        works: !args.no_jobs,
    };
    let setup = Setup {
        environment: Environment::Uat,
        trusted_proxies: Vec::new(),
        duties: Duties::begin(&house, newcomer, Term::from_seconds(LEASE_SECONDS)).await?,
        keep_delivered_days: KEEP_DELIVERED_DAYS,
        collecting: collecting(&house, &addresses, &bank_key).await?,
        stop: node.stop.clone(),
    };
    let app = App::new(house.clone(), keys, setup).await?;
    let places = shop::Places {
        gateway: format!("http://{}", addresses.http),
        shop: format!("http://{}", addresses.shop),
    };
    let shop = shop::router(&args.data, app.clone(), demo.pid.clone(), places)?;
    beside.site(shop).serve_plain(listeners.shop);
    let site = node.site(api::router(app.clone()));
    site.serve_plain(listeners.http);
    site.serve_tls(listeners.https, acceptor(&args.data)?);
    node.start_jobs(&app, &rails, !args.no_jobs);

    write_private(
        &description,
        banner::description(&addresses, &demo).to_string().as_bytes(),
    )?;
    banner::print(&addresses, &demo, house.store.clock().now());
    node.serve_until(&app, signals, Duration::ZERO).await;
    // The bank and the shop answer until the last call of the gateway has ended.
    beside.stop(Duration::from_secs(1)).await;
    let _ = fs::remove_file(&description);
    house.store.close();
    bank.close();
    Ok(())
}

/// Customers pay by the sandbox's acquirer, or by a QR code into the operator's account at the sandbox bank.
async fn collecting(house: &House, at: &Addresses, bank_key: &str) -> Result<Collecting, Failure> {
    let rail = AcquirerRail::new(&format!("http://{}", at.bank), bank_key)
        .map_err(|error| Failure::Said(error.to_string()))?;
    let acquirer = Declared {
        name: seed::ACQUIRER.to_owned(),
        rail: Arc::new(rail),
        offers: sandbox_offers(),
    };
    let qr = DeclaredQr {
        vpa: seed::VPA.to_owned(),
        name: "Rokad Sandbox".to_owned(),
        bank_account: seed::BANK_ACCOUNT_NAME.to_owned(),
    };
    Collecting::declare(
        house,
        format!("http://{}", at.http),
        vec![acquirer],
        Some(qr),
        true,
    )
    .await
}

fn acceptor(data: &Path) -> Result<tokio_rustls::TlsAcceptor, Failure> {
    let (certificate, key) = (data.join("cert.pem"), data.join("key.pem"));
    tls::self_sign(&certificate, &key)?;
    Ok(tls::acceptor(&certificate, &key)?)
}

struct Listeners {
    http: TcpListener,
    https: TcpListener,
    bank: TcpListener,
    shop: TcpListener,
}

/// Where everything is.
pub struct Addresses {
    http: SocketAddr,
    https: SocketAddr,
    bank: SocketAddr,
    shop: SocketAddr,
}

impl Listeners {
    async fn bind(http: SocketAddr) -> Result<Self, Failure> {
        let next = |by: u16| {
            SocketAddr::new(
                http.ip(),
                if http.port() == 0 {
                    0
                } else {
                    http.port().saturating_add(by)
                },
            )
        };
        Ok(Self {
            http: bind(http).await?,
            https: bind(next(1)).await?,
            bank: bind(next(2)).await?,
            shop: bind(next(3)).await?,
        })
    }

    fn addresses(&self) -> Result<Addresses, Failure> {
        Ok(Addresses {
            http: self.http.local_addr()?,
            https: self.https.local_addr()?,
            bank: self.bank.local_addr()?,
            shop: self.shop.local_addr()?,
        })
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| {
        Failure::Said(format!(
            "cannot listen at {address}: {error}; choose another with --listen"
        ))
    })
}
