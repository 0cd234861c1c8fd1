//! Builds the catalogue of messages in. A message that one language lacks, or whose places differ, ends the build.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a build script speaks to cargo, and ends the build by a panic"
)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

/// The languages, and which forms a counted message has in each (Unicode's plural rules).
const LANGUAGES: [(&str, &[&str]); 3] = [
    ("en", &["one", "other"]),
    ("fr", &["one", "other"]),
    ("ar", &["zero", "one", "two", "few", "many", "other"]),
];

type Messages = BTreeMap<String, String>;

fn main() {
    let folder = Path::new("../../ui/messages");
    println!("cargo:rerun-if-changed={}", folder.display());
    let catalogues: Vec<Messages> =
        LANGUAGES.iter().map(|(language, forms)| read(folder, language, forms)).collect();
    for ((language, _), messages) in LANGUAGES.iter().zip(&catalogues).skip(1) {
        compare(language, messages, &catalogues[0]);
    }
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("messages.rs"), written(&catalogues))
        .expect("the build folder can be written");
}

/// The messages of a language, `key` or, where a message counts, `key#form`.
fn read(folder: &Path, language: &str, forms: &[&str]) -> Messages {
    let path = folder.join(format!("{language}.json"));
    println!("cargo:rerun-if-changed={}", path.display());
    let text = fs::read_to_string(&path).expect("every language has a catalogue");
    let json: BTreeMap<String, Value> = serde_json::from_str(&text).expect("a catalogue is JSON");
    let mut messages = Messages::new();
    for (key, value) in json {
        match value {
            Value::String(text) => drop(messages.insert(key, text)),
            Value::Object(counted) => {
                let has: BTreeSet<&str> = counted.keys().map(String::as_str).collect();
                let wants: BTreeSet<&str> = forms.iter().copied().collect();
                assert!(has == wants, "{language}: {key} has the forms {has:?}, not {wants:?}");
                for (form, text) in counted {
                    let text = text.as_str().expect("a form is a text").to_owned();
                    messages.insert(format!("{key}#{form}"), text);
                }
            }
            _ => panic!("{language}: {key} is neither a text nor counted texts"),
        }
    }
    messages
}

fn compare(language: &str, messages: &Messages, english: &Messages) {
    let plain = |key: &String| key.split('#').next().unwrap_or_default().to_owned();
    let has: BTreeSet<String> = messages.keys().map(plain).collect();
    let wants: BTreeSet<String> = english.keys().map(plain).collect();
    let missing: Vec<_> = wants.difference(&has).collect();
    let surplus: Vec<_> = has.difference(&wants).collect();
    assert!(missing.is_empty(), "{language} lacks {missing:?}");
    assert!(surplus.is_empty(), "{language} has {surplus:?}, which English has not");
    for (key, text) in messages.iter().filter(|(key, _)| !key.contains('#')) {
        let (has, wants) = (places(text), places(&english[key]));
        assert!(has == wants, "{language}: {key} has the places {has:?}, not {wants:?}");
    }
}

/// The names in braces.
fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
}

/// The catalogue as Rust: a name for each key, and what it is in each language.
fn written(catalogues: &[Messages]) -> String {
    let (mut names, mut texts, mut counts, mut forms) =
        (String::new(), String::new(), String::new(), String::new());
    let keys: BTreeSet<&str> =
        catalogues[0].keys().map(|key| key.split('#').next().unwrap_or_default()).collect();
    for key in keys {
        let name = name_of(key);
        if let Some(all) =
            catalogues.iter().map(|messages| messages.get(key)).collect::<Option<Vec<_>>>()
        {
            let _ = write!(names, "{name}, ");
            let _ = writeln!(texts, "Key::{name} => {all:?},");
            continue;
        }
        let _ = write!(counts, "{name}, ");
        let all: Vec<Vec<(&str, &str)>> =
            catalogues.iter().map(|messages| forms_of(messages, key)).collect();
        let _ = writeln!(
            forms,
            "Counted::{name} => [{}],",
            all.iter().map(|one| format!("&{one:?}")).collect::<Vec<_>>().join(", ")
        );
    }
    format!(
        "/// A message.\n#[derive(Debug, Clone, Copy, PartialEq, Eq)]\n#[allow(clippy::enum_variant_names, dead_code, missing_docs)]\npub enum Key {{ {names} }}\n\
         /// A message that counts.\n#[derive(Debug, Clone, Copy, PartialEq, Eq)]\n#[allow(clippy::enum_variant_names, dead_code, missing_docs)]\npub enum Counted {{ {counts} }}\n\
         type Forms = &'static [(&'static str, &'static str)];\n\
         fn texts(key: Key) -> [&'static str; 3] {{ match key {{ {texts} }} }}\n\
         fn forms(counted: Counted) -> [Forms; 3] {{ match counted {{ {forms} }} }}\n"
    )
}

fn forms_of<'m>(messages: &'m Messages, key: &str) -> Vec<(&'m str, &'m str)> {
    let of_key = |(name, text): (&'m String, &'m String)| {
        let (base, form) = name.split_once('#')?;
        (base == key).then_some((form, text.as_str()))
    };
    messages.iter().filter_map(of_key).collect()
}

/// `reason.cover-open` becomes `ReasonCoverOpen`.
fn name_of(key: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    key.split(['.', '-']).map(word).collect()
}
