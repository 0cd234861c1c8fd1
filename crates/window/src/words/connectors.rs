//! How other systems than the server are.

use super::{Counted, Key, Language};
use platen_bridge::{ConnectorNote, ConnectorWords};
use platen_connectors::door::{DoorLack, DoorState, PortTrouble};
use platen_connectors::odoo::pull::{OdooPullState, OdooRefusal, OdooTrouble};
use platen_job::ConnectorId;

impl Language {
    /// What people call a system that sends jobs.
    pub fn connector_name(self, connector: ConnectorId) -> &'static str {
        self.word(match connector {
            ConnectorId::PrinterMaster => Key::ConnectorPrinterMaster,
            ConnectorId::PrinterMasterLocal => Key::ConnectorPrinterMasterLocal,
            ConnectorId::BackendSocket => Key::ConnectorBackendSocket,
            ConnectorId::OdooPull => Key::ConnectorOdooPull,
            ConnectorId::OdooPush => Key::ConnectorOdooPush,
            ConnectorId::FeeMaison => Key::ConnectorFeeMaison,
            ConnectorId::Api => Key::ConnectorApi,
            ConnectorId::Web => Key::ConnectorWeb,
            ConnectorId::Local => Key::ConnectorLocal,
        })
    }

    /// How a system is.
    pub fn connector(self, words: &ConnectorWords) -> String {
        match words {
            ConnectorWords::OdooPull(state) => self.odoo(state),
            ConnectorWords::Line(state) => self.line(state.as_ref()),
            ConnectorWords::Door { state, calls } => self.door(state, *calls),
            ConnectorWords::Words(words) => words.clone(),
        }
    }

    fn odoo(self, state: &OdooPullState) -> String {
        match state {
            OdooPullState::Starting => self.word(Key::LineNotStarted).into(),
            OdooPullState::Idle => self.word(Key::OdooIdle).into(),
            OdooPullState::Asking { .. } => self.word(Key::OdooAsking).into(),
            OdooPullState::Troubled { because, .. } => self.odoo_trouble(because),
        }
    }

    fn odoo_trouble(self, trouble: &OdooTrouble) -> String {
        let word = |key| self.word(key).to_owned();
        match trouble {
            OdooTrouble::Away(_) => word(Key::OdooAway),
            OdooTrouble::Unreadable { status, .. } => {
                self.say(Key::OdooUnreadable, &[("status", &status.to_string())])
            }
            OdooTrouble::Moved(_) => word(Key::OdooMoved),
            OdooTrouble::Settings(why) => self.say(Key::LineSettings, &[("why", why)]),
            OdooTrouble::Refused(OdooRefusal::HttpsRequired) => word(Key::OdooHttps),
            OdooTrouble::Refused(OdooRefusal::Unauthorized) => word(Key::OdooUnauthorized),
            OdooTrouble::Refused(OdooRefusal::NotFound) => word(Key::OdooNotFound),
        }
    }

    fn door(self, state: &DoorState, calls: u64) -> String {
        match state {
            DoorState::Open => {
                let calls = usize::try_from(calls).unwrap_or(usize::MAX);
                self.count(Counted::DoorOpen, calls, &[])
            }
            DoorState::Closed => self.word(Key::DoorClosed).into(),
            DoorState::Blocked { why } => self.port(why),
            DoorState::NotReady { why } => self.door_lack(why),
        }
    }

    fn port(self, trouble: &PortTrouble) -> String {
        match trouble {
            PortTrouble::InUse(port) => {
                self.say(Key::DoorPortInUse, &[("port", &port.to_string())])
            }
            PortTrouble::Denied(port) => {
                self.say(Key::DoorPortDenied, &[("port", &port.to_string())])
            }
            PortTrouble::NoAddress(address) => {
                self.say(Key::DoorNoAddress, &[("address", &address.to_string())])
            }
            PortTrouble::Other { address, error } => {
                self.say(Key::DoorBlocked, &[("address", &address.to_string()), ("why", error)])
            }
        }
    }

    fn door_lack(self, lack: &DoorLack) -> String {
        match lack {
            DoorLack::Token(door) => {
                let command = format!("platenctl connectors {door} --new-token");
                self.say(Key::DoorNoToken, &[("command", &command)])
            }
            DoorLack::ReadableToken => self.word(Key::DoorTokenUnreadable).into(),
            DoorLack::Certificate(why) => self.say(Key::DoorCertificate, &[("why", why)]),
            DoorLack::Pages => self.word(Key::DoorNoPages).into(),
        }
    }

    /// What else is to be known of a system.
    pub fn connector_note(self, note: &ConnectorNote) -> String {
        match note {
            ConnectorNote::NoPrinterFor(code) => self.say(Key::NoteNoPrinter, &[("code", code)]),
            ConnectorNote::UnknownCode(code) => self.say(Key::NoteUnknownCode, &[("code", code)]),
            ConnectorNote::UnreadableAnswers(count) => {
                self.say(Key::NoteUnreadableAnswers, &[("count", &count.to_string())])
            }
            ConnectorNote::Unsaid(why) => self.say(Key::NoteUnsaid, &[("why", why)]),
            ConnectorNote::ServerSays(said) => self.say(Key::NoteServerSays, &[("said", said)]),
            ConnectorNote::MissingPrinter { printer, count } => {
                let count = usize::try_from(*count).unwrap_or(usize::MAX);
                self.count(Counted::NoteMissingPrinter, count, &[("printer", printer)])
            }
            ConnectorNote::Certificate { fingerprint, ends: None } => {
                self.say(Key::NoteCertificate, &[("fingerprint", fingerprint)])
            }
            ConnectorNote::Certificate { fingerprint, ends: Some(day) } => {
                self.say(Key::NoteCertificateUntil, &[("fingerprint", fingerprint), ("day", day)])
            }
            ConnectorNote::Words(words) => words.clone(),
        }
    }
}
