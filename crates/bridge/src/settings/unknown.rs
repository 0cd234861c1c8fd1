//! Finds the line of a key in a TOML text.

use std::fmt;
use toml::de::{DeTable, DeValue};

/// A key that no setting has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKey {
    /// Its path, such as `gateway.retries`.
    pub path: String,
    /// Its line, counted from 1, where it could be found.
    pub line: Option<usize>,
}

impl fmt::Display for UnknownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.path),
            None => f.write_str(&self.path),
        }
    }
}

/// Adds their lines to paths such as `printers.0.paper`.
pub fn locate(text: &str, paths: Vec<String>) -> Vec<UnknownKey> {
    let table = DeTable::parse(text).ok();
    paths
        .into_iter()
        .map(|path| {
            // serde_ignored writes `?` for an Option it passed through.
            let path = path.replace(".?", "");
            let offset = table.as_ref().and_then(|table| offset_of(table.get_ref(), &path));
            let line = offset.map(|offset| text[..offset].matches('\n').count() + 1);
            UnknownKey { path, line }
        })
        .collect()
}

fn offset_of(table: &DeTable<'_>, path: &str) -> Option<usize> {
    let (head, rest) = path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)));
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == head)?;
    match (rest, value.get_ref()) {
        (None, _) => Some(key.span().start),
        (Some(rest), DeValue::Table(inner)) => offset_of(inner, rest),
        (Some(rest), DeValue::Array(items)) => {
            let (index, rest) = rest.split_once('.')?;
            match items.get(index.parse::<usize>().ok()?)?.get_ref() {
                DeValue::Table(inner) => offset_of(inner, rest),
                _ => None,
            }
        }
        _ => None,
    }
}
