//! Builds the catalogue of messages in. A message that one language lacks, or whose places differ, ends the build.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a build script speaks to cargo, and ends the build by a panic"
)]

#[path = "build/catalogue.rs"]
mod catalogue;

use catalogue::{LANGUAGES, Messages, compare, read};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

fn main() {
    let folder = Path::new("../../ui/messages");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build/catalogue.rs");
    println!("cargo:rerun-if-changed={}", folder.display());
    let catalogues: Vec<Messages> =
        LANGUAGES.iter().map(|(language, forms)| of_file(folder, language, forms)).collect();
    for ((language, _), messages) in LANGUAGES.iter().zip(&catalogues).skip(1) {
        compare(language, messages, &catalogues[0]).unwrap_or_else(|why| panic!("{why}"));
    }
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("messages.rs"), written(&catalogues))
        .expect("the build folder can be written");
}

fn of_file(folder: &Path, language: &str, forms: &[&str]) -> Messages {
    let path = folder.join(format!("{language}.json"));
    println!("cargo:rerun-if-changed={}", path.display());
    let text = fs::read_to_string(&path).expect("every language has a catalogue");
    read(language, forms, &text).unwrap_or_else(|why| panic!("{why}"))
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
