//! The system's own installer of packages, which needs an administrator's password.

use super::place::trouble;
use platen_updates::InstallTrouble;
use std::io::{self, Write};
use std::process::Stdio;
use std::time::Duration;
use tempfile::NamedTempFile;
use tokio::process::Command;

/// Asks for the password, by the desktop's own dialogue, and runs one command with the rights that it gives.
const ASKS: &str = "pkexec";
/// Exit statuses with which it ends where the password was not given: the dialogue was closed; nobody may, or can be asked.
const NOT_GIVEN: [i32; 2] = [126, 127];
/// Longest that a person may take for the password, and the system for the package.
const LONGEST: Duration = Duration::from_secs(30 * 60);

/// Who installs packages on this system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemInstaller {
    /// Of a `.deb`.
    Dpkg,
    /// Of an `.rpm`.
    Rpm,
}

impl SystemInstaller {
    /// Has it install that package, which is genuine. The engine goes on meanwhile.
    ///
    /// # Errors
    /// Why it is not installed.
    pub async fn install(self, package: Vec<u8>) -> Result<(), InstallTrouble> {
        let kept = tokio::task::spawn_blocking(move || self.keep(&package)).await;
        let kept = kept.map_err(|_| InstallTrouble::Failed)?.map_err(|error| trouble(&error))?;
        let mut command = Command::new(ASKS);
        command.args(self.words()).arg(kept.path()).stdin(Stdio::null());
        let ended = match tokio::time::timeout(LONGEST, command.status()).await {
            Ok(Ok(ended)) => ended,
            Ok(Err(error)) => {
                tracing::warn!(%error, "nobody can be asked for a password: is {ASKS} installed?");
                return Err(InstallTrouble::NoPassword);
            }
            // It cannot be ended: it has other rights.
            Err(_) => return Err(InstallTrouble::NoPassword),
        };
        match ended.code() {
            Some(0) => Ok(()),
            Some(code) if NOT_GIVEN.contains(&code) => Err(InstallTrouble::NoPassword),
            _ => {
                let (words, mends) = (self.words().join(" "), self.mends());
                tracing::warn!(%ended, "{words} failed. What mends it as a rule: {mends}");
                Err(InstallTrouble::System)
            }
        }
    }

    /// Where its like is as long as it is needed: administrators may not be allowed to read a home.
    fn keep(self, package: &[u8]) -> io::Result<NamedTempFile> {
        let ending = match self {
            SystemInstaller::Dpkg => ".deb",
            SystemInstaller::Rpm => ".rpm",
        };
        let mut file = tempfile::Builder::new().prefix("platen-").suffix(ending).tempfile()?;
        file.write_all(package)?;
        Ok(file)
    }

    fn words(self) -> [&'static str; 2] {
        match self {
            SystemInstaller::Dpkg => ["dpkg", "-i"],
            SystemInstaller::Rpm => ["rpm", "-U"],
        }
    }

    fn mends(self) -> &'static str {
        match self {
            SystemInstaller::Dpkg => {
                "sudo dpkg --configure -a && sudo apt-get install --fix-broken"
            }
            SystemInstaller::Rpm => "wait for other installations, make room, sudo dnf check",
        }
    }
}
