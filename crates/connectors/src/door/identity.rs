//! Who a door is: its key and its certificate.

use platen_job::Timestamp;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// In milliseconds.
const A_DAY: i64 = 24 * 60 * 60 * 1000;
/// How long our own certificate holds: as long as programs accept one of a server, with something to spare.
const HOLDS: Duration = DAY.saturating_mul(730);
/// Our own certificate is renewed so long before its end.
const RENEWED_BEFORE: Duration = DAY.saturating_mul(30);
/// What stands before the key in our own file.
const HEADING: &str = "Platen's own certificate and key. Platen renews this file by itself.";
const ENDS: &str = "Ends: ";
const NAMES: &str = "Names: ";

/// A key with its certificate. Its `Debug` tells nothing of the key.
pub struct Identity {
    config: Arc<ServerConfig>,
    certificate: CertificateDer<'static>,
    own: Option<Own>,
}

/// What only our own identity has.
struct Own {
    text: SecretString,
    certificate: String,
    ends: String,
    names: Vec<String>,
}

/// Why there is no identity. Never quotes a key.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The text is none.
    #[error("there is no certificate with its key in it")]
    Unreadable,
    /// Key and certificate are not usable together.
    #[error("key and certificate cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
    /// A name cannot stand in a certificate.
    #[error("a certificate cannot be made: {0}")]
    NotMade(#[from] rcgen::Error),
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({})", self.fingerprint())
    }
}

impl Identity {
    /// A new key and a certificate by itself for these names and addresses.
    ///
    /// # Errors
    /// [`IdentityError`] where a name is none.
    pub fn self_signed(names: &[String], now: Timestamp) -> Result<Identity, IdentityError> {
        let ends = day(now.plus(HOLDS));
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(names.to_vec())?;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "Platen on this till");
        // A clock that is somewhat slow must not make it a certificate of the future.
        let (year, month, date) = numbers(&day(Timestamp(now.0.saturating_sub(A_DAY))));
        params.not_before = rcgen::date_time_ymd(year, month, date);
        let (year, month, date) = numbers(&ends);
        params.not_after = rcgen::date_time_ymd(year, month, date);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.self_signed(&key)?.pem();
        let text = format!(
            "{HEADING}\n{ENDS}{ends}\n{NAMES}{}\n\n{certificate}{}",
            names.join(" "),
            key.serialize_pem()
        );
        Identity::read(&SecretString::from(text))
    }

    /// Reads what [`Identity::text`] gave.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub fn read(text: &SecretString) -> Result<Identity, IdentityError> {
        let plain = text.expose_secret();
        let line = |name: &str| plain.lines().find_map(|line| line.strip_prefix(name));
        let (ends, names) = (line(ENDS), line(NAMES));
        let (Some(ends), Some(names)) = (ends, names) else {
            return Err(IdentityError::Unreadable);
        };
        let identity = Identity::of_pem(plain, plain)?;
        let own = Own {
            text: text.clone(),
            certificate: part(plain, "CERTIFICATE").ok_or(IdentityError::Unreadable)?,
            ends: ends.to_owned(),
            names: names.split(' ').map(str::to_owned).collect(),
        };
        Ok(Identity { own: Some(own), ..identity })
    }

    /// The shop's own certificate, with those between it and its authority, and key, as PEM.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub fn of_pem(certificates: &str, key: &str) -> Result<Identity, IdentityError> {
        let chain: Result<Vec<_>, _> =
            CertificateDer::pem_slice_iter(certificates.as_bytes()).collect();
        let chain = chain.map_err(|_| IdentityError::Unreadable)?;
        let certificate = chain.first().cloned().ok_or(IdentityError::Unreadable)?;
        let key =
            PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| IdentityError::Unreadable)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Identity { config: Arc::new(config), certificate, own: None })
    }

    /// What is to be stored, with the key: only for the owner's eyes. `None` for the shop's own.
    pub fn text(&self) -> Option<&SecretString> {
        self.own.as_ref().map(|own| &own.text)
    }

    /// The certificate alone, as PEM, for callers that verify it. `None` for the shop's own.
    pub fn certificate_pem(&self) -> Option<&str> {
        self.own.as_ref().map(|own| own.certificate.as_str())
    }

    /// The day on which our own ends.
    pub fn ends(&self) -> Option<&str> {
        self.own.as_ref().map(|own| own.ends.as_str())
    }

    /// SHA-256 of the certificate: `AB:CD:…`.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(&self.certificate);
        digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
    }

    /// Whether our own is to be made anew: it ends soon, or a name is not in it.
    pub fn is_due(&self, names: &[String], now: Timestamp) -> bool {
        self.own.as_ref().is_some_and(|own| {
            own.ends <= day(now.plus(RENEWED_BEFORE))
                || names.iter().any(|name| !own.names.contains(name))
        })
    }

    pub(super) fn server_config(&self) -> Arc<ServerConfig> {
        self.config.clone()
    }
}

/// What this machine is called: the names and addresses that are in every certificate of ours.
pub async fn machine_names() -> Vec<String> {
    let mut names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    let usable = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '.');
    if let Some(own) = crate::machine::hostname().await
        && own.chars().all(usable)
    {
        let own = own.to_lowercase();
        let announced = (!own.contains('.')).then(|| format!("{own}.local"));
        names.extend(announced);
        if !names.contains(&own) {
            names.push(own);
        }
    }
    names
}

/// A day in UTC, `2026-11-28`: such texts sort as their days do.
fn day(at: Timestamp) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    moment.strftime("%Y-%m-%d").to_string()
}

/// Year, month and day of such a text.
fn numbers(day: &str) -> (i32, u8, u8) {
    let mut parts = day.split('-');
    let mut next = || parts.next().and_then(|part| part.parse::<u16>().ok()).unwrap_or(1);
    let (year, month, date) = (next(), next(), next());
    (year.into(), month.to_le_bytes()[0], date.to_le_bytes()[0])
}

/// One part of a PEM text, with its two marks.
fn part(text: &str, kind: &str) -> Option<String> {
    let (begin, end) = (format!("-----BEGIN {kind}-----"), format!("-----END {kind}-----"));
    let from = text.find(&begin)?;
    let to = text[from..].find(&end)? + from + end.len();
    Some(format!("{}\n", &text[from..to]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        ["localhost", "127.0.0.1", "till.lan"].map(str::to_owned).to_vec()
    }

    #[test]
    fn an_identity_survives_its_file_and_is_renewed_in_time() {
        let now = Timestamp(1_800_000_000_000);
        let made = Identity::self_signed(&names(), now).unwrap();
        let read = Identity::read(made.text().unwrap()).unwrap();
        assert_eq!(read.fingerprint(), made.fingerprint());
        assert!(!read.is_due(&names(), now));
        assert!(!read.is_due(&names(), now.plus(HOLDS - DAY * 32)));
        assert!(read.is_due(&names(), now.plus(HOLDS - DAY * 29)), "30 days before its end");
        assert!(read.is_due(&["other.lan".to_owned()], now), "it is asked for by another name");
        let public = read.certificate_pem().unwrap();
        assert!(public.contains("BEGIN CERTIFICATE") && !public.contains("PRIVATE"), "{public}");
        assert!(!format!("{made:?}").contains("PRIVATE"));
    }

    #[test]
    fn the_shops_own_files_are_taken_and_never_renewed() {
        let made = Identity::self_signed(&names(), Timestamp::now()).unwrap();
        let text = made.text().unwrap().expose_secret();
        let key = part(text, "PRIVATE KEY").unwrap();
        let shops = Identity::of_pem(made.certificate_pem().unwrap(), &key).unwrap();
        assert_eq!(shops.fingerprint(), made.fingerprint());
        assert!(!shops.is_due(&["other.lan".to_owned()], Timestamp(i64::MAX / 2)));
        let other = Identity::self_signed(&names(), Timestamp::now()).unwrap();
        assert!(Identity::of_pem(other.certificate_pem().unwrap(), &key).is_err(), "another's key");
        for wrong in ["", "-----BEGIN CERTIFICATE-----\nAAAA", "nonsense"] {
            assert!(Identity::of_pem(wrong, &key).is_err());
            assert!(Identity::read(&wrong.into()).is_err());
        }
    }
}
