//! The `.env` of Backend-Socket's "Windows Printer Client".

use super::Report;
use super::pairs::Pair;
use crate::commands::connectors::check;
use crate::failure::Failure;
use platen_bridge::{BackendSocketConfig, Settings};
use platen_socketio::Endpoint;
use url::Url;

/// Whether these settings are of that client.
pub fn is_one(pairs: &[Pair]) -> bool {
    pairs.iter().any(|pair| pair.name == "SOCKET_URL")
}

/// Takes them over. What was set up before and is not named stays.
pub fn take(pairs: &[Pair], settings: &mut Settings, report: &mut Report) -> Result<(), Failure> {
    let value = |name: &str| {
        let pair = pairs.iter().find(|pair| pair.name == name);
        pair.map(|pair| pair.value.as_str()).filter(|value| !value.is_empty())
    };
    let url = value("SOCKET_URL").and_then(|url| url.parse::<Url>().ok());
    let url =
        url.ok_or_else(|| Failure::new("SOCKET_URL is no address, such as http://host:5001"))?;
    check(&url)?;
    let origin = url.origin().ascii_serialization();
    let mut config = match settings.backend_socket.take() {
        Some(config) => BackendSocketConfig { url, ..config },
        None => BackendSocketConfig::new(url),
    };
    report.took("SOCKET_URL", &format!("the server is {origin}"));
    if leaves_unencrypted(&config) {
        report.left(
            "SOCKET_URL",
            "this line would cross the network unencrypted, which you have to allow: \
             platenctl connectors backend-socket --allow-unencrypted",
        );
    }
    if let Some(id) = value("SESSION_ID") {
        config.session_id = id.to_owned();
        report.took("SESSION_ID", "by which the server knows this till");
    }
    // USERNAME may be the name of the person at the computer, which Windows sets by itself.
    let names = ["CLIENT_USERNAME", "USERNAME"];
    if let Some((key, name)) = names.iter().find_map(|key| Some((key, value(key)?))) {
        config.username = name.to_owned();
        report.took(key, &format!("the till's name there is {name}"));
    }
    if let Some(nipt) = value("NIPT") {
        config.nipt = nipt.to_owned();
        report.took("NIPT", &format!("the tax number is {nipt}"));
    }
    if let Some(printer) = value("DEFAULT_PRINTER") {
        take_printer(printer, &mut config, settings, report);
    }
    settings.backend_socket = Some(config);
    leave_the_rest(pairs, report);
    Ok(())
}

/// The old client named a printer of Windows; here it is a printer of Platen.
fn take_printer(
    name: &str,
    config: &mut BackendSocketConfig,
    settings: &Settings,
    report: &mut Report,
) {
    if settings.printer(name).is_some() {
        config.printer = Some(name.to_owned());
        report.took("DEFAULT_PRINTER", &format!("the default printer is {name}"));
        return;
    }
    report.left(
        "DEFAULT_PRINTER",
        &format!(
            "no printer of this till is called {name}; add it (platenctl printers add) and say so: \
             platenctl connectors backend-socket --printer NAME"
        ),
    );
}

fn leave_the_rest(pairs: &[Pair], report: &mut Report) {
    const KNOWN: [&str; 6] =
        ["SOCKET_URL", "SESSION_ID", "CLIENT_USERNAME", "USERNAME", "NIPT", "DEFAULT_PRINTER"];
    let has = |name: &str| pairs.iter().any(|pair| pair.name == name && !pair.value.is_empty());
    for Pair { name: key, value } in pairs {
        if key == "USERNAME" && has("CLIENT_USERNAME") {
            report.left(key, "CLIENT_USERNAME says it");
        } else if KNOWN.contains(&key.as_str()) && value.is_empty() {
            report.left(key, "it is empty");
        } else if !KNOWN.contains(&key.as_str()) {
            report.left(key, "Platen has no such setting");
        }
    }
}

fn leaves_unencrypted(config: &BackendSocketConfig) -> bool {
    !config.line.allow_unencrypted && Endpoint::new(config.url.clone()).is_forbidden_plain()
}
