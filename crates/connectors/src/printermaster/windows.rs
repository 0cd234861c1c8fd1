//! Whether the caller of a request still waits for its answer.

use super::answers::Window;
use super::reply::PrintKind;
use super::settings::RequestWindows;
use platen_job::{JobId, Timestamp};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Most requests whose time is remembered; beyond that the time of acceptance counts.
const MOST: usize = 8192;

/// When each job was last asked for. Both clocks count: one stands still while the machine sleeps, the other may be
/// set.
pub(crate) struct Windows {
    spans: RequestWindows,
    asked: Mutex<Asked>,
}

#[derive(Default)]
struct Asked {
    at: HashMap<JobId, (Instant, Timestamp)>,
    order: VecDeque<JobId>,
}

impl Windows {
    pub(crate) fn new(spans: RequestWindows) -> Windows {
        Windows { spans, asked: Mutex::default() }
    }

    /// A job was asked for, for the first time or again.
    pub(crate) fn asked(&self, job: JobId, at: Instant) {
        let mut asked = self.lock();
        if asked.at.insert(job, (at, Timestamp::now())).is_none() {
            asked.order.push_back(job);
            if asked.order.len() > MOST {
                let oldest = asked.order.pop_front();
                oldest.map(|job| asked.at.remove(&job));
            }
        }
    }

    /// Whether the answer may still be given.
    pub(crate) fn of(&self, kind: PrintKind, job: JobId, accepted_at: Timestamp) -> Window {
        let span = match kind {
            PrintKind::Physical => self.spans.physical,
            PrintKind::Raw => self.spans.raw,
            PrintKind::Job => return Window::Open,
            PrintKind::Test => return Window::Closed,
        };
        match self.lock().at.get(&job) {
            Some((at, wall)) if at.elapsed() <= span => within(*wall, span),
            Some(_) => Window::Closed,
            None => within(accepted_at, span),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn within(since: Timestamp, span: Duration) -> Window {
    let now = Timestamp::now();
    let from_the_future = since.since(now) > Duration::from_secs(5);
    if from_the_future || now.since(since) > span { Window::Closed } else { Window::Open }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_window_closes_by_either_clock() {
        let windows = Windows::new(RequestWindows::default());
        let (now, job) = (Timestamp::now(), JobId(1));
        let ago = |seconds: i64| Timestamp(now.0 - seconds * 1000);
        let of = |accepted| windows.of(PrintKind::Physical, job, accepted);
        assert_eq!(of(ago(59)), Window::Open);
        assert_eq!(of(ago(61)), Window::Closed);
        assert_eq!(of(ago(-600)), Window::Closed, "a clock that was set back proves nothing");
        windows.asked(job, Instant::now());
        assert_eq!(of(ago(61)), Window::Open, "asked for again just now");
        tokio::time::advance(Duration::from_secs(61)).await;
        assert_eq!(of(now), Window::Closed);
    }
}
