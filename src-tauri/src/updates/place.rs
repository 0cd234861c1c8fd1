//! Where the program is, and how another version gets there.

use super::kind::Kind;
use platen_bridge::write_private;
use platen_updates::{InstallTrouble, Memory, Way};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tauri::utils::config::BundleType;
use tauri::utils::platform::bundle_type;

/// What installing takes here.
pub fn way() -> Way {
    match Kind::here() {
        Kind::System(_) => Way::Administrator,
        Kind::Program => match program() {
            Some(program) if can_write_beside(&program) => Way::Alone,
            _ => Way::Elsewhere,
        },
        Kind::Setup | Kind::App => Way::Alone,
    }
}

/// The file that a person starts.
pub fn program() -> Option<PathBuf> {
    let image =
        std::env::var_os("APPIMAGE").filter(|_| bundle_type() == Some(BundleType::AppImage));
    image.map(PathBuf::from).or_else(|| std::env::current_exe().ok())
}

/// Where the version before is kept until the new one has shown that it runs.
pub fn previous(program: &Path) -> PathBuf {
    beside(program, ".previous")
}

/// Puts another version in place: whole or not at all, whenever the power goes. The one before it is kept as [`previous`].
///
/// # Errors
/// Why not; the program is as it was then.
pub fn replace(program: &Path, content: &[u8]) -> Result<(), InstallTrouble> {
    if !Kind::Program.has_mark(content) {
        return Err(InstallTrouble::Failed);
    }
    let next = beside(program, ".next");
    let put = write_program(&next, content, program)
        .and_then(|()| keep(program))
        .and_then(|()| fs::rename(&next, program));
    if put.is_err() {
        let _ = fs::remove_file(&next);
    }
    put.and_then(|()| sync_folder(program)).map_err(|error| trouble(&error))
}

/// Whether the version that is in place was just installed over one that was kept, and has not shown yet that it runs.
pub fn is_on_trial(home: &Path) -> bool {
    remembered(&updates_of(home)).trial.is_some_and(|trial| trial.previous.is_some())
}

/// Puts the version before back in place, where the one that runs was just installed and has not shown that it runs. For the
/// supervisor, after the third crash. It is not installed here again.
pub fn put_back(home: &Path, program: &Path) -> bool {
    let path = updates_of(home);
    let mut memory = remembered(&path);
    let Some(trial) = memory.trial.take() else { return false };
    memory.roll_back(trial.version);
    let _ = write_private(&path, memory.to_json().as_bytes());
    trial.previous.is_some_and(|previous| take_place(&previous, program).is_ok())
}

#[cfg(not(windows))]
fn take_place(previous: &Path, program: &Path) -> io::Result<()> {
    fs::rename(previous, program)
}

/// Nothing takes the place of a program that runs on Windows, as this one does; but it can be called otherwise. The next installer
/// removes it.
#[cfg(windows)]
fn take_place(previous: &Path, program: &Path) -> io::Result<()> {
    let failed = beside(program, ".failed");
    for gone in [fs::remove_file(&failed), fs::rename(program, &failed)] {
        match gone {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::rename(previous, program).inspect_err(|_| {
        let _ = fs::rename(&failed, program);
    })
}

/// The home's own file, whatever else of the home is broken.
fn updates_of(home: &Path) -> PathBuf {
    home.join("updates.json")
}

fn remembered(path: &Path) -> Memory {
    Memory::from_json(&fs::read_to_string(path).unwrap_or_default())
}

fn beside(program: &Path, ending: &str) -> PathBuf {
    let mut name = program.file_name().map(OsString::from).unwrap_or_default();
    name.push(ending);
    program.with_file_name(name)
}

fn write_program(path: &Path, content: &[u8], like: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(content)?;
    file.set_permissions(fs::metadata(like)?.permissions())?;
    file.sync_all()
}

fn keep(program: &Path) -> io::Result<()> {
    let previous = previous(program);
    match fs::remove_file(&previous) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::hard_link(program, previous)
}

/// Has a file's new name on the disk. Windows has no such thing; there an installer puts versions in place.
#[cfg(windows)]
pub fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Has a file's new name on the disk.
#[cfg(not(windows))]
pub fn sync_folder(file: &Path) -> io::Result<()> {
    file.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn can_write_beside(program: &Path) -> bool {
    let probe = beside(program, ".probe");
    let made = OpenOptions::new().write(true).create(true).truncate(true).open(&probe).is_ok();
    let _ = fs::remove_file(&probe);
    made
}

/// Why a file could not be put in place.
pub fn trouble(error: &io::Error) -> InstallTrouble {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            InstallTrouble::ReadOnly
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => InstallTrouble::NoRoom,
        _ => InstallTrouble::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use platen_updates::{Trial, Version};

    const OLD: &[u8] = b"\x7fELF the old one";
    const NEW: &[u8] = b"\x7fELF the new one";

    fn installed() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("platen");
        fs::write(&program, OLD).unwrap();
        (folder, program)
    }

    fn remember(folder: &Path, previous: Option<PathBuf>) {
        let trial = Some(Trial { version: Version::new(0, 2, 0), previous });
        let memory = Memory { trial, ..Memory::default() };
        fs::write(folder.join("updates.json"), memory.to_json()).unwrap();
    }

    #[test]
    fn a_version_is_replaced_and_put_back() {
        let (folder, program) = installed();
        replace(&program, NEW).unwrap();
        assert_eq!(fs::read(&program).unwrap(), NEW);
        remember(folder.path(), Some(previous(&program)));
        assert!(put_back(folder.path(), &program));
        assert_eq!(fs::read(&program).unwrap(), OLD);
        let text = fs::read_to_string(folder.path().join("updates.json")).unwrap();
        let memory = Memory::from_json(&text);
        assert_eq!((memory.trial, memory.rolled_back), (None, vec![Version::new(0, 2, 0)]));
        assert!(!put_back(folder.path(), &program), "once");
    }

    #[test]
    fn what_is_no_program_is_not_put_in_place() {
        let (_folder, program) = installed();
        assert_eq!(replace(&program, b"<html>"), Err(InstallTrouble::Failed));
        assert_eq!(fs::read(&program).unwrap(), OLD);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named_and_the_program_stays() {
        let (folder, program) = installed();
        // Also for root, who may write anywhere: there is something in the way.
        fs::create_dir(folder.path().join("platen.next")).unwrap();
        // Windows says of a folder in a file's place that it is not allowed.
        let why = if cfg!(windows) { InstallTrouble::ReadOnly } else { InstallTrouble::Failed };
        assert_eq!(replace(&program, NEW), Err(why));
        assert_eq!(fs::read(&program).unwrap(), OLD);
        let denied = io::Error::from(io::ErrorKind::PermissionDenied);
        assert_eq!(trouble(&denied), InstallTrouble::ReadOnly);
    }
}
