//! What the gateway is told of our printers. Pure.

use super::directory::ServerIds;
use super::wire_out::{Discovered, Emission, Message, PrinterStatus, StatusUpdate};
use super::words;
use crate::clock::{iso, iso_now};
use crate::{Health, PrinterView, Way};
use platen_job::Timestamp;
use serde_json::{Value, json};

/// Who announces.
#[derive(Debug, Clone)]
pub(crate) struct Announcer<'a> {
    pub(crate) device_id: &'a str,
    pub(crate) branch_id: Option<String>,
    pub(crate) learned: &'a ServerIds,
}

impl Announcer<'_> {
    /// `printer:discovered` for one printer.
    pub(crate) fn discovered(&self, printer: &PrinterView) -> Emission {
        self.discovery(printer).emission()
    }

    /// The same as JSON, for lists.
    pub(crate) fn entry(&self, printer: &PrinterView) -> Value {
        serde_json::to_value(self.discovery(printer)).unwrap_or_default()
    }

    fn discovery(&self, printer: &PrinterView) -> Discovered {
        Discovered {
            id: printer.id.to_string(),
            name: printer.name.to_string(),
            r#type: words::kind_word(printer.kind),
            connection: words::connection_word(&printer.way),
            status: words::server_status_word(printer),
            branch_id: self.branch_id.clone(),
            discovered_by: self.device_id.to_owned(),
            discovery_method: words::discovery_word(printer),
            timestamp: iso_now(),
            device: device(printer),
            system_printer: match &printer.way {
                Way::Spooler { queue } => Some(json!({ "name": queue })),
                Way::Network { .. } | Way::Usb => None,
            },
            capabilities: capabilities(printer),
        }
    }

    /// `printer:status:update` for these printers.
    pub(crate) fn update<'p>(
        &self,
        printers: impl IntoIterator<Item = &'p PrinterView>,
    ) -> Emission {
        StatusUpdate {
            printer_ids: printers.into_iter().map(|printer| self.status(printer)).collect(),
            branch_id: self.branch_id.clone(),
            timestamp: iso_now(),
        }
        .emission()
    }

    fn status(&self, printer: &PrinterView) -> PrinterStatus {
        // The gateway looks the printer up by its own id, where it has told us that.
        let id = self.learned.of(&printer.id).unwrap_or(printer.id.as_str()).to_owned();
        PrinterStatus { id, ..status(printer) }
    }
}

/// How a printer is, under our own id.
pub(crate) fn status(printer: &PrinterView) -> PrinterStatus {
    PrinterStatus {
        id: printer.id.to_string(),
        name: printer.name.to_string(),
        status: words::status_word(printer),
        last_seen: last_seen(printer),
        capabilities: capabilities(printer),
    }
}

/// When a printer was last seen: now, where the engine says that it is there. One that says nothing of itself but takes
/// data is there too; an old moment would make the gateway test it on paper again and again.
pub(crate) fn last_seen(printer: &PrinterView) -> Option<String> {
    match printer.health {
        Health::Online | Health::Busy | Health::Unknown => Some(iso(Timestamp::now())),
        Health::Offline | Health::Error => printer.last_seen.map(iso),
    }
}

fn capabilities(printer: &PrinterView) -> Vec<&'static str> {
    printer.capabilities.iter().map(|capability| capability.as_str()).collect()
}

fn device(printer: &PrinterView) -> Value {
    let kind = words::kind_word(printer.kind);
    match &printer.way {
        Way::Network { host, port } => {
            json!({ "type": kind, "connection": "network", "ip": host, "port": port })
        }
        Way::Usb => json!({ "type": kind, "connection": "usb" }),
        Way::Spooler { queue } => json!({ "type": kind, "connection": "spooler", "queue": queue }),
    }
}

/// What would make a difference to the gateway.
pub(crate) fn is_news(before: &[PrinterView], now: &[PrinterView]) -> News {
    let same_printer = |a: &PrinterView, b: &PrinterView| {
        a.id == b.id && a.name == b.name && a.kind == b.kind && a.way == b.way
    };
    let known = |printer: &&PrinterView| !before.iter().any(|old| same_printer(old, printer));
    let came_back = |printer: &&PrinterView| {
        let was_gone = |old: &PrinterView| old.id == printer.id && old.health == Health::Offline;
        printer.health != Health::Offline && before.iter().any(was_gone)
    };
    let appeared: Vec<_> = now
        .iter()
        .filter(|printer| known(printer) || came_back(printer))
        .map(|printer| printer.id.clone())
        .collect();
    let faces = |printers: &[PrinterView]| -> Vec<_> {
        let face = |printer: &PrinterView| (printer.id.clone(), words::status_word(printer));
        printers.iter().map(face).collect()
    };
    News { changed: !appeared.is_empty() || faces(before) != faces(now), appeared }
}

/// What changed between two looks at the printers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct News {
    /// Whether a status is to be sent.
    pub(crate) changed: bool,
    /// Printers that are to be announced.
    pub(crate) appeared: Vec<platen_job::PrinterId>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::printer;
    use platen_job::StateReason;

    #[test]
    fn a_status_goes_out_for_what_a_person_would_notice() {
        let before = vec![printer("p", "Bar")];
        let mut busy_queue = before.clone();
        busy_queue[0].queue_length = 9;
        assert_eq!(is_news(&before, &busy_queue), News { changed: false, appeared: vec![] });
        let mut empty = before.clone();
        empty[0].reasons = StateReason::MediaEmpty.into();
        assert!(is_news(&before, &empty).changed);
        let mut renamed = before.clone();
        renamed[0].name = platen_job::PrinterName::new("Terrace").unwrap();
        assert_eq!(is_news(&before, &renamed).appeared, vec![before[0].id.clone()]);
        assert!(is_news(&before, &[]).changed);
        let mut gone = before.clone();
        gone[0].health = Health::Offline;
        assert_eq!(is_news(&before, &gone), News { changed: true, appeared: vec![] });
        assert_eq!(is_news(&gone, &before).appeared, vec![before[0].id.clone()], "it is back");
    }

    #[test]
    fn an_announcement_has_what_the_server_insists_on() {
        let learned = ServerIds::default();
        let announcer =
            Announcer { device_id: "till", branch_id: Some("b".into()), learned: &learned };
        let sent = announcer.discovered(&printer("p", "Bar"));
        assert_eq!(sent.event, "printer:discovered");
        assert_eq!(sent.payload["status"], "online");
        assert!(sent.payload["capabilities"].is_array());
        assert_eq!(sent.payload["type"], "receipt");
        assert_eq!(sent.payload["connection"], "network");
        assert!(sent.payload.get("systemPrinter").is_none());
    }
}
