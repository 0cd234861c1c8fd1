//! Every profile that there is: the built-in ones, and those that a shop adds or puts in their place.

use super::{Profile, ProfileError, builtin, read};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use toml::Table;

/// The profiles by name.
#[derive(Debug, Clone)]
pub struct Catalogue {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    profile: Arc<Profile>,
    source: ProfileSource,
}

/// Where a profile comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileSource {
    /// Part of the program.
    BuiltIn,
    /// A file of that name in the shop's folder.
    File(String),
}

/// A file that could not be used. What it was to replace stays in place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {error}")]
pub struct RejectedProfile {
    /// The file's name.
    pub file: String,
    /// Why.
    #[source]
    pub error: ProfileError,
}

/// What a printer is taken for, by what it says of itself.
#[derive(Debug, Clone)]
pub enum Recognised {
    /// Its model has a profile.
    Known(Arc<Profile>),
    /// Nothing is known of it: [`Catalogue::GENERIC`] asks least of it.
    Generic,
}

static BUILTIN: LazyLock<Catalogue> = LazyLock::new(|| {
    let read = |text: &&str| Profile::from_toml(text).ok();
    let entry = |profile| Entry { profile: Arc::new(profile), source: ProfileSource::BuiltIn };
    Catalogue { entries: builtin::FILES.iter().filter_map(read).map(entry).collect() }
});

impl Catalogue {
    /// The profile of printers of which nothing is known.
    pub const GENERIC: &str = "generic-80";

    /// The built-in profiles, the generic ones first.
    pub fn builtin() -> &'static Catalogue {
        &BUILTIN
    }

    /// The built-in profiles and those in the given files (name and text). A file whose profile has the name of a built-in one
    /// takes its place; of two files with the same name in them, the first counts and the second is rejected.
    pub fn with(files: &[(String, String)]) -> (Catalogue, Vec<RejectedProfile>) {
        let mut catalogue = Self::builtin().clone();
        let mut rejected = Vec::new();
        let mut added: BTreeMap<String, (&str, Table)> = BTreeMap::new();
        for (file, text) in files {
            let taken = read::parse(text).and_then(|table| {
                let name = read::name_of(&table)
                    .ok_or_else(|| ProfileError::Missing { key: "name".into() })?;
                if let Some((other, _)) = added.get(&name) {
                    return Err(ProfileError::Twice { name, other: (*other).to_owned() });
                }
                added.insert(name, (file, table));
                Ok(())
            });
            if let Err(error) = taken {
                rejected.push(RejectedProfile { file: file.clone(), error });
            }
        }
        for (file, table) in added.values() {
            // A file may stand on another one, and on the built-in profile that it replaces.
            let base = |wanted: &str, of: &str| match added.get(wanted) {
                Some((_, base)) if wanted != of => Some(base),
                _ => builtin::table(wanted),
            };
            match read::read(table.clone(), &base) {
                Ok(profile) => catalogue.put(profile, file),
                Err(error) => rejected.push(RejectedProfile { file: (*file).to_owned(), error }),
            }
        }
        (catalogue, rejected)
    }

    fn put(&mut self, profile: Profile, file: &str) {
        let entry =
            Entry { profile: Arc::new(profile), source: ProfileSource::File(file.to_owned()) };
        match self.entries.iter_mut().find(|old| old.profile.name == entry.profile.name) {
            Some(old) => *old = entry,
            None => self.entries.push(entry),
        }
    }

    /// The profile of that name.
    pub fn get(&self, name: &str) -> Option<&Arc<Profile>> {
        self.profiles().find(|profile| profile.name == name)
    }

    /// Every profile, the generic ones first.
    pub fn profiles(&self) -> impl Iterator<Item = &Arc<Profile>> {
        self.entries.iter().map(|entry| &entry.profile)
    }

    /// Every profile and where it comes from.
    pub fn listing(&self) -> impl Iterator<Item = (&Profile, &ProfileSource)> {
        self.entries.iter().map(|entry| (entry.profile.as_ref(), &entry.source))
    }

    /// The profile for a printer that calls itself so in its IEEE 1284 device ID (`MFG` and `MDL`). Upper and lower case make
    /// no difference, nor do the marks between words. The longest pattern counts; of equally long ones that of a shop's file.
    pub fn for_device_id(&self, make: &str, model: &str) -> Recognised {
        let said = [folded(model), folded(&format!("{make} {model}"))];
        let fits = |pattern: &str| {
            let (start, rest) =
                pattern.split_once('*').map_or((pattern, false), |(p, _)| (p, true));
            let start = folded(start);
            said.iter().any(|name| if rest { name.starts_with(&start) } else { *name == start })
        };
        let patterns = self.entries.iter().flat_map(|entry| {
            entry.profile.matches.iter().map(move |pattern| (entry, pattern.as_str()))
        });
        let weight = |entry: &Entry, pattern: &str| {
            (folded(pattern).len(), entry.source != ProfileSource::BuiltIn)
        };
        patterns
            .filter(|(_, pattern)| fits(pattern))
            .max_by_key(|(entry, pattern)| weight(entry, pattern))
            .map_or(Recognised::Generic, |(entry, _)| Recognised::Known(entry.profile.clone()))
    }
}

/// Letters and digits in lower case, with one space for whatever stands between them.
fn folded(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}
