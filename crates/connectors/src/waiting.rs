//! Callers who wait on an open line until they are told what became of their job.
//!
//! A caller that is told "failed", or that hangs up, will send its job again, or do without. So a job that has not been
//! handed to its printer by then is taken back, and so is one whose caller has gone: nothing comes out later, unmarked. What
//! the printer has, nobody can take back: it comes out, if only with the next roll of paper, and is told as printed.

use crate::telling::note_outcomes;
use crate::{Host, HostEvent, Report};
use platen_job::{ConnectorId, Job, JobId, Outcome, Refusal, ReplyContext};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long a caller waits, from the arrival of its request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// A job that the printer's side has not taken by then is taken back.
    pub(crate) take_back: Duration,
    /// The caller is answered by then, whatever is known.
    pub(crate) answer: Duration,
}

/// What a caller can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The job is settled.
    Outcome(Outcome),
    /// The printer's side has every byte; it has not said yet that it is done.
    HandedOver,
    /// The job could not be stopped in time: part of it may be on paper.
    Nothing,
}

/// How far a job is, as the engine said.
#[derive(Debug, Clone)]
enum Seen {
    Nothing,
    HandedOver,
    Over(Outcome),
}

/// The callers of one connector that wait now. How many there may be is bounded by the connections of its door.
pub(crate) struct WaitingRoom {
    host: Arc<dyn Host>,
    connector: ConnectorId,
    patience: Patience,
    callers: Mutex<HashMap<String, watch::Sender<Seen>>>,
}

impl WaitingRoom {
    pub(crate) fn new(host: Arc<dyn Host>, connector: ConnectorId, patience: Patience) -> Self {
        WaitingRoom { host, connector, patience, callers: Mutex::default() }
    }

    /// Tells the callers what the engine says, until it says nothing more.
    pub(crate) async fn follow(&self, mut events: mpsc::Receiver<HostEvent>) {
        self.tell_outcomes().await;
        while let Some(event) = events.recv().await {
            match event {
                HostEvent::Started { .. } => {}
                HostEvent::HandedOver { reply, .. } => self.tell(&reply, Seen::HandedOver),
                HostEvent::Settled => self.tell_outcomes().await,
            }
        }
    }

    /// A caller that has gone was told "failed", or has hung up: there is nobody else to be told.
    async fn tell_outcomes(&self) {
        let tell = |report: &Report| self.tell(&report.reply, Seen::Over(report.outcome.clone()));
        note_outcomes(&*self.host, self.connector, tell).await;
    }

    fn tell(&self, ReplyContext(ticket): &ReplyContext, seen: Seen) {
        if let Some(caller) = self.callers().get(ticket) {
            caller.send_replace(seen);
        }
    }

    fn callers(&self) -> MutexGuard<'_, HashMap<String, watch::Sender<Seen>>> {
        // Single steps of a map: a panic elsewhere leaves it whole.
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has a job printed and gives what its caller is to be told, in time. A caller that goes away, which drops this, takes
    /// its job back.
    ///
    /// # Errors
    /// [`Refusal`]: nothing was stored.
    pub(crate) async fn print(
        self: &Arc<Self>,
        job: Job,
        asked: Instant,
    ) -> Result<Heard, Refusal> {
        let gone = CancellationToken::new();
        let _here = gone.clone().drop_guard();
        // A task of its own: the job must be taken back also after the caller has gone.
        let attended = tokio::spawn(self.clone().attend(job, asked, gone)).await;
        attended.unwrap_or(Err(Refusal::ShuttingDown))
    }

    async fn attend(
        self: Arc<Self>,
        job: Job,
        asked: Instant,
        gone: CancellationToken,
    ) -> Result<Heard, Refusal> {
        let mut ticket = self.enter();
        let job = Job { reply: ReplyContext(ticket.name.clone()), ..job };
        let id = self.host.submit(job).await?.id;
        tokio::select! {
            outcome = ticket.outcome() => return Ok(Heard::Outcome(outcome)),
            () = tokio::time::sleep_until(asked + self.patience.take_back) => {}
            () = gone.cancelled() => {}
        }
        if ticket.is_handed_over() {
            return Ok(Heard::HandedOver);
        }
        self.take_back(id);
        tokio::select! {
            outcome = ticket.outcome() => Ok(Heard::Outcome(outcome)),
            () = tokio::time::sleep_until(asked + self.patience.answer) => Ok(Heard::Nothing),
        }
    }

    fn enter(self: &Arc<Self>) -> Ticket {
        let name = uuid::Uuid::new_v4().to_string();
        let (caller, seen) = watch::channel(Seen::Nothing);
        self.callers().insert(name.clone(), caller);
        Ticket { name, seen, room: self.clone() }
    }

    /// It may take longer than the caller can wait.
    fn take_back(&self, id: JobId) {
        let host = self.host.clone();
        tokio::spawn(async move { host.take_back(id).await });
    }
}

/// A caller's place.
struct Ticket {
    name: String,
    seen: watch::Receiver<Seen>,
    room: Arc<WaitingRoom>,
}

impl Ticket {
    /// Waits until the job is settled; for ever where nobody says so.
    async fn outcome(&mut self) -> Outcome {
        match self.heard_outcome().await {
            Some(outcome) => outcome,
            None => std::future::pending().await,
        }
    }

    async fn heard_outcome(&mut self) -> Option<Outcome> {
        match &*self.seen.wait_for(|seen| matches!(seen, Seen::Over(_))).await.ok()? {
            Seen::Over(outcome) => Some(outcome.clone()),
            Seen::Nothing | Seen::HandedOver => None,
        }
    }

    fn is_handed_over(&self) -> bool {
        matches!(*self.seen.borrow(), Seen::HandedOver)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.room.callers().remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{FakeHost, printer};
    use platen_job::{Document, DocumentType, Evidence, PrinterId, StateReason, Timestamp};

    const PATIENCE: Patience =
        Patience { take_back: Duration::from_secs(6), answer: Duration::from_secs(8) };

    struct Scene {
        host: Arc<FakeHost>,
        room: Arc<WaitingRoom>,
        events: mpsc::Sender<HostEvent>,
    }

    impl Scene {
        fn new() -> Scene {
            let host = FakeHost::new(vec![printer("p-1", "Bar")]);
            let room = WaitingRoom::new(host.clone(), ConnectorId::OdooPush, PATIENCE);
            let (room, (events, heard)) = (Arc::new(room), mpsc::channel(8));
            let following = room.clone();
            tokio::spawn(async move { following.follow(heard).await });
            Scene { host, room, events }
        }

        /// A caller that waits, once its job is stored.
        async fn caller(&self) -> tokio::task::JoinHandle<Result<Heard, Refusal>> {
            let room = self.room.clone();
            let caller = tokio::spawn(async move { room.print(receipt(), Instant::now()).await });
            while self.host.jobs().is_empty() {
                tokio::task::yield_now().await;
            }
            caller
        }

        async fn settle(&self, outcome: Outcome) {
            self.host.settle(JobId(1), outcome, Timestamp::now());
            self.events.send(HostEvent::Settled).await.unwrap();
        }

        async fn hand_over(&self) {
            let (job, reply) = (JobId(1), self.host.jobs()[0].1.reply.clone());
            self.events.send(HostEvent::HandedOver { job, reply }).await.unwrap();
        }

        fn is_taken_back(&self) -> bool {
            self.host.outcome(JobId(1)) == Some(Outcome::Canceled)
        }
    }

    fn receipt() -> Job {
        let (printer, document) = (PrinterId::new("p-1").unwrap(), Document::Text("soup".into()));
        Job::new(ConnectorId::OdooPush, printer, DocumentType::Receipt, document)
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_hears_the_outcome_of_its_own_job() {
        let scene = Scene::new();
        let caller = scene.caller().await;
        let outcome = Outcome::Completed { evidence: Evidence::Confirmed };
        scene.settle(outcome.clone()).await;
        assert_eq!(caller.await.unwrap(), Ok(Heard::Outcome(outcome)));
        assert_eq!((scene.host.untold(), scene.room.callers().len()), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_that_nobody_took_in_time_is_taken_back() {
        let scene = Scene::new();
        let caller = scene.caller().await;
        assert_eq!(caller.await.unwrap(), Ok(Heard::Nothing), "the engine was never heard of");
        assert!(scene.is_taken_back());
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_printer_has_is_told_as_printed_whatever_holds_the_printer_up() {
        let scene = Scene::new();
        let caller = scene.caller().await;
        scene.hand_over().await;
        let view =
            crate::PrinterView { reasons: StateReason::MediaEmpty.into(), ..printer("p-1", "Bar") };
        scene.host.printers.send_replace(Arc::new(vec![view]));
        assert_eq!(caller.await.unwrap(), Ok(Heard::HandedOver));
        assert!(!scene.is_taken_back());
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_printer_has_is_not_taken_back_from_it_when_the_caller_hangs_up() {
        let scene = Scene::new();
        let caller = scene.caller().await;
        scene.hand_over().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        caller.abort();
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert!(!scene.is_taken_back());
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_hangs_up_takes_its_job_back() {
        let scene = Scene::new();
        let caller = scene.caller().await;
        caller.abort();
        let began = Instant::now();
        while !scene.is_taken_back() {
            tokio::time::sleep(Duration::from_millis(1)).await;
            assert!(began.elapsed() < Duration::from_secs(1), "it would be printed");
        }
    }
}
