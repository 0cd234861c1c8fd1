//! The keyring of the session: Secret Service, Windows Credential Manager, Keychain.
//!
//! It may be locked and wait for a person, or hang: each call is made on a thread of its own that can be left alone, and
//! while one is left alone the keyring counts as busy.

use super::SecretName;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

/// Under which its entries stand in the keyring.
const SERVICE: &str = "Platen";
/// Longest a call is waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// A keyring, as [`super::SystemSecrets`] uses it.
pub trait Keyring: Send + Sync {
    /// The secret of that name, where there is one.
    ///
    /// # Errors
    /// [`KeyringTrouble`].
    fn get(&self, name: SecretName) -> Result<Option<SecretString>, KeyringTrouble>;

    /// Stores a secret; done when it was read back.
    ///
    /// # Errors
    /// [`KeyringTrouble`].
    fn set(&self, name: SecretName, secret: &SecretString) -> Result<(), KeyringTrouble>;

    /// Forgets a secret; one that is not there is fine.
    ///
    /// # Errors
    /// [`KeyringTrouble`].
    fn forget(&self, name: SecretName) -> Result<(), KeyringTrouble>;
}

/// Why a keyring cannot be used now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyringTrouble {
    /// There is none in this session.
    #[error(
        "it is in this computer's keyring, which cannot be reached from here; log in on the screen, or enter it again"
    )]
    Absent,
    /// It waits to be unlocked.
    #[error("this computer's keyring is locked; unlock it, or enter it again")]
    Locked,
    /// It does not answer.
    #[error(
        "this computer's keyring does not answer; look for a window that asks for its password"
    )]
    Slow,
    /// It does not have it any more.
    #[error("this computer's keyring does not have it any more; enter it again")]
    Missing,
    /// It says no.
    #[error("this computer's keyring refuses to give it; enter it again")]
    Failed,
}

/// The session's keyring. Entries belong to one home, so that two of them on one computer do not share a key.
pub struct SessionKeyring {
    home: String,
    patience: Duration,
    busy: Arc<AtomicBool>,
}

impl SessionKeyring {
    /// The keyring's entries of that home.
    pub fn new(home: &Path) -> Self {
        let home = std::path::absolute(home).unwrap_or_else(|_| home.into());
        SessionKeyring {
            home: home.display().to_string(),
            patience: PATIENCE,
            busy: Arc::default(),
        }
    }

    /// One call, on a thread that can be left alone.
    fn call<T: Send + 'static>(
        &self,
        name: SecretName,
        work: impl FnOnce(&keyring::Entry) -> keyring::Result<T> + Send + 'static,
    ) -> Result<T, KeyringTrouble> {
        let user = format!("{name} of {}", self.home);
        let call = move || {
            let entry = keyring::Entry::new(SERVICE, &user)?;
            work(&entry)
        };
        apart(&self.busy, self.patience, call)?.map_err(|error| trouble(&error))
    }
}

impl Keyring for SessionKeyring {
    fn get(&self, name: SecretName) -> Result<Option<SecretString>, KeyringTrouble> {
        self.call(name, |entry| match entry.get_password() {
            Ok(secret) => Ok(Some(SecretString::from(secret))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn set(&self, name: SecretName, secret: &SecretString) -> Result<(), KeyringTrouble> {
        let secret = secret.clone();
        let stored = self.call(name, move |entry| {
            entry.set_password(secret.expose_secret())?;
            Ok(entry.get_password()? == secret.expose_secret())
        })?;
        if stored { Ok(()) } else { Err(KeyringTrouble::Failed) }
    }

    fn forget(&self, name: SecretName) -> Result<(), KeyringTrouble> {
        self.call(name, |entry| match entry.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        })
    }
}

impl fmt::Debug for SessionKeyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionKeyring").field("home", &self.home).finish_non_exhaustive()
    }
}

/// Does something on a thread of its own; one thing at a time, and nothing while an earlier one was given up.
fn apart<T: Send + 'static>(
    busy: &Arc<AtomicBool>,
    patience: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, KeyringTrouble> {
    if busy.swap(true, Ordering::AcqRel) {
        return Err(KeyringTrouble::Slow);
    }
    let (sender, receiver) = mpsc::sync_channel(1);
    let turn = Turn(busy.clone());
    let started = thread::Builder::new().name("keyring".into()).spawn(move || {
        let result = work();
        drop(turn);
        let _ = sender.send(result);
    });
    if started.is_err() {
        return Err(KeyringTrouble::Failed);
    }
    receiver.recv_timeout(patience).map_err(|error| match error {
        RecvTimeoutError::Timeout => KeyringTrouble::Slow,
        // It panicked.
        RecvTimeoutError::Disconnected => KeyringTrouble::Failed,
    })
}

/// The keyring is busy as long as this lives.
struct Turn(Arc<AtomicBool>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// The library's own words may name what was stored: they are not passed on.
fn trouble(error: &keyring::Error) -> KeyringTrouble {
    match error {
        keyring::Error::NoStorageAccess(_) => KeyringTrouble::Locked,
        keyring::Error::PlatformFailure(_) => KeyringTrouble::Absent,
        _ => KeyringTrouble::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    #[test]
    fn a_keyring_that_hangs_is_left_alone_and_may_come_back() {
        let (busy, gate) = (Arc::default(), Arc::new(Barrier::new(2)));
        let behind = gate.clone();
        let hangs = apart(&busy, Duration::from_millis(1), move || {
            behind.wait();
        });
        assert_eq!(hangs, Err(KeyringTrouble::Slow));
        assert_eq!(apart(&busy, PATIENCE, || 1), Err(KeyringTrouble::Slow));
        gate.wait();
        while busy.load(Ordering::Acquire) {
            thread::yield_now();
        }
        assert_eq!(apart(&busy, PATIENCE, || 2), Ok(2));
    }

    #[test]
    fn a_panic_in_the_keyring_is_no_silence_for_ever() {
        let busy = Arc::default();
        let ended: Result<(), _> = apart(&busy, PATIENCE, || panic!("inside"));
        assert_eq!(ended, Err(KeyringTrouble::Failed));
        assert_eq!(apart(&busy, PATIENCE, || 2), Ok(2));
    }
}
