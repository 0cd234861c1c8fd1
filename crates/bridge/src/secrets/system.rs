//! Secrets of a machine with a keyring: there where it can be used, in the file otherwise.
//!
//! The file says for each secret where it is, so that the keyring is asked for nothing that it cannot have, and that a
//! secret which it holds is never taken for one that was not entered. [`SecretStore::tidy`]
//! moves what is in the file into the keyring as soon as that can be used.

use super::{
    FileSecrets, Keyring, KeyringTrouble, SecretError, SecretName, SecretPlace, SecretStore,
};
use secrecy::SecretString;

/// Keeps secrets in a keyring, and in a file where that cannot be used.
pub struct SystemSecrets<K> {
    keyring: K,
    file: FileSecrets,
}

impl<K: Keyring> SystemSecrets<K> {
    /// A store over both.
    pub fn new(keyring: K, file: FileSecrets) -> Self {
        SystemSecrets { keyring, file }
    }

    /// From the file into the keyring. Stays where that cannot be used.
    fn move_in(&self, name: SecretName, secret: &SecretString) -> Result<(), SecretError> {
        match self.keyring.set(name, secret) {
            Ok(()) => self.file.point(name, secret),
            Err(trouble) => {
                tracing::debug!(%name, %trouble, "a secret stays in the file");
                Ok(())
            }
        }
    }
}

impl<K: Keyring> SecretStore for SystemSecrets<K> {
    fn get(&self, name: SecretName) -> Result<Option<SecretString>, SecretError> {
        match self.file.place(name)? {
            None => Ok(None),
            Some(SecretPlace::Keyring) => {
                Ok(Some(self.keyring.get(name)?.ok_or(KeyringTrouble::Missing)?))
            }
            Some(SecretPlace::File) => self.file.get(name),
        }
    }

    fn set(&self, name: SecretName, secret: SecretString) -> Result<(), SecretError> {
        // In the file first: whatever happens to the keyring, the newest one is known.
        self.file.set(name, secret.clone())?;
        self.move_in(name, &secret)
    }

    fn forget(&self, name: SecretName) -> Result<(), SecretError> {
        if self.file.place(name)? == Some(SecretPlace::Keyring) {
            // Without its note in the file it is nobody's any more, also where the keyring cannot be reached.
            if let Err(trouble) = self.keyring.forget(name) {
                tracing::warn!(%name, %trouble, "a secret that is not used any more stays in the keyring");
            }
        }
        self.file.forget(name)
    }

    fn place(&self, name: SecretName) -> Result<Option<SecretPlace>, SecretError> {
        self.file.place(name)
    }

    fn tidy(&self) -> Result<(), SecretError> {
        for name in SecretName::ALL {
            if self.file.place(name)? == Some(SecretPlace::File)
                && let Some(secret) = self.file.get(name)?
            {
                self.move_in(name, &secret)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    const KEY: SecretName = SecretName::GatewayLicenseKey;

    /// Stands for a keyring, which no test may change on the machine it runs on. The real one is tested with a session of
    /// its own (`tests/desktop_keyring.rs`).
    #[derive(Default)]
    struct Fake {
        kept: Mutex<BTreeMap<SecretName, String>>,
        trouble: Mutex<Option<KeyringTrouble>>,
    }

    impl Fake {
        fn usable(&self) -> Result<(), KeyringTrouble> {
            self.trouble.lock().unwrap().map_or(Ok(()), Err)
        }
    }

    impl Keyring for &Fake {
        fn get(&self, name: SecretName) -> Result<Option<SecretString>, KeyringTrouble> {
            self.usable()?;
            Ok(self.kept.lock().unwrap().get(&name).cloned().map(SecretString::from))
        }

        fn set(&self, name: SecretName, secret: &SecretString) -> Result<(), KeyringTrouble> {
            self.usable()?;
            self.kept.lock().unwrap().insert(name, secret.expose_secret().into());
            Ok(())
        }

        fn forget(&self, name: SecretName) -> Result<(), KeyringTrouble> {
            self.usable()?;
            self.kept.lock().unwrap().remove(&name);
            Ok(())
        }
    }

    struct Machine {
        folder: tempfile::TempDir,
        keyring: Fake,
    }

    impl Machine {
        fn new(trouble: Option<KeyringTrouble>) -> Machine {
            let keyring = Fake { trouble: Mutex::new(trouble), ..Fake::default() };
            Machine { folder: tempfile::tempdir().unwrap(), keyring }
        }

        fn file(&self) -> FileSecrets {
            FileSecrets::new(self.folder.path().join("secrets.toml"))
        }

        fn store(&self) -> SystemSecrets<&Fake> {
            SystemSecrets::new(&self.keyring, self.file())
        }

        fn key(&self) -> Option<String> {
            self.store().get(KEY).unwrap().map(|key| key.expose_secret().into())
        }

        fn text(&self) -> String {
            std::fs::read_to_string(self.folder.path().join("secrets.toml")).unwrap_or_default()
        }

        fn is(&self, trouble: Option<KeyringTrouble>) {
            *self.keyring.trouble.lock().unwrap() = trouble;
        }
    }

    #[test]
    fn a_secret_goes_into_the_keyring_and_out_of_the_file() {
        let machine = Machine::new(None);
        machine.store().set(KEY, SecretString::from("k-1")).unwrap();
        assert_eq!(machine.key().as_deref(), Some("k-1"));
        assert_eq!(machine.store().place(KEY).unwrap(), Some(SecretPlace::Keyring));
        assert!(!machine.text().contains("k-1"), "{}", machine.text());
        machine.store().forget(KEY).unwrap();
        assert_eq!((machine.key(), machine.keyring.kept.lock().unwrap().len()), (None, 0));
    }

    #[test]
    fn without_a_keyring_it_is_kept_in_the_file_until_there_is_one() {
        for trouble in [KeyringTrouble::Absent, KeyringTrouble::Locked, KeyringTrouble::Slow] {
            let machine = Machine::new(Some(trouble));
            machine.store().set(KEY, SecretString::from("k-1")).unwrap();
            assert_eq!(machine.key().as_deref(), Some("k-1"));
            assert_eq!(machine.store().place(KEY).unwrap(), Some(SecretPlace::File));
            machine.is(None);
            machine.store().tidy().unwrap();
            assert_eq!(machine.key().as_deref(), Some("k-1"));
            assert_eq!(machine.store().place(KEY).unwrap(), Some(SecretPlace::Keyring));
            assert!(!machine.text().contains("k-1"), "{}", machine.text());
        }
    }

    #[test]
    fn a_secret_behind_a_lock_is_not_a_missing_one() {
        let machine = Machine::new(None);
        machine.store().set(KEY, SecretString::from("k-1")).unwrap();
        machine.is(Some(KeyringTrouble::Locked));
        let error = machine.store().get(KEY).unwrap_err();
        assert!(matches!(error, SecretError::Keyring(_)), "asking again later can help: {error}");
        assert!(error.to_string().contains("locked"), "{error}");
    }

    #[test]
    fn a_keyring_that_lost_it_is_told() {
        let machine = Machine::new(None);
        machine.store().set(KEY, SecretString::from("k-1")).unwrap();
        machine.keyring.kept.lock().unwrap().clear();
        let error = machine.store().get(KEY).unwrap_err();
        assert!(error.to_string().contains("enter it again"), "{error}");
    }

    #[test]
    fn the_newest_one_counts_whatever_the_keyring_still_holds() {
        let machine = Machine::new(None);
        machine.store().set(KEY, SecretString::from("old")).unwrap();
        machine.is(Some(KeyringTrouble::Locked));
        machine.store().set(KEY, SecretString::from("new")).unwrap();
        assert_eq!(machine.key().as_deref(), Some("new"));
        machine.is(None);
        machine.store().tidy().unwrap();
        assert_eq!(machine.key().as_deref(), Some("new"));
    }

    #[test]
    fn a_file_of_an_older_version_moves_in() {
        let machine = Machine::new(None);
        std::fs::write(
            machine.folder.path().join("secrets.toml"),
            "gateway-license-key = \"k-0\"\n",
        )
        .unwrap();
        machine.store().tidy().unwrap();
        assert!(!machine.text().contains("k-0"), "{}", machine.text());
        assert_eq!(machine.key().as_deref(), Some("k-0"));
    }

    #[test]
    fn a_secret_that_nobody_stored_asks_no_keyring() {
        let machine = Machine::new(Some(KeyringTrouble::Locked));
        assert_eq!(machine.key(), None);
    }
}
