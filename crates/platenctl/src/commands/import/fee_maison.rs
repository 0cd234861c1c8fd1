//! The `.env` of Fée Maison's agent on the till.

use super::Report;
use super::pairs::Pair;
use super::words::Words;
use platen_bridge::{DoorName, Settings};
use std::net::IpAddr;

/// Lines of the heading that the agent prints.
const HEADING: usize = 5;
const NOT_TAKEN: &str = "Platen has no such setting";

/// Whether these settings are of that agent: it opens its printer by the two numbers of USB.
pub fn is_one(pairs: &[Pair]) -> bool {
    let names = || pairs.iter().map(|pair| Words::of(&pair.name));
    names().any(|words| words.has("vendor")) && names().any(|words| words.has("product"))
}

/// Takes them over. What was set up before and is not named stays. The door stays closed, or open, as it was: its token is
/// made when it is opened.
pub fn take(pairs: &[Pair], settings: &mut Settings, report: &mut Report) {
    let section = settings.door_mut(DoorName::FeeMaison);
    let mut heading = Vec::new();
    for Pair { name, value } in pairs {
        let words = Words::of(name);
        if value.is_empty() {
            report.left(name, "it is empty");
        } else if words.is_secret() {
            report.left(
                name,
                "nobody knows how it was made; platenctl connectors fee-maison --on makes a new one for the ERP",
            );
        } else if words.has_one(&["vendor", "product"]) {
            report.left(
                name,
                "platenctl printers discover shows the printers by name: adopt the one that has these numbers",
            );
        } else if words.end_with("timeout") {
            report.left(name, "a ticket waits for its printer, and its sender is answered at once");
        } else if words.has_one(&["cert", "certificate", "ssl", "tls", "https"]) {
            report.left(
                name,
                "platenctl connectors fee-maison --encryption tls, with Platen's certificate",
            );
        } else if words.has_one(&["host", "bind", "listen"]) && !words.has("printer") {
            match value.parse::<IpAddr>() {
                Ok(address) => {
                    section.listen = address;
                    report.took(name, &super::callers_of(address));
                }
                Err(_) => report.left(name, "it is no address of this computer"),
            }
        } else if words.end_with("port") && !words.has("printer") {
            match value.parse::<u16>() {
                Ok(port) if port > 0 => {
                    section.port = Some(port);
                    report.took(name, &format!("the door is at port {port}"));
                }
                _ => report.left(name, "it is no port"),
            }
        } else if words.has_one(&["header", "heading", "shop", "store", "boutique", "entete"]) {
            if heading.len() < HEADING {
                heading.push(value.clone());
                report.took(name, &format!("line {} of the heading", heading.len()));
            } else {
                report.left(name, "the heading has its five lines");
            }
        } else {
            report.left(name, NOT_TAKEN);
        }
    }
    if !heading.is_empty() {
        section.header = heading;
    }
}
