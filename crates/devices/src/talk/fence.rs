//! What became of the job after its last byte: the fence behind it, and what the printer says meanwhile.

use super::FenceHistory;
use super::connection::{Connection, Woken};
use super::link::{Interest, Unsent};
use crate::status::{AUTO_STATUS_ON, FENCE, confirmation, own_questions};
use crate::{DeviceOptions, PrintRequest, StatusSupport};
use platen_job::{Evidence, StopCause};
use std::time::Duration;
use tokio::time::Instant;

/// How often a printer that still owes an answer is asked how it is, at most: it is also asked several times within the
/// fence's time-out. Safe here, as the job's data are complete.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// A printer that answers questions without trouble is printing: it gets this many times the fence's time-out.
const BUSY_FACTOR: u32 = 4;
/// More fences than this are not sent, however many the job itself seems to contain.
const MOST_FENCES: usize = 32;
/// Where the system does not tell what was taken, this pace is assumed, in bytes per second.
const GUESSED_PACE: u32 = 40_000;

/// What is sent behind the job.
#[derive(Debug, Clone)]
pub(super) enum FencePlan {
    /// Nothing: only what the link still holds can be watched.
    WatchOnly,
    /// A fence, perhaps with a question for the confirmation before it.
    Ask {
        bytes: Vec<u8>,
        /// Answers that must come before the fence counts. A job that seems to contain n fences of its own gets
        /// n + 1 of ours: when that many answers are in, the first of ours is among them, whether or not the job's
        /// were real.
        replies: u64,
        confirm: Option<([u8; 4], Asked)>,
        /// The job may ask questions of its own, whose answers come when nobody waits for them.
        stray_replies: bool,
    },
}

/// Why a confirmation was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    ToFindOut,
    Expected,
}

impl FencePlan {
    pub(super) fn new(
        connection: &Connection,
        options: &DeviceOptions,
        job: &[u8],
        confirm: Option<([u8; 4], Asked)>,
    ) -> FencePlan {
        let own = own_questions(job);
        if options.status == StatusSupport::Unsupported
            || connection.fence_is_useless()
            || own.fences >= MOST_FENCES
        {
            return FencePlan::WatchOnly;
        }
        let mut bytes = Vec::with_capacity(32);
        if let Some((token, _)) = confirm {
            bytes.extend(confirmation(token));
        }
        if connection.has_spoken() {
            bytes.extend(AUTO_STATUS_ON);
        }
        let fences = own.fences + 1;
        for _ in 0..fences {
            bytes.extend(FENCE);
        }
        let stray_replies = own.real_time || own.fences > 0;
        FencePlan::Ask { bytes, replies: fences as u64, confirm, stray_replies }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            FencePlan::WatchOnly => Vec::new(),
            FencePlan::Ask { bytes, .. } => bytes.clone(),
        }
    }

    /// Answers may come later that would be taken for those to the next job's questions.
    pub(super) fn leaves_stray_replies(&self) -> bool {
        matches!(self, FencePlan::Ask { stray_replies: true, .. })
    }
}

/// Watches until the job's fate is as clear as it will get. Every byte is with the link already.
pub(super) async fn observe(
    connection: &mut Connection,
    plan: &FencePlan,
    history: FenceHistory,
    options: &DeviceOptions,
    request: &PrintRequest<'_>,
) -> Result<Evidence, StopCause> {
    let mut vigil = Vigil::new(plan, history, options, request.bytes.len());
    let mut told = false;
    loop {
        connection.listen();
        connection.show_reasons(request.reasons);
        let now = Instant::now();
        vigil.look(connection, now);
        if vigil.unsent == Unsent::Bytes(0) && !std::mem::replace(&mut told, true) {
            request.start.handed_over();
        }
        let until = match vigil.judge(connection, now) {
            Judgement::Over(end) => return end,
            Judgement::WaitUntil(until) => until,
        };
        let until = until.min(vigil.ask_if_due(connection, now)).min(vigil.next_look());
        let woken = connection.wait(Interest::Read, until, &request.cancel).await;
        if woken == Woken::Canceled {
            connection.note_interruption();
            return vigil.cut_short(StopCause::Canceled);
        }
    }
}

enum Judgement {
    Over(Result<Evidence, StopCause>),
    WaitUntil(Instant),
}

struct Vigil<'a> {
    options: &'a DeviceOptions,
    history: FenceHistory,
    fenced: bool,
    confirm: Option<([u8; 4], Asked)>,
    began: Instant,
    job_length: usize,
    /// What the link held at the last look.
    unsent: Unsent,
    /// What of that was the job's and its fence's, and when that last became less.
    unsent_of_job: Unsent,
    progress_at: Instant,
    look_pause: Duration,
    looked_at: Instant,
    asked_at: Instant,
    drained_at: Option<Instant>,
    trouble_since: Option<Instant>,
    calm_since: Instant,
}

impl<'a> Vigil<'a> {
    fn new(
        plan: &FencePlan,
        history: FenceHistory,
        options: &'a DeviceOptions,
        job_length: usize,
    ) -> Vigil<'a> {
        let now = Instant::now();
        let (fenced, confirm) = match plan {
            FencePlan::WatchOnly => (false, None),
            FencePlan::Ask { confirm, .. } => (true, *confirm),
        };
        Vigil {
            options,
            history,
            fenced,
            confirm,
            began: now,
            job_length,
            unsent: Unsent::Unknown,
            unsent_of_job: Unsent::Unknown,
            progress_at: now,
            look_pause: Duration::from_millis(1),
            looked_at: now,
            asked_at: now,
            drained_at: None,
            trouble_since: None,
            calm_since: now,
        }
    }

    /// Takes note of everything that changes by itself.
    fn look(&mut self, connection: &Connection, now: Instant) {
        if self.drained_at.is_none() {
            self.unsent = connection.unsent();
            let of_job = match self.fenced {
                true => connection.unsent_up_to_fence(),
                false => self.unsent,
            };
            if of_job != self.unsent_of_job {
                self.progress_at = now;
            }
            self.unsent_of_job = of_job;
            if self.fenced && connection.all_fences_answered() {
                self.drained_at = Some(now);
                self.unsent = Unsent::Bytes(0);
            }
        }
        self.looked_at = now;
        match (connection.stops_printing(), self.trouble_since) {
            (true, None) => self.trouble_since = Some(now),
            (false, Some(_)) => {
                self.trouble_since = None;
                self.calm_since = now;
            }
            _ => {}
        }
    }

    fn judge(&self, connection: &mut Connection, now: Instant) -> Judgement {
        if let Some((token, _)) = self.confirm
            && connection.was_confirmed(token)
        {
            return Judgement::Over(Ok(Evidence::Confirmed));
        }
        if self.drained_at.is_some() && self.confirm.is_none() {
            return Judgement::Over(Ok(Evidence::Drained));
        }
        if connection.is_closed() {
            return Judgement::Over(self.cut_short(StopCause::ConnectionLost));
        }
        if !self.fenced {
            return self.judge_link_only(now);
        }
        if self.drained_at.is_none() && !connection.has_spoken() {
            return self.judge_mute(connection, now);
        }
        if let Some(since) = self.trouble_since {
            return self.judge_troubled(connection, since, now);
        }
        match self.drained_at {
            Some(drained_at) => self.judge_unconfirmed(drained_at, connection, now),
            None => self.judge_owing(connection, now),
        }
    }

    /// No fence: the job is submitted when the printer's side has taken all of it.
    fn judge_link_only(&self, now: Instant) -> Judgement {
        match self.unsent {
            Unsent::Bytes(0) => Judgement::Over(Ok(Evidence::Submitted)),
            Unsent::Bytes(_) => self.until(
                self.progress_at + self.options.write_stall,
                now,
                Err(StopCause::TimedOut),
            ),
            Unsent::Unknown => {
                let pace = self.options.pace.bound().unwrap_or(GUESSED_PACE).max(1);
                let wait = Duration::from_secs_f64(self.job_length as f64 / f64::from(pace));
                self.until(self.began + wait, now, Ok(Evidence::Submitted))
            }
        }
    }

    /// It has never said a word: listened to once, and from then on taken for one that cannot speak.
    fn judge_mute(&self, connection: &mut Connection, now: Instant) -> Judgement {
        let patience = self.progress_at + self.options.mute_patience;
        if now >= patience && !matches!(self.unsent, Unsent::Bytes(1..)) {
            connection.note_useless_fence();
        }
        match self.unsent {
            Unsent::Bytes(0) => self.until(patience, now, Ok(Evidence::Submitted)),
            _ if now < patience => Judgement::WaitUntil(patience),
            _ => self.judge_link_only(now),
        }
    }

    /// It says what is wrong. Bytes that it does not take explain why it does not answer.
    fn judge_troubled(&self, connection: &Connection, since: Instant, now: Instant) -> Judgement {
        let patience = since + self.options.trouble_patience;
        if now >= patience {
            return Judgement::Over(self.cut_short(StopCause::NotReady));
        }
        if matches!(self.unsent, Unsent::Bytes(1..)) || !connection.may_be_asked() {
            return Judgement::WaitUntil(patience);
        }
        let silence = self.alive_at(connection) + self.options.fence_timeout;
        self.until(silence.min(patience), now, self.cut_short(StopCause::TimedOut))
    }

    /// Everything is processed; only the confirmation is missing.
    fn judge_unconfirmed(
        &self,
        drained_at: Instant,
        connection: &Connection,
        now: Instant,
    ) -> Judgement {
        let from = drained_at.max(self.calm_since);
        let until = match self.confirm {
            Some((_, Asked::Expected)) => {
                let silence = self.alive_at(connection).max(from) + self.options.fence_timeout;
                silence.min(from + self.options.fence_timeout * BUSY_FACTOR)
            }
            _ => from + self.options.probe_patience,
        };
        self.until(until, now, Ok(Evidence::Drained))
    }

    /// It has spoken before and owes the fence's answer.
    fn judge_owing(&self, connection: &mut Connection, now: Instant) -> Judgement {
        let options = self.options;
        let patience = match self.unsent {
            Unsent::Bytes(1..) => options.write_stall,
            _ => options.fence_timeout,
        };
        let silence = self.alive_at(connection).max(self.calm_since) + patience;
        if now >= silence {
            return Judgement::Over(Err(StopCause::TimedOut));
        }
        let from = self.progress_at.max(self.calm_since);
        let busy = from + options.fence_timeout * BUSY_FACTOR;
        let (busy, end) = match self.history {
            FenceHistory::Answered => (busy, Err(StopCause::TimedOut)),
            // It answers questions, has taken everything and has never answered a fence: it knows none.
            FenceHistory::Unknown => (busy, Ok(Evidence::Submitted)),
            FenceHistory::Ignored => (from + options.probe_patience, Ok(Evidence::Submitted)),
        };
        if now >= busy && end.is_ok() {
            connection.note_useless_fence();
        }
        if now < busy { Judgement::WaitUntil(busy.min(silence)) } else { Judgement::Over(end) }
    }

    fn alive_at(&self, connection: &Connection) -> Instant {
        connection.last_sign_of_life().max(self.progress_at)
    }

    /// The best that can be said when watching ends early.
    fn cut_short(&self, cause: StopCause) -> Result<Evidence, StopCause> {
        if self.drained_at.is_some() { Ok(Evidence::Drained) } else { Err(cause) }
    }

    fn until(&self, until: Instant, now: Instant, end: Result<Evidence, StopCause>) -> Judgement {
        if now < until { Judgement::WaitUntil(until) } else { Judgement::Over(end) }
    }

    fn ask_if_due(&mut self, connection: &mut Connection, now: Instant) -> Instant {
        let every = ASK_EVERY.min(self.options.fence_timeout / 4);
        if self.fenced && connection.may_be_asked() && now >= self.asked_at + every {
            self.asked_at = now;
            connection.ask();
        }
        self.asked_at + every
    }

    /// The link does not tell when its queue is empty; it must be looked at, less and less often.
    fn next_look(&mut self) -> Instant {
        let pause = self.look_pause;
        if matches!(self.unsent, Unsent::Bytes(1..)) {
            self.look_pause = (pause * 2).min(Duration::from_millis(50));
            self.looked_at + pause
        } else {
            self.looked_at + ASK_EVERY
        }
    }
}
