//! One link to a printer, and everything that was said on it.

mod ending;

use super::link::{Arrived, Closed, Direction, Interest, Link, Port, Unsent};
use super::pace::Bucket;
use crate::Pace;
use crate::status::{Condition, Question, Replies, Reply};
use platen_job::{Evidence, StateReasons};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::IoSlice;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// The printer's state, once heard, is good for this long.
const RECENT: Duration = Duration::from_secs(1);
/// The bytes of one answer come together; after this the rest will not come.
const TORN_ANSWER: Duration = Duration::from_millis(100);
/// At most this many reads in a row, so that a printer that never stops talking cannot hold us up.
const READS: usize = 16;
/// A printer that has said something this often since its last job was settled chatters, and is listened to less often: every
/// [`CHATTER_PAUSE`].
const CHATTER: u32 = 2_000;
const CHATTER_PAUSE: Duration = Duration::from_millis(20);
/// Confirmations kept in mind, heard and owed.
const CONFIRMATIONS: usize = 64;

/// Why waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Woken {
    Ready,
    Deadline,
    Canceled,
}

/// What is known of the printer's willingness to talk on this connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speech {
    NotAsked,
    Spoken,
    Mute,
}

/// How the printer was when the connection came up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Began {
    Clean,
    InsideCommand,
}

pub(super) struct Connection {
    link: Box<dyn Link>,
    closed: bool,
    speech: Speech,
    replies: Replies,
    arrivals: u32,
    read_at: Instant,
    condition: Condition,
    condition_heard_at: Option<Instant>,
    port_heard: bool,
    /// What the port said last.
    port_word: Option<u8>,
    last_sign_of_life: Instant,
    /// What the printer answers, as far as is known.
    askable: Vec<Question>,
    question_answered: bool,
    asked: Vec<Question>,
    answers: Vec<u8>,
    /// Own commands that the link did not take whole.
    leftover: Vec<u8>,
    began: Began,
    sent: u64,
    fence_end: u64,
    fences_asked: u64,
    fences_answered: u64,
    fence_useless: bool,
    confirmations: VecDeque<[u8; 4]>,
    confirmations_owed: VecDeque<[u8; 4]>,
    automatic_status: bool,
    stray_replies: bool,
    interrupted: bool,
    used: bool,
    unproven: u64,
    written_at: Instant,
    /// What may go out at once: shared by jobs that follow each other, as the printer's buffer is.
    bucket: Option<Bucket>,
}

impl Connection {
    pub(super) fn new(link: Box<dyn Link>) -> Connection {
        let now = Instant::now();
        let (speech, fence_useless) = match link.direction() {
            Direction::BothWays => (Speech::NotAsked, false),
            Direction::ToThePrinterOnly => (Speech::Mute, true),
        };
        Connection {
            link,
            closed: false,
            speech,
            replies: Replies::default(),
            arrivals: 0,
            read_at: now,
            condition: Condition::default(),
            condition_heard_at: None,
            port_heard: false,
            port_word: None,
            last_sign_of_life: now,
            askable: Question::ALL.to_vec(),
            question_answered: false,
            asked: Vec::new(),
            answers: Vec::new(),
            leftover: Vec::new(),
            began: Began::Clean,
            sent: 0,
            fence_end: 0,
            fences_asked: 0,
            fences_answered: 0,
            fence_useless,
            confirmations: VecDeque::new(),
            confirmations_owed: VecDeque::new(),
            automatic_status: false,
            stray_replies: false,
            interrupted: false,
            used: false,
            unproven: 0,
            written_at: now,
            bucket: None,
        }
    }

    // What the printer says.

    /// Takes in what has arrived. Costs no system call where nothing did.
    pub(super) fn listen(&mut self) {
        self.hear_port();
        let mut buffer = [0; 1024];
        for _ in 0..READS {
            match self.link.read(&mut buffer) {
                Ok(Arrived::Bytes(length)) => {
                    self.take_in(&buffer[..length]);
                    if length == buffer.len() {
                        continue;
                    }
                }
                Ok(Arrived::Nothing) => self.mend_torn_answer(),
                Err(Closed) => self.closed = true,
            }
            return;
        }
    }

    /// Like [`Connection::listen`], but asks the source and not the runtime, which may not have been told yet that the
    /// printer hung up.
    pub(super) fn listen_now(&mut self) -> Result<(), Closed> {
        self.hear_port();
        let mut buffer = [0; 1024];
        for _ in 0..READS {
            match self.link.read_now(&mut buffer) {
                Ok(Arrived::Bytes(length)) => self.take_in(&buffer[..length]),
                Ok(Arrived::Nothing) => break,
                Err(Closed) => {
                    self.closed = true;
                    break;
                }
            }
        }
        if self.closed { Err(Closed) } else { Ok(()) }
    }

    /// Takes in what the port says beside the stream.
    fn hear_port(&mut self) {
        if let Some(status) = self.link.port_status() {
            self.condition.port(status);
            self.port_heard = true;
            self.port_word = Some(status);
        }
    }

    fn take_in(&mut self, bytes: &[u8]) {
        self.read_at = Instant::now();
        self.arrivals = self.arrivals.saturating_add(1);
        let mut replies = std::mem::take(&mut self.replies);
        replies.feed(bytes, |reply| self.hear(reply));
        self.replies = replies;
    }

    fn mend_torn_answer(&mut self) {
        if self.replies.is_waiting() && self.read_at.elapsed() >= TORN_ANSWER {
            let mut replies = std::mem::take(&mut self.replies);
            replies.give_up_waiting(|reply| self.hear(reply));
            self.replies = replies;
        }
    }

    fn hear(&mut self, reply: Reply) {
        match reply {
            Reply::RealTime(answer) if !self.asked.is_empty() => self.hear_answer(answer),
            Reply::Automatic(status) => {
                self.condition.automatic(status);
                self.condition_heard_at = Some(self.read_at);
            }
            Reply::Fence(paper) if self.fence_can_have_arrived() => {
                self.fences_answered += 1;
                self.condition.fence(paper);
            }
            Reply::Confirmed(token) => {
                if let Some(at) = self.confirmations_owed.iter().position(|owed| *owed == token) {
                    self.confirmations_owed.remove(at);
                }
                remember(&mut self.confirmations, token);
            }
            // An answer to nothing that we asked: junk, or the job's own doing.
            Reply::RealTime(_) | Reply::Fence(_) => return,
        }
        self.speech = Speech::Spoken;
        self.last_sign_of_life = self.read_at;
    }

    /// Answers are matched by order, so they count only when all have come.
    fn hear_answer(&mut self, answer: u8) {
        self.question_answered = true;
        self.answers.push(answer);
        if self.answers.len() < self.asked.len() {
            return;
        }
        for (question, answer) in self.asked.drain(..).zip(self.answers.drain(..)) {
            self.condition.answer(question, answer);
        }
        self.condition_heard_at = Some(self.read_at);
    }

    /// A byte that looks like a fence's answer is none as long as the printer's side has not even received the fence.
    fn fence_can_have_arrived(&self) -> bool {
        self.fences_answered < self.fences_asked
            && matches!(self.unsent_up_to_fence(), Unsent::Bytes(0) | Unsent::Unknown)
    }

    // What we say.

    /// Asks the port how the printer is; gives whether an answer is to be expected.
    pub(super) fn ask_port(&mut self) -> Port {
        self.port_heard = false;
        self.link.ask_port()
    }

    /// What the port said last, if it ever said anything.
    pub(super) fn port_word(&self) -> Option<u8> {
        self.port_word
    }

    pub(super) fn has_heard_port(&self) -> bool {
        self.port_heard
    }

    /// Hands bytes to the link; gives how many it took, which may be none.
    pub(super) fn write(&mut self, slices: &[IoSlice<'_>]) -> Result<usize, Closed> {
        match self.link.write(slices) {
            Ok(0) => Ok(0),
            Ok(taken) => {
                self.sent += taken as u64;
                self.unproven += taken as u64;
                self.written_at = Instant::now();
                Ok(taken)
            }
            Err(Closed) => {
                self.closed = true;
                Err(Closed)
            }
        }
    }

    /// Asks how the printer is, in one write. A question that is still open is not asked again.
    pub(super) fn ask(&mut self) {
        if !self.asked.is_empty() || self.askable.is_empty() {
            return;
        }
        self.ask_these(self.askable.clone());
    }

    /// Asks these questions; earlier ones without an answer are forgotten.
    pub(super) fn ask_these(&mut self, questions: Vec<Question>) {
        self.leftover.extend(questions.iter().flat_map(|question| question.command()));
        self.asked = questions;
        self.answers.clear();
        let bytes = std::mem::take(&mut self.leftover);
        let taken = self.write(&[IoSlice::new(&bytes)]).unwrap_or(0);
        self.leftover = bytes[taken..].to_vec();
        // Own commands print nothing.
        self.unproven -= taken as u64;
    }

    /// The printer may be inside a command: these NULs complete it, and go out before the first question.
    pub(super) fn begin_with(&mut self, nuls: usize) {
        self.leftover = vec![0; nuls];
        self.began = Began::InsideCommand;
    }

    /// Whether the printer has to get through what is left of a torn job before it can hear a question.
    pub(super) fn began_inside_a_command(&self) -> bool {
        self.began == Began::InsideCommand
    }

    pub(super) fn may_be_asked(&self) -> bool {
        self.speech == Speech::Spoken && !self.askable.is_empty()
    }

    pub(super) fn has_open_questions(&self) -> bool {
        !self.asked.is_empty()
    }

    pub(super) fn answers_so_far(&self) -> usize {
        self.answers.len()
    }

    /// From now on only these questions are asked on this connection.
    pub(super) fn ask_only(&mut self, questions: Vec<Question>) {
        self.askable = questions;
        self.asked.clear();
        self.answers.clear();
    }

    /// Bytes of own commands that must go out before anything else.
    pub(super) fn take_leftover(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.leftover)
    }

    /// Takes note of a fence that the link took whole, and of the confirmation that was asked for with it.
    pub(super) fn fence_was_sent(&mut self, replies: u64, token: Option<[u8; 4]>) {
        self.fences_asked += replies;
        self.fence_end = self.sent;
        if let Some(token) = token {
            self.confirmations.retain(|heard| *heard != token);
            remember(&mut self.confirmations_owed, token);
        }
    }

    // What is known.

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn has_spoken(&self) -> bool {
        self.speech == Speech::Spoken
    }

    pub(super) fn is_mute(&self) -> bool {
        self.speech == Speech::Mute
    }

    /// It was asked and did not say a word.
    pub(super) fn note_silence(&mut self) {
        self.asked.clear();
        self.answers.clear();
        if !self.question_answered {
            self.askable.clear();
        }
        if self.speech == Speech::NotAsked {
            self.speech = Speech::Mute;
        }
    }

    pub(super) fn note_useless_fence(&mut self) {
        self.fence_useless = true;
    }

    pub(super) fn fence_is_useless(&self) -> bool {
        self.fence_useless
    }

    /// Answers may still come that would be taken for those to the next job's questions: not to be used again.
    pub(super) fn note_stray_replies(&mut self) {
        self.stray_replies = true;
    }

    pub(super) fn expects_stray_replies(&self) -> bool {
        self.stray_replies
    }

    pub(super) fn note_interruption(&mut self) {
        self.interrupted = true;
    }

    pub(super) fn was_interrupted(&self) -> bool {
        self.interrupted
    }

    /// Whether automatic status is to be turned on before the next job: once per connection, when the printer is known
    /// to talk. Every fence turns it on again, as the job may have turned it off.
    pub(super) fn claim_automatic_status(&mut self) -> bool {
        let wanted = self.has_spoken() && !self.automatic_status;
        self.automatic_status |= wanted;
        wanted
    }

    pub(super) fn fences_answered(&self) -> u64 {
        self.fences_answered
    }

    pub(super) fn all_fences_answered(&self) -> bool {
        self.fences_answered == self.fences_asked
    }

    pub(super) fn was_confirmed(&self, token: [u8; 4]) -> bool {
        self.confirmations.contains(&token)
    }

    /// A confirmation with this token may still come for an earlier attempt, and could be taken for the next one's.
    pub(super) fn owes_confirmation(&self, token: [u8; 4]) -> bool {
        self.confirmations_owed.contains(&token)
    }

    pub(super) fn last_sign_of_life(&self) -> Instant {
        self.last_sign_of_life
    }

    pub(super) fn unsent(&self) -> Unsent {
        self.link.unsent()
    }

    /// The same without the questions that went out behind the last fence.
    pub(super) fn unsent_up_to_fence(&self) -> Unsent {
        let behind_fence = self.sent - self.fence_end;
        match self.link.unsent() {
            Unsent::Bytes(bytes) => Unsent::Bytes(bytes.saturating_sub(behind_fence)),
            Unsent::Unknown => Unsent::Unknown,
        }
    }

    pub(super) fn stops_printing(&self) -> bool {
        self.condition.stops_printing()
    }

    pub(super) fn reasons(&self) -> StateReasons {
        self.condition.reasons()
    }

    /// The printer said a moment ago how it is.
    pub(super) fn was_heard_recently(&self) -> bool {
        self.condition_heard_at.is_some_and(|at| at.elapsed() < RECENT)
    }

    /// Shows the printer's reasons to whoever watches, if they changed.
    pub(super) fn show_reasons(&self, watchers: &watch::Sender<StateReasons>) -> StateReasons {
        let reasons = self.reasons();
        watchers.send_if_modified(|shown| {
            let changed = *shown != reasons;
            if changed {
                shown.clone_from(&reasons);
            }
            changed
        });
        reasons
    }

    // Waiting and ending.

    pub(super) async fn wait(
        &self,
        interest: Interest,
        until: Instant,
        cancel: &CancellationToken,
    ) -> Woken {
        let until =
            if self.replies.is_waiting() { until.min(self.read_at + TORN_ANSWER) } else { until };
        let chatters = interest == Interest::Read && self.arrivals > CHATTER;
        let until = if chatters { until.min(Instant::now() + CHATTER_PAUSE) } else { until };
        tokio::select! {
            biased;
            () = cancel.cancelled() => Woken::Canceled,
            () = poll_fn(|cx| self.link.poll_ready(cx, interest)), if !chatters => Woken::Ready,
            () = sleep_until(until) => Woken::Deadline,
        }
    }

    /// A job was settled on this connection.
    pub(super) fn settle(&mut self, evidence: Evidence) {
        self.used = true;
        self.arrivals = 0;
        if evidence >= Evidence::Drained {
            self.unproven = 0;
            if let Some(bucket) = &mut self.bucket {
                bucket.refill();
            }
        }
    }

    /// Takes the pace's bucket out, to be kept again when everything is handed over.
    pub(super) fn take_bucket(&mut self, pace: Pace, now: Instant) -> Bucket {
        self.bucket.take().unwrap_or_else(|| Bucket::new(pace, now))
    }

    pub(super) fn keep_bucket(&mut self, bucket: Bucket) {
        self.bucket = Some(bucket);
    }

    /// No job was ever printed on it.
    pub(super) fn is_unused(&self) -> bool {
        !self.used
    }
}

fn remember(tokens: &mut VecDeque<[u8; 4]>, token: [u8; 4]) {
    if tokens.len() == CONFIRMATIONS {
        tokens.pop_front();
    }
    tokens.push_back(token);
}
