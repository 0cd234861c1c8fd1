//! Disks as they are when something is wrong with them. Needs root.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Something that is mounted on a folder, until this goes.
pub struct Mount(PathBuf);

impl Mount {
    /// What is in the folder, which not even root can write then.
    pub fn read_only(folder: &Path) -> Mount {
        let mounted = Mount::of(folder, &["--bind", &folder.display().to_string()]);
        mount(folder, &["-o", "remount,bind,ro"]);
        mounted
    }

    /// A disk of its own, of so many MiB.
    pub fn disk(folder: &Path, size: u32) -> Mount {
        Mount::of(folder, &["-t", "tmpfs", "-o", &format!("size={size}m"), "tmpfs"])
    }

    fn of(folder: &Path, words: &[&str]) -> Mount {
        mount(folder, words);
        Mount(folder.to_owned())
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily: the program of the test may run from there.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Writes until nothing more fits.
pub fn fill(folder: &Path) {
    let mut filler = std::fs::File::create(folder.join("filler")).unwrap();
    while filler.write_all(&[0; 4096]).is_ok() {}
}

fn mount(folder: &Path, words: &[&str]) {
    let mounted = Command::new("mount").args(words).arg(folder).status().unwrap();
    assert!(mounted.success(), "mount {words:?}: this test needs root");
}
