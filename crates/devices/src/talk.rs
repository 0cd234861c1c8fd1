//! Talking to a printer over whatever link leads to it.
//!
//! One attempt goes: a connection that is known to live → the printer's state → "started" is recorded → the job's bytes
//! with a fence right behind them → what the printer says of them. The connection stays open for the next job until
//! [`Device::release`].

mod connection;
mod fence;
mod kept;
mod link;
mod outgoing;
mod pace;
mod prepare;
mod transmit;

use crate::{
    ConfirmMode, Confirmation, Device, DeviceMemory, DeviceOptions, DeviceUri, PrintRequest,
    PrinterStatus,
};
use async_trait::async_trait;
use bytes::Bytes;
use connection::Connection;
use fence::{Asked, FencePlan};
use kept::Kept;
use outgoing::Outgoing;
use platen_job::{Attempt, AttemptEnd, Evidence, StateReasons, StopCause};
use tokio::time::Instant;
use tracing::{debug, info};

pub(crate) use link::{
    AfterQuestion, Arrived, Closed, Dial, DialError, Direction, Glance, Interest, Link, Manners,
    OnClose, Port, Unsent,
};

/// A printer that takes a stream of bytes and may answer on another, whatever carries them.
pub struct Talker<D> {
    dial: D,
    /// How logs name it.
    address: DeviceUri,
    options: DeviceOptions,
    memory: DeviceMemory,
    connection: Option<Connection>,
    fence: FenceHistory,
    /// What completes a command that the printer may be inside of.
    clean_up: Option<Bytes>,
    /// Whether it is a printer that answers.
    talks: Talks,
    /// The token of the first confirmation that was asked for, in case it is answered late.
    probed: Option<[u8; 4]>,
    /// Its last answer, as long as that may still hold.
    kept: Option<Kept>,
}

/// Whether a printer answers when it is asked how it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Talks {
    Unknown,
    /// It did in an earlier run, and may have been replaced by another since.
    Formerly {
        /// Since when it has been silent.
        silent_since: Option<Instant>,
    },
    /// It did since this run began: its silence is trouble.
    Surely,
}

/// What this printer made of fences so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FenceHistory {
    Unknown,
    /// It answers them: when it no longer does, it is in trouble.
    Answered,
    /// It talks, but has let one go unanswered: it is not waited for as long again.
    Ignored,
}

/// An attempt that ends before all bytes were handed over.
struct Stop {
    bytes_written: u64,
    cause: StopCause,
    reasons: StateReasons,
}

impl Stop {
    fn before_first_byte(cause: StopCause, reasons: StateReasons) -> Stop {
        Stop { bytes_written: 0, cause, reasons }
    }
}

impl From<Stop> for Attempt {
    fn from(stop: Stop) -> Attempt {
        let Stop { bytes_written, cause, reasons } = stop;
        Attempt { bytes_written, end: AttemptEnd::Stopped(cause), reasons }
    }
}

#[expect(private_bounds, reason = "the transports are this crate's; others only name the devices")]
impl<D: Dial> Talker<D> {
    /// Opens no link yet.
    pub(crate) fn over(dial: D, address: DeviceUri, options: DeviceOptions) -> Talker<D> {
        let memory = options.memory;
        Talker {
            dial,
            address,
            options,
            memory,
            connection: None,
            fence: FenceHistory::Unknown,
            clean_up: None,
            talks: match memory.confirmation {
                Confirmation::Supported => Talks::Formerly { silent_since: None },
                Confirmation::Unknown | Confirmation::Unsupported => Talks::Unknown,
            },
            probed: None,
            kept: None,
        }
    }

    async fn attempt(&mut self, request: &PrintRequest<'_>) -> Result<Attempt, Stop> {
        let mut connection = self.connection_to_start_on(request).await?;
        let plan = self.fence_plan(&connection, request);
        let mut outgoing = Outgoing::new(&mut connection, &request.bytes, &plan);
        let sent = transmit::transmit(&mut connection, &mut outgoing, &self.options, request).await;
        if let Err(cause) = sent {
            return Err(self.stop(connection, outgoing, cause, request).await);
        }
        if let FencePlan::Ask { replies, confirm, .. } = plan {
            connection.fence_was_sent(replies, confirm.map(|(token, _)| token));
        }
        let end = fence::observe(&mut connection, &plan, self.fence, &self.options, request).await;
        self.learn_from_fence(&connection, &plan, end);
        match end {
            Err(cause) => Err(self.stop(connection, outgoing, cause, request).await),
            Ok(evidence) => {
                let reasons = connection.show_reasons(request.reasons);
                connection.settle(evidence);
                if plan.leaves_stray_replies() && connection.has_spoken() {
                    connection.note_stray_replies();
                }
                self.connection = Some(connection);
                let bytes_written = request.bytes.len() as u64;
                Ok(Attempt { bytes_written, end: AttemptEnd::Finished(evidence), reasons })
            }
        }
    }

    async fn pulsed(&mut self, request: &PrintRequest<'_>) -> Result<Attempt, Stop> {
        let mut connection = self.reached(request).await?;
        if request.start.first_byte().is_err() {
            self.connection = Some(connection);
            return Err(Stop::before_first_byte(StopCause::NotRecorded, StateReasons::none()));
        }
        let mut outgoing = Outgoing::plain(&mut connection, &request.bytes);
        let sent = transmit::transmit(&mut connection, &mut outgoing, &self.options, request).await;
        if let Err(cause) = sent {
            return Err(self.stop(connection, outgoing, cause, request).await);
        }
        let reasons = connection.show_reasons(request.reasons);
        self.connection = Some(connection);
        let bytes_written = request.bytes.len() as u64;
        let end = AttemptEnd::Finished(Evidence::Submitted);
        Ok(Attempt { bytes_written, end, reasons })
    }

    /// A connection on which the job's first byte may go out: it lives, the printer is ready, clean-up is done and the
    /// start is recorded.
    async fn connection_to_start_on(
        &mut self,
        request: &PrintRequest<'_>,
    ) -> Result<Connection, Stop> {
        let mut connection = self.ready(request).await?;
        self.clean_up(&mut connection, request).await?;
        if request.cancel.is_cancelled() {
            self.connection = Some(connection);
            return Err(Stop::before_first_byte(StopCause::Canceled, StateReasons::none()));
        }
        if request.start.first_byte().is_err() {
            self.connection = Some(connection);
            return Err(Stop::before_first_byte(StopCause::NotRecorded, StateReasons::none()));
        }
        // Recording takes as long as a disk does; a printer that hung up meanwhile has got nothing, so a fresh
        // connection is as good as the first one.
        if connection.listen_now().is_err() {
            debug!(printer = %self.address, "the printer hung up before the first byte");
            drop(connection);
            connection = self.ready(request).await?;
            self.clean_up(&mut connection, request).await?;
        }
        Ok(connection)
    }

    async fn clean_up(
        &self,
        connection: &mut Connection,
        request: &PrintRequest<'_>,
    ) -> Result<(), Stop> {
        let Some(bytes) = &request.clean_up else { return Ok(()) };
        let mut outgoing = Outgoing::plain(connection, bytes);
        transmit::transmit(connection, &mut outgoing, &self.options, request)
            .await
            .map_err(|cause| Stop::before_first_byte(cause, connection.reasons()))
    }

    /// Ends an attempt in the middle: the connection is of no further use.
    async fn stop(
        &mut self,
        connection: Connection,
        mut outgoing: Outgoing,
        cause: StopCause,
        request: &PrintRequest<'_>,
    ) -> Stop {
        let reasons = connection.show_reasons(request.reasons);
        outgoing.take_back(connection.abandon(cause).await);
        let bytes_written = outgoing.job_bytes_written();
        info!(printer = %self.address, bytes_written, %cause, "printing stopped");
        Stop { bytes_written, cause, reasons }
    }

    fn fence_plan(&self, connection: &Connection, request: &PrintRequest<'_>) -> FencePlan {
        let confirm = match (self.options.confirm, self.memory.confirmation) {
            // A printer that says nothing at all would at best ignore the question, at worst print it.
            _ if !connection.has_spoken() => None,
            _ if connection.owes_confirmation(request.token) => None,
            (ConfirmMode::Never, _) | (ConfirmMode::Probe, Confirmation::Unsupported) => None,
            (ConfirmMode::Probe, Confirmation::Unknown) => Some((request.token, Asked::ToFindOut)),
            (ConfirmMode::Probe, Confirmation::Supported) | (ConfirmMode::Always, _) => {
                Some((request.token, Asked::Expected))
            }
        };
        FencePlan::new(connection, &self.options, &request.bytes, confirm)
    }

    fn learn_from_fence(
        &mut self,
        connection: &Connection,
        plan: &FencePlan,
        end: Result<Evidence, StopCause>,
    ) {
        if connection.fences_answered() > 0 {
            self.fence = FenceHistory::Answered;
        } else if connection.fence_is_useless() && connection.has_spoken() {
            self.fence = FenceHistory::Ignored;
        }
        let FencePlan::Ask { confirm: Some((token, asked)), .. } = *plan else { return };
        match (end, asked) {
            (Ok(Evidence::Confirmed), _) => self.remember(Confirmation::Supported),
            (Ok(Evidence::Drained), Asked::ToFindOut) if !ended_early(connection) => {
                self.probed = Some(token);
                self.remember(Confirmation::Unsupported);
            }
            // It used to, and no longer does: perhaps another printer took over the address. Find out anew.
            (Ok(Evidence::Drained), Asked::Expected)
                if self.options.confirm == ConfirmMode::Probe && !ended_early(connection) =>
            {
                self.remember(Confirmation::Unknown);
            }
            _ => {}
        }
    }

    /// A probe that was answered after all, later than it was waited for.
    fn learn_from_late_confirmation(&mut self) {
        let Some(connection) = &self.connection else { return };
        if self.probed.is_some_and(|token| connection.was_confirmed(token)) {
            self.probed = None;
            self.remember(Confirmation::Supported);
        }
    }

    fn remember(&mut self, confirmation: Confirmation) {
        if self.memory.confirmation != confirmation {
            info!(printer = %self.address, ?confirmation, "learned whether the printer confirms");
            self.memory.confirmation = confirmation;
        }
    }
}

/// Whether waiting for a confirmation ended for a reason that says nothing about the printer's abilities.
fn ended_early(connection: &Connection) -> bool {
    connection.is_closed() || connection.stops_printing() || connection.was_interrupted()
}

#[async_trait]
impl<D: Dial> Device for Talker<D> {
    async fn print(&mut self, request: PrintRequest<'_>) -> Attempt {
        self.clean_up.clone_from(&request.clean_up);
        self.kept = None;
        let attempt = self.attempt(&request).await.unwrap_or_else(Attempt::from);
        debug!(printer = %self.address, bytes = attempt.bytes_written, end = ?attempt.end, "attempt ended");
        attempt
    }

    fn takes_pulses(&self) -> bool {
        true
    }

    async fn pulse(&mut self, request: PrintRequest<'_>) -> Attempt {
        let attempt = self.pulsed(&request).await.unwrap_or_else(Attempt::from);
        debug!(printer = %self.address, end = ?attempt.end, "a pulse was sent, or not");
        attempt
    }

    fn expect_open_command(&mut self, clean_up: Option<Bytes>) {
        self.clean_up = clean_up;
    }

    async fn status(&mut self) -> PrinterStatus {
        if let Some(status) = self.still_holds().await {
            return status;
        }
        let status = self.ask_status().await;
        self.keep(&status);
        self.learn_from_late_confirmation();
        if self.dial.manners().after_question == AfterQuestion::LetGo
            && self.connection.as_ref().is_some_and(Connection::is_unused)
        {
            self.connection = None;
        }
        status
    }

    async fn release(&mut self) {
        // Taken out only after the wait, so that giving up on `release` keeps the connection for the next job.
        if let Some(connection) = &mut self.connection {
            let on_close = self.dial.manners().on_close;
            connection.wait_until_safe_to_close(on_close, &self.options).await;
        }
        self.learn_from_late_confirmation();
        if self.connection.take().is_some() {
            debug!(printer = %self.address, "connection closed");
        }
    }

    fn memory(&self) -> DeviceMemory {
        self.memory
    }
}
