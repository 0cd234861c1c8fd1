//! The printers in the settings of Odoo's agent: one at the top of the file, and those of its list `printers`.

use super::Report;
use super::odoo_print::{CHARSET, DOTS, Print};
use super::odoo_push::{Fields, filled, port};
use crate::failure::Failure;
use platen_bridge::{DoorName, Home, Settings};
use platen_connectors::PrinterKind;
use platen_job::PrinterName;
use serde_json::Value;

/// What a printer is called that was not set up here before and that the file does not name.
const PRINTER: &str = "Odoo";
/// Where receipt printers listen.
const USUAL_PORT: u16 = 9100;
/// The most printers of a list that are taken.
const MOST: usize = 32;
/// The names that a printer's address and port have in the list.
const ADDRESSES: [&str; 4] = ["printer_ip", "ip", "host", "address"];
const PORTS: [&str; 2] = ["printer_port", "port"];
const NAME: &str = "name";
const LIST: &str = "printers";

/// Sets up those that are not known yet, gives them their profiles, and says to which one receipts go.
///
/// # Errors
/// A profile file that cannot be written.
pub fn take(
    fields: &Fields,
    home: &Home,
    settings: &mut Settings,
    report: &mut Report,
) -> Result<(), Failure> {
    let usual = Print::read(fields, "", report);
    let listed = take_list(fields, &usual, home, settings, report)?;
    let top = match uri_of(fields, &["printer_ip"], &["printer_port"]) {
        Address::Of(uri) => take_top(&uri, settings, report),
        Address::Wrong => {
            report.left("printer_ip", "it is no address");
            None
        }
        Address::None => first_of(&listed, settings, report),
    };
    match top {
        Some(name) if !listed.contains(&name) => usual.give(&name, home, settings, report)?,
        None if listed.is_empty() => {
            usual.leave("no printer was taken that it could be for", report)
        }
        _ => {}
    }
    Ok(())
}

/// Where a printer is, as the file has it.
enum Address {
    None,
    Wrong,
    Of(String),
}

fn uri_of(fields: &Fields, hosts: &[&str], ports: &[&str]) -> Address {
    let Some(host) = hosts.iter().find_map(|name| filled(fields, name)) else {
        return Address::None;
    };
    let is_host = |sign: char| sign.is_ascii_alphanumeric() || ".-:".contains(sign);
    let host = host.as_str().filter(|host| !host.is_empty() && host.chars().all(is_host));
    let Some(host) = host else { return Address::Wrong };
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    let port = ports.iter().find_map(|name| port(fields, name)).flatten().unwrap_or(USUAL_PORT);
    Address::Of(format!("tcp://{host}:{port}"))
}

/// The printer at the top of the file: all receipts go there.
fn take_top(uri: &str, settings: &mut Settings, report: &mut Report) -> Option<PrinterName> {
    let name = match put(PRINTER, uri, settings) {
        Ok(name) => name,
        Err(why) => {
            report.left("printer_ip", &why);
            return None;
        }
    };
    settings.door_mut(DoorName::OdooPush).printer = Some(name.to_string());
    report.took("printer_ip, printer_port", &format!("receipts go to {name}, {uri}"));
    Some(name)
}

/// Without one at the top, receipts go to the first of the list, unless a printer was chosen here before.
fn first_of(
    listed: &[PrinterName],
    settings: &mut Settings,
    report: &mut Report,
) -> Option<PrinterName> {
    let first = listed.first()?;
    let section = settings.door_mut(DoorName::OdooPush);
    if section.printer.is_none() {
        section.printer = Some(first.to_string());
        report.took(LIST, &format!("receipts go to {first}, the first of them"));
    }
    Some(first.clone())
}

fn take_list(
    fields: &Fields,
    usual: &Print,
    home: &Home,
    settings: &mut Settings,
    report: &mut Report,
) -> Result<Vec<PrinterName>, Failure> {
    let mut taken = Vec::new();
    let Some(list) = filled(fields, LIST) else { return Ok(taken) };
    let Some(list) = list.as_array() else {
        report.left(LIST, "it is no list of printers");
        return Ok(taken);
    };
    if list.len() > MOST {
        report.left(LIST, &format!("there are more than {MOST}; the others are left"));
    }
    for (index, printer) in list.iter().take(MOST).enumerate() {
        let place = format!("{LIST}[{index}]");
        let Some(printer) = printer.as_object() else {
            report.left(&place, "it is no printer");
            continue;
        };
        let print = Print::read(printer, &format!("{place}."), report).or(usual);
        let (name, meaning) = match found(printer, settings) {
            Ok(found) => found,
            Err(why) => {
                report.left(&place, &why);
                continue;
            }
        };
        report.took(&place, &meaning);
        print.give(&name, home, settings, report)?;
        leave_the_rest(printer, &place, report);
        taken.push(name);
    }
    Ok(taken)
}

/// The printer of an entry, by its address or else by its name, and what to say of it; or why it is left.
fn found(printer: &Fields, settings: &mut Settings) -> Result<(PrinterName, String), String> {
    let name = filled(printer, NAME).and_then(Value::as_str).unwrap_or_default();
    match uri_of(printer, &ADDRESSES, &PORTS) {
        Address::Wrong => Err("its address is none".into()),
        Address::Of(uri) => {
            let name = put(name, &uri, settings)?;
            Ok((name.clone(), format!("it is {name} here, {uri}")))
        }
        Address::None => {
            let known = settings.printer(name).map(|known| known.name.clone());
            let why = "it has no address, and no printer of its name is set up here";
            let name = known.ok_or(why)?;
            Ok((name.clone(), format!("it is {name} here")))
        }
    }
}

/// The printer of that address, which is set up under that name where it is not known yet.
fn put(name: &str, uri: &str, settings: &mut Settings) -> Result<PrinterName, String> {
    if let Some(known) = settings.printers.iter().find(|printer| printer.uri == uri) {
        return Ok(known.name.clone());
    }
    if settings.printer(name).is_some() {
        return Err(format!(
            "another printer is called {name} here: platenctl printers add NAME {uri}"
        ));
    }
    let name = PrinterName::new(name).map_err(|error| format!("its name {error}"))?;
    settings.put_printer(name.clone(), uri.to_owned(), None, Some(PrinterKind::Receipt));
    Ok(name)
}

fn leave_the_rest(printer: &Fields, place: &str, report: &mut Report) {
    let is_ours = |key: &str| {
        key == NAME
            || key == CHARSET
            || [&DOTS[..], &ADDRESSES, &PORTS].iter().any(|names| names.contains(&key))
    };
    for key in printer.keys().filter(|key| !is_ours(key)) {
        report.left(&format!("{place}.{key}"), "Platen has no such setting");
    }
}
