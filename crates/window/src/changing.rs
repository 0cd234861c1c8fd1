//! Changes of the settings, as the window asks for them.

use crate::room::Room;
use crate::words::{Key, Language};
use platen_bridge::{
    BackupSettings, GatewaySettings, PaperWidth, PrinterSettings, Profiles, Request, SecretError,
    SecretName, SecretPlace, Settings, SettingsError, printer_name, secrets_of,
};
use platen_devices::DeviceUri;
use platen_job::{PrinterName, Role};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::sync::Arc;
#[cfg(test)]
use ts_rs::TS;
use url::Url;

/// A printer to be added.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct NewPrinter {
    /// What people call it.
    name: String,
    /// Where it is.
    uri: String,
    /// Its model, by the name of its profile; none for a general one.
    profile: Option<String>,
    /// What it prints, where it is the first for something.
    #[cfg_attr(test, ts(type = "string | null"))]
    role: Option<Role>,
}

/// Sets the server up: its address, and the licence key where a new one is given. The engine starts anew with them. The key
/// that is kept stays with the server that it was given for: for another one it has to be given again.
pub async fn set_up_server(
    room: &Arc<Room>,
    url: &str,
    key: Option<SecretString>,
) -> Result<(), String> {
    let language = room.language();
    let address: Option<Url> = url.trim().parse().ok().filter(GatewaySettings::is_address);
    let address = address.ok_or_else(|| language.word(Key::ErrorAddress).to_owned())?;
    let key = key.map(|key| SecretString::from(key.expose_secret().trim()));
    let key = key.filter(|key| !key.expose_secret().is_empty());
    on_disk(room, move |room| {
        let given = keep(room, key)?;
        edit(room, |settings| {
            match &mut settings.gateway {
                Some(gateway)
                    if given == KeyGiven::Before && gateway.url.origin() != address.origin() =>
                {
                    return Err(language.word(Key::ErrorKeyAgain).into());
                }
                Some(gateway) => gateway.url = address,
                None => settings.gateway = Some(GatewaySettings::new(address)),
            }
            Ok(())
        })
    })
    .await?;
    room.start_anew();
    Ok(())
}

/// When the licence key was given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KeyGiven {
    /// With the address.
    Now,
    /// With another one, or the same.
    Before,
}

/// Keeps a new licence key; without one, one has to be kept already.
fn keep(room: &Room, key: Option<SecretString>) -> Result<KeyGiven, String> {
    let secrets = secrets_of(room.home());
    match key {
        Some(key) => {
            secrets.set(SecretName::GatewayLicenseKey, key).map_err(secret_failed(room))?;
            Ok(KeyGiven::Now)
        }
        None if secrets.place(SecretName::GatewayLicenseKey).ok().flatten().is_none() => {
            Err(room.language().word(Key::ErrorKey).into())
        }
        None => Ok(KeyGiven::Before),
    }
}

/// Where the licence key is kept; none where there is none. Never the key.
pub async fn key_place(room: &Arc<Room>) -> Option<SecretPlace> {
    on_disk(room, |room| {
        let secrets = secrets_of(room.home());
        secrets.place(SecretName::GatewayLicenseKey).map_err(secret_failed(room))
    })
    .await
    .ok()
    .flatten()
}

/// Adds a printer under a name that no other has.
pub async fn add_printer(room: &Arc<Room>, printer: NewPrinter) -> Result<(), String> {
    let language = room.language();
    let name =
        printer_name(printer.name.trim()).map_err(|_| language.word(Key::ErrorName).to_owned())?;
    let uri: DeviceUri = printer
        .uri
        .trim()
        .parse()
        .map_err(|_| language.word(Key::ErrorPrinterAddress).to_owned())?;
    on_disk(room, move |room| {
        edit(room, |settings| {
            let roles: Vec<Role> = printer.role.into_iter().collect();
            settings
                .add_printer(name.clone(), uri.to_string(), printer.profile)
                .and_then(|()| settings.give_roles(name.as_str(), &roles))
                .map_err(settings_failed(room))
        })
    })
    .await?;
    room.ask(Request::Reload).await.map(drop)
}

/// What a person says of a printer.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct PrinterChange {
    /// Which, by its id.
    printer: String,
    /// Its model, by the name of its profile.
    profile: String,
    /// The paper in it; none for what its model is made for.
    #[cfg_attr(test, ts(type = "\"58mm\" | \"80mm\" | null"))]
    paper: Option<PaperWidth>,
    /// What it prints.
    #[cfg_attr(test, ts(type = "string[]"))]
    roles: Vec<Role>,
    /// The printer that takes its jobs when it cannot print, by name.
    #[cfg_attr(test, ts(type = "string | null"))]
    backup: Option<PrinterName>,
}

/// Changes what a printer is and is there for.
pub async fn change_printer(room: &Arc<Room>, change: PrinterChange) -> Result<(), String> {
    on_disk(room, move |room| {
        let profiles = Profiles::load(room.home());
        if profiles.catalogue.get(&change.profile).is_none() {
            return Err(room.language().word(Key::ErrorProfile).into());
        }
        if let Some(paper) = change.paper.filter(|paper| !profiles.takes(&change.profile, *paper)) {
            let width = paper.millimetres().to_string();
            return Err(room.language().say(Key::ErrorPaper, &[("width", &width)]));
        }
        edit(room, |settings| {
            let printer = change.printer.as_str();
            let before = settings.printer(printer).and_then(|printer| printer.backup.clone());
            // Who only changes the model keeps the time that was set for the backup.
            let backup = change.backup.map(|name| match before {
                Some(known) if known.printer == name => known,
                _ => BackupSettings::new(name),
            });
            settings
                .put_profile(printer, change.profile)
                .and_then(|()| settings.put_paper(printer, change.paper))
                .and_then(|()| settings.put_roles(printer, &change.roles))
                .and_then(|()| settings.put_backup(printer, backup))
                .map_err(settings_failed(room))
        })
    })
    .await?;
    room.ask(Request::Reload).await.map(drop)
}

/// The models that Platen knows: names of profiles, and what people call them.
pub async fn models(room: &Arc<Room>) -> Result<Vec<(String, String)>, String> {
    on_disk(room, |room| {
        let catalogue = Profiles::load(room.home()).catalogue;
        Ok(catalogue.profiles().map(|one| (one.name.clone(), one.model.clone())).collect())
    })
    .await
}

/// Takes a printer out.
pub async fn remove_printer(room: &Arc<Room>, id: String) -> Result<(), String> {
    on_disk(room, move |room| {
        edit(room, |settings| {
            settings.remove_printer(&id).map(|_: PrinterSettings| ()).map_err(settings_failed(room))
        })
    })
    .await?;
    room.ask(Request::Reload).await.map(drop)
}

/// Chooses a language; none for that of the session.
pub async fn set_language(room: &Arc<Room>, language: Option<Language>) -> Result<(), String> {
    on_disk(room, move |room| {
        edit(room, |settings| {
            settings.desktop.language = language.map(|language| language.tag().into());
            Ok(())
        })?;
        room.read_language();
        Ok(())
    })
    .await
}

/// Writes down whether Platen is to start at login; whoever can, does it.
///
/// # Errors
/// Why it cannot be written, in words for a person.
pub async fn start_at_login(room: &Arc<Room>, on: bool) -> Result<(), String> {
    on_disk(room, move |room| {
        edit(room, |settings| {
            settings.desktop.start_at_login = Some(on);
            Ok(())
        })
    })
    .await
}

/// Days that receipts may be kept.
const MOST_DAYS: u32 = 3650;

/// Keeps receipts for so many days after they were printed. The engine starts anew with it.
pub async fn keep_receipts(room: &Arc<Room>, days: u32) -> Result<(), String> {
    if days > MOST_DAYS {
        return Err(room.language().word(Key::ErrorDays).into());
    }
    on_disk(room, move |room| {
        edit(room, |settings| {
            settings.spool.payload_days = days;
            Ok(())
        })
    })
    .await?;
    room.start_anew();
    Ok(())
}

/// Days that receipts are kept.
pub async fn receipt_days(room: &Arc<Room>) -> Result<u32, String> {
    on_disk(room, |room| Ok(settings(room)?.spool.payload_days)).await
}

/// The settings as they are stored.
pub(crate) fn settings(room: &Room) -> Result<Settings, String> {
    Settings::load(&room.home().settings())
        .map(|(settings, _)| settings)
        .map_err(settings_failed(room))
}

/// Changes the settings; nobody else's change comes in between.
pub(crate) fn edit(
    room: &Room,
    change: impl FnOnce(&mut Settings) -> Result<(), String>,
) -> Result<(), String> {
    let edited = Settings::edit(room.home(), |settings, _| change(settings).map_err(Edit::Refused));
    edited.map_err(|why| match why {
        Edit::Refused(words) => words,
        Edit::Failed(error) => settings_failed(room)(error),
    })
}

/// Why the settings were not changed.
enum Edit {
    /// What was wanted cannot be; in words for a person.
    Refused(String),
    /// They cannot be read or written.
    Failed(SettingsError),
}

impl From<SettingsError> for Edit {
    fn from(error: SettingsError) -> Self {
        Edit::Failed(error)
    }
}

fn settings_failed(room: &Room) -> impl Fn(SettingsError) -> String {
    let language = room.language();
    move |error| language.settings_error(&error)
}

fn secret_failed(room: &Room) -> impl Fn(SecretError) -> String {
    let language = room.language();
    move |error| language.secret_error(&error)
}

pub(crate) fn failed<E: std::error::Error>(room: &Room) -> impl Fn(E) -> String {
    let language = room.language();
    move |error| language.say(Key::ErrorFailed, &[("why", &error.to_string())])
}

/// The disk may be slow: neither the window nor the runtime waits for it.
pub(crate) async fn on_disk<T: Send + 'static>(
    room: &Arc<Room>,
    work: impl FnOnce(&Room) -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let (room, language) = (room.clone(), room.language());
    let done = tokio::task::spawn_blocking(move || work(&room)).await;
    done.unwrap_or_else(|_| Err(language.say(Key::ErrorFailed, &[("why", "–")])))
}
