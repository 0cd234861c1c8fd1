//! What is looked at, one thing each.

use super::Finding;
use crate::one_line;
use platen_bridge::{
    ConnectorRow, EngineStatus, Home, PrinterRow, Profiles, SecretName, SecretPlace, Settings,
    secrets_of,
};
use platen_connectors::Health;
use platen_devices::usb::{self, Access, UsbError};

pub fn settings(home: &Home) -> Finding {
    match Settings::load(&home.settings()) {
        Err(error) => Finding::attention("settings", error.to_string()),
        Ok((_, unknown)) if !unknown.is_empty() => {
            let keys: Vec<String> = unknown.iter().map(ToString::to_string).collect();
            Finding::attention("settings", format!("keys that are not known: {}", keys.join("; ")))
        }
        Ok((settings, _)) => {
            Finding::good("settings", format!("{} printer(s) set up", settings.printers.len()))
        }
    }
}

pub fn profiles(profiles: &Profiles) -> Vec<Finding> {
    match profiles.notices.as_slice() {
        [] => {
            let known = profiles.catalogue.profiles().count();
            vec![Finding::good("profiles", format!("{known} known"))]
        }
        notices => notices
            .iter()
            .map(|notice| Finding::attention("profiles", notice.to_string()))
            .collect(),
    }
}

/// The gateway's key; a till without a gateway that has another connector needs none.
pub fn licence_key(home: &Home) -> Option<Finding> {
    const WHAT: &str = "licence key";
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
            Finding::good(WHAT, "stored in this computer's keyring")
        }
        Ok(Some(_)) => Finding::good(WHAT, "stored in a file that only this account can read"),
        Ok(None) => Finding::attention(WHAT, "none is stored: platenctl setup --license-key KEY"),
        Err(error) => Finding::attention(WHAT, error.to_string()),
    })
}

/// The attached USB printers. A computer without USB has none, and that is no trouble.
pub async fn usb() -> Vec<Finding> {
    match usb::list().await {
        Ok(found) => found
            .iter()
            .map(|printer| {
                let at = format!("{} at {}", printer.name(), printer.uri());
                match &printer.access {
                    Access::Granted => Finding::good("usb", at),
                    Access::Denied(help) => Finding::attention("usb", format!("{at}: {help}")),
                }
            })
            .collect(),
        Err(UsbError::Unavailable(_)) => Vec::new(),
        Err(error) => vec![Finding::attention("usb", error.to_string())],
    }
}

pub fn gateway(status: &EngineStatus) -> Option<Finding> {
    let gateway = status.gateway.as_ref()?;
    let words = gateway.get("connection_words").and_then(|words| words.as_str());
    let words = words.unwrap_or_default();
    let state = gateway.pointer("/connection/state").and_then(|state| state.as_str());
    Some(match state {
        Some("online") => Finding::good("gateway", words),
        _ => Finding::attention("gateway", words),
    })
}

pub fn connector(row: &ConnectorRow) -> Finding {
    let words = format!("{}: {}", row.name, row.words);
    match row.working {
        true => Finding::good("connector", words),
        false => Finding::attention("connector", words),
    }
}

pub fn printer(row: &PrinterRow) -> Finding {
    let name = one_line(row.view.name.as_str(), 40);
    match (&row.message, row.view.health) {
        (Some(message), _) => Finding::attention("printer", format!("{name}: {message}")),
        (None, Health::Online | Health::Busy) => Finding::good("printer", format!("{name}: ready")),
        (None, _) => Finding::good("printer", format!("{name}: says nothing of itself")),
    }
}
