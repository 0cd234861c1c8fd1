//! What has to be kept with a job to answer it later, also after a restart.

use platen_job::ReplyContext;
use serde::{Deserialize, Serialize};

/// Longest name of a printer that an answer gives back, in bytes; a longer one is cut.
const LONGEST_NAME: usize = 1024;

/// The note that is stored with a job and comes back with its outcome. Holds no receipt text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub(crate) enum ReplyNote {
    /// A `print_request`: it gets one `print_response`.
    Request(Wanted),
    /// A `pos` or `reservation` update: nobody waits.
    Update,
}

/// The printer that a request wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wanted {
    /// As the request names it, or the default printer's name where it names none.
    pub(crate) printer: String,
    /// The default printer's name, where the one that was named is not here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) instead: Option<String>,
}

impl Wanted {
    /// That printer.
    pub(crate) fn named(name: &str) -> Wanted {
        Wanted { printer: shortened(name), instead: None }
    }

    /// That printer, in whose place another one prints.
    pub(crate) fn missing(name: &str, instead: &str) -> Wanted {
        Wanted { printer: shortened(name), instead: Some(instead.to_owned()) }
    }
}

impl ReplyNote {
    /// As it is stored.
    pub(crate) fn to_context(&self) -> ReplyContext {
        ReplyContext(serde_json::to_string(self).unwrap_or_default())
    }

    /// As it was stored; `None` for a note of another make.
    pub(crate) fn from_context(context: &ReplyContext) -> Option<ReplyNote> {
        serde_json::from_str(&context.0).ok()
    }
}

/// A note takes at most 4 KiB of JSON, in which one byte may become six.
fn shortened(name: &str) -> String {
    let mut end = name.floor_char_boundary(LONGEST_NAME);
    while serde_json::to_string(&name[..end]).map_or(0, |json| json.len()) > 3 * LONGEST_NAME {
        end = name.floor_char_boundary(end / 2);
    }
    name[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_comes_back_and_stays_below_its_bound() {
        for name in ["Bar", "", "A \"b\"\n\0", &"ë".repeat(100_000), &"\0".repeat(100_000)] {
            let note = ReplyNote::Request(Wanted::missing(name, "Kitchen"));
            let stored = note.to_context();
            assert!(stored.0.len() <= 4096, "{}", stored.0.len());
            assert_eq!(ReplyNote::from_context(&stored), Some(note));
        }
        let update = ReplyNote::Update.to_context();
        assert_eq!(ReplyNote::from_context(&update), Some(ReplyNote::Update));
    }
}
