//! Reading a profile file, with errors that name the key.

use super::{CodePage, Profile, Repertoire};
use crate::Encoding;
use serde::de::DeserializeOwned;
use std::ops::RangeInclusive;
use std::sync::Arc;
use toml::{Table, Value};

/// Why a profile file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// It is not TOML.
    #[error("the profile is not readable as TOML: {reason}")]
    NotToml {
        /// What the reader says.
        reason: String,
    },
    /// A key that every profile needs.
    #[error("the profile lacks the key `{key}`")]
    Missing {
        /// The key.
        key: String,
    },
    /// A key that no profile has.
    #[error("the profile has an unknown key `{key}`")]
    Unknown {
        /// The key.
        key: String,
    },
    /// A value of the wrong kind or beyond its range.
    #[error("the profile's key `{key}` is wrong: {reason}")]
    Invalid {
        /// The key.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
}

pub(super) fn read(text: &str) -> Result<Profile, ProfileError> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| ProfileError::NotToml {
        reason: error.message().into(),
    })?;
    let mut keys = Keys(table);
    let code_pages = code_pages(keys.take("code_pages")?)?;
    let default_code_page = keys.take("default_code_page")?;
    if !code_pages.iter().any(|page| page.number == default_code_page) {
        return Err(invalid("default_code_page", "it is not among the code pages"));
    }
    let profile = Profile {
        name: keys.word("name")?,
        model: keys.word("model")?,
        columns: keys.number("columns", 16..=128)?,
        dots: keys.number("dots", 128..=2048)?,
        repertoire: Arc::new(Repertoire::of(&code_pages, default_code_page)),
        code_pages,
        default_code_page,
        cut: keys.take("cut")?,
        feed_before_cut: u8::try_from(keys.number("feed_before_cut", 0..=20)?).unwrap_or(20),
        drawer: keys.take("drawer")?,
        kanji: keys.take("kanji")?,
        confirm: keys.take("confirm")?,
        status: keys.take("status")?,
        pace: Some(keys.take("pace")?).filter(|pace| *pace > 0),
        qr: keys.take("qr")?,
        graphics: keys.take("graphics")?,
        capabilities: keys.take("capabilities")?,
    };
    match keys.0.keys().next() {
        Some(key) => Err(ProfileError::Unknown { key: key.clone() }),
        None => Ok(profile),
    }
}

/// The keys that are not read yet.
struct Keys(Table);

impl Keys {
    fn take<T: DeserializeOwned>(&mut self, key: &str) -> Result<T, ProfileError> {
        let value =
            self.0.remove(key).ok_or_else(|| ProfileError::Missing { key: key.to_owned() })?;
        value.try_into().map_err(|error: toml::de::Error| invalid(key, error.message()))
    }

    fn word(&mut self, key: &str) -> Result<String, ProfileError> {
        let word: String = self.take(key)?;
        if word.trim().is_empty() { Err(invalid(key, "it is empty")) } else { Ok(word) }
    }

    fn number(&mut self, key: &str, range: RangeInclusive<usize>) -> Result<usize, ProfileError> {
        let number = self.take(key)?;
        if range.contains(&number) {
            return Ok(number);
        }
        Err(invalid(key, &format!("it must lie between {} and {}", range.start(), range.end())))
    }
}

fn code_pages(table: Table) -> Result<Vec<CodePage>, ProfileError> {
    let mut pages = Vec::with_capacity(table.len());
    for (key, value) in &table {
        let path = format!("code_pages.{key}");
        let number =
            key.parse().map_err(|_| invalid(&path, "the number must lie between 0 and 255"))?;
        let encoding = match value {
            Value::String(name) => Encoding::named(name),
            _ => None,
        };
        let encoding = encoding.ok_or_else(|| invalid(&path, "no such code page is known"))?;
        pages.push(CodePage { number, encoding });
    }
    pages.sort_by_key(|page| page.number);
    if let Some(twice) = pages.windows(2).find(|pair| pair[0].number == pair[1].number) {
        return Err(invalid(&format!("code_pages.{}", twice[0].number), "it is there twice"));
    }
    if pages.len() > Repertoire::MOST_PAGES {
        return Err(invalid("code_pages", "there are more than 64"));
    }
    Ok(pages)
}

fn invalid(key: &str, reason: &str) -> ProfileError {
    ProfileError::Invalid { key: key.to_owned(), reason: reason.to_owned() }
}
