//! The folder that holds everything one engine knows: settings, secrets, spool, logs.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// A home folder.
#[derive(Debug, Clone)]
pub struct Home {
    root: PathBuf,
}

/// Held by the one engine of a home; the OS lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct HomeLock {
    _file: File,
}

/// Why a home cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// Another engine runs in it.
    #[error(
        "Platen is already running in {0}. Stop it first, or choose another folder with --home."
    )]
    AlreadyRunning(PathBuf),
    /// The folder cannot be made or written.
    #[error("the folder {0} cannot be used: {1}")]
    Unusable(PathBuf, #[source] io::Error),
}

impl Home {
    /// Opens a home, making the folder (mode 0700) where it is missing.
    ///
    /// # Errors
    /// [`HomeError::Unusable`] where it cannot be made.
    pub fn open(root: impl Into<PathBuf>) -> Result<Home, HomeError> {
        let root = root.into();
        let home = Home { root };
        for folder in [home.root.clone(), home.spool(), home.logs()] {
            make_private_folder(&folder).map_err(|error| HomeError::Unusable(folder, error))?;
        }
        Ok(home)
    }

    /// Claims the home for one engine.
    ///
    /// # Errors
    /// [`HomeError::AlreadyRunning`] where another engine has it.
    pub fn lock(&self) -> Result<HomeLock, HomeError> {
        let path = self.root.join("engine.lock");
        let unusable = |error| HomeError::Unusable(path.clone(), error);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(HomeLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(HomeError::AlreadyRunning(self.root.clone())),
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The settings file.
    pub fn settings(&self) -> PathBuf {
        self.root.join("settings.toml")
    }

    /// Locked by whoever changes the settings; empty.
    pub(crate) fn settings_lock(&self) -> PathBuf {
        self.root.join("settings.lock")
    }

    /// The file of the file-based secret store.
    pub fn secrets(&self) -> PathBuf {
        self.root.join("secrets.toml")
    }

    /// The folder of printer profiles that the shop adds; it need not be there.
    pub fn profiles(&self) -> PathBuf {
        self.root.join("profiles")
    }

    /// What is known of devices that were found; see [`crate::DeviceKey`].
    pub fn devices(&self) -> PathBuf {
        self.root.join("devices.json")
    }

    /// The spool's folder.
    pub fn spool(&self) -> PathBuf {
        self.root.join("spool")
    }

    /// The log folder.
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// What is remembered of updates; see [`platen_updates::Memory`].
    pub fn updates(&self) -> PathBuf {
        self.root.join("updates.json")
    }

    /// A version that was fetched and waits.
    pub fn update(&self) -> PathBuf {
        self.root.join("update.package")
    }

    /// What came so far of a version that is being fetched.
    pub fn update_part(&self) -> PathBuf {
        self.root.join("update.part")
    }

    /// Which jobs stand in the operating system's spooler.
    pub fn places(&self) -> PathBuf {
        self.root.join("spooler-jobs.json")
    }

    /// Platen's own key and certificate for its doors, mode 0600; see [`platen_connectors::door::Identity`].
    pub fn identity(&self) -> PathBuf {
        self.root.join("door.pem")
    }

    /// That certificate alone, for callers that verify it.
    pub fn certificate(&self) -> PathBuf {
        self.root.join("door-certificate.pem")
    }

    /// Where the running engine says how to reach it: port and token, mode 0600.
    pub fn control(&self) -> PathBuf {
        self.root.join("control.json")
    }
}

/// Writes a file so that it is either the old one or the new one, never half, and only its owner can read it.
///
/// # Errors
/// Whatever the OS says.
pub fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    use std::io::Write;
    let folder = path.parent().unwrap_or(Path::new("."));
    // tempfile makes its files 0600 on Unix.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    put(file, path)?;
    sync_folder(folder)
}

#[cfg(not(windows))]
fn put(file: tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// Windows replaces no file that somebody reads at this moment, a thread of ours or a virus scanner.
#[cfg(windows)]
fn put(mut file: tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    use std::time::{Duration, Instant};
    let deadline = Instant::now() + Duration::from_secs(2);
    loop {
        match file.persist(path) {
            Ok(_) => return Ok(()),
            Err(error)
                if error.error.kind() == io::ErrorKind::PermissionDenied
                    && Instant::now() < deadline =>
            {
                file = error.file;
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(error) => return Err(error.error),
        }
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

fn make_private_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_engine_is_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();
        let first = home.lock().unwrap();
        let refusal = home.lock().unwrap_err().to_string();
        assert!(refusal.contains("already running"), "{refusal}");
        drop(first);
        home.lock().unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn what_is_written_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        write_private(&path, b"one").unwrap();
        write_private(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
