//! `platenctl connectors`: how they are, and their settings.

use super::doors;
use crate::cli::{BackendSocket, ConnectorChange, Connectors, Line, Metrics, OdooPull, Switch};
use crate::failure::Failure;
use crate::listing;
use crate::reach::{Need, Reach};
use platen_bridge::{
    BackendSocketConfig, Client, DoorName, GatewaySettings, Home, LineSettings, OdooPullConfig,
    Request, Response, SecretName, Settings, secrets_of,
};
use platen_program::one_line;
use secrecy::SecretString;
use std::fs;
use std::io::Read;
use std::path::Path;
use url::Url;

/// Longest secret that is read, in bytes.
const LONGEST_SECRET: u64 = 16 * 1024;

pub async fn connectors(home: &Home, connectors: Connectors) -> Result<(), Failure> {
    match connectors.change {
        None => list(home, connectors.listing.json).await,
        Some(ConnectorChange::BackendSocket(change)) => backend_socket(home, change).await,
        Some(ConnectorChange::OdooPull(change)) => odoo_pull(home, change).await,
        Some(ConnectorChange::OdooPush(change)) => {
            doors::change(home, DoorName::OdooPush, change).await
        }
        Some(ConnectorChange::FeeMaison(change)) => {
            doors::change(home, DoorName::FeeMaison, change).await
        }
        Some(ConnectorChange::Api(change)) => doors::change(home, DoorName::Api, change).await,
        Some(ConnectorChange::PrinterMasterLocal(change)) => {
            doors::change(home, DoorName::PrinterMasterLocal, change).await
        }
        Some(ConnectorChange::Metrics(change)) => metrics(home, &change).await,
        Some(ConnectorChange::Web(change)) => doors::change(home, DoorName::Web, change).await,
        Some(ConnectorChange::Certificate) => doors::certificate(home),
    }
}

async fn metrics(home: &Home, change: &Metrics) -> Result<(), Failure> {
    edit(home, |settings| {
        settings.metrics.enabled = change.on;
        Ok(())
    })
    .await?;
    let (settings, _) = Settings::load(&home.settings())?;
    let is_open = settings.door(DoorName::Api).is_some_and(|section| section.enabled);
    match (settings.metrics.enabled, is_open) {
        (false, _) => say!("Figures are not given."),
        (true, true) => {
            say!("Figures are given at /metrics of the API's door, to whoever shows its token.")
        }
        (true, false) => {
            say!("Figures are given once the API's door is open: platenctl connectors api --on")
        }
    }
    Ok(())
}

async fn list(home: &Home, json: bool) -> Result<(), Failure> {
    let mut reach = Reach::open(home, Need::Look).await?;
    let is_running = matches!(reach, Reach::Running(_));
    let answer = reach.ask(Request::Status).await;
    reach.close().await;
    let Response::Status(status) = answer? else {
        return Err(Failure::new("the running Platen is another version"));
    };
    if json {
        say!("{}", serde_json::to_string_pretty(&status.connectors)?);
        return Ok(());
    }
    for row in &status.connectors {
        say!("{}", listing::connector(row));
    }
    if !is_running {
        say!("Platen is not running: no connector does its work.");
    } else if status.connectors.is_empty() {
        say!("No connector is set up beside the gateway.");
    }
    Ok(())
}

async fn backend_socket(home: &Home, change: BackendSocket) -> Result<(), Failure> {
    let session = change.session_file.as_deref().map(secret).transpose()?;
    edit(home, |settings| {
        if change.switch.remove {
            settings.backend_socket = None;
            return Ok(());
        }
        let known = settings.backend_socket.take();
        let mut config = match (known, change.url.clone()) {
            (Some(config), None) => config,
            (Some(config), Some(url)) => BackendSocketConfig { url, ..config },
            (None, Some(url)) => BackendSocketConfig::new(url),
            (None, None) => return Err(Failure::usage("name the server too: --url URL")),
        };
        check(&config.url)?;
        config.session_id = session.unwrap_or(config.session_id);
        config.username = change.username.unwrap_or(config.username);
        config.nipt = change.nipt.unwrap_or(config.nipt);
        if let Some(printer) = &change.printer {
            config.printer = Some(known_printer(settings, printer)?);
        }
        config.driver = change.driver.map_or(config.driver, Into::into);
        put_line(&mut config.line, change.line)?;
        config.enabled = enabled(&change.switch, config.enabled);
        settings.backend_socket = Some(config);
        Ok(())
    })
    .await?;
    let (settings, _) = Settings::load(&home.settings())?;
    match &settings.backend_socket {
        None => say!("Backend-Socket is not set up any more."),
        Some(config) if !config.enabled => say!("Backend-Socket is set up and off."),
        Some(config) => {
            say!("Backend-Socket is set up: {}", config.url.origin().ascii_serialization())
        }
    }
    needs_a_start(home).await;
    Ok(())
}

async fn odoo_pull(home: &Home, change: OdooPull) -> Result<(), Failure> {
    let token = change.token_file.as_deref().map(secret).transpose()?;
    let forget = change.switch.remove;
    edit(home, |settings| {
        if forget {
            settings.odoo.pull = None;
            return Ok(());
        }
        let known = settings.odoo.pull.take();
        let mut config = match (known, change.url.clone()) {
            (Some(config), None) => config,
            (Some(config), Some(url)) => OdooPullConfig { url, ..config },
            (None, Some(url)) => OdooPullConfig::new(url),
            (None, None) => return Err(Failure::usage("name Odoo's address too: --url URL")),
        };
        check(&config.url)?;
        for code in &change.codes {
            put_code(settings, &mut config, code)?;
        }
        put_line(&mut config.line, change.line)?;
        config.enabled = enabled(&change.switch, config.enabled);
        settings.odoo.pull = Some(config);
        Ok(())
    })
    .await?;
    let secrets = secrets_of(home);
    match token {
        Some(token) => secrets.set(SecretName::OdooPullToken, SecretString::from(token))?,
        None if forget => secrets.forget(SecretName::OdooPullToken)?,
        None => {}
    }
    let (settings, _) = Settings::load(&home.settings())?;
    match &settings.odoo.pull {
        None => say!("Odoo is not asked for jobs any more, and its token is forgotten."),
        Some(config) if !config.enabled => say!("Asking Odoo for jobs is set up and off."),
        Some(config) => {
            let codes: Vec<&str> = config.printers.keys().map(String::as_str).collect();
            let codes = one_line(&codes.join(", "), 200);
            say!(
                "Odoo is asked for jobs: {}, codes: {codes}",
                config.url.origin().ascii_serialization()
            );
        }
    }
    if secrets.place(SecretName::OdooPullToken)?.is_none() && settings.odoo.pull.is_some() {
        say!("No token is stored yet: --token-file FILE");
    }
    needs_a_start(home).await;
    Ok(())
}

/// A code of Odoo's, and the printer of this till that it stands for, or that it stands for none any more.
fn put_code(settings: &Settings, config: &mut OdooPullConfig, pair: &str) -> Result<(), Failure> {
    let usage = || Failure::usage(format!("{pair}: write CODE=PRINTER, such as KITCHEN=Kitchen"));
    let (code, printer) = pair.split_once('=').ok_or_else(usage)?;
    if code.trim().is_empty() {
        return Err(usage());
    }
    match printer {
        "" => drop(config.printers.remove(code)),
        printer => {
            config.printers.insert(code.to_owned(), known_printer(settings, printer)?);
        }
    }
    Ok(())
}

/// The name of a printer of this till.
fn known_printer(settings: &Settings, name: &str) -> Result<String, Failure> {
    let known = settings.printer(name);
    let unknown = || Failure::new(format!("there is no printer called {name:?}"));
    Ok(known.ok_or_else(unknown)?.name.to_string())
}

fn enabled(switch: &Switch, now: bool) -> bool {
    !switch.off && (switch.on || now)
}

/// Changes what is named.
fn put_line(settings: &mut LineSettings, change: Line) -> Result<(), Failure> {
    let Line { ca_file, proxy, allow_unencrypted } = change;
    if let Some(file) = ca_file {
        settings.ca_file = Some(std::path::absolute(file)?);
    }
    settings.proxy = proxy.or(settings.proxy.take());
    settings.allow_unencrypted = allow_unencrypted.unwrap_or(settings.allow_unencrypted);
    Ok(())
}

/// A secret from a file or from standard input: the process list shows arguments to everybody.
pub fn secret(file: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = match file.to_str() {
        Some("-") => std::io::stdin().take(LONGEST_SECRET).read_to_string(&mut text),
        _ => fs::File::open(file)
            .and_then(|file| file.take(LONGEST_SECRET).read_to_string(&mut text)),
    };
    read.map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    match text.trim() {
        "" => Err(Failure::new(format!("{} is empty", file.display()))),
        text => Ok(text.to_owned()),
    }
}

/// Whether a server can have that address.
pub fn check(url: &Url) -> Result<(), Failure> {
    if GatewaySettings::is_address(url) {
        return Ok(());
    }
    // Without the address: there may be a password in it.
    Err(Failure::usage("a server's address looks like https://print.example.com"))
}

/// Changes the settings of connectors, which a running Platen reads when it starts.
pub async fn edit(
    home: &Home,
    change: impl FnOnce(&mut Settings) -> Result<(), Failure>,
) -> Result<(), Failure> {
    super::printers::change(home, change).await
}

/// Says what a running Platen needs.
pub async fn needs_a_start(home: &Home) {
    match Client::connect(home).await {
        Ok(_) => say!("Platen is running: stop it and start it again to use this."),
        Err(_) => say!("Start it: platenctl run --home {}", home.root().display()),
    }
}
