//! The spool's folder: its files, their modes, the lock, and setting a damaged database aside.

use crate::SpoolError;
use platen_job::Timestamp;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The folder and the names in it.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    dir: PathBuf,
}

/// Keeps everyone else out of the folder as long as it lives.
#[derive(Debug)]
pub(crate) struct HomeLock(#[allow(dead_code)] File);

impl Home {
    /// Makes the folder where it is missing, and locks it.
    ///
    /// # Errors
    /// [`SpoolError::InUse`] where it is locked; [`SpoolError::Io`].
    pub(crate) fn lock(dir: &Path) -> Result<(Home, HomeLock), SpoolError> {
        private_dir(dir)?;
        let file = private_file(&dir.join("spool.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok((Home { dir: dir.to_owned() }, HomeLock(file))),
            Err(TryLockError::WouldBlock) => Err(SpoolError::InUse { dir: dir.to_owned() }),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.dir.join("spool.db")
    }

    pub(crate) fn wal(&self) -> PathBuf {
        self.dir.join("spool.db-wal")
    }

    pub(crate) fn marks(&self) -> PathBuf {
        self.dir.join("spool.marks")
    }

    pub(crate) fn encodings(&self) -> PathBuf {
        self.dir.join("spool.encodings")
    }

    pub(crate) fn reserve(&self) -> PathBuf {
        self.dir.join("spool.reserve")
    }

    fn damage_note(&self) -> PathBuf {
        self.dir.join("spool.damaged")
    }

    /// Notes that damage was met while running, so that the next opening sets the database aside unasked.
    pub(crate) fn note_damage(&self) {
        if let Err(error) = private_file(&self.damage_note()) {
            tracing::error!(%error, "the damage of the spool could not be noted");
        }
    }

    pub(crate) fn is_noted_damaged(&self) -> bool {
        self.damage_note().exists()
    }

    /// Renames the database and what belongs to it. Returns the new path of the database.
    pub(crate) fn set_aside(&self) -> Result<PathBuf, SpoolError> {
        let database = self.free_name();
        let beside = |suffix: &str| PathBuf::from(format!("{}{suffix}", database.display()));
        // The database goes last: as long as it is there, a second try takes the rest along.
        rename_if_there(&self.dir.join("spool.db-shm"), &beside("-shm"))?;
        rename_if_there(&self.marks(), &beside("-marks"))?;
        rename_if_there(&self.wal(), &beside("-wal"))?;
        rename_if_there(&self.database(), &database)?;
        match std::fs::remove_file(self.damage_note()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        Ok(database)
    }

    /// Whether a database was set aside here before, and is still there.
    pub(crate) fn has_set_aside(&self) -> bool {
        std::fs::read_dir(&self.dir).is_ok_and(|entries| {
            entries
                .flatten()
                .any(|entry| entry.file_name().to_string_lossy().starts_with("spool-corrupt-"))
        })
    }

    fn free_name(&self) -> PathBuf {
        let now = jiff::Timestamp::from_millisecond(Timestamp::now().0).unwrap_or_default();
        let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
        let name = |extra: &str| self.dir.join(format!("spool-corrupt-{stamp}{extra}.db"));
        let first = name("");
        if !first.exists() {
            return first;
        }
        (2..)
            .map(|count: u32| name(&format!("-{count}")))
            .find(|path| !path.exists())
            .unwrap_or(first)
    }
}

fn rename_if_there(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Opens a file for reading and writing, made for this user only where it is new; it is not emptied.
pub(crate) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn private_dir(dir: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)?;
    #[cfg(unix)]
    std::fs::set_permissions(dir, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}
