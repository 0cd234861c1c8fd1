//! What this connector has to be told.

use platen_job::JobLimits;
use platen_socketio::{PlainPolicy, Proxy, TlsSettings};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

/// Settings for asking one Odoo.
#[derive(Debug, Clone)]
pub struct OdooPullSettings {
    /// Odoo's address; a path in front of `/tw/print` is kept.
    pub odoo: Url,
    /// What Odoo knows this till by. `None`: nothing is asked.
    pub token: Option<SecretString>,
    /// Our printers' names by the codes that Odoo has for them.
    pub printers: BTreeMap<String, String>,
    /// Trust beyond the system's roots, and pins. A certificate that is not trusted ends the call.
    pub tls: TlsSettings,
    /// How to get out of the shop.
    pub proxy: Proxy,
    /// Whether an unencrypted call may leave this machine.
    pub plain: PlainPolicy,
    /// How often, and how long.
    pub rhythm: Rhythm,
    /// Bounds on a job.
    pub job_limits: JobLimits,
}

/// How often Odoo is asked, and how long for. The defaults are the ones to use; tests shorten them.
#[derive(Debug, Clone, Copy)]
pub struct Rhythm {
    /// Between two questions: 3 s.
    pub poll: Duration,
    /// Longest between two questions while Odoo is away: 60 s.
    pub away: Duration,
    /// Between two questions after Odoo has said no, at first and at most: 30 s, 5 min.
    pub refused: (Duration, Duration),
    /// For a call: 10 s.
    pub call: Duration,
}

impl Default for Rhythm {
    fn default() -> Self {
        Rhythm {
            poll: Duration::from_secs(3),
            away: Duration::from_secs(60),
            refused: (Duration::from_secs(30), Duration::from_secs(300)),
            call: Duration::from_secs(10),
        }
    }
}

impl OdooPullSettings {
    /// Settings with the usual values for everything but the address.
    pub fn new(odoo: Url) -> Self {
        OdooPullSettings {
            odoo,
            token: None,
            printers: BTreeMap::new(),
            tls: TlsSettings::default(),
            proxy: Proxy::default(),
            plain: PlainPolicy::default(),
            rhythm: Rhythm::default(),
            job_limits: JobLimits::default(),
        }
    }
}
