//! `platenctl doctor`: looks for what is wrong, and packs what support needs: no secret, no receipt.

use crate::cli::Listing;
use crate::failure::Failure;
use crate::reach::{Need, Reach};
use platen_bridge::{
    ConnectorRow, EngineStatus, Home, JobQuery, PrinterRow, Profiles, Request, Response,
    SecretName, SecretPlace, Settings, secrets_of,
};
use platen_connectors::Health;
use platen_devices::usb::{self, Access, UsbError};
use serde::Serialize;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use url::Url;
use zip::write::SimpleFileOptions;

/// Most bytes of each log file in the bundle, from its end.
const LOG_BYTES: u64 = 4 * 1024 * 1024;

/// One thing that was looked at.
#[derive(Serialize)]
struct Finding {
    what: &'static str,
    verdict: Verdict,
    words: String,
}

#[derive(Serialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    Good,
    Attention,
}

pub async fn doctor(home: &Home, bundle: Option<PathBuf>, listing: Listing) -> Result<(), Failure> {
    let profiles = Profiles::load(home);
    let mut findings = vec![settings(home)];
    findings.extend(usable(&profiles));
    findings.extend(licence_key(home));
    let (status, jobs) = ask(home, &mut findings).await;
    if let Some(status) = &status {
        findings.extend(gateway(status));
        findings.extend(status.connectors.iter().map(connector));
        // The engine reads the same files, and says the same of them.
        let news = status.notices.iter().filter(|notice| !profiles.notices.contains(notice));
        findings.extend(news.map(|notice| attention("notice", notice)));
        findings.extend(printers(status));
    }
    findings.extend(usb().await);
    if let Some(path) = &bundle {
        pack(home, path, &findings, status.as_ref(), &jobs)?;
    }
    if listing.json {
        say!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        for finding in &findings {
            let mark = if finding.verdict == Verdict::Good { "ok " } else { "!! " };
            say!("{mark} {:<12} {}", finding.what, finding.words);
        }
        if let Some(path) = &bundle {
            say!("Packed in {}: no licence key and no receipt is in it.", path.display());
        }
    }
    match findings.iter().filter(|finding| finding.verdict == Verdict::Attention).count() {
        0 => Ok(()),
        wrong => Err(Failure::new(format!("{wrong} thing(s) need attention"))),
    }
}

fn good(what: &'static str, words: impl Into<String>) -> Finding {
    Finding { what, verdict: Verdict::Good, words: words.into() }
}

fn attention(what: &'static str, words: impl Into<String>) -> Finding {
    Finding { what, verdict: Verdict::Attention, words: words.into() }
}

fn settings(home: &Home) -> Finding {
    match Settings::load(&home.settings()) {
        Err(error) => attention("settings", error.to_string()),
        Ok((_, unknown)) if !unknown.is_empty() => {
            let keys: Vec<String> = unknown.iter().map(ToString::to_string).collect();
            attention("settings", format!("keys that are not known: {}", keys.join("; ")))
        }
        Ok((settings, _)) => {
            good("settings", format!("{} printer(s) set up", settings.printers.len()))
        }
    }
}

fn usable(profiles: &Profiles) -> Vec<Finding> {
    match profiles.notices.as_slice() {
        [] => vec![good("profiles", format!("{} known", profiles.catalogue.profiles().count()))],
        notices => notices.iter().map(|notice| attention("profiles", notice)).collect(),
    }
}

/// The gateway's key; a till without a gateway that has another connector needs none.
fn licence_key(home: &Home) -> Option<Finding> {
    let (settings, _) = Settings::load(&home.settings()).unwrap_or_default();
    if settings.gateway.is_none() && settings.has_another_connector() {
        return None;
    }
    let secrets = secrets_of(home);
    Some(match secrets.get(SecretName::GatewayLicenseKey) {
        Ok(Some(_))
            if matches!(
                secrets.place(SecretName::GatewayLicenseKey),
                Ok(Some(SecretPlace::Keyring))
            ) =>
        {
            good("licence key", "stored in this computer's keyring")
        }
        Ok(Some(_)) => good("licence key", "stored in a file that only this account can read"),
        Ok(None) => attention("licence key", "none is stored: platenctl setup --license-key KEY"),
        Err(error) => attention("licence key", error.to_string()),
    })
}

async fn ask(
    home: &Home,
    findings: &mut Vec<Finding>,
) -> (Option<EngineStatus>, serde_json::Value) {
    let mut reach = match Reach::open(home, Need::Look).await {
        Ok(reach) => reach,
        Err(failure) => {
            findings.push(attention("engine", failure.to_string()));
            return (None, serde_json::Value::Null);
        }
    };
    findings.push(match &reach {
        Reach::Running(_) => good("engine", "running"),
        Reach::Own(_) => attention("engine", "not running: platenctl run"),
    });
    let status = match reach.ask(Request::Status).await {
        Ok(Response::Status(status)) => Some(*status),
        _ => None,
    };
    let query = JobQuery { limit: 200, ..JobQuery::default() };
    let jobs = match reach.ask(Request::Jobs(query)).await {
        Ok(Response::Jobs(jobs)) => serde_json::to_value(jobs).unwrap_or_default(),
        _ => serde_json::Value::Null,
    };
    reach.close().await;
    (status, jobs)
}

/// The attached USB printers. A computer without USB has none, and that is no trouble.
async fn usb() -> Vec<Finding> {
    match usb::list().await {
        Ok(found) => found
            .iter()
            .map(|printer| match printer.access {
                Access::Granted => good("usb", format!("{} at {}", printer.name(), printer.uri())),
                Access::Denied(help) => {
                    attention("usb", format!("{} at {}: {help}", printer.name(), printer.uri()))
                }
            })
            .collect(),
        Err(UsbError::Unavailable(_)) => Vec::new(),
        Err(error) => vec![attention("usb", error.to_string())],
    }
}

fn gateway(status: &EngineStatus) -> Option<Finding> {
    let gateway = status.gateway.as_ref()?;
    let words = gateway
        .get("connection_words")
        .and_then(|words| words.as_str())
        .unwrap_or_default()
        .to_owned();
    let online =
        gateway.pointer("/connection/state").and_then(|state| state.as_str()) == Some("online");
    Some(if online { good("gateway", words) } else { attention("gateway", words) })
}

fn connector(row: &ConnectorRow) -> Finding {
    let words = format!("{}: {}", row.name, row.words);
    if row.working { good("connector", words) } else { attention("connector", words) }
}

fn printers(status: &EngineStatus) -> Vec<Finding> {
    let finding = |row: &PrinterRow| {
        let name = crate::listing::one_line(row.view.name.as_str(), 40);
        match (&row.message, row.view.health) {
            (Some(message), _) => attention("printer", format!("{name}: {message}")),
            (None, Health::Online | Health::Busy) => good("printer", format!("{name}: ready")),
            (None, _) => good("printer", format!("{name}: says nothing of itself")),
        }
    };
    status.printers.iter().map(finding).collect()
}

fn pack(
    home: &Home,
    path: &Path,
    findings: &[Finding],
    status: Option<&EngineStatus>,
    jobs: &serde_json::Value,
) -> Result<(), Failure> {
    let mut zip = zip::ZipWriter::new(File::create(path)?);
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut put = |name: &str, content: &[u8]| -> Result<(), Failure> {
        zip.start_file(name, options)?;
        Ok(zip.write_all(content)?)
    };
    put("findings.json", &serde_json::to_vec_pretty(findings)?)?;
    put("status.json", &serde_json::to_vec_pretty(&status)?)?;
    put("jobs.json", &serde_json::to_vec_pretty(jobs)?)?;
    put("settings.toml", redacted(home).as_bytes())?;
    let about = format!(
        "platen {}\nos {}\narch {}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    put("versions.txt", about.as_bytes())?;
    for file in fs::read_dir(home.logs())?.flatten() {
        let name = format!("logs/{}", file.file_name().to_string_lossy());
        put(&name, &tail(&file.path())?)?;
    }
    zip.finish()?;
    Ok(())
}

/// The settings without what may hold a password.
fn redacted(home: &Home) -> String {
    let Ok((mut settings, _)) = Settings::load(&home.settings()) else {
        return "# not readable\n".into();
    };
    if let Some(gateway) = &mut settings.gateway {
        gateway.proxy = gateway.proxy.take().map(|_| "(removed)".into());
        without_secrets(&mut gateway.url);
    }
    if let Some(config) = &mut settings.backend_socket {
        config.session_id = "(removed)".into();
        config.line.proxy = config.line.proxy.take().map(|_| "(removed)".into());
        without_secrets(&mut config.url);
    }
    if let Some(config) = &mut settings.odoo.pull {
        config.line.proxy = config.line.proxy.take().map(|_| "(removed)".into());
        without_secrets(&mut config.url);
    }
    settings.to_text().unwrap_or_else(|_| "# not writable\n".into())
}

fn without_secrets(url: &mut Url) {
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.set_query(None);
}

fn tail(path: &Path) -> Result<Vec<u8>, Failure> {
    use std::io::{Seek, SeekFrom};
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LOG_BYTES)))?;
    let mut content = Vec::new();
    file.take(LOG_BYTES).read_to_end(&mut content)?;
    Ok(content)
}
