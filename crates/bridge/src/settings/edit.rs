//! Changing the settings of a home: read, changed and written as one step, by one program and one thread at a time.

use super::{Settings, SettingsError, UnknownKey};
use crate::home::Home;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Longest that an edit waits for another one, which takes some milliseconds unless the disk is in trouble.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is tried: the lock of a file cannot be waited for with a time-out.
const AGAIN: Duration = Duration::from_millis(5);

impl Settings {
    /// Reads the settings of a home, has them changed, and writes them; nobody else's change comes in between or is lost.
    /// `change` also gets the keys that are not known and go with the write. Blocks on the disk, and up to ten seconds on
    /// whoever else changes them: for a blocking thread.
    ///
    /// # Errors
    /// [`SettingsError`] where they cannot be read or written, or somebody else does not come to an end; and whatever
    /// `change` says. Nothing is written then.
    pub fn edit<T, E: From<SettingsError>>(
        home: &Home,
        change: impl FnOnce(&mut Settings, Vec<UnknownKey>) -> Result<T, E>,
    ) -> Result<T, E> {
        let _alone = EditLock::take(home)?;
        let (mut settings, unknown) = Settings::load(&home.settings())?;
        let given = change(&mut settings, unknown)?;
        settings.save(&home.settings())?;
        Ok(given)
    }
}

/// Held by the one who changes the settings of a home; the OS lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct EditLock {
    _file: File,
}

impl EditLock {
    /// Waits until nobody else has it.
    ///
    /// # Errors
    /// [`SettingsError::Busy`] where somebody else keeps it; [`SettingsError::File`] where there can be none.
    pub(crate) fn take(home: &Home) -> Result<EditLock, SettingsError> {
        EditLock::take_within(home, PATIENCE)
    }

    fn take_within(home: &Home, patience: Duration) -> Result<EditLock, SettingsError> {
        let path = home.settings_lock();
        let file = open(&path)?;
        let deadline = Instant::now() + patience;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(EditLock { _file: file }),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    std::thread::sleep(AGAIN);
                }
                Err(TryLockError::WouldBlock) => return Err(SettingsError::Busy(home.settings())),
                Err(TryLockError::Error(error)) => return Err(SettingsError::File(path, error)),
            }
        }
    }
}

fn open(path: &PathBuf) -> Result<File, SettingsError> {
    // The file itself stays empty, and stays: removing it would let two have it at once.
    let opened = OpenOptions::new().create(true).truncate(false).write(true).open(path);
    opened.map_err(|error: io::Error| SettingsError::File(path.clone(), error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use platen_job::PrinterName;

    #[test]
    fn what_is_changed_at_once_is_all_there() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();
        std::thread::scope(|scope| {
            for number in 0..16 {
                let home = &home;
                scope.spawn(move || {
                    let name = PrinterName::new(format!("P{number}")).unwrap();
                    let add = |settings: &mut Settings, _: Vec<UnknownKey>| {
                        settings.add_printer(name, "tcp://192.0.2.10".into(), None)
                    };
                    Settings::edit(home, add).unwrap();
                });
            }
        });
        let (settings, _) = Settings::load(&home.settings()).unwrap();
        assert_eq!(settings.printers.len(), 16);
    }

    #[test]
    fn somebody_who_does_not_come_to_an_end_is_not_waited_for_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();
        let first = EditLock::take(&home).unwrap();
        let second = EditLock::take_within(&home, Duration::from_millis(20));
        assert!(matches!(second, Err(SettingsError::Busy(_))), "{second:?}");
        drop(first);
        EditLock::take_within(&home, Duration::ZERO).unwrap();
    }

    #[test]
    fn a_change_that_fails_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();
        let fail = |settings: &mut Settings, _: Vec<UnknownKey>| {
            settings.log.files = 1;
            Err::<(), _>(SettingsError::NoPrinter("Bar".into()))
        };
        Settings::edit(&home, fail).unwrap_err();
        assert!(!home.settings().exists());
    }
}
