//! Questions that are answered from what is known of the printers.

use super::connector::Connector;
use super::directory::{ServerIds, Target, find};
use super::payload::Payload;
use super::wire_in::Ask;
use super::wire_out::{CachedPrinters, DiscoveryForced, DiscoveryStatus, Message, QueueStatus};
use super::words;
use crate::PrinterView;
use crate::clock::iso_now;
use crate::fields::{text_field, text_of};
use serde_json::Value;

impl Connector {
    /// Answers a question.
    pub(super) async fn asked(&mut self, ask: Ask, payload: &Payload) {
        match ask {
            Ask::Status => self.status_asked(payload).await,
            Ask::Queue => self.queue_asked(payload).await,
            Ask::DiscoveryControl => self.discovery_control(payload).await,
            Ask::DiscoveryStatus => {
                let printers_found = self.everything().len();
                let timestamp = iso_now();
                self.send(
                    DiscoveryStatus { is_running: false, printers_found, timestamp }.emission(),
                )
                .await;
            }
            Ask::CachedPrinters => {
                let printers = self.entries();
                let (count, timestamp) = (printers.len(), iso_now());
                self.send(CachedPrinters { printers, count, timestamp }.emission()).await;
            }
            Ask::DiscoveryForce => {
                self.announce_all().await;
                let printers = self.entries();
                let (count, timestamp) = (printers.len(), iso_now());
                self.send(DiscoveryForced { success: true, printers, count, timestamp }.emission())
                    .await;
            }
        }
    }

    /// No ids, null and an empty list all mean every printer. A list without one of ours is for another till.
    async fn status_asked(&self, payload: &Payload) {
        let printers = self.everything();
        let asked: Vec<String> = match payload.get(&["printerIds"]) {
            Some(Value::Array(ids)) => ids.iter().filter_map(name_of).collect(),
            _ => Vec::new(),
        };
        if asked.is_empty() {
            let update = self.announcer().update(printers.iter());
            return self.send(update).await;
        }
        let branch = self.licence.branch();
        let meant = |printer: &&PrinterView| {
            asked.iter().any(|id| is_meant(printer, id, &printers, &self.learned, &branch))
        };
        let ours: Vec<&PrinterView> = printers.iter().filter(meant).collect();
        if !ours.is_empty() {
            let update = self.announcer().update(ours);
            self.send(update).await;
        }
    }

    async fn queue_asked(&self, payload: &Payload) {
        let Some(printer) = self.printer_for(&Target::of(payload)) else { return };
        let answer = QueueStatus {
            printer_id: payload.get(&["printerId"]).cloned(),
            printer_name: printer.name.to_string(),
            status: words::status_word(&printer),
            queue_length: printer.queue_length,
            success: true,
            timestamp: iso_now(),
        };
        self.send(answer.emission()).await;
    }

    /// The till searches by itself, all the time: a start announces what there is.
    async fn discovery_control(&mut self, payload: &Payload) {
        if payload.text(&["action"]).as_deref() == Some("start") {
            self.announce_all().await;
        }
    }

    fn entries(&self) -> Vec<Value> {
        let printers = self.everything();
        let announcer = self.announcer();
        printers.iter().map(|printer| announcer.entry(printer)).collect()
    }
}

/// An entry of `printerIds`: an id, or an object with one.
fn name_of(entry: &Value) -> Option<String> {
    match entry {
        Value::Object(fields) => text_field(fields, &["id", "printerId", "name"]),
        other => text_of(other).map(std::borrow::Cow::into_owned),
    }
}

fn is_meant(
    printer: &PrinterView,
    id: &str,
    printers: &[PrinterView],
    learned: &ServerIds,
    branch: &super::directory::Branch,
) -> bool {
    let target = Target::named(id);
    find(printers, learned, branch, &target).is_ok_and(|found| found.id == printer.id)
}
