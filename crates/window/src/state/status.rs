//! How Platen is, at a glance: one mood and one line, the same in tray and window. Pure.

use super::hurdle::{Hurdle, Told};
use super::{EngineState, Health, Line, Snapshot, Works};
use crate::words::{Counted, Key, Language};
use jiff::tz::TimeZone;
use serde::Serialize;
#[cfg(test)]
use ts_rs::TS;

/// How it is, at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
#[cfg_attr(test, derive(TS))]
pub struct Status {
    /// Which icon.
    pub mood: Mood,
    /// In words, one line.
    pub line: String,
    /// What is between the till and its server; none where nothing is.
    pub hurdle: Option<Told>,
}

/// Which icon is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case")]
pub enum Mood {
    /// All is well.
    Ready,
    /// Something is being printed.
    #[default]
    Working,
    /// A person is needed.
    Attention,
    /// The server cannot be reached, which mends itself.
    Offline,
}

impl Hurdle {
    fn mood(self) -> Mood {
        match self {
            Hurdle::Refused | Hurdle::Untrusted => Mood::Attention,
            Hurdle::Away => Mood::Offline,
        }
    }
}

/// The most urgent thing to say: what a person can mend before what mends itself.
pub fn of(snapshot: &Snapshot, zone: &TimeZone) -> Status {
    let language = snapshot.language;
    let hurdle = Told::of(snapshot, zone);
    let say = |mood, line| Status { mood, line, hurdle: hurdle.clone() };
    match &snapshot.engine {
        EngineState::Failed { why } => {
            return say(Mood::Attention, language.say(Key::StatusCannotStart, &[("why", why)]));
        }
        EngineState::Starting => {
            return say(Mood::Working, language.word(Key::StatusStarting).into());
        }
        EngineState::Running => {}
    }
    if let Some(line) = wants_a_hand(snapshot) {
        return say(Mood::Attention, line);
    }
    if let (Some(kind), Some(Told { line, .. })) = (Hurdle::of(snapshot), &hurdle) {
        return say(kind.mood(), line.clone());
    }
    if let Some(other) = snapshot.others.iter().find(|other| other.works == Works::No) {
        return say(Mood::Offline, format!("{}: {}", other.name, other.words));
    }
    if snapshot.printers.iter().all(|printer| printer.paused) {
        return say(Mood::Attention, language.word(Key::StatusPaused).into());
    }
    let printing = snapshot.printers.iter().find(|printer| printer.health == Health::Working);
    if let Some(printer) = printing {
        let line = language.say(Key::StatusWorking, &[("printer", &printer.name)]);
        return say(Mood::Working, line);
    }
    if snapshot.line == Line::Connecting {
        return say(Mood::Working, language.word(Key::StatusConnecting).into());
    }
    say(Mood::Ready, language.count(Counted::StatusReady, snapshot.printers.len(), &[]))
}

/// What only a person can mend, beside what is between the till and its server.
fn wants_a_hand(snapshot: &Snapshot) -> Option<String> {
    let language = snapshot.language;
    let word = |key| Some(language.word(key).to_owned());
    if snapshot.crashes > 0 {
        return word(Key::StatusCrashed);
    }
    if !snapshot.has_a_sender() {
        return word(Key::StatusNoServer);
    }
    if snapshot.printers.is_empty() {
        return word(Key::StatusNoPrinter);
    }
    if let Some(line) = trouble(snapshot, language) {
        return Some(line);
    }
    let unconfirmed = snapshot.unconfirmed_count;
    (unconfirmed > 0).then(|| language.count(Counted::StatusUnconfirmed, unconfirmed, &[]))
}

fn trouble(snapshot: &Snapshot, language: Language) -> Option<String> {
    let mut troubled =
        snapshot.printers.iter().filter_map(|printer| Some((printer, printer.trouble()?)));
    let (printer, reason) = troubled.next()?;
    let values = [("printer", printer.name.as_str()), ("what", language.reason(reason))];
    Some(match troubled.count() {
        0 => language.say(Key::StatusTrouble, &values),
        others => language.count(Counted::StatusTroubleMore, others, &values),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::testing::{printer, ready};
    use crate::state::{Gap, Licence, Other};
    use platen_job::StateReason;

    fn line(snapshot: &Snapshot) -> (Mood, String) {
        let status = of(snapshot, &TimeZone::UTC);
        (status.mood, status.line)
    }

    fn is(snapshot: &Snapshot, mood: Mood, words: &str) {
        assert_eq!(line(snapshot), (mood, words.to_owned()));
    }

    #[test]
    fn a_shop_where_all_is_well() {
        is(&ready(&["Bar", "Kitchen"]), Mood::Ready, "Ready · 2 printers");
        is(&ready(&["Bar"]), Mood::Ready, "Ready · 1 printer");
    }

    #[test]
    fn a_printer_in_trouble_is_named() {
        let mut shop = ready(&["Bar", "Kitchen"]);
        shop.printers[1] = printer("Kitchen", &[StateReason::MediaEmpty]);
        is(&shop, Mood::Attention, "Kitchen: paper is out");
        shop.printers[0] = printer("Bar", &[StateReason::CoverOpen]);
        is(&shop, Mood::Attention, "Bar: the cover is open, and 1 more printer needs a hand");
    }

    #[test]
    fn little_paper_is_no_trouble_yet() {
        let mut shop = ready(&["Bar"]);
        shop.printers[0] = printer("Bar", &[StateReason::MediaLow]);
        is(&shop, Mood::Ready, "Ready · 1 printer");
    }

    #[test]
    fn a_lost_line_says_since_when() {
        let mut shop = ready(&["Bar"]);
        shop.line = Line::Offline { since: (14 * 60 + 3) * 60_000, why: None, gap: Gap::Away };
        is(&shop, Mood::Offline, "Offline since 14:03, trying again");
        shop.printers[0] = printer("Bar", &[StateReason::MediaEmpty]);
        is(&shop, Mood::Attention, "Bar: paper is out");
    }

    #[test]
    fn a_server_that_is_not_trusted_wants_a_hand_and_is_not_said_to_mend_itself() {
        let mut shop = ready(&["Bar"]);
        shop.line = Line::Offline { since: 0, why: None, gap: Gap::Untrusted };
        is(&shop, Mood::Attention, "The server is not trusted – please look");
        shop.licence = Licence::Refused { words: "Call.".into() };
        is(&shop, Mood::Attention, "The server refuses this till");
    }

    #[test]
    fn what_may_be_on_paper_is_a_question() {
        let mut shop = ready(&["Bar"]);
        shop.unconfirmed_count = 2;
        is(&shop, Mood::Attention, "2 receipts may be on paper – please look");
    }

    #[test]
    fn a_pause_is_not_forgotten() {
        let mut shop = ready(&["Bar", "Kitchen"]);
        shop.printers[0].paused = true;
        is(&shop, Mood::Ready, "Ready · 2 printers");
        shop.printers[1].paused = true;
        is(&shop, Mood::Attention, "Printing is paused");
    }

    #[test]
    fn a_till_that_is_not_set_up_says_what_is_missing() {
        let mut shop = ready(&[]);
        is(&shop, Mood::Attention, "No printer is set up yet");
        shop.server = None;
        is(&shop, Mood::Attention, "Not set up yet");
        shop.engine = EngineState::Failed { why: "the disk is full".into() };
        is(&shop, Mood::Attention, "Cannot start: the disk is full");
    }

    #[test]
    fn another_system_is_a_sender_too() {
        let mut shop = ready(&["Bar"]);
        (shop.server, shop.line) = (None, Line::None);
        let other = |works, words: &str| Other {
            name: "Odoo".into(),
            works,
            words: words.into(),
            notes: Vec::new(),
        };
        shop.others = vec![other(Works::Yes, "asking")];
        is(&shop, Mood::Ready, "Ready · 1 printer");
        shop.others = vec![other(Works::No, "it does not answer")];
        is(&shop, Mood::Offline, "Odoo: it does not answer");
    }

    #[test]
    fn a_busy_printer_shows() {
        let mut shop = ready(&["Bar"]);
        shop.printers[0].health = Health::Working;
        is(&shop, Mood::Working, "Printing on Bar");
    }
}
