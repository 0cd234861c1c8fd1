//! Secrets of connectors: had at once, or waited for while they are behind a lock. Neither the keyring nor the disk blocks
//! the engine.

use super::Core;
use crate::notice::Notice;
use crate::secrets::{KeyringTrouble, SecretError, SecretName};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::task::TaskTracker;

/// A keyring that is locked is asked again after this: each question may show a person a window.
const LOCKED: Duration = Duration::from_secs(60);
/// A keyring that does not answer is not asked anew before it has answered.
const SLOW: Duration = Duration::from_secs(2);

/// Starts a connector with its secret: now, or once the keyring gives it; with none where there is none. People are told
/// where it cannot be read.
pub(super) async fn start_with(
    core: &Arc<Core>,
    tasks: &TaskTracker,
    name: SecretName,
    start: impl FnOnce(Option<SecretString>) + Send + 'static,
) {
    match read(core, name).await {
        Ok(secret) => start(secret),
        Err(error) => {
            tracing::error!(%name, %error, "a secret cannot be read");
            core.notice(Notice::secret_unreadable(name, &error));
            match error {
                SecretError::Keyring(trouble) => {
                    tasks.spawn(start_later(core.clone(), name, trouble, start));
                }
                _ => start(None),
            }
        }
    }
}

async fn start_later(
    core: Arc<Core>,
    name: SecretName,
    mut trouble: KeyringTrouble,
    start: impl FnOnce(Option<SecretString>),
) {
    loop {
        let pause = if trouble == KeyringTrouble::Slow { SLOW } else { LOCKED };
        tokio::select! {
            () = core.cancel.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        match read(&core, name).await {
            Ok(secret) => return start(secret),
            Err(SecretError::Keyring(now)) => trouble = now,
            Err(error) => {
                tracing::error!(%name, %error, "a secret cannot be read");
                return start(None);
            }
        }
    }
}

async fn read(core: &Core, name: SecretName) -> Result<Option<SecretString>, SecretError> {
    let secrets = core.secrets.clone();
    tokio::task::spawn_blocking(move || secrets.get(name)).await.unwrap_or(Ok(None))
}

/// Puts secrets where they belong, behind everything else: the keyring may take its time.
pub(super) fn tidy(core: &Core, tasks: &TaskTracker) {
    let secrets = core.secrets.clone();
    tasks.spawn_blocking(move || {
        if let Err(error) = secrets.tidy() {
            tracing::warn!(%error, "secrets stay where they are");
        }
    });
}
