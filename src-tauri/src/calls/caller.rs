//! What to call for now, beside what was called for already.

use super::Call;
use platen_job::StateReason;
use platen_window::state::hurdle::Hurdle;
use platen_window::state::{EngineState, Line, Snapshot};
use platen_window::words::{Counted, Key};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// A pause is called to mind this often.
const REMIND: Duration = Duration::from_secs(15 * 60);

/// What was called for already. Knows no clock and no desktop.
#[derive(Debug, Default)]
pub struct Caller {
    troubles: BTreeMap<String, StateReason>,
    unconfirmed: usize,
    /// None until the engine has said it once: what was late before is no news.
    expired: Option<usize>,
    remind_at: Option<Instant>,
    hurdle: Option<Hurdle>,
    /// Why the engine could not start, while it does not.
    cannot_start: Option<String>,
}

impl Caller {
    /// What to call for, now that it is so.
    pub fn calls(&mut self, snapshot: &Snapshot, now: Instant) -> Vec<Call> {
        match &snapshot.engine {
            EngineState::Running => self.running(snapshot, now),
            // It says nothing of printers and jobs; what was called for is not called for again when it does.
            EngineState::Starting => {
                self.remind_at = None;
                Vec::new()
            }
            EngineState::Failed { why } => {
                self.remind_at = None;
                self.cannot_start(snapshot, why).into_iter().collect()
            }
        }
    }

    fn running(&mut self, snapshot: &Snapshot, now: Instant) -> Vec<Call> {
        self.cannot_start = None;
        let mut calls = self.troubles(snapshot);
        calls.extend(self.hurdle(snapshot));
        calls.extend(self.unconfirmed(snapshot));
        calls.extend(self.expired(snapshot));
        calls.extend(self.reminder(snapshot, now));
        calls
    }

    /// When to look again, whatever changes.
    pub fn next(&self) -> Option<Instant> {
        self.remind_at
    }

    fn cannot_start(&mut self, snapshot: &Snapshot, why: &str) -> Option<Call> {
        let before = self.cannot_start.replace(why.into());
        let language = snapshot.language;
        (before.as_deref() != Some(why)).then(|| Call {
            title: language.word(Key::NotifyCannotStartTitle).into(),
            body: language.say(Key::NotifyCannotStart, &[("why", why)]),
        })
    }

    /// A hurdle is one event until the server is reached without it, however often it is tried in between. One that mends itself
    /// is none.
    fn hurdle(&mut self, snapshot: &Snapshot) -> Option<Call> {
        let hurdle = Hurdle::of(snapshot);
        if hurdle.is_none() && snapshot.line == Line::Online {
            self.hurdle = None;
        }
        let hurdle = hurdle.filter(|hurdle| *hurdle != Hurdle::Away)?;
        if self.hurdle.replace(hurdle) == Some(hurdle) {
            return None;
        }
        let told = snapshot.status.hurdle.clone()?;
        Some(Call { title: told.line, body: told.more })
    }

    fn troubles(&mut self, snapshot: &Snapshot) -> Vec<Call> {
        let language = snapshot.language;
        let mut now = BTreeMap::new();
        let mut calls = Vec::new();
        for printer in &snapshot.printers {
            let Some(reason) = printer.trouble() else { continue };
            // A printer that is switched off for the night calls nobody before somebody wants it.
            if reason == StateReason::Offline && printer.waiting == 0 {
                continue;
            }
            now.insert(printer.id.clone(), reason);
            if self.troubles.get(&printer.id) != Some(&reason) {
                let body = language.what_to_do(reason).into();
                calls.push(Call { title: printer.name.clone(), body });
            }
        }
        self.troubles = now;
        calls
    }

    fn unconfirmed(&mut self, snapshot: &Snapshot) -> Option<Call> {
        let (language, count) = (snapshot.language, snapshot.unconfirmed_count);
        let before = std::mem::replace(&mut self.unconfirmed, count);
        (count > before).then(|| Call {
            title: language.word(Key::JobsQuestion).into(),
            body: language.count(Counted::StatusUnconfirmed, count, &[]),
        })
    }

    fn expired(&mut self, snapshot: &Snapshot) -> Option<Call> {
        let (language, count) = (snapshot.language, snapshot.expired_count);
        let before = self.expired.replace(count)?;
        (count > before).then(|| Call {
            title: language.word(Key::NotifyExpiredTitle).into(),
            body: language.count(Counted::NotifyExpired, count - before, &[]),
        })
    }

    fn reminder(&mut self, snapshot: &Snapshot, now: Instant) -> Option<Call> {
        let mut printers = snapshot.printers.iter();
        let paused = !snapshot.printers.is_empty() && printers.all(|printer| printer.paused);
        if !paused {
            self.remind_at = None;
            return None;
        }
        let due = *self.remind_at.get_or_insert(now + REMIND);
        if now < due {
            return None;
        }
        self.remind_at = Some(now + REMIND);
        let language = snapshot.language;
        Some(Call {
            title: language.word(Key::StatusPaused).into(),
            body: language.word(Key::NotifyPaused).into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;
    use platen_window::state::testing::{printer, ready};
    use platen_window::state::{Gap, Licence, status};

    fn titles(caller: &mut Caller, shop: &Snapshot, now: Instant) -> Vec<String> {
        caller.calls(shop, now).into_iter().map(|call| call.title).collect()
    }

    #[tokio::test]
    async fn a_trouble_calls_once_and_again_when_it_is_another_one() {
        let (mut caller, now) = (Caller::default(), Instant::now());
        let mut shop = ready(&["Bar", "Kitchen"]);
        assert_eq!(caller.calls(&shop, now), []);
        shop.printers[1] = printer("Kitchen", &[StateReason::MediaEmpty]);
        let calls = caller.calls(&shop, now);
        assert_eq!(calls[0].title, "Kitchen");
        assert!(calls[0].body.contains("Put in a new roll"), "{calls:?}");
        assert_eq!(caller.calls(&shop, now), []);
        shop.printers[1] = printer("Kitchen", &[StateReason::CoverOpen]);
        assert_eq!(titles(&mut caller, &shop, now), ["Kitchen"]);
        shop.printers[1] = printer("Kitchen", &[]);
        assert_eq!(caller.calls(&shop, now), []);
        shop.printers[1] = printer("Kitchen", &[StateReason::MediaEmpty]);
        assert_eq!(titles(&mut caller, &shop, now), ["Kitchen"], "the next roll");
    }

    #[tokio::test]
    async fn a_printer_that_is_off_calls_nobody_before_it_is_wanted() {
        let (mut caller, now) = (Caller::default(), Instant::now());
        let mut shop = ready(&["Bar"]);
        shop.printers[0] = printer("Bar", &[StateReason::Offline]);
        assert_eq!(caller.calls(&shop, now), []);
        shop.printers[0].waiting = 1;
        assert_eq!(titles(&mut caller, &shop, now), ["Bar"]);
    }

    #[tokio::test]
    async fn each_further_job_that_may_be_on_paper_is_a_question() {
        let (mut caller, now) = (Caller::default(), Instant::now());
        let mut shop = ready(&["Bar"]);
        for (count, calls) in [(1, 1), (1, 0), (2, 1), (1, 0), (2, 1)] {
            shop.unconfirmed_count = count;
            assert_eq!(caller.calls(&shop, now).len(), calls, "{count}");
        }
    }

    #[tokio::test]
    async fn what_came_too_late_is_told_with_how_many_and_what_was_late_before_is_not() {
        let (mut caller, now) = (Caller::default(), Instant::now());
        let mut shop = ready(&["Bar"]);
        shop.expired_count = 7;
        assert_eq!(caller.calls(&shop, now), []);
        shop.expired_count = 9;
        let calls = caller.calls(&shop, now);
        assert_eq!(calls.len(), 1);
        assert!(calls[0].body.starts_with("2 jobs waited too long"), "{calls:?}");
        // Old jobs are forgotten.
        for (count, calls) in [(9, 0), (3, 0), (4, 1)] {
            shop.expired_count = count;
            assert_eq!(caller.calls(&shop, now).len(), calls, "{count}");
        }
    }

    #[tokio::test]
    async fn an_engine_that_starts_anew_calls_for_nothing_a_second_time() {
        let (mut caller, now) = (Caller::default(), Instant::now());
        let mut shop = ready(&["Bar"]);
        shop.printers[0] = printer("Bar", &[StateReason::MediaEmpty]);
        (shop.unconfirmed_count, shop.expired_count) = (1, 2);
        assert_eq!(caller.calls(&shop, now).len(), 2);
        let starting = Snapshot { engine: EngineState::Starting, ..Snapshot::default() };
        assert_eq!(caller.calls(&starting, now), []);
        assert_eq!(caller.calls(&shop, now), []);
    }

    #[tokio::test]
    async fn a_pause_is_called_to_mind() {
        let (mut caller, start) = (Caller::default(), Instant::now());
        let mut shop = ready(&["Bar"]);
        shop.printers[0].paused = true;
        assert_eq!(caller.calls(&shop, start), []);
        assert_eq!(caller.next(), Some(start + REMIND));
        assert_eq!(titles(&mut caller, &shop, start + REMIND), ["Printing is paused"]);
        assert_eq!(caller.calls(&shop, start + REMIND), []);
        assert_eq!(titles(&mut caller, &shop, start + 2 * REMIND), ["Printing is paused"]);
        shop.printers[0].paused = false;
        assert_eq!(caller.calls(&shop, start + 3 * REMIND), []);
        assert_eq!(caller.next(), None);
    }

    #[tokio::test]
    async fn a_refusal_calls_once_with_whom_to_call_until_the_server_takes_the_till_again() {
        let (mut caller, now) = (Caller::default(), Instant::now());
        let well = ready(&["Bar"]);
        let mut shop = well.clone();
        shop.licence = Licence::Refused { words: "Call whoever sold you the licence.".into() };
        shop.status = status::of(&shop, &TimeZone::UTC);
        let calls = caller.calls(&shop, now);
        let [call] = calls.as_slice() else { panic!("{calls:?}") };
        assert_eq!(call.title, "The server refuses this till");
        assert_eq!(call.body, "Call whoever sold you the licence.");
        // It is asked again and again, and at times nothing answers.
        let mut away = well.clone();
        away.line = Line::Offline { since: 0, why: None, gap: Gap::Away };
        for next in [&shop, &away, &shop] {
            assert_eq!(caller.calls(next, now), []);
        }
        assert_eq!(caller.calls(&well, now), []);
        assert_eq!(caller.calls(&shop, now).len(), 1, "refused anew");
    }

    #[tokio::test]
    async fn a_server_that_is_not_trusted_calls_for_a_look() {
        let (mut caller, now) = (Caller::default(), Instant::now());
        let mut shop = ready(&["Bar"]);
        let why = Some("Its certificate ended yesterday.".into());
        shop.line = Line::Offline { since: 0, why, gap: Gap::Untrusted };
        shop.status = status::of(&shop, &TimeZone::UTC);
        let calls = caller.calls(&shop, now);
        assert_eq!(calls.len(), 1);
        let body = &calls[0].body;
        assert!(body.contains("ended yesterday") && body.contains("call whoever runs"), "{body}");
        assert_eq!(caller.calls(&shop, now), []);
    }

    #[tokio::test]
    async fn an_engine_that_cannot_start_calls_once_for_each_reason() {
        let (mut caller, now) = (Caller::default(), Instant::now());
        let failed = |why: &str| Snapshot {
            engine: EngineState::Failed { why: why.into() },
            ..Snapshot::default()
        };
        let calls = caller.calls(&failed("The disk is full"), now);
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0].title, "Platen cannot start");
        assert!(calls[0].body.starts_with("The disk is full\n"), "{calls:?}");
        assert_eq!(caller.calls(&failed("The disk is full"), now), [], "tried again");
        assert_eq!(caller.calls(&failed("The settings are wrong"), now).len(), 1);
        assert_eq!(caller.calls(&ready(&["Bar"]), now), []);
        assert_eq!(caller.calls(&failed("The settings are wrong"), now).len(), 1);
    }
}
