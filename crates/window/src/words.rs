//! What is said to people, in their language. The catalogue is `ui/messages`; the pages have the same one.

#[cfg(test)]
mod complete;
mod connectors;
mod jobs;
mod line;
mod troubles;

use platen_job::StateReason;
use serde::{Deserialize, Serialize};

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

/// A language that Platen speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
    /// Arabic.
    Ar,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 3] = [Language::En, Language::Fr, Language::Ar];

    /// The language of a tag or locale such as `fr`, `fr-CA` or `fr_FR.UTF-8`.
    pub fn of_locale(locale: &str) -> Option<Language> {
        match locale.split(['_', '-', '.', '@']).next()?.to_lowercase().as_str() {
            "en" => Some(Language::En),
            "fr" => Some(Language::Fr),
            "ar" => Some(Language::Ar),
            _ => None,
        }
    }

    /// The language of this session, as its environment says.
    pub fn of_session() -> Language {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty())
            .and_then(|locale| Language::of_locale(&locale))
            .unwrap_or_default()
    }

    /// Its tag.
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Fr => "fr",
            Language::Ar => "ar",
        }
    }

    fn index(self) -> usize {
        match self {
            Language::En => 0,
            Language::Fr => 1,
            Language::Ar => 2,
        }
    }

    /// A message with its places filled in.
    pub fn say(self, key: Key, values: &[(&str, &str)]) -> String {
        self.fill(texts(key)[self.index()], values)
    }

    /// A message without places.
    pub fn word(self, key: Key) -> &'static str {
        texts(key)[self.index()]
    }

    /// A message that counts; `{count}` is the number.
    pub fn count(self, counted: Counted, count: usize, values: &[(&str, &str)]) -> String {
        let (all, form) = (forms(counted)[self.index()], self.form(count));
        let text = all.iter().find(|(name, _)| *name == form).or(all.last());
        let number = count.to_string();
        let values: Vec<_> = values.iter().copied().chain([("count", number.as_str())]).collect();
        self.fill(text.map_or("", |(_, text)| *text), &values)
    }

    /// The form that a number takes: Unicode's plural rules for whole numbers.
    fn form(self, count: usize) -> &'static str {
        match (self, count, count % 100) {
            (Language::En, 1, _) | (Language::Fr, 0 | 1, _) => "one",
            (Language::Ar, 0, _) => "zero",
            (Language::Ar, 1, _) => "one",
            (Language::Ar, 2, _) => "two",
            (Language::Ar, _, 3..=10) => "few",
            (Language::Ar, _, 11..=99) => "many",
            _ => "other",
        }
    }

    fn fill(self, text: &str, values: &[(&str, &str)]) -> String {
        let mut filled = String::with_capacity(text.len() + 32);
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let value =
                values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| *value);
            match self {
                // A Latin name inside Arabic keeps its own direction.
                Language::Ar => filled.extend(["\u{2068}", value, "\u{2069}"]),
                _ => filled.push_str(value),
            }
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    /// What is wrong with a printer, and what to do about it.
    pub fn what_to_do(self, reason: StateReason) -> &'static str {
        self.word(match reason {
            StateReason::Offline => Key::ReasonOffline,
            StateReason::CoverOpen => Key::ReasonCoverOpen,
            StateReason::MediaEmpty => Key::ReasonMediaEmpty,
            StateReason::MediaLow => Key::ReasonMediaLow,
            StateReason::MediaJam => Key::ReasonMediaJam,
            StateReason::DeviceError => Key::ReasonDeviceError,
            StateReason::AccessDenied => Key::ReasonAccessDenied,
            StateReason::Paused => Key::ReasonPaused,
            StateReason::SpoolerDown => Key::ReasonSpoolerDown,
            StateReason::QueueMissing => Key::ReasonQueueMissing,
            StateReason::QueueRejecting => Key::ReasonQueueRejecting,
            StateReason::QueuePaused => Key::ReasonQueuePaused,
            StateReason::HeldInQueue => Key::ReasonHeldInQueue,
        })
    }

    /// What is wrong with a printer, after its name and a colon.
    pub fn reason(self, reason: StateReason) -> &'static str {
        self.word(match reason {
            StateReason::Offline => Key::ReasonOfflineShort,
            StateReason::CoverOpen => Key::ReasonCoverOpenShort,
            StateReason::MediaEmpty => Key::ReasonMediaEmptyShort,
            StateReason::MediaLow => Key::ReasonMediaLowShort,
            StateReason::MediaJam => Key::ReasonMediaJamShort,
            StateReason::DeviceError => Key::ReasonDeviceErrorShort,
            StateReason::AccessDenied => Key::ReasonAccessDeniedShort,
            StateReason::Paused => Key::ReasonPausedShort,
            StateReason::SpoolerDown => Key::ReasonSpoolerDownShort,
            StateReason::QueueMissing => Key::ReasonQueueMissingShort,
            StateReason::QueueRejecting => Key::ReasonQueueRejectingShort,
            StateReason::QueuePaused => Key::ReasonQueuePausedShort,
            StateReason::HeldInQueue => Key::ReasonHeldInQueueShort,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_reasons_are_in_the_catalogue_word_for_word() {
        let english: std::collections::BTreeMap<String, serde_json::Value> =
            serde_json::from_str(include_str!("../../../ui/messages/en.json")).unwrap();
        for reason in StateReason::ALL {
            let key = format!("reason.{reason}");
            assert_eq!(english[&key], reason.message(), "{key}");
        }
    }

    #[test]
    fn numbers_take_their_form() {
        let printers = |language: Language, count| language.count(Counted::StatusReady, count, &[]);
        assert_eq!(printers(Language::En, 1), "Ready · 1 printer");
        assert_eq!(printers(Language::En, 2), "Ready · 2 printers");
        let forms: std::collections::BTreeSet<String> =
            [0, 1, 2, 3, 11, 100].map(|count| printers(Language::Ar, count)).into();
        assert_eq!(forms.len(), 6, "{forms:?}");
    }

    #[test]
    fn a_locale_names_its_language() {
        assert_eq!(Language::of_locale("fr_CA.UTF-8"), Some(Language::Fr));
        assert_eq!(Language::of_locale("ar"), Some(Language::Ar));
        assert_eq!(Language::of_locale("C.UTF-8"), None);
    }

    #[test]
    fn a_name_inside_arabic_is_kept_apart() {
        let said = Language::Ar.say(Key::StatusTrouble, &[("printer", "Bar 1"), ("what", "…")]);
        assert!(said.contains("\u{2068}Bar 1\u{2069}"), "{said:?}");
        for language in Language::ALL {
            assert!(!language.word(Key::MenuQuit).is_empty());
        }
    }
}
