//! A spooler that plays a script: the logic above the port without an operating system.

use super::port::{
    History, Intake, JobView, Phase, QueueState, Spooler, SpoolerError, Stage, Touched,
};
use crate::{PrintFormat, SpoolerJob};
use async_trait::async_trait;
use bytes::Bytes;
use platen_job::StateReasons;
use std::collections::VecDeque;

/// What it will say, and what it was given.
pub(super) struct FakeSpooler {
    pub(super) queue: Result<QueueState, SpoolerError>,
    /// What the queue becomes once it has the document.
    pub(super) queue_later: Option<Result<QueueState, SpoolerError>>,
    pub(super) begin: Result<(), SpoolerError>,
    pub(super) send: Result<(), SpoolerError>,
    /// Answers about the job, one after the other; the last one stays.
    pub(super) views: VecDeque<Result<JobView, SpoolerError>>,
    /// What it says from the moment that the job is canceled.
    pub(super) after_cancel: Option<JobView>,
    pub(super) canceled: bool,
    pub(super) documents: Vec<Bytes>,
    pub(super) history: History,
}

impl FakeSpooler {
    pub(super) fn saying(
        views: impl IntoIterator<Item = Result<JobView, SpoolerError>>,
    ) -> FakeSpooler {
        FakeSpooler {
            queue: Ok(QueueState {
                phase: Phase::Idle,
                intake: Intake::Open,
                reasons: StateReasons::none(),
            }),
            queue_later: None,
            begin: Ok(()),
            send: Ok(()),
            views: views.into_iter().collect(),
            after_cancel: None,
            canceled: false,
            documents: Vec::new(),
            history: History::Kept,
        }
    }
}

pub(super) fn view(stage: Stage, touched: Touched, reasons: impl Into<StateReasons>) -> JobView {
    JobView { stage, touched, reasons: reasons.into() }
}

#[async_trait]
impl Spooler for FakeSpooler {
    type Open = ();

    async fn queue(&mut self, _queue: &str) -> Result<QueueState, SpoolerError> {
        self.queue.clone()
    }

    async fn begin(
        &mut self,
        _queue: &str,
        _name: &str,
        _format: PrintFormat,
    ) -> Result<(u32, ()), SpoolerError> {
        self.begin.map(|()| (7, ()))
    }

    async fn send(&mut self, (): (), document: Bytes) -> Result<(), SpoolerError> {
        self.documents.push(document);
        if let Some(later) = self.queue_later.take() {
            self.queue = later;
        }
        self.send
    }

    async fn job(&mut self, job: &SpoolerJob) -> Result<JobView, SpoolerError> {
        assert_eq!(job.id, 7);
        match &self.after_cancel {
            Some(view) if self.canceled => Ok(view.clone()),
            _ if self.views.len() > 1 => self.views.pop_front().unwrap(),
            _ => self.views[0].clone(),
        }
    }

    async fn cancel(&mut self, _job: &SpoolerJob) -> Result<(), SpoolerError> {
        self.canceled = true;
        Ok(())
    }

    fn history(&self) -> History {
        self.history
    }

    fn release(&mut self) {}

    fn takes(_format: PrintFormat) -> bool {
        true
    }
}
