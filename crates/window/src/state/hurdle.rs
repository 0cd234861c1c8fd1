//! What is between the till and its server. Pure.

use super::{Gap, Licence, Line, Snapshot};
use crate::words::Key;
use jiff::tz::TimeZone;
use serde::Serialize;
#[cfg(test)]
use ts_rs::TS;

/// What is between the till and its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hurdle {
    /// It refuses the till, or its licence: a person has to call somebody.
    Refused,
    /// Its certificate is not trusted: a person has to look.
    Untrusted,
    /// It cannot be reached, which mends itself.
    Away,
}

impl Hurdle {
    /// The one to tell of; none where there is none.
    pub fn of(snapshot: &Snapshot) -> Option<Hurdle> {
        match (&snapshot.licence, &snapshot.line) {
            (Licence::Refused { .. }, _) | (_, Line::Refused { .. }) => Some(Hurdle::Refused),
            (_, Line::Offline { gap: Gap::Untrusted, .. }) => Some(Hurdle::Untrusted),
            (_, Line::Offline { .. }) => Some(Hurdle::Away),
            _ => None,
        }
    }
}

/// A hurdle in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
#[cfg_attr(test, derive(TS))]
pub struct Told {
    /// One line.
    pub line: String,
    /// Why, and what to do about it or whom to call, a line each; empty where that is not known.
    pub more: String,
}

impl Told {
    /// What is told of the hurdle; none where there is none.
    pub fn of(snapshot: &Snapshot, zone: &TimeZone) -> Option<Told> {
        let line = line(snapshot, Hurdle::of(snapshot)?, zone);
        Some(Told { line, more: more(snapshot) })
    }
}

fn line(snapshot: &Snapshot, hurdle: Hurdle, zone: &TimeZone) -> String {
    let language = snapshot.language;
    match (hurdle, &snapshot.line) {
        (Hurdle::Away, Line::Offline { since, .. }) => {
            language.say(Key::StatusOffline, &[("time", &clock(*since, zone))])
        }
        (Hurdle::Untrusted, _) => language.word(Key::StatusUntrusted).into(),
        _ => language.word(Key::StatusRefused).into(),
    }
}

fn more(snapshot: &Snapshot) -> String {
    let hint = |why: &str, hint| format!("{why}\n{}", snapshot.language.word(hint));
    match (&snapshot.licence, &snapshot.line) {
        (Licence::Refused { words }, _) => words.clone(),
        (_, Line::Refused { why }) => hint(why, Key::LineRefusedHint),
        (_, Line::Offline { why: Some(why), gap: Gap::Untrusted, .. }) => {
            hint(why, Key::SetupUntrustedHint)
        }
        (_, Line::Offline { why, .. }) => why.clone().unwrap_or_default(),
        _ => String::new(),
    }
}

/// A moment as the clock on the wall.
fn clock(at: i64, zone: &TimeZone) -> String {
    jiff::Timestamp::from_millisecond(at)
        .map(|at| at.to_zoned(zone.clone()).strftime("%H:%M").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::testing::ready;

    fn told(snapshot: &Snapshot) -> (String, String) {
        let Told { line, more } = Told::of(snapshot, &TimeZone::UTC).unwrap();
        (line, more)
    }

    #[test]
    fn whatever_a_person_has_to_take_away_says_whom_to_call() {
        let mut shop = ready(&["Bar"]);
        assert_eq!(Told::of(&shop, &TimeZone::UTC), None);
        let why = Some("Its certificate ended yesterday.".into());
        shop.line = Line::Offline { since: 0, why, gap: Gap::Untrusted };
        let (line, more) = told(&shop);
        assert_eq!(line, "The server is not trusted – please look");
        assert!(more.starts_with("Its certificate ended yesterday.\n"), "{more}");
        assert!(more.contains("call whoever runs the server"), "{more}");
        let refused = "The server refuses this till".to_owned();
        shop.line = Line::Refused { why: "The server says no: closed".into() };
        let more = "The server says no: closed\nCall whoever runs the server.".to_owned();
        assert_eq!(told(&shop), (refused.clone(), more));
        shop.licence = Licence::Refused { words: "Call whoever sold it.".into() };
        assert_eq!(told(&shop), (refused, "Call whoever sold it.".to_owned()));
    }

    #[test]
    fn a_server_that_is_away_says_why_where_that_is_known() {
        let mut shop = ready(&["Bar"]);
        let mut away = |why: Option<&str>| {
            shop.line = Line::Offline { since: 0, why: why.map(Into::into), gap: Gap::Away };
            told(&shop)
        };
        let line = "Offline since 00:00, trying again".to_owned();
        let why = "Nothing answers at shop:443.";
        assert_eq!(away(Some(why)), (line.clone(), why.to_owned()));
        assert_eq!(away(None), (line, String::new()));
    }
}
