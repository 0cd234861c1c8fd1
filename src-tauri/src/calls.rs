//! What a person is called for: something needs a hand, and says what to do. Each event calls once.

use notify_rust::{Notification, Timeout};
use platen_job::StateReason;
use platen_window::Room;
use platen_window::state::{EngineState, Snapshot};
use platen_window::words::{Counted, Key};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// A pause is called to mind this often.
const REMIND: Duration = Duration::from_secs(15 * 60);

/// What is said to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What it is about.
    pub title: String,
    /// What to do.
    pub body: String,
}

/// What was called for already. Knows no clock and no desktop.
#[derive(Debug, Default)]
pub struct Caller {
    troubles: BTreeMap<String, StateReason>,
    unconfirmed: usize,
    /// None until the engine has said it once: what was late before is no news.
    expired: Option<usize>,
    remind_at: Option<Instant>,
}

impl Caller {
    /// What to call for, now that it is so.
    pub fn calls(&mut self, snapshot: &Snapshot, now: Instant) -> Vec<Call> {
        if snapshot.engine != EngineState::Running {
            // It says nothing of printers and jobs; what was called for is not called for again when it does.
            self.remind_at = None;
            return Vec::new();
        }
        let mut calls = self.troubles(snapshot);
        calls.extend(self.unconfirmed(snapshot));
        calls.extend(self.expired(snapshot));
        calls.extend(self.reminder(snapshot, now));
        calls
    }

    /// When to look again, whatever changes.
    pub fn next(&self) -> Option<Instant> {
        self.remind_at
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

/// Calls people, as long as the program runs.
pub async fn follow(room: Arc<Room>) {
    let (mut snapshots, mut caller) = (room.snapshots(), Caller::default());
    loop {
        let calls = {
            let snapshot = snapshots.borrow_and_update();
            caller.calls(&snapshot, Instant::now())
        };
        for call in calls {
            show(call).await;
        }
        let next = caller.next();
        tokio::select! {
            changed = snapshots.changed() => if changed.is_err() { return },
            () = tokio::time::sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {}
        }
    }
}

/// A desktop that shows nothing is no trouble: tray and window say the same.
async fn show(call: Call) {
    let shown = tokio::task::spawn_blocking(move || {
        Notification::new()
            .appname("Platen")
            .icon("printer")
            .summary(&call.title)
            .body(&call.body)
            .timeout(Timeout::Default)
            .show()
            .map(drop)
    });
    if let Ok(Err(error)) = shown.await {
        tracing::debug!(%error, "a notification was not shown");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use platen_window::state::testing::{printer, ready};

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
}
