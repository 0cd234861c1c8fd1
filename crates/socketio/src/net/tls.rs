//! TLS: the system's roots, an own CA file, pins.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

/// Trust beyond the system's roots.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TlsSettings {
    /// A PEM file with one or more CA certificates, trusted beside the system's roots.
    pub extra_ca: Option<PathBuf>,
    /// If not empty, the server's own key must be one of these, after all the usual checks.
    pub spki_pins: Vec<SpkiPin>,
}

/// SHA-256 of a certificate's SubjectPublicKeyInfo, written as `sha256/<base64>` (RFC 7469's hash).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SpkiPin([u8; 32]);

/// Why there is no TLS configuration.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The CA file cannot be read as certificates.
    #[error("the CA file {path} cannot be used: {reason}")]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Neither the system nor the settings name a CA.
    #[error("this computer has no list of trusted certificate authorities")]
    NoRoots,
    /// Not a pin.
    #[error("a pin is written sha256/ and 44 characters of base64")]
    Pin,
    /// rustls refused the configuration.
    #[error("TLS cannot be set up: {0}")]
    Setup(String),
}

/// A client configuration (ring, TLS 1.2 and 1.3) with these settings. Reads files: do not call it on
/// the async runtime.
///
/// # Errors
/// See [`TlsError`].
pub fn client_config(settings: &TlsSettings) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(ring::default_provider());
    let roots = Arc::new(roots(settings)?);
    let chain = WebPkiServerVerifier::builder_with_provider(roots, provider.clone())
        .build()
        .map_err(|error| TlsError::Setup(error.to_string()))?;
    let verifier = Verifier { chain, pins: settings.spki_pins.clone() };
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError::Setup(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

fn roots(settings: &TlsSettings) -> Result<RootCertStore, TlsError> {
    let mut store = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::debug!(%error, "a system certificate was left out");
    }
    store.add_parsable_certificates(native.certs);
    if let Some(path) = &settings.extra_ca {
        let unusable = |reason: String| TlsError::CaFile { path: path.clone(), reason };
        let certificates =
            CertificateDer::pem_file_iter(path).map_err(|error| unusable(error.to_string()))?;
        let before = store.len();
        for certificate in certificates {
            let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
            store.add(certificate).map_err(|error| unusable(error.to_string()))?;
        }
        if store.len() == before {
            return Err(unusable("it holds no certificate".into()));
        }
    }
    if store.is_empty() { Err(TlsError::NoRoots) } else { Ok(store) }
}

/// The usual checks, then the pins.
///
/// Only the server's own certificate is compared: the rest of what a server presents is whatever it
/// likes to send, so a pin found there would prove nothing.
#[derive(Debug)]
struct Verifier {
    chain: Arc<WebPkiServerVerifier>,
    pins: Vec<SpkiPin>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.chain.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        )?;
        if self.pins.is_empty() || self.pins.contains(&SpkiPin::of_certificate(end_entity)?) {
            return Ok(verified);
        }
        tracing::warn!("the server's key is none of the pinned ones");
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.chain.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.chain.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chain.supported_verify_schemes()
    }
}

impl SpkiPin {
    /// The pin of a certificate.
    ///
    /// # Errors
    /// When it is not a certificate.
    pub fn of_certificate(certificate: &CertificateDer<'_>) -> Result<Self, rustls::Error> {
        let parsed = ParsedCertificate::try_from(certificate)?;
        Ok(Self(Sha256::digest(parsed.subject_public_key_info().as_ref()).into()))
    }
}

impl fmt::Display for SpkiPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256/{}", STANDARD.encode(self.0))
    }
}

impl fmt::Debug for SpkiPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for SpkiPin {
    type Err = TlsError;

    fn from_str(text: &str) -> Result<Self, TlsError> {
        let hash = text.trim().strip_prefix("sha256/").ok_or(TlsError::Pin)?;
        let bytes = STANDARD.decode(hash).map_err(|_| TlsError::Pin)?;
        bytes.try_into().map(Self).map_err(|_| TlsError::Pin)
    }
}

impl TryFrom<String> for SpkiPin {
    type Error = TlsError;

    fn try_from(text: String) -> Result<Self, TlsError> {
        text.parse()
    }
}

impl From<SpkiPin> for String {
    fn from(pin: SpkiPin) -> Self {
        pin.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_written_as_they_are_read() {
        let text = "sha256/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        assert_eq!(text.parse::<SpkiPin>().unwrap().to_string(), text);
        for bad in
            ["", "sha256/", "sha256/AAEC", "md5/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]
        {
            assert!(bad.parse::<SpkiPin>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_ca_file_without_certificates_is_refused_in_words() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "no certificate here").unwrap();
        let settings = TlsSettings { extra_ca: Some(file.path().into()), spki_pins: vec![] };
        let error = client_config(&settings).unwrap_err().to_string();
        assert!(error.contains("holds no certificate"), "{error}");
    }
}
