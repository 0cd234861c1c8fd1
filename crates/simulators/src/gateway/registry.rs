//! The printers the gateway has heard of.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde::Serialize;
use serde_json::Value;

/// A printer as the gateway's database has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownPrinter {
    /// The gateway's own id.
    pub server_id: String,
    /// The id the client announced.
    pub client_id: String,
    /// The name; unique within a branch.
    pub name: String,
    /// The branch.
    pub branch_id: String,
    /// thermal, receipt, kitchen, label …
    pub kind: String,
    /// usb, network …
    pub connection: String,
    /// The last status word.
    pub status: String,
    /// When it was last heard of.
    #[serde(skip)]
    pub last_seen: Instant,
}

/// What became of an announcement.
pub(super) enum Announced {
    New(KnownPrinter),
    Known(KnownPrinter),
}

/// An announcement that the server's schema refuses.
pub(super) enum Refusal {
    /// The handler throws: event `exception`.
    Exception(String),
    /// The enum refuses: event `printer:discovery:error`.
    Discovery(String),
}

const TYPES: [&str; 4] = ["thermal", "receipt", "kitchen", "label"];
const METHODS: [&str; 6] = ["auto", "usb", "manual", "system", "cups", "websocket"];

#[derive(Default)]
pub(super) struct Registry {
    printers: BTreeMap<(String, String), KnownPrinter>,
}

impl Registry {
    pub(super) fn announce(&mut self, payload: &Value, branch: &str) -> Result<Announced, Refusal> {
        let name = check_announcement(payload)?;
        let text = |field: &str| payload[field].as_str().unwrap_or_default().to_owned();
        let branch_id = payload["branchId"].as_str().unwrap_or(branch).to_owned();
        let key = (branch_id.clone(), name.clone());
        let known = self.printers.get(&key).map(|p| p.server_id.clone());
        let new = known.is_none();
        let printer = KnownPrinter {
            server_id: known.unwrap_or_else(|| uuid::Uuid::new_v4().to_string()),
            client_id: text("id"),
            name,
            branch_id,
            kind: text("type"),
            connection: text("connection"),
            status: text("status"),
            last_seen: Instant::now(),
        };
        self.printers.insert(key, printer.clone());
        Ok(if new { Announced::New(printer) } else { Announced::Known(printer) })
    }

    /// A status line about a printer, found by any of its ids or its name. Returns whether it is known.
    pub(super) fn status(&mut self, branch: &str, line: &Value) -> bool {
        let id = line["id"].as_str().unwrap_or_default();
        let name = line["name"].as_str().unwrap_or_default();
        let found = self.printers.values_mut().find(|p| {
            p.branch_id == branch && (p.name == name || p.client_id == id || p.server_id == id)
        });
        let Some(printer) = found else { return false };
        line["status"].as_str().unwrap_or("unknown").clone_into(&mut printer.status);
        printer.last_seen = Instant::now();
        true
    }

    /// The REST heartbeat: listed printers are updated, all others of the branch become offline.
    pub(super) fn heartbeat(&mut self, branch: &str, lines: &[Value]) -> usize {
        let listed = |name: &str| lines.iter().any(|l| l["name"].as_str() == Some(name));
        for printer in self.printers.values_mut().filter(|p| p.branch_id == branch) {
            if !listed(&printer.name) {
                "offline".clone_into(&mut printer.status);
            }
        }
        lines.iter().filter(|line| self.status(branch, line)).count()
    }

    pub(super) fn all(&self) -> Vec<KnownPrinter> {
        self.printers.values().cloned().collect()
    }

    pub(super) fn stale(&self, after: Duration) -> Vec<KnownPrinter> {
        let mut stale = self.all();
        stale.retain(|p| p.last_seen.elapsed() >= after);
        stale
    }
}

fn check_announcement(payload: &Value) -> Result<String, Refusal> {
    let exception = |text: &str| Err(Refusal::Exception(text.to_owned()));
    if payload.get("capabilities").is_some_and(|c| !c.is_array()) {
        return exception("printerData.capabilities.join is not a function");
    }
    let Some(name) = payload["name"].as_str().filter(|n| !n.is_empty()) else {
        return exception("name is required");
    };
    if !payload["status"].is_string() {
        return Err(Refusal::Discovery("status is required and must be a string".to_owned()));
    }
    one_of(payload, "type", &TYPES)?;
    if payload.get("discoveryMethod").is_some() {
        one_of(payload, "discoveryMethod", &METHODS)?;
    }
    Ok(name.to_owned())
}

fn one_of(payload: &Value, field: &str, allowed: &[&str]) -> Result<(), Refusal> {
    match payload[field].as_str() {
        Some(word) if allowed.contains(&word) => Ok(()),
        _ => Err(Refusal::Discovery(format!("{field} must be one of {}", allowed.join(", ")))),
    }
}
