//! The window that somebody wants, and the page on which it opens.

use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// That somebody wants the window.
#[derive(Default)]
pub(crate) struct Wanted {
    /// How often.
    shows: watch::Sender<u64>,
    /// The page, until the window has it.
    page: Mutex<Option<String>>,
}

impl Wanted {
    /// Asks for the window, on a page where one is named; otherwise on the one that was asked for before, where the window does
    /// not have that yet.
    pub(crate) fn show(&self, page: Option<String>) {
        if page.is_some() {
            *self.page.lock().unwrap_or_else(PoisonError::into_inner) = page;
        }
        self.shows.send_modify(|count| *count += 1);
    }

    /// Changes whenever the window is asked for.
    pub(crate) fn shows(&self) -> watch::Receiver<u64> {
        self.shows.subscribe()
    }

    /// The page that was asked for, once.
    pub(crate) fn take_page(&self) -> Option<String> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_wanted_until_the_window_has_it() {
        let wanted = Wanted::default();
        let mut shows = wanted.shows();
        wanted.show(Some("jobs/7".into()));
        // While the window is made: "Open Platen", or a second start.
        wanted.show(None);
        assert!(shows.has_changed().unwrap() && *shows.borrow_and_update() == 2);
        assert_eq!(wanted.take_page().as_deref(), Some("jobs/7"));
        assert_eq!(wanted.take_page(), None);
        wanted.show(Some("jobs/7".into()));
        wanted.show(Some("settings".into()));
        assert_eq!(wanted.take_page().as_deref(), Some("settings"), "the last one counts");
    }
}
