//! What this connector has to be told.

use platen_job::JobLimits;
use platen_socketio::{Delays, DriverKind, PlainPolicy, Proxy, TlsSettings};
use std::fmt;
use url::Url;

/// Settings of one line to a Backend-Socket server.
#[derive(Clone)]
pub struct BackendSocketSettings {
    /// `http`, `https`, `ws` or `wss`; path and query are not used.
    pub server: Url,
    /// By which the server knows this till. Whoever has it can pass for the till: it is never shown.
    pub session_id: String,
    /// The name that the till goes by there.
    pub username: String,
    /// The tax number of the business.
    pub nipt: String,
    /// The printer for requests that name none, or one that is not here. `None`: the one with the role `default`, else
    /// the only one.
    pub default_printer: Option<String>,
    /// Which Socket.IO driver carries the line.
    pub driver: DriverKind,
    /// Trust beyond the system's roots, and pins.
    pub tls: TlsSettings,
    /// How to get out of the shop.
    pub proxy: Proxy,
    /// Whether an unencrypted line may leave this machine.
    pub plain: PlainPolicy,
    /// Delays between connects; the defaults are the ones to use, tests shorten them.
    pub delays: Delays,
    /// Bounds on a job.
    pub job_limits: JobLimits,
}

impl BackendSocketSettings {
    /// Where the server listens unless it is told otherwise.
    pub const SERVER: &'static str = "http://localhost:5001";
    /// The session id of a client that was never given one.
    pub const SESSION_ID: &'static str = "printer_client_session_001";
    /// The name of a client that was never given one.
    pub const USERNAME: &'static str = "printer_client";
    /// The tax number of a client that was never given one.
    pub const NIPT: &'static str = "default_nipt";

    /// Whether an update for that tax number is for this business. One that was never told its own takes all of them.
    pub(crate) fn is_ours(&self, nipt: &str) -> bool {
        let same = |ours: &str| ours.trim().to_lowercase() == nipt.trim().to_lowercase();
        same(&self.nipt) || self.nipt == Self::NIPT
    }

    /// Settings with the usual values for everything but the address.
    pub fn new(server: Url) -> Self {
        BackendSocketSettings {
            server,
            session_id: Self::SESSION_ID.into(),
            username: Self::USERNAME.into(),
            nipt: Self::NIPT.into(),
            default_printer: None,
            driver: DriverKind::default(),
            tls: TlsSettings::default(),
            proxy: Proxy::default(),
            plain: PlainPolicy::default(),
            delays: Delays::default(),
            job_limits: JobLimits::default(),
        }
    }
}

impl fmt::Debug for BackendSocketSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BackendSocketSettings({})", self.server.origin().ascii_serialization())
    }
}
