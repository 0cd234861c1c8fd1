//! Reads the messages of each language and compares them, for the build and for its test.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The languages, and which forms a counted message has in each (Unicode's plural rules).
pub const LANGUAGES: [(&str, &[&str]); 3] = [
    ("en", &["one", "other"]),
    ("fr", &["one", "other"]),
    ("ar", &["zero", "one", "two", "few", "many", "other"]),
];

/// The messages of a language, `key` or, where a message counts, `key#form`.
pub type Messages = BTreeMap<String, String>;

/// Reads a language's file, which must have those forms of each message that counts.
///
/// # Errors
/// What is wrong with it.
pub fn read(language: &str, forms: &[&str], text: &str) -> Result<Messages, String> {
    let json: BTreeMap<String, Value> =
        serde_json::from_str(text).map_err(|error| format!("{language}: {error}"))?;
    let mut messages = Messages::new();
    for (key, value) in json {
        match value {
            Value::String(text) => drop(messages.insert(key, text)),
            Value::Object(counted) => {
                let has: BTreeSet<&str> = counted.keys().map(String::as_str).collect();
                let wants: BTreeSet<&str> = forms.iter().copied().collect();
                if has != wants {
                    return Err(format!("{language}: {key} has the forms {has:?}, not {wants:?}"));
                }
                for (form, text) in counted {
                    let Value::String(text) = text else {
                        return Err(format!("{language}: {key} has a form that is no text"));
                    };
                    messages.insert(format!("{key}#{form}"), text);
                }
            }
            _ => return Err(format!("{language}: {key} is neither a text nor counted texts")),
        }
    }
    Ok(messages)
}

/// Whether a language has the messages that English has, with the same places in them.
///
/// # Errors
/// What it lacks, has too much, or has otherwise.
pub fn compare(language: &str, messages: &Messages, english: &Messages) -> Result<(), String> {
    let plain = |key: &String| key.split('#').next().unwrap_or_default().to_owned();
    let has: BTreeSet<String> = messages.keys().map(plain).collect();
    let wants: BTreeSet<String> = english.keys().map(plain).collect();
    let missing: Vec<_> = wants.difference(&has).collect();
    if !missing.is_empty() {
        return Err(format!("{language} lacks {missing:?}"));
    }
    let surplus: Vec<_> = has.difference(&wants).collect();
    if !surplus.is_empty() {
        return Err(format!("{language} has {surplus:?}, which English has not"));
    }
    for (key, text) in messages.iter().filter(|(key, _)| !key.contains('#')) {
        let (has, wants) = (places(text), english.get(key).map(|text| places(text)));
        if Some(&has) != wants.as_ref() {
            return Err(format!("{language}: {key} has the places {has:?}, not {wants:?}"));
        }
    }
    Ok(())
}

/// The names in braces.
fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
}
