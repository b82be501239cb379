//! The PostgreSQL server of the tests.

use crate::Result;
use crate::postgres::{Cluster, Programs};

/// Names the server to the tests. Whoever sets it beforehand has one running.
pub const VARIABLE: &str = "ROKAD_TEST_POSTGRES";

/// Tests are not about a machine that loses its power; they connect a lot.
const SETTINGS: &[&str] = &["fsync=off", "max_connections=300"];

/// Runs `body` beside a server at the address that it is given.
pub fn beside(programs: Option<&Programs>, body: impl FnOnce(&str) -> Result<()>) -> Result<()> {
    if let Ok(url) = std::env::var(VARIABLE) {
        return body(&url);
    }
    let programs = programs.ok_or("PostgreSQL was not looked for")?;
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())?;
    let dir = folder.path().join("postgres");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (url, server) = runtime.block_on(async {
        let cluster = Cluster::make(programs, &dir).await?;
        let server = cluster.start(SETTINGS).await?;
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>((cluster.url(), server))
    })?;
    let verdict = body(&url);
    runtime.block_on(server.stop())?;
    verdict
}
