//! Generation B's health: a ping every 15 s, a report every 5 minutes.
//!
//! Older gateways never answer a ping. Nothing waits for one; after a few unanswered ones in a session no answer is
//! asked for any more.

use super::licence::LicenceDesk;
use super::settings::PrinterMasterSettings;
use super::status::{Board, LineHealth};
use super::wire_out::{HealthReport, Message, Ping};
use crate::clock::{iso, iso_now};
use crate::line::{Outlet, SessionKey};
use platen_job::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

/// How long a pong may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Unanswered pings after which a gateway is taken for one that never answers.
const ENOUGH: u32 = 3;

/// The pulse.
pub(crate) struct Pulse {
    pub(crate) settings: Arc<PrinterMasterSettings>,
    pub(crate) licence: Arc<LicenceDesk>,
    pub(crate) outlet: Arc<dyn Outlet>,
    pub(crate) board: Board,
    pub(crate) online: watch::Receiver<Option<SessionKey>>,
}

/// What is measured.
struct Measured {
    started: Instant,
    online_since: Option<Timestamp>,
    last_pong: Option<Timestamp>,
    latency_sum: Duration,
    /// Unanswered pings of this session, while none was answered.
    silent: u32,
}

impl Pulse {
    /// Runs until cancelled.
    pub(crate) async fn run(mut self, cancel: CancellationToken) {
        let rhythm = self.settings.rhythm;
        let mut measured = Measured {
            started: Instant::now(),
            online_since: None,
            last_pong: None,
            latency_sum: Duration::ZERO,
            silent: 0,
        };
        let mut pings = interval_at(Instant::now() + rhythm.ping, rhythm.ping);
        let mut reports = interval_at(Instant::now() + rhythm.health, rhythm.health);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        reports.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = cancel.cancelled() => return,
                changed = self.online.changed() => match changed {
                    Ok(()) => self.session(&mut measured),
                    Err(_) => return,
                },
                _ = pings.tick(), if measured.online_since.is_some() => self.ping(&mut measured).await,
                _ = reports.tick(), if measured.online_since.is_some() => {
                    self.report(&measured).await;
                    self.ask_about_the_licence().await;
                }
            }
        }
    }

    fn session(&mut self, measured: &mut Measured) {
        let online = self.online.borrow_and_update().is_some();
        measured.online_since = online.then(Timestamp::now);
        measured.silent = 0;
    }

    /// A gateway that could not say anything about the licence when we connected may be able to by now.
    async fn ask_about_the_licence(&self) {
        if self.licence.is_open_question()
            && let Err(refused) = self.licence.check().await
        {
            self.outlet.refuse(refused);
        }
    }

    async fn ping(&self, measured: &mut Measured) {
        let ping = Ping { timestamp: iso_now() }.emission();
        if measured.silent >= ENOUGH {
            let _ = self.outlet.emit(ping.event, ping.payload).await;
            return;
        }
        let asked = Instant::now();
        let answer = self.outlet.emit_with_ack(ping.event, ping.payload, PATIENCE).await;
        self.board.line(|line| line.pings += 1);
        match answer {
            Ok(()) => {
                measured.silent = 0;
                measured.last_pong = Some(Timestamp::now());
                measured.latency_sum += asked.elapsed();
                let sum = measured.latency_sum.as_secs_f64() * 1000.0;
                self.board.line(|line| {
                    line.pongs += 1;
                    line.latency_ms = Some(sum / line.pongs as f64);
                });
            }
            Err(_) if self.board.line_health().pongs == 0 => measured.silent += 1,
            Err(_) => {}
        }
    }

    async fn report(&self, measured: &Measured) {
        let line = self.board.line_health();
        let report = HealthReport {
            uptime: measured.started.elapsed().as_secs(),
            reconnection_count: line.reconnections,
            average_latency: line.latency_ms,
            packet_loss_rate: loss(&line),
            total_pings: line.pings,
            successful_pongs: line.pongs,
            connection_quality: quality(&line),
            last_pong_time: measured.last_pong.map(iso),
            connection_start_time: measured.online_since.map(iso),
            branch_id: self.licence.branch().id,
            device_id: self.settings.device_id.clone(),
            app_version: self.settings.app_version.clone(),
            timestamp: iso_now(),
        }
        .emission();
        if let Err(error) = self.outlet.emit(report.event, report.payload).await {
            tracing::debug!(%error, "a health report was not sent");
        }
    }
}

/// The share of pings without an answer; 0 where no answer is to be had at all.
fn loss(line: &LineHealth) -> f64 {
    match (line.pings, line.pongs) {
        (0, _) | (_, 0) => 0.0,
        (pings, pongs) => 1.0 - pongs as f64 / pings as f64,
    }
}

fn quality(line: &LineHealth) -> &'static str {
    match (line.latency_ms, loss(line)) {
        (None, _) => "unknown",
        (Some(latency), loss) if latency < 100.0 && loss < 0.01 => "excellent",
        (Some(latency), loss) if latency < 300.0 && loss < 0.05 => "good",
        (Some(latency), loss) if latency < 1000.0 && loss < 0.2 => "fair",
        _ => "poor",
    }
}
