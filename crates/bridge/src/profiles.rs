//! The profiles of a till: the built-in ones, and those in its home.

use crate::home::Home;
use crate::notice::Notice;
use platen_escpos::{Catalogue, PaperWidth, Profile};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files that are read at most, in the order of their names.
const MOST_FILES: usize = 256;
/// Most bytes of one file.
const LONGEST: u64 = 64 * 1024;

/// The profiles that there are, and what is wrong with files that could not be used.
#[derive(Debug, Clone)]
pub struct Profiles {
    /// What a printer's settings may name.
    pub catalogue: Catalogue,
    /// What a person should know.
    pub notices: Vec<Notice>,
}

impl Profiles {
    /// Reads the folder of a home. Blocks on the disk. What cannot be read is told, and is no error.
    pub fn load(home: &Home) -> Profiles {
        let mut notices = Vec::new();
        let mut files = Vec::new();
        for path in paths(&home.profiles(), &mut notices) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match read(&path) {
                Ok(text) => files.push((name, text)),
                Err(error) => notices.push(Notice::ProfileUnusable(format!("{name}: {error}"))),
            }
        }
        let (catalogue, rejected) = Catalogue::with(&files);
        let unusable = |rejected: &_| Notice::ProfileUnusable(ToString::to_string(rejected));
        notices.extend(rejected.iter().map(unusable));
        Profiles { catalogue, notices }
    }

    /// Whether a printer with the profile of that name can have that paper.
    pub fn takes(&self, profile: &str, paper: PaperWidth) -> bool {
        self.used(profile).is_some_and(|profile| profile.with_paper(paper).is_some())
    }

    /// The profile of that name, or the one that stands in for it.
    pub(crate) fn used(&self, name: &str) -> Option<&Arc<Profile>> {
        self.catalogue.get(name).or_else(|| self.catalogue.get(Catalogue::GENERIC))
    }
}

/// The profile files of a folder, by name.
fn paths(folder: &Path, notices: &mut Vec<Notice>) -> Vec<PathBuf> {
    let entries = match folder.read_dir() {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            notices.push(Notice::ProfilesUnreadable(error.to_string()));
            return Vec::new();
        }
    };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    paths.sort();
    if paths.len() > MOST_FILES {
        notices.push(Notice::TooManyProfiles(MOST_FILES));
        paths.truncate(MOST_FILES);
    }
    paths
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(LONGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST {
        return Err(io::Error::other(format!("it has more than {LONGEST} bytes")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_home_may_add_profiles_and_a_wrong_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();
        assert_eq!(Profiles::load(&home).notices, Vec::<Notice>::new());
        fs::create_dir_all(home.profiles()).unwrap();
        let file = |name: &str, text: &[u8]| fs::write(home.profiles().join(name), text).unwrap();
        file("bar.toml", b"name = \"bar\"\nmodel = \"Bar\"\nbase = \"generic-58\"\ndots = 400\n");
        file("wrong.toml", b"name = \"wrong\"\nmodel = \"W\"\nbase = \"generic-58\"\ndotz = 400\n");
        file("notes.txt", b"not a profile");
        file("binary.toml", &[0xFF, 0xFE]);
        file("long.toml", &vec![b'#'; 70_000]);
        let profiles = Profiles::load(&home);
        assert_eq!(profiles.catalogue.get("bar").unwrap().dots, 400);
        let said: Vec<_> = profiles.notices.iter().map(ToString::to_string).collect();
        let said = said.join("\n");
        assert_eq!(profiles.notices.len(), 3, "{said}");
        assert!(said.contains("wrong.toml") && said.contains("`dotz`"), "{said}");
        assert!(said.contains("binary.toml") && said.contains("long.toml"), "{said}");
    }
}
