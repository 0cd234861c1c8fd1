//! What this connector has to be told.

use platen_job::JobLimits;
use platen_socketio::{Delays, DriverKind, PlainPolicy, Proxy, TlsSettings};
use secrecy::SecretString;
use std::time::Duration;
use url::Url;

/// Settings of one line to a PrinterMaster gateway.
#[derive(Debug, Clone)]
pub struct PrinterMasterSettings {
    /// `http`, `https`, `ws` or `wss`; path and query are not used.
    pub gateway: Url,
    /// Socket.IO namespace; usually [`PrinterMasterSettings::NAMESPACE`].
    pub namespace: String,
    /// The licence key, a UUID that names the branch. `None`: nothing is validated and none is sent.
    pub license_key: Option<SecretString>,
    /// The branch's id. `None`: as the licence says, or said last.
    pub branch_id: Option<String>,
    /// This till's id; stable across restarts.
    pub device_id: String,
    /// Platen's version.
    pub app_version: String,
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
    /// Whether the REST calls for printers are made.
    pub rest_heartbeat: RestHeartbeat,
    /// How long callers wait.
    pub request_windows: RequestWindows,
    /// How often the connector speaks by itself.
    pub rhythm: Rhythm,
    /// Bounds on a job.
    pub job_limits: JobLimits,
}

/// Whether printers are registered and kept fresh over REST as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RestHeartbeat {
    /// Where the gateway has the calls.
    #[default]
    WherePossible,
    /// Never.
    Off,
}

/// How long a caller waits for the answer to its request. After that the answer is not given any more.
#[derive(Debug, Clone, Copy)]
pub struct RequestWindows {
    /// `print:physical`: 60 s.
    pub physical: Duration,
    /// `print:raw`: 30 s.
    pub raw: Duration,
    /// `printer:test`: 15 s, unless the request's `metadata.timeout` says less.
    pub test: Duration,
    /// How long before the end of its window a test is answered at the latest: 1 s, for the way back.
    pub margin: Duration,
}

impl Default for RequestWindows {
    fn default() -> Self {
        RequestWindows {
            physical: Duration::from_secs(60),
            raw: Duration::from_secs(30),
            test: Duration::from_secs(15),
            margin: Duration::from_secs(1),
        }
    }
}

/// How often the connector speaks by itself.
#[derive(Debug, Clone, Copy)]
pub struct Rhythm {
    /// `printer:status:update`: 30 s.
    pub heartbeat: Duration,
    /// The REST heartbeat, least and most: 10 s to 15 s, drawn anew each time.
    pub rest_heartbeat: (Duration, Duration),
    /// `desktop:health:report`: 5 min.
    pub health: Duration,
    /// `ping`: 15 s.
    pub ping: Duration,
}

impl Default for Rhythm {
    fn default() -> Self {
        Rhythm {
            heartbeat: Duration::from_secs(30),
            rest_heartbeat: (Duration::from_secs(10), Duration::from_secs(15)),
            health: Duration::from_secs(300),
            ping: Duration::from_secs(15),
        }
    }
}

impl PrinterMasterSettings {
    /// Where gateways serve tills.
    pub const NAMESPACE: &'static str = "/printing-ws";

    /// Settings with the usual values for everything but these.
    pub fn new(gateway: Url, device_id: String, app_version: String) -> Self {
        PrinterMasterSettings {
            gateway,
            namespace: Self::NAMESPACE.into(),
            license_key: None,
            branch_id: None,
            device_id,
            app_version,
            driver: DriverKind::default(),
            tls: TlsSettings::default(),
            proxy: Proxy::default(),
            plain: PlainPolicy::default(),
            delays: Delays::default(),
            rest_heartbeat: RestHeartbeat::default(),
            request_windows: RequestWindows::default(),
            rhythm: Rhythm::default(),
            job_limits: JobLimits::default(),
        }
    }
}
