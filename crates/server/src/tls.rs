//! TLS: the operator's certificate, or a self-signed one for the sandbox.

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{fs, path::Path, sync::Arc};
use tokio_rustls::TlsAcceptor;

/// Why there is no TLS.
#[derive(thiserror::Error, Debug)]
pub enum TlsError {
    /// A file cannot be read, or is not what it should be.
    #[error("cannot use {0}: {1}")]
    File(String, String),
    /// Certificate and key do not belong together, or the key is of a kind that is not served.
    #[error("cannot serve this certificate: {0}")]
    Certificate(#[from] rustls::Error),
}

fn bad_file(path: &Path, error: impl ToString) -> TlsError {
    TlsError::File(path.display().to_string(), error.to_string())
}

/// Serves with a certificate chain and a key from PEM files.
pub fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor, TlsError> {
    let chain = CertificateDer::pem_file_iter(certificate).map_err(|error| bad_file(certificate, error))?;
    let chain = chain
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| bad_file(certificate, error))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| bad_file(key, error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Makes a self-signed certificate for loopback, unless there is one. The certificate comes last, complete.
pub fn self_sign(certificate: &Path, key: &Path) -> Result<(), TlsError> {
    if certificate.exists() && key.exists() {
        return Ok(());
    }
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let made = rcgen::generate_simple_self_signed(names).map_err(|error| bad_file(certificate, error))?;
    crate::keyfile::write_private(key, made.signing_key.serialize_pem().as_bytes())
        .map_err(|error| bad_file(key, error))?;
    let part = certificate.with_extension("part");
    fs::write(&part, made.cert.pem())
        .and_then(|()| fs::rename(&part, certificate))
        .map_err(|error| bad_file(certificate, error))
}
