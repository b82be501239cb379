//! The PostgreSQL server of the tests.

use std::path::Path;

use crate::Result;
use crate::postgres::{Cluster, Programs, Server};

/// Names the server to the tests. Whoever sets it beforehand has one running.
const VARIABLE: &str = "ROKAD_TEST_POSTGRES";

/// Names the file with the certificate of the server, for `localhost`.
const AUTHORITY_VARIABLE: &str = "ROKAD_TEST_POSTGRES_CA";

/// Tests are not about a machine that loses its power; they connect a lot.
const SETTINGS: [&str; 3] = ["fsync=off", "max_connections=300", "ssl=on"];

/// Where the server is, for a command that runs the tests.
pub type Variables = Vec<(&'static str, String)>;

/// Runs `body` beside a server.
pub fn beside(programs: &Programs, body: impl FnOnce(&Variables) -> Result<()>) -> Result<()> {
    if std::env::var(VARIABLE).is_ok() {
        return body(&Variables::new());
    }
    let folder = tempfile::tempdir()?;
    let dir = folder.path().join("postgres");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (variables, server) = runtime.block_on(start(programs, &dir))?;
    let verdict = body(&variables);
    runtime.block_on(server.stop())?;
    verdict
}

async fn start(programs: &Programs, dir: &Path) -> Result<(Variables, Server)> {
    let cluster = Cluster::make(programs, dir).await?;
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    let certificate = cluster.secret("server.crt", &made.cert.pem())?;
    let key = cluster.secret("server.key", &made.signing_key.serialize_pem())?;
    let files = [
        format!("ssl_cert_file={}", certificate.display()),
        format!("ssl_key_file={}", key.display()),
    ];
    let settings = SETTINGS.into_iter().chain(files.iter().map(String::as_str));
    let server = cluster.start(&settings.collect::<Vec<_>>()).await?;
    // The server's own file may not be ours to read.
    let authority = dir.with_extension("crt");
    std::fs::write(&authority, made.cert.pem())?;
    let authority = authority.to_string_lossy().into_owned();
    Ok((
        vec![
            (VARIABLE, cluster.url("postgres")),
            (AUTHORITY_VARIABLE, authority),
        ],
        server,
    ))
}
