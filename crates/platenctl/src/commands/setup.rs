//! `platenctl setup`: settings for a till without a question, as often as one likes.

use super::printers::{Moved, put};
use crate::cli::Setup;
use crate::failure::Failure;
use platen_bridge::{Client, GatewaySettings, Home, SecretName, Settings, secrets_of};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub async fn setup(home: &Home, setup: Setup) -> Result<(), Failure> {
    if setup.profile.is_some() && setup.printers.is_empty() {
        return Err(Failure::usage(
            "--profile is for the printers named in the same call: --printer NAME=URI",
        ));
    }
    let key = setup.license_key.clone();
    let (before, _) = Settings::load(&home.settings())?;
    let mut moved = Vec::new();
    super::printers::change(home, |settings| {
        moved = edit(home, settings, setup)?;
        Ok(())
    })
    .await?;
    let mut needs_a_start = false;
    if let Some(key) = key {
        let secrets = secrets_of(home);
        let known = secrets.get(SecretName::GatewayLicenseKey).ok().flatten();
        needs_a_start = known.is_none_or(|known| known.expose_secret() != key.trim());
        secrets.set(SecretName::GatewayLicenseKey, SecretString::from(key.trim()))?;
    }
    let (settings, _) = Settings::load(&home.settings())?;
    needs_a_start |= settings.gateway != before.gateway;
    // Its origin only: the address may hold a password.
    let gateway = settings
        .gateway
        .map_or_else(|| "no gateway yet".to_owned(), |one| one.url.origin().ascii_serialization());
    say!("Set up in {}: {gateway}, {} printer(s).", home.root().display(), settings.printers.len());
    moved.iter().for_each(|moved| say!("{moved}"));
    match Client::connect(home).await {
        Ok(_) if needs_a_start => {
            say!("Platen is running: stop it and start it again to use the new gateway or key.")
        }
        Ok(_) => say!("Platen is running and uses it."),
        Err(_) => say!("Start it: platenctl run --home {}", home.root().display()),
    }
    Ok(())
}

/// Changes what is named; gives the printers that moved.
fn edit(home: &Home, settings: &mut Settings, setup: Setup) -> Result<Vec<Moved>, Failure> {
    let mut moved = Vec::new();
    for printer in &setup.printers {
        let (name, uri) = printer.rsplit_once('=').ok_or_else(|| {
            Failure::usage(format!(
                "{printer}: write NAME=URI, such as Kitchen=tcp://192.0.2.10:9100"
            ))
        })?;
        moved.extend(put(home, settings, name, uri, setup.profile.clone(), None)?);
    }
    if settings.device_id.is_none() {
        settings.device_id = Some(uuid::Uuid::new_v4().to_string());
    }
    if let Some(url) = &setup.gateway {
        check(url)?;
        match &mut settings.gateway {
            Some(gateway) => gateway.url = url.clone(),
            None => settings.gateway = Some(GatewaySettings::new(url.clone())),
        }
    }
    let named = setup.branch.is_some()
        || setup.driver.is_some()
        || setup.line.ca_file.is_some()
        || setup.line.proxy.is_some();
    let Some(gateway) = &mut settings.gateway else {
        return if named {
            Err(Failure::usage("name the gateway too: --gateway URL"))
        } else {
            Ok(moved)
        };
    };
    if let Some(branch) = setup.branch {
        gateway.branch = Some(branch);
    }
    if let Some(driver) = setup.driver {
        gateway.driver = driver.into();
    }
    if let Some(file) = setup.line.ca_file {
        gateway.ca_file = Some(std::path::absolute(file)?);
    }
    if let Some(proxy) = setup.line.proxy {
        gateway.proxy = Some(proxy);
    }
    gateway.allow_unencrypted = setup.line.allow_unencrypted.unwrap_or(gateway.allow_unencrypted);
    Ok(moved)
}

fn check(url: &Url) -> Result<(), Failure> {
    if GatewaySettings::is_address(url) {
        return Ok(());
    }
    Err(Failure::usage(format!("{url}: a gateway's address looks like https://print.example.com")))
}
