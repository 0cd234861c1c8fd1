//! States for tests, also for those of whoever shows them.

use super::{EngineState, Health, JobRow, Licence, Line, Printer, Snapshot, status};
use jiff::tz::TimeZone;
use platen_job::{JobId, StateReason, Timestamp};

/// A shop where all is well.
pub fn ready(printers: &[&str]) -> Snapshot {
    let mut snapshot = Snapshot {
        engine: EngineState::Running,
        server: Some("https://print.example.com".into()),
        line: Line::Online,
        licence: Licence::Valid { company: None, branch: None, expires: None },
        printers: printers.iter().map(|name| printer(name, &[])).collect(),
        ..Snapshot::default()
    };
    snapshot.status = status::of(&snapshot, &TimeZone::UTC);
    snapshot
}

/// A printer with something about it.
pub fn printer(name: &str, reasons: &[StateReason]) -> Printer {
    Printer {
        id: format!("id-of-{name}"),
        name: name.into(),
        health: if reasons.is_empty() { Health::Ready } else { Health::Trouble },
        reasons: reasons.to_vec(),
        paused: false,
        waiting: 0,
        roles: Vec::new(),
        uri: "tcp://192.0.2.10:9100".into(),
        profile: "generic-80".into(),
        paper: None,
        backup: None,
    }
}

/// A job for "Bar".
pub fn job(id: i64, external_id: &str, state: &str) -> JobRow {
    JobRow {
        id: JobId(id),
        external_id: Some(external_id.into()),
        printer: Some("Bar".into()),
        document: "receipt".into(),
        from: "printer-master".into(),
        state: state.into(),
        open: matches!(state, "pending" | "held" | "processing"),
        message: String::new(),
        accepted_at: Timestamp(0),
    }
}
