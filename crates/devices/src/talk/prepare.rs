//! Everything before the first byte: connecting, and asking how the printer is.

use super::connection::{Connection, Woken};
use super::link::{Dial, Interest, Port};
use super::{Stop, Talker, Talks};
use crate::status::Question;
use crate::{Confirmation, Device, PrintRequest, PrinterStatus, Reachability, StatusSupport};
use platen_job::{StateReason, StateReasons, StopCause};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

/// How long a single question may go without an answer once others were answered.
const ONE_ANSWER: Duration = Duration::from_millis(300);

/// A printer that may be inside a command of a torn job first has to get through what it has of it.
const AFTER_TORN_JOB: Duration = Duration::from_secs(5);
/// The stop may also have been inside what we send behind a job; the longest of it is GS ( H, 11 bytes.
const LONGEST_OWN_COMMAND: usize = 16;

/// How asking went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inquiry {
    Answered,
    Silent,
    Lost,
    Canceled,
}

/// Whether an answer from a moment ago will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Freshness {
    AskAnew,
    RecentWillDo,
}

/// Why no connection was found fit for use.
enum Unfit {
    Unreachable(StateReason),
    Canceled,
}

#[expect(private_bounds, reason = "the transports are this crate's; others only name the devices")]
impl<D: Dial> Talker<D> {
    /// A live connection to a printer that does not say that it cannot print.
    pub(super) async fn ready(&mut self, request: &PrintRequest<'_>) -> Result<Connection, Stop> {
        let connection = self.reached(request).await?;
        let reasons = connection.show_reasons(request.reasons);
        if connection.stops_printing() {
            info!(printer = %self.address, %reasons, "the printer is not ready");
            self.connection = Some(connection);
            return Err(Stop::before_first_byte(StopCause::NotReady, reasons));
        }
        Ok(connection)
    }

    /// A live connection, whatever the printer says on it.
    pub(super) async fn reached(&mut self, request: &PrintRequest<'_>) -> Result<Connection, Stop> {
        let found = self.inquired(Freshness::RecentWillDo, &request.cancel).await;
        let connection = match found {
            Ok((_, inquiry)) if !self.believes(inquiry) => {
                let reasons = StateReasons::from(StateReason::Offline);
                request.reasons.send_replace(reasons.clone());
                return Err(Stop::before_first_byte(StopCause::NotReady, reasons));
            }
            Ok((connection, _)) => connection,
            Err(Unfit::Canceled) => {
                return Err(Stop::before_first_byte(StopCause::Canceled, StateReasons::none()));
            }
            Err(Unfit::Unreachable(reason)) => {
                let reasons = StateReasons::from(reason);
                request.reasons.send_replace(reasons.clone());
                return Err(Stop::before_first_byte(StopCause::Unreachable, reasons));
            }
        };
        self.connection = Some(connection);
        self.learn_from_late_confirmation();
        let nothing = || Stop::before_first_byte(StopCause::Unreachable, StateReasons::none());
        self.connection.take().ok_or_else(nothing)
    }

    /// Asks the printer how it is.
    pub(super) async fn ask_status(&mut self) -> PrinterStatus {
        let never = CancellationToken::new();
        let away = |reason: StateReason| PrinterStatus {
            reachable: Reachability::Away,
            reasons: reason.into(),
        };
        let (connection, inquiry) = match self.inquired(Freshness::AskAnew, &never).await {
            Ok((_, inquiry)) if !self.believes(inquiry) => return away(StateReason::Offline),
            Ok(found) => found,
            Err(Unfit::Unreachable(reason)) => return away(reason),
            Err(Unfit::Canceled) => return away(StateReason::Offline),
        };
        let reasons = connection.reasons();
        self.connection = Some(connection);
        let reachable = match inquiry {
            Inquiry::Answered => Reachability::Answers,
            _ => Reachability::Silent,
        };
        PrinterStatus { reachable, reasons }
    }

    /// Whether silence is this printer's way. One that talks is busy with somebody else, or hangs, or is not what answers
    /// here: printed on blindly, a job could be lost and still count as submitted. What it was in an earlier run counts for
    /// a while only, as it may have been replaced.
    fn believes(&mut self, inquiry: Inquiry) -> bool {
        if inquiry != Inquiry::Silent {
            self.talks = Talks::Surely;
            return true;
        }
        if self.options.status == StatusSupport::Unsupported {
            return true;
        }
        let is_known_to_talk = match &mut self.talks {
            Talks::Unknown => false,
            Talks::Surely => true,
            Talks::Formerly { silent_since } => {
                let since = *silent_since.get_or_insert_with(Instant::now);
                since.elapsed() < self.options.talker_patience
            }
        };
        if is_known_to_talk {
            debug!(printer = %self.address, "a printer that is known to talk says nothing");
        } else {
            self.talks = Talks::Unknown;
            if self.memory.confirmation == Confirmation::Supported {
                self.remember(Confirmation::Unknown);
            }
        }
        !is_known_to_talk
    }

    /// A connection on which the printer was asked. One that was kept and turns out dead is replaced once.
    async fn inquired(
        &mut self,
        freshness: Freshness,
        cancel: &CancellationToken,
    ) -> Result<(Connection, Inquiry), Unfit> {
        if self.connection.as_ref().is_some_and(Connection::expects_stray_replies) {
            self.release().await;
        }
        if let Some(mut kept) = self.connection.take() {
            match self.inquire(&mut kept, freshness, cancel).await {
                Inquiry::Canceled => {
                    self.connection = Some(kept);
                    return Err(Unfit::Canceled);
                }
                Inquiry::Answered => return Ok((kept, Inquiry::Answered)),
                Inquiry::Silent if !kept.has_spoken() => return Ok((kept, Inquiry::Silent)),
                // It talked before: most likely it was switched off and on, and knows nothing of this connection.
                Inquiry::Silent | Inquiry::Lost => {
                    debug!(printer = %self.address, "the kept connection is dead, connecting anew");
                }
            }
        }
        let mut fresh = self.connect(cancel).await?;
        match self.inquire(&mut fresh, freshness, cancel).await {
            Inquiry::Canceled => Err(Unfit::Canceled),
            Inquiry::Lost => Err(Unfit::Unreachable(StateReason::Offline)),
            inquiry => Ok((fresh, inquiry)),
        }
    }

    async fn connect(&self, cancel: &CancellationToken) -> Result<Connection, Unfit> {
        let dialed = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(Unfit::Canceled),
            dialed = self.dial.dial(self.options.connect_timeout) => dialed,
        };
        let link = dialed.map_err(|error| {
            // Tried again and again; that the printer came or went is told once, by whoever cares for it.
            debug!(printer = %self.address, %error, "the printer cannot be reached");
            Unfit::Unreachable(error.reason())
        })?;
        let mut connection = Connection::new(link);
        if let Some(clean_up) = &self.clean_up {
            let completing = clean_up.iter().take_while(|byte| **byte == 0).count();
            connection.begin_with(completing + LONGEST_OWN_COMMAND);
        }
        Ok(connection)
    }

    async fn inquire(
        &self,
        connection: &mut Connection,
        freshness: Freshness,
        cancel: &CancellationToken,
    ) -> Inquiry {
        // Decided before listening: what has lain unread since the last job says nothing about now.
        let heard_recently = connection.was_heard_recently();
        if connection.listen_now().is_err() {
            return Inquiry::Lost;
        }
        let recent_will_do = freshness == Freshness::RecentWillDo && heard_recently;
        if !recent_will_do && let Some(ended) = port_answered(connection, cancel).await {
            return ended;
        }
        if self.options.status == StatusSupport::Unsupported || connection.is_mute() {
            return Inquiry::Silent;
        }
        if connection.has_open_questions() {
            match answered(connection, self.options.reply_timeout, cancel).await {
                Inquiry::Answered => {}
                other => return other,
            }
        }
        if recent_will_do && !connection.stops_printing() {
            return Inquiry::Answered;
        }
        connection.ask();
        let patience = match connection.began_inside_a_command() && !connection.has_spoken() {
            true => self.options.reply_timeout.max(AFTER_TORN_JOB),
            false => self.options.reply_timeout,
        };
        let inquiry = answered(connection, patience, cancel).await;
        if inquiry != Inquiry::Silent {
            return inquiry;
        }
        if connection.answers_so_far() == 0 {
            connection.note_silence();
            return Inquiry::Silent;
        }
        self.find_answered_questions(connection, cancel).await
    }

    /// Some questions were answered and some not; which is which shows only when they are asked one by one.
    async fn find_answered_questions(
        &self,
        connection: &mut Connection,
        cancel: &CancellationToken,
    ) -> Inquiry {
        let mut known = Vec::new();
        for question in Question::ALL {
            connection.ask_these(vec![question]);
            match answered(connection, ONE_ANSWER, cancel).await {
                Inquiry::Answered => known.push(question),
                Inquiry::Silent => {}
                ended => return ended,
            }
        }
        debug!(printer = %self.address, answers = known.len(), "the printer answers some questions only");
        connection.ask_only(known);
        Inquiry::Answered
    }
}

/// Asks the port and waits for its word; a port that stays silent is no news. Gives what ended everything else.
async fn port_answered(connection: &mut Connection, cancel: &CancellationToken) -> Option<Inquiry> {
    if connection.ask_port() == Port::SaysNothing {
        return None;
    }
    let deadline = Instant::now() + ONE_ANSWER;
    while !connection.has_heard_port() && Instant::now() < deadline {
        if connection.wait(Interest::Read, deadline, cancel).await == Woken::Canceled {
            return Some(Inquiry::Canceled);
        }
        connection.listen();
        if connection.is_closed() {
            return Some(Inquiry::Lost);
        }
    }
    None
}

/// Waits for the answers to what was asked.
async fn answered(
    connection: &mut Connection,
    patience: Duration,
    cancel: &CancellationToken,
) -> Inquiry {
    let deadline = Instant::now() + patience;
    loop {
        connection.listen();
        if !connection.has_open_questions() {
            return Inquiry::Answered;
        }
        if connection.is_closed() {
            return Inquiry::Lost;
        }
        if Instant::now() >= deadline {
            return Inquiry::Silent;
        }
        if connection.wait(Interest::Read, deadline, cancel).await == Woken::Canceled {
            return Inquiry::Canceled;
        }
    }
}
