//! Reading a profile file, with errors that name the key.

use super::{
    BarcodeForm, CodePage, FontSize, Kanji, KanjiText, Lazy, PrintArea, Profile, Quirk, Repertoire,
    SecondFont, Symbology,
};
use crate::Encoding;
use serde::de::DeserializeOwned;
use std::ops::RangeInclusive;
use toml::{Table, Value};

/// Why a profile file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// It is not TOML.
    #[error("line {line} is not readable as TOML: {reason}")]
    NotToml {
        /// The line, counted from 1.
        line: usize,
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
    /// Another file has a profile of the same name.
    #[error("the profile {name:?} is already in {other}")]
    Twice {
        /// The profile's name.
        name: String,
        /// The file that counts.
        other: String,
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

/// How many profiles may stand on one another.
const DEEPEST: usize = 8;

/// Finds a base by its name, for the profile of the second name.
pub(super) type Bases<'a> = &'a dyn Fn(&str, &str) -> Option<&'a Table>;

pub(super) fn parse(text: &str) -> Result<Table, ProfileError> {
    text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        ProfileError::NotToml {
            line: before.matches('\n').count() + 1,
            reason: error.message().trim().replace('\n', " "),
        }
    })
}

/// The name that a profile gives itself.
pub(super) fn name_of(table: &Table) -> Option<String> {
    table.get("name")?.as_str().map(str::to_owned)
}

pub(super) fn read(table: Table, bases: Bases<'_>) -> Result<Profile, ProfileError> {
    let table = complete(table, bases, 0)?;
    let unverified = unverified(&table)?;
    let mut keys = Keys(table);
    let code_pages = code_pages(keys.take("code_pages")?)?;
    let default_code_page = keys.take("default_code_page")?;
    if !code_pages.iter().any(|page| page.number == default_code_page) {
        return Err(invalid("default_code_page", "it is not among the code pages"));
    }
    keys.0.remove("unverified");
    let profile = Profile {
        name: keys.word("name")?,
        model: keys.word("model")?,
        matches: keys.take("match")?,
        columns: keys.number("columns", 16..=128)?,
        font_a: keys.font("font_a")?.ok_or_else(|| invalid("font_a", "every printer has it"))?,
        font_b: keys.second_font()?,
        dots: keys.number("dots", 128..=2048)?,
        dpi: keys.number("dpi", 60..=600)?,
        code_pages,
        default_code_page,
        cut: keys.take("cut")?,
        feed_before_cut: u8::try_from(keys.number("feed_before_cut", 0..=20)?).unwrap_or(20),
        drawer: keys.take("drawer")?,
        drawer_real_time: keys.take("drawer_real_time")?,
        kanji: keys.take("kanji")?,
        kanji_text: keys.take("kanji_text")?,
        confirm: keys.take("confirm")?,
        status: keys.take("status")?,
        pace: Some(keys.take("pace")?).filter(|pace| *pace > 0),
        qr: keys.take("qr")?,
        pdf417: keys.take("pdf417")?,
        barcodes: keys.take("barcodes")?,
        barcode_form: keys.take("barcode_form")?,
        graphics: keys.take("graphics")?,
        graphics_rows: keys.number("graphics_rows", 24..=2303)?,
        inline_images: keys.take("inline_images")?,
        buzzer: keys.command("buzzer")?,
        quirks: keys.take("quirks")?,
        capabilities: keys.take("capabilities")?,
        unverified,
        area: PrintArea::Whole,
        repertoire: Lazy::default(),
    };
    match keys.0.keys().next() {
        Some(key) => Err(ProfileError::Unknown { key: key.clone() }),
        None => check(profile),
    }
}

/// What no single key can be wrong about.
fn check(profile: Profile) -> Result<Profile, ProfileError> {
    let wide = profile.columns * usize::from(profile.font_a.width);
    if wide > profile.dots {
        let (columns, width, dots) = (profile.columns, profile.font_a.width, profile.dots);
        let reason =
            format!("{columns} characters of {width} dots are {wide} dots, and `dots` is {dots}");
        return Err(invalid("columns", &reason));
    }
    if profile.kanji_text != KanjiText::None && profile.kanji == Kanji::None {
        return Err(invalid("kanji_text", "a model without Kanji mode prints none"));
    }
    if profile.has_quirk(Quirk::PrintsFsDot) && profile.kanji != Kanji::None {
        return Err(invalid("quirks", "prints-fs-dot is for models without Kanji mode"));
    }
    if profile.barcode_form == BarcodeForm::ZeroEnded
        && profile.barcodes.contains(&Symbology::Code128)
    {
        return Err(invalid("barcodes", "code-128 needs barcode_form = \"counted\""));
    }
    Ok(profile)
}

/// A profile with what it takes from its base: every key but `name`, `model` and `match`, and single code pages.
fn complete(mut own: Table, bases: Bases<'_>, depth: usize) -> Result<Table, ProfileError> {
    let Some(wanted) = own.remove("base") else { return Ok(own) };
    let wanted = wanted.as_str().ok_or_else(|| invalid("base", "it is not a profile's name"))?;
    if depth == DEEPEST {
        return Err(invalid("base", "it leads back to itself, or over too many profiles"));
    }
    let base = bases(wanted, &name_of(&own).unwrap_or_default())
        .ok_or_else(|| invalid("base", "there is no profile of that name"))?;
    let mut whole = complete(base.clone(), bases, depth + 1)?;
    whole.remove("name");
    whole.remove("model");
    whole.insert("match".into(), Value::Array(Vec::new()));
    if let Some(Value::Array(unverified)) = whole.get_mut("unverified") {
        unverified.retain(|key| key.as_str().is_none_or(|key| !own.contains_key(key)));
    }
    for (key, value) in own {
        match (whole.get_mut(&key), value) {
            (Some(Value::Table(pages)), Value::Table(changed)) if key == "code_pages" => {
                pages.extend(changed);
                pages.retain(|_, page| page.as_str() != Some("none"));
            }
            (Some(Value::Array(keys)), Value::Array(more)) if key == "unverified" => {
                keys.extend(more);
            }
            (_, value) => drop(whole.insert(key, value)),
        }
    }
    Ok(whole)
}

fn unverified(table: &Table) -> Result<Vec<String>, ProfileError> {
    let mut keys: Vec<String> = Keys(table.clone()).take("unverified")?;
    keys.sort();
    keys.dedup();
    match keys.iter().find(|key| !table.contains_key(*key)) {
        Some(key) => Err(invalid("unverified", &format!("there is no key {key:?}"))),
        None => Ok(keys),
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

    /// `12x24`, or `none`.
    fn font(&mut self, key: &str) -> Result<Option<FontSize>, ProfileError> {
        let word = self.word(key)?;
        match FontSize::parse(&word) {
            None if word != "none" => Err(invalid(key, "it is not a size such as \"12x24\"")),
            size => Ok(size),
        }
    }

    fn second_font(&mut self) -> Result<Option<SecondFont>, ProfileError> {
        let size = self.font("font_b")?;
        let columns = self.number("columns_b", 0..=255)?;
        match size {
            Some(_) if columns < 16 => Err(invalid("columns_b", "font B has at least 16 columns")),
            size => Ok(size.map(|size| SecondFont { size, columns })),
        }
    }

    /// Bytes in hexadecimal, such as `1b 42 02 03`.
    fn command(&mut self, key: &str) -> Result<Vec<u8>, ProfileError> {
        let text: String = self.take(key)?;
        let byte = |word: &str| (word.len() == 2).then(|| u8::from_str_radix(word, 16).ok())?;
        let bytes: Option<Vec<u8>> = text.split_whitespace().map(byte).collect();
        bytes.filter(|bytes| bytes.len() <= 32).ok_or_else(|| {
            invalid(key, "it is not a command of up to 32 bytes, such as \"1b 42 02 03\"")
        })
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
