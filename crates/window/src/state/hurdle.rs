//! What is between the till and its server. Pure.

use super::{Gap, Licence, Line, Snapshot};
use crate::words::Key;

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

/// What it is and what to do about it, a line each; none where there is nothing to say.
pub fn words(snapshot: &Snapshot) -> Option<String> {
    let hint = |why: &str, hint| match why {
        "" => snapshot.language.word(hint).to_owned(),
        why => format!("{why}\n{}", snapshot.language.word(hint)),
    };
    match (&snapshot.licence, &snapshot.line) {
        (Licence::Refused { words }, _) => Some(words.clone()),
        (_, Line::Refused { why }) => Some(hint(why, Key::LineRefusedHint)),
        (_, Line::Offline { why, gap: Gap::Untrusted, .. }) => {
            Some(hint(why.as_deref().unwrap_or_default(), Key::SetupUntrustedHint))
        }
        (_, Line::Offline { why, .. }) => why.clone(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::testing::ready;

    fn offline(gap: Gap) -> Line {
        Line::Offline { since: 0, why: Some("Nothing answers at shop:443.".into()), gap }
    }

    #[test]
    fn whatever_a_person_has_to_take_away_says_whom_to_call() {
        let mut shop = ready(&["Bar"]);
        assert_eq!((Hurdle::of(&shop), words(&shop)), (None, None));
        shop.line = offline(Gap::Untrusted);
        assert_eq!(Hurdle::of(&shop), Some(Hurdle::Untrusted));
        let said = words(&shop).unwrap();
        assert!(
            said.starts_with("Nothing answers at shop:443.\n")
                && said.contains("call whoever runs"),
            "{said}"
        );
        shop.line = Line::Refused { why: "The server says no: closed".into() };
        assert_eq!(Hurdle::of(&shop), Some(Hurdle::Refused));
        assert_eq!(
            words(&shop).unwrap(),
            "The server says no: closed\nCall whoever runs the server."
        );
        shop.licence = Licence::Refused { words: "Call whoever sold it.".into() };
        assert_eq!(words(&shop).unwrap(), "Call whoever sold it.");
    }

    #[test]
    fn a_server_that_is_away_says_why_where_that_is_known() {
        let mut shop = ready(&["Bar"]);
        shop.line = offline(Gap::Away);
        assert_eq!(Hurdle::of(&shop), Some(Hurdle::Away));
        assert_eq!(words(&shop).unwrap(), "Nothing answers at shop:443.");
        shop.line = Line::Offline { since: 0, why: None, gap: Gap::Away };
        assert_eq!(words(&shop), None);
    }
}
