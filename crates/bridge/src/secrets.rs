//! Where secrets are kept: in the keyring of the session, or in a file where that cannot be used.

mod keyring;
mod system;

pub use keyring::{Keyring, KeyringTrouble, SessionKeyring};
pub use system::SystemSecrets;

use crate::home::{Home, write_private};
use crate::settings::{SecretKeeper, Settings};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::{fmt, fs, io};

/// The store of a home, as its settings want it; the usual one where they cannot be read.
pub fn secrets_of(home: &Home) -> Arc<dyn SecretStore> {
    let file = FileSecrets::new(home.secrets());
    let (settings, _) = Settings::load(&home.settings()).unwrap_or_default();
    match settings.secrets.store {
        SecretKeeper::Keyring => {
            Arc::new(SystemSecrets::new(SessionKeyring::new(home.root()), file))
        }
        SecretKeeper::File => Arc::new(file),
    }
}

/// Keeps secrets. Every call may block on a disk or a keyring: call it on a blocking thread.
pub trait SecretStore: Send + Sync {
    /// The secret of that name, where there is one.
    ///
    /// # Errors
    /// [`SecretError`] where the store cannot be read.
    fn get(&self, name: SecretName) -> Result<Option<SecretString>, SecretError>;

    /// Stores a secret, replacing the one before.
    ///
    /// # Errors
    /// [`SecretError`] where the store cannot be written.
    fn set(&self, name: SecretName, secret: SecretString) -> Result<(), SecretError>;

    /// Forgets a secret; one that is not there is fine.
    ///
    /// # Errors
    /// [`SecretError`] where the store cannot be written.
    fn forget(&self, name: SecretName) -> Result<(), SecretError>;

    /// Where that secret is kept; none where it was never stored. Asks no keyring.
    ///
    /// # Errors
    /// [`SecretError`] where the store cannot be read.
    fn place(&self, name: SecretName) -> Result<Option<SecretPlace>, SecretError>;

    /// Moves secrets to where they belong, as far as that can be used now.
    ///
    /// # Errors
    /// [`SecretError`] where the store cannot be read or written.
    fn tidy(&self) -> Result<(), SecretError> {
        Ok(())
    }
}

/// Where a secret is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretPlace {
    /// In the keyring of the session.
    Keyring,
    /// In a file that only its owner can read.
    File,
}

/// The secrets there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretName {
    /// The licence key of the PrinterMaster gateway.
    GatewayLicenseKey,
    /// The token with which Odoo is asked for jobs.
    OdooPullToken,
    /// What Odoo has to show at its door.
    OdooPushToken,
    /// What the Fée Maison ERP has to show at its door.
    FeeMaisonToken,
    /// What callers of Platen's own API have to show.
    ApiToken,
    /// What a PrinterMaster gateway on this machine has to show.
    PrinterMasterLocalToken,
    /// What a browser has to show that wants the window.
    WebToken,
}

impl SecretName {
    /// All of them.
    pub const ALL: [SecretName; 7] = [
        SecretName::GatewayLicenseKey,
        SecretName::OdooPullToken,
        SecretName::OdooPushToken,
        SecretName::FeeMaisonToken,
        SecretName::ApiToken,
        SecretName::PrinterMasterLocalToken,
        SecretName::WebToken,
    ];

    fn as_str(self) -> &'static str {
        match self {
            SecretName::GatewayLicenseKey => "gateway-license-key",
            SecretName::OdooPullToken => "odoo-pull-token",
            SecretName::OdooPushToken => "odoo-push-token",
            SecretName::FeeMaisonToken => "fee-maison-token",
            SecretName::ApiToken => "api-token",
            SecretName::PrinterMasterLocalToken => "printer-master-local-token",
            SecretName::WebToken => "web-token",
        }
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a secret cannot be had. Never holds the secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read or written.
    #[error("the secrets file {0} cannot be used: {1}")]
    File(PathBuf, #[source] io::Error),
    /// The file is not what this program wrote.
    #[error("the secrets file {0} is damaged; delete it and enter its secrets again")]
    Damaged(PathBuf),
    /// It is in a keyring that cannot be used now.
    #[error("{0}")]
    Keyring(#[from] KeyringTrouble),
    /// It is in a keyring that the settings do not use any more.
    #[error(
        "it is in the keyring, which the settings (secrets.store) do not use any more; enter it again"
    )]
    Elsewhere,
}

/// Secrets in a file that only its owner can read (mode 0600). For a secret that is in a keyring the file says so.
pub struct FileSecrets {
    path: PathBuf,
}

impl FileSecrets {
    /// The store in that file, which need not exist yet.
    pub fn new(path: PathBuf) -> Self {
        FileSecrets { path }
    }

    fn read(&self) -> Result<BTreeMap<String, String>, SecretError> {
        match fs::read_to_string(&self.path) {
            // The parser's own message would quote the line, and the line is the secret.
            Ok(text) => toml::from_str(&text).map_err(|_| SecretError::Damaged(self.path.clone())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(SecretError::File(self.path.clone(), error)),
        }
    }

    fn write(&self, secrets: &BTreeMap<String, String>) -> Result<(), SecretError> {
        let text = toml::to_string(secrets).map_err(|_| SecretError::Damaged(self.path.clone()))?;
        write_private(&self.path, text.as_bytes())
            .map_err(|error| SecretError::File(self.path.clone(), error))
    }

    /// Takes a secret out that was moved, and notes that it is in the keyring.
    fn point(&self, name: SecretName, moved: &SecretString) -> Result<(), SecretError> {
        let mut secrets = self.read()?;
        let kept = secrets.remove(name.as_str());
        if kept.as_deref() != Some(moved.expose_secret()) {
            // A newer one was stored meanwhile.
            return Ok(());
        }
        secrets.insert(pointer(name), IN_KEYRING.into());
        self.write(&secrets)
    }
}

/// What the file says of a secret that is in the keyring.
const IN_KEYRING: &str = "keyring";

/// Under which name it says so.
fn pointer(name: SecretName) -> String {
    format!("{name}-is-in")
}

impl SecretStore for FileSecrets {
    fn get(&self, name: SecretName) -> Result<Option<SecretString>, SecretError> {
        let mut secrets = self.read()?;
        match secrets.remove(name.as_str()) {
            Some(secret) => Ok(Some(SecretString::from(secret))),
            None if secrets.contains_key(&pointer(name)) => Err(SecretError::Elsewhere),
            None => Ok(None),
        }
    }

    fn set(&self, name: SecretName, secret: SecretString) -> Result<(), SecretError> {
        let mut secrets = self.read()?;
        secrets.insert(name.as_str().into(), secret.expose_secret().into());
        secrets.remove(&pointer(name));
        self.write(&secrets)
    }

    fn forget(&self, name: SecretName) -> Result<(), SecretError> {
        let mut secrets = self.read()?;
        let known = [secrets.remove(name.as_str()), secrets.remove(&pointer(name))];
        if known.iter().any(Option::is_some) {
            self.write(&secrets)?;
        }
        Ok(())
    }

    fn place(&self, name: SecretName) -> Result<Option<SecretPlace>, SecretError> {
        let secrets = self.read()?;
        if secrets.contains_key(name.as_str()) {
            return Ok(Some(SecretPlace::File));
        }
        Ok(secrets.contains_key(&pointer(name)).then_some(SecretPlace::Keyring))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_back_and_never_shows_itself() {
        let folder = tempfile::tempdir().unwrap();
        let store = FileSecrets::new(folder.path().join("secrets.toml"));
        assert!(store.get(SecretName::GatewayLicenseKey).unwrap().is_none());
        store.set(SecretName::GatewayLicenseKey, SecretString::from("k-1")).unwrap();
        let secret = store.get(SecretName::GatewayLicenseKey).unwrap().unwrap();
        assert_eq!(secret.expose_secret(), "k-1");
        assert!(!format!("{secret:?}").contains("k-1"));
        store.forget(SecretName::GatewayLicenseKey).unwrap();
        assert!(store.get(SecretName::GatewayLicenseKey).unwrap().is_none());
    }

    #[test]
    fn a_damaged_file_is_told_without_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.toml");
        fs::write(&path, "key = \"top-secret").unwrap();
        let error = FileSecrets::new(path).get(SecretName::GatewayLicenseKey).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("top-secret"));
    }
}
