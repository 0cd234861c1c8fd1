//! A package that is on its way: what came of it so far, kept in the home from one look to the next.
//!
//! `update.part` has the bytes, `update.part.json` says of which file they are. Nothing of them is trusted: the signature is checked
//! over the whole package, however it came.

use super::place::sync_folder;
use platen_bridge::{Home, write_private};
use platen_updates::Fingerprint;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::PathBuf;

/// Where a package gathers. Only one is on its way at a time.
#[derive(Debug, Clone)]
pub struct Part {
    package: Fingerprint,
    bytes: PathBuf,
    label: PathBuf,
}

/// Which file a piece is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The server's name for that very content: its ETag, or when it was changed last.
    pub validator: String,
    /// Bytes of the whole.
    pub length: u64,
}

/// A piece that can be gone on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Bytes that came.
    pub came: u64,
    /// Of which file.
    pub source: Source,
}

#[derive(Serialize, Deserialize)]
struct Label {
    package: Fingerprint,
    #[serde(flatten)]
    source: Source,
}

impl Part {
    /// That of a package, whether something of it is here or not.
    pub fn of(home: &Home, package: &Fingerprint) -> Part {
        let bytes = home.update_part();
        Part { package: package.clone(), label: bytes.with_extension("part.json"), bytes }
    }

    /// What is here of that package. What is of another one, or of no use, is removed.
    pub fn begun(&self) -> Option<Begun> {
        let begun = self.read();
        if begun.is_none() {
            self.remove();
        }
        begun
    }

    fn read(&self) -> Option<Begun> {
        let label: Label = serde_json::from_slice(&fs::read(&self.label).ok()?).ok()?;
        let came = fs::metadata(&self.bytes).ok()?.len();
        let is_of_it = label.package == self.package && (1..=label.source.length).contains(&came);
        is_of_it.then_some(Begun { came, source: label.source })
    }

    /// Begins anew; gives an empty file. Without a source it cannot be gone on with later.
    ///
    /// # Errors
    /// Whatever the OS says.
    pub fn begin(&self, source: Option<Source>) -> io::Result<File> {
        // First, so that no label is ever beside bytes of another file.
        self.remove();
        if let Some(source) = source {
            let label = Label { package: self.package.clone(), source };
            write_private(&self.label, &serde_json::to_vec(&label)?)?;
        }
        open(OpenOptions::new().write(true).create_new(true), &self.bytes)
    }

    /// Opens the bytes that came, to write behind them.
    ///
    /// # Errors
    /// Whatever the OS says.
    pub fn go_on(&self) -> io::Result<File> {
        OpenOptions::new().append(true).open(&self.bytes)
    }

    /// All that came.
    ///
    /// # Errors
    /// Whatever the OS says.
    pub fn content(&self) -> io::Result<Vec<u8>> {
        fs::read(&self.bytes)
    }

    /// Has the package in that place of the same folder, whole or not at all, and nothing of it here any more.
    ///
    /// # Errors
    /// Whatever the OS says.
    pub fn become_package(&self, place: &PathBuf) -> io::Result<()> {
        OpenOptions::new().write(true).open(&self.bytes)?.sync_all()?;
        fs::rename(&self.bytes, place)?;
        self.remove();
        sync_folder(place)
    }

    /// Forgets what came.
    pub fn remove(&self) {
        let _ = fs::remove_file(&self.bytes);
        let _ = fs::remove_file(&self.label);
    }
}

/// Only for its owner, as everything in the home.
#[cfg(unix)]
fn open(options: &mut OpenOptions, path: &PathBuf) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600).open(path)
}

#[cfg(not(unix))]
fn open(options: &mut OpenOptions, path: &PathBuf) -> io::Result<File> {
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();
        (folder, home)
    }

    fn source() -> Source {
        Source { validator: "\"one\"".into(), length: 10 }
    }

    #[test]
    fn a_piece_is_gone_on_with_and_becomes_the_package() {
        let (_folder, home) = home();
        let part = Part::of(&home, &Fingerprint::of("this"));
        assert_eq!(part.begun(), None);
        part.begin(Some(source())).unwrap().write_all(b"half ").unwrap();
        assert_eq!(part.begun(), Some(Begun { came: 5, source: source() }));
        part.go_on().unwrap().write_all(b"a tea").unwrap();
        part.become_package(&home.update()).unwrap();
        assert_eq!(fs::read(home.update()).unwrap(), b"half a tea");
        assert!(!home.update_part().exists() && part.begun().is_none());
    }

    #[test]
    fn what_is_of_no_use_is_removed() {
        let (_folder, home) = home();
        let part = Part::of(&home, &Fingerprint::of("this"));
        let spoil: [fn(&Part); 4] = [
            |part| fs::write(&part.bytes, b"longer than it is").unwrap(),
            |part| fs::write(&part.label, b"{\"package\": ").unwrap(),
            |part| fs::remove_file(&part.label).unwrap(),
            |part| {
                assert_eq!(Part { package: Fingerprint::of("that"), ..part.clone() }.begun(), None)
            },
        ];
        for spoil in spoil {
            part.begin(Some(source())).unwrap().write_all(b"half ").unwrap();
            spoil(&part);
            assert_eq!(part.begun(), None);
            assert!(!part.bytes.exists() && !part.label.exists());
        }
    }
}
