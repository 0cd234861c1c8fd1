//! What kind of gateway to play.

use std::{net::SocketAddr, time::Duration};

use super::licence::LicenceFixture;

/// Which of the three generations of the contract the gateway speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Generation {
    /// Deployed code: no correlation ids, no acknowledgements, no check at connect.
    #[default]
    A,
    /// Newer, documented: correlation ids, acknowledgements, licence check at connect.
    B,
    /// Architecture paper: jobs travel as `print:job`.
    C,
}

/// Whether the REST calls beside the socket exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rest {
    /// `/api/v1` answers as the contract says.
    #[default]
    Served,
    /// Everything below `/api/v1` answers 404.
    NotFound,
}

/// Whether the gateway sends its own heartbeats and status requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Heartbeats {
    /// Nothing is sent unasked.
    #[default]
    Silent,
    /// `printer:heartbeat` regularly, and two `printer:status:request` shortly after a connect.
    Sent,
}

/// Whether printers that were not seen lately get unattended test pages (trap 3 of the contract).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TestPages {
    /// No unattended tests.
    #[default]
    Never,
    /// A real `printer:test` to every stale printer, again and again.
    ForStalePrinters,
}

/// Whether the gateway broadcasts the events that a client has to ignore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Noise {
    /// Only what matters is sent.
    #[default]
    Quiet,
    /// `printerStatusUpdate`, `print:job:status`, `printer:test:completed` … as in the field.
    AsInTheField,
}

/// How the gateway's callers listen for results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Callers {
    /// As in the field (trap 2): any result on a socket uses up every listener waiting on it for
    /// that event, also those of other jobs, which then time out. Send one job at a time.
    #[default]
    OneShot,
    /// Each caller waits for its own id. For load and crash tests that have many jobs in flight.
    ById,
}

/// The gateway's times. The defaults are those of the real gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// Engine.IO ping interval.
    pub ping_interval: Duration,
    /// Engine.IO ping time-out.
    pub ping_timeout: Duration,
    /// Between two `printer:heartbeat`.
    pub heartbeat: Duration,
    /// From a connect to the two `printer:status:request`.
    pub status_request: Duration,
    /// A printer not seen for this long is stale.
    pub stale_after: Duration,
    /// Between two unattended tests of a stale printer.
    pub test_page: Duration,
    /// How long a validated device holds its licence against another device.
    pub licence_session: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            heartbeat: Duration::from_secs(8),
            status_request: Duration::from_secs(2),
            stale_after: Duration::from_secs(30),
            test_page: Duration::from_secs(10),
            licence_session: Duration::from_mins(10),
        }
    }
}

/// Everything about an embedded gateway that can be chosen at its start.
#[derive(Debug, Clone)]
pub struct GatewayOptions {
    /// Where to listen; port 0 takes a free one. The development door below `/dev` answers
    /// loopback callers only, whatever this says.
    pub listen: SocketAddr,
    /// Which contract to speak.
    pub generation: Generation,
    /// The licences that exist.
    pub licences: Vec<LicenceFixture>,
    /// Whether the REST calls exist.
    pub rest: Rest,
    /// Whether the gateway sends heartbeats.
    pub heartbeats: Heartbeats,
    /// Whether stale printers get test pages.
    pub test_pages: TestPages,
    /// Whether events to ignore are broadcast.
    pub noise: Noise,
    /// How callers listen.
    pub callers: Callers,
    /// The gateway's times.
    pub pace: Pace,
    /// How many received events are kept; beyond it the oldest are forgotten.
    pub keep_events: usize,
}

impl Default for GatewayOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            generation: Generation::default(),
            licences: vec![LicenceFixture::demo()],
            rest: Rest::default(),
            heartbeats: Heartbeats::default(),
            test_pages: TestPages::default(),
            noise: Noise::default(),
            callers: Callers::default(),
            pace: Pace::default(),
            keep_events: 100_000,
        }
    }
}

impl GatewayOptions {
    /// The defaults, speaking this generation.
    #[must_use]
    pub fn generation(generation: Generation) -> Self {
        Self { generation, ..Self::default() }
    }
}
