//! Every language has every message: the build's own check is tried, and the words that are looked up by name are there.

#[path = "../../build/catalogue.rs"]
mod catalogue;

use catalogue::{LANGUAGES, Messages, compare, read};
use platen_job::{ConnectorId, DocumentType, Role, StateReason};

const FILES: [&str; 3] = [
    include_str!("../../../../ui/messages/en.json"),
    include_str!("../../../../ui/messages/fr.json"),
    include_str!("../../../../ui/messages/ar.json"),
];

/// The languages' names and messages, English first.
fn catalogues() -> Vec<(&'static str, Messages)> {
    let read = |(&(language, forms), text): (&(&'static str, &[&str]), &&str)| {
        (language, read(language, forms, text).unwrap())
    };
    LANGUAGES.iter().zip(&FILES).map(read).collect()
}

#[test]
fn a_message_that_any_language_lacks_ends_the_build() {
    let all = catalogues();
    let english = &all[0].1;
    for (language, messages) in &all[1..] {
        assert_eq!(compare(language, messages, english), Ok(()));
        for key in messages.keys().filter(|key| !key.contains('#')) {
            let mut lacking = messages.clone();
            lacking.remove(key);
            let why = compare(language, &lacking, english).unwrap_err();
            assert_eq!(why, format!("{language} lacks [{key:?}]"));
            let mut english = english.clone();
            english.remove(key);
            let why = compare(language, messages, &english).unwrap_err();
            assert_eq!(why, format!("{language} has [{key:?}], which English has not"));
        }
    }
}

#[test]
fn so_do_a_form_that_is_missing_and_another_place() {
    let why = read("ar", LANGUAGES[2].1, r#"{"jobs.count": {"one": "1", "other": "2"}}"#);
    assert!(why.unwrap_err().contains("jobs.count has the forms"));
    let of = |text: &str| Messages::from([("paper.of".to_owned(), text.to_owned())]);
    let why = compare("fr", &of("Le papier de {nom}"), &of("The paper of {number}"));
    assert!(why.unwrap_err().contains("paper.of has the places"));
}

/// The pages make these keys of a word that the engine says; the compilers do not see that one is missing.
#[test]
fn words_that_are_looked_up_by_name_are_there() {
    let mut keys: Vec<String> = Vec::new();
    keys.extend(StateReason::ALL.iter().map(|reason| format!("reason.{reason}")));
    keys.extend(StateReason::ALL.iter().map(|reason| format!("reason.{reason}.short")));
    keys.extend(Role::ALL.iter().map(|role| format!("role.{}", role.as_str())));
    keys.extend(DocumentType::ALL.iter().map(|kind| format!("document.{}", kind.as_str())));
    keys.extend(ConnectorId::ALL.iter().map(|one| format!("connector.{}", one.as_str())));
    let states = ["pending", "held", "processing", "completed", "aborted", "canceled", "expired"];
    let states = states.into_iter().chain(["unconfirmed", "reprinted"]);
    keys.extend(states.map(|state| format!("state.{state}")));
    keys.extend(["ready", "working", "trouble", "unknown"].map(|one| format!("health.{one}")));
    for (language, messages) in catalogues() {
        let missing: Vec<_> = keys.iter().filter(|key| !messages.contains_key(*key)).collect();
        assert!(missing.is_empty(), "{language} lacks {missing:?}");
    }
}
