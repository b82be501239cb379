//! Where a PostgreSQL server is, how it is connected to, and how our one SQL text is put into its words.

use crate::error::StoreError;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use std::{path::PathBuf, str::FromStr, sync::Arc, time::Duration};
use tokio_postgres::{Client, Config, Connection, NoTls, Socket, config::SslMode, tls::TlsStream};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long a connection may take to be made, to each of the hosts.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// What each session begins with.
/// - A statement ends within half a minute, and waits ten seconds for a lock at most.
/// - A node that falls asleep in a transaction loses it, and one that is gone without a word its connection, so that it holds
///   nobody up for long.
/// - An answer that left is on the disk, and on the standbys that the server names.
const SESSION: &str = "SET statement_timeout = '30s'; SET lock_timeout = '10s'; \
    SET idle_in_transaction_session_timeout = '2s'; \
    SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET client_min_messages = 'warning'; SET TimeZone = 'UTC'; \
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/// Steps find everything by keys. A plan is kept as long as its connection; one that was made while the tables were empty,
/// when reading all of a table costs nothing, would read all of them for ever.
const BY_KEY: &str = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; \
    SET plan_cache_mode = 'force_generic_plan'";

/// Whoever moves or verifies a whole book works long at one statement, and leaves one side alone while the other works.
pub(super) const AS_LONG_AS_IT_TAKES: &str =
    "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0";

/// Where a server is. Its password does not print.
#[derive(Clone)]
pub(crate) struct Target {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    role: Role,
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Looks, also at all of the book.
    Reader,
    /// Takes steps.
    Writer,
    /// Moves a whole book, as long as that takes.
    Mover,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PostgreSQL at {:?}", self.config.get_hosts())
    }
}

impl Target {
    /// From `postgres://user:password@host:port,host:port/name?target_session_attrs=read-write&sslmode=require`, with
    /// `sslrootcert=FILE` for an authority that the system does not know. Encrypted unless `sslmode` is `disable` or
    /// `prefer`, or all hosts are this machine.
    pub(crate) fn parse(url: &str) -> Result<Self, StoreError> {
        let bad = |why: String| StoreError::Database(format!("the address of the database: {why}"));
        let (url, authority) = take_parameter(url, "sslrootcert");
        let said_ssl = url.contains("sslmode=");
        let mut config = Config::from_str(&url).map_err(|error| bad(with_cause(&error)))?;
        if !said_ssl {
            config.ssl_mode(if only_this_machine(&config) {
                SslMode::Disable
            } else {
                SslMode::Require
            });
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("rokad");
        }
        let tls = match config.get_ssl_mode() {
            SslMode::Disable => None,
            SslMode::Prefer | SslMode::Require | _ => Some(MakeRustlsConnect::new(
                encryption(authority.map(PathBuf::from)).map_err(bad)?,
            )),
        };
        Ok(Self {
            config,
            tls,
            role: Role::Reader,
        })
    }

    /// The same server, for this.
    pub(crate) fn of(&self, role: Role) -> Self {
        Self { role, ..self.clone() }
    }

    /// A connection, carried on by the runtime that this is asked in.
    pub(super) async fn connect(&self) -> Result<Client, StoreError> {
        let connected = match &self.tls {
            Some(tls) => self.config.connect(tls.clone()).await.map(carried_on),
            None => self.config.connect(NoTls).await.map(carried_on),
        };
        let client = connected.map_err(|error| StoreError::Database(with_cause(&error)))?;
        client.batch_execute(SESSION).await?;
        match self.role {
            Role::Reader => {}
            Role::Writer => client.batch_execute(BY_KEY).await?,
            Role::Mover => client.batch_execute(AS_LONG_AS_IT_TAKES).await?,
        }
        Ok(client)
    }
}

fn carried_on<T: TlsStream + Unpin + Send + 'static>(
    (client, connection): (Client, Connection<Socket, T>),
) -> Client {
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(
                error = with_cause(&error),
                "a connection to the database was lost"
            );
        }
    });
    client
}

/// What stands behind an error says more: `connection refused`, `no pg_hba.conf entry`.
fn with_cause(error: &tokio_postgres::Error) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}

/// Takes `name=value` out of the query of a URL.
fn take_parameter(url: &str, name: &str) -> (String, Option<String>) {
    let Some((base, query)) = url.split_once('?') else {
        return (url.to_owned(), None);
    };
    let mine = format!("{name}=");
    let value = query
        .split('&')
        .find_map(|part| part.strip_prefix(&mine))
        .map(str::to_owned);
    let rest: Vec<&str> = query.split('&').filter(|part| !part.starts_with(&mine)).collect();
    let url = if rest.is_empty() {
        base.to_owned()
    } else {
        format!("{base}?{}", rest.join("&"))
    };
    (url, value)
}

fn only_this_machine(config: &Config) -> bool {
    use tokio_postgres::config::Host;
    config.get_hosts().iter().all(|host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
    })
}

/// TLS that believes `authority` alone, or those of the system.
fn encryption(authority: Option<PathBuf>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    match authority {
        Some(file) => {
            let read = |error| format!("sslrootcert={}: {error}", file.display());
            for certificate in CertificateDer::pem_file_iter(&file).map_err(|e| read(e.to_string()))? {
                let certificate = certificate.map_err(|e| read(e.to_string()))?;
                roots.add(certificate).map_err(|e| read(e.to_string()))?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Our one text of a migration or of sample rows, as PostgreSQL wants it.
pub(super) fn in_its_words(text: &str) -> String {
    let mut words = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_alphabetic()) {
        let (before, from) = rest.split_at(at);
        let end = from
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        words.push_str(before);
        match word {
            "INTEGER" => words.push_str("BIGINT"),
            "BLOB" => words.push_str("BYTEA"),
            // Bytes in hex.
            "X" if after.starts_with('\'') => {
                words.push_str("'\\x");
                rest = &after[1..];
                continue;
            }
            _ => words.push_str(word),
        }
        rest = after;
    }
    words.push_str(rest);
    words.replace("WITHOUT ROWID", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_is_put_into_its_words() {
        for (ours, theirs) in [
            ("a INTEGER NOT NULL, b BLOB)", "a BIGINT NOT NULL, b BYTEA)"),
            (
                "CREATE TABLE t (n INTEGER) WITHOUT ROWID;",
                "CREATE TABLE t (n BIGINT) ;",
            ),
            ("VALUES (1, X'00ff', 'X ray')", "VALUES (1, '\\x00ff', 'X ray')"),
            (
                "SELECT integers, b_INTEGER FROM t",
                "SELECT integers, b_INTEGER FROM t",
            ),
        ] {
            assert_eq!(in_its_words(ours), theirs);
        }
    }

    #[test]
    fn an_address_says_what_is_wrong_with_it_and_tells_no_password() {
        let error = Target::parse("postgres://rokad:hush@db.example/rokad?sslmode=sometimes").unwrap_err();
        assert!(
            error.to_string().contains("sslmode") && !error.to_string().contains("hush"),
            "{error}"
        );
        let target = Target::parse("postgres://rokad:hush@127.0.0.1:5432/rokad").unwrap();
        assert!(!format!("{target:?}").contains("hush"));
    }

    #[test]
    fn what_leaves_the_machine_is_encrypted_unless_somebody_says_otherwise() {
        let mode = |url: &str| Target::parse(url).unwrap().config.get_ssl_mode();
        assert_eq!(mode("postgres://db.example/rokad"), SslMode::Require);
        assert_eq!(mode("postgres://127.0.0.1,localhost/rokad"), SslMode::Disable);
        assert_eq!(mode("postgres://127.0.0.1,db.example/rokad"), SslMode::Require);
        assert_eq!(
            mode("postgres://db.example/rokad?sslmode=disable"),
            SslMode::Disable
        );
    }
}
