//! The `config.json` of the agent that Odoo's "TW Possible Print Driver" calls.

use super::{Report, odoo_printers};
use crate::failure::Failure;
use platen_bridge::{DoorName, Home, Settings};
use serde_json::{Map, Value};
use std::net::IpAddr;
use std::path::Path;

/// What stands in an object of the file.
pub type Fields = Map<String, Value>;

/// By which the file is known, beside others that are JSON.
const MARKS: [&str; 4] = ["listen_port", "printer_ip", "auth_token", "ssl_cert"];

/// What is in such a file; none where it is of another kind.
pub fn read(text: &str) -> Option<Fields> {
    serde_json::from_str::<Fields>(text.trim_start_matches('\u{feff}')).ok()
}

/// Whether these settings are of that agent.
pub fn is_one(fields: &Fields) -> bool {
    MARKS.iter().any(|mark| fields.contains_key(*mark))
}

/// Takes them over; `folder` is that of the file. What was set up before and is not named stays. The door stays closed, or open,
/// as it was: its token is made when it is opened.
///
/// # Errors
/// A profile file that cannot be written.
pub fn take(
    fields: &Fields,
    folder: &Path,
    home: &Home,
    settings: &mut Settings,
    report: &mut Report,
) -> Result<(), Failure> {
    take_address(fields, settings, report);
    odoo_printers::take(fields, home, settings, report)?;
    take_certificate(fields, folder, settings, report);
    leave_the_rest(fields, report);
    Ok(())
}

fn take_address(fields: &Fields, settings: &mut Settings, report: &mut Report) {
    let section = settings.door_mut(DoorName::OdooPush);
    match fields.get("listen_host").and_then(Value::as_str).map(str::parse::<IpAddr>) {
        None => {}
        Some(Ok(address)) => {
            section.listen = address;
            report.took("listen_host", &super::callers_of(address));
        }
        Some(Err(_)) => report.left("listen_host", "it is no address of this computer"),
    }
    match port(fields, "listen_port") {
        None => {}
        Some(Some(port)) => {
            section.port = Some(port);
            report.took("listen_port", &format!("the door is at port {port}"));
        }
        Some(None) => report.left("listen_port", "it is no port"),
    }
}

fn take_certificate(fields: &Fields, folder: &Path, settings: &mut Settings, report: &mut Report) {
    let file = |name: &str| {
        let path = fields.get(name).and_then(Value::as_str).filter(|path| !path.is_empty())?;
        Some(folder.join(path))
    };
    match (file("ssl_cert"), file("ssl_key")) {
        (Some(certificate), Some(key)) if certificate.is_file() && key.is_file() => {
            settings.doors.certificate = Some(certificate);
            settings.doors.key = Some(key);
            report.took("ssl_cert, ssl_key", "the certificate of this till's doors");
        }
        (None, None) => {}
        _ => report.left(
            "ssl_cert, ssl_key",
            "the two files are not both there; Platen makes a certificate by itself",
        ),
    }
}

fn leave_the_rest(fields: &Fields, report: &mut Report) {
    for name in fields.keys() {
        let why = match name.as_str() {
            "listen_host" | "listen_port" | "printer_ip" | "printer_port" | "ssl_cert"
            | "ssl_key" | "charset" | "dots_per_line" | "dots" | "printers" => continue,
            "auth_token" => {
                "nobody knows how it was made; platenctl connectors odoo-push --on makes a new one for Odoo"
            }
            "timeout" => "Odoo is answered within eight seconds",
            _ => "Platen has no such setting",
        };
        report.left(name, why);
    }
}

/// What stands under that name; none where it is null.
pub fn filled<'a>(fields: &'a Fields, name: &str) -> Option<&'a Value> {
    fields.get(name).filter(|value| !value.is_null())
}

/// A port, or that what stands there is none; nothing where nothing stands there.
pub fn port(fields: &Fields, name: &str) -> Option<Option<u16>> {
    let value = filled(fields, name)?;
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    Some(number.and_then(|number| u16::try_from(number).ok()).filter(|port| *port > 0))
}
