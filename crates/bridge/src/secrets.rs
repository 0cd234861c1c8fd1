//! Where secrets are kept. A file for now; the OS keyring stands behind the same trait.

use crate::home::write_private;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{fs, io};

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
}

/// The secrets there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretName {
    /// The licence key of the PrinterMaster gateway.
    GatewayLicenseKey,
    /// The token with which Odoo is asked for jobs.
    OdooPullToken,
}

impl SecretName {
    fn as_str(self) -> &'static str {
        match self {
            SecretName::GatewayLicenseKey => "gateway-license-key",
            SecretName::OdooPullToken => "odoo-pull-token",
        }
    }
}

/// Why a secret cannot be had. Never holds the secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read or written.
    #[error("the secrets file {0} cannot be used: {1}")]
    File(PathBuf, #[source] io::Error),
    /// The file is not what this program wrote.
    #[error(
        "the secrets file {0} is damaged; delete it and enter the licence key and the tokens again"
    )]
    Damaged(PathBuf),
}

/// Secrets in a file that only its owner can read (mode 0600).
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
}

impl SecretStore for FileSecrets {
    fn get(&self, name: SecretName) -> Result<Option<SecretString>, SecretError> {
        Ok(self.read()?.remove(name.as_str()).map(SecretString::from))
    }

    fn set(&self, name: SecretName, secret: SecretString) -> Result<(), SecretError> {
        let mut secrets = self.read()?;
        secrets.insert(name.as_str().into(), secret.expose_secret().into());
        self.write(&secrets)
    }

    fn forget(&self, name: SecretName) -> Result<(), SecretError> {
        let mut secrets = self.read()?;
        if secrets.remove(name.as_str()).is_some() {
            self.write(&secrets)?;
        }
        Ok(())
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
