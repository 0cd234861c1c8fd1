//! A roll-out file: settings for a till that has none yet, put there by whoever sets up many of them.
//!
//! It has the keys of `settings.toml`, and `license_key`. It is read once, as long as the home has no settings.

use crate::home::Home;
use crate::secrets::{SecretError, SecretName, secrets_of};
use crate::settings::{EditLock, Settings, SettingsError};
use platen_devices::DeviceUri;
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::{fs, io};
use toml::{Table, Value};

/// Most bytes of such a file.
const MOST: u64 = 1 << 20;

/// Why a roll-out file was not taken in. Quotes nothing of it, as it may hold a licence key.
#[derive(Debug, thiserror::Error)]
pub enum RolloutError {
    /// It cannot be read.
    #[error("the roll-out file {0} cannot be read: {1}")]
    File(PathBuf, #[source] io::Error),
    /// It is not what it should be.
    #[error("the roll-out file {0} cannot be used: {1}")]
    Wrong(PathBuf, String),
    /// What it says cannot be stored.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Its licence key cannot be stored.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

/// Takes in the first of these files that there is, where the home has no settings yet; gives which one that was.
/// May wait for the disk and the keyring: for a blocking thread.
///
/// # Errors
/// [`RolloutError`]; nothing is set up then.
pub fn take_in(home: &Home, places: &[PathBuf]) -> Result<Option<PathBuf>, RolloutError> {
    if home.settings().exists() {
        return Ok(None);
    }
    let _alone = EditLock::take(home)?;
    if home.settings().exists() {
        // Somebody has set the till up meanwhile.
        return Ok(None);
    }
    for place in places {
        let Some(text) = read(place)? else { continue };
        let (settings, key) =
            parse(&text).map_err(|why| RolloutError::Wrong(place.clone(), why))?;
        if let Some(key) = key {
            secrets_of(home).set(SecretName::GatewayLicenseKey, key)?;
        }
        // Last: as long as there are no settings, all of it is done again at the next start.
        settings.save(&home.settings())?;
        return Ok(Some(place.clone()));
    }
    Ok(None)
}

fn read(place: &Path) -> Result<Option<String>, RolloutError> {
    let failed = |error| RolloutError::File(place.into(), error);
    match fs::metadata(place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error)),
        Ok(about) if about.len() > MOST => {
            Err(RolloutError::Wrong(place.into(), "it is larger than 1 MiB".into()))
        }
        Ok(_) => fs::read_to_string(place).map(Some).map_err(failed),
    }
}

fn parse(text: &str) -> Result<(Settings, Option<SecretString>), String> {
    let syntax = |error: toml::de::Error| match error.span() {
        Some(span) => {
            let line = text.get(..span.start).unwrap_or_default().matches('\n').count() + 1;
            format!("line {line} is not TOML")
        }
        None => "it is not TOML".into(),
    };
    // Files from Windows may begin with a mark of their encoding.
    let mut table: Table = text.trim_start_matches('\u{feff}').parse().map_err(syntax)?;
    let key = match table.remove("license_key") {
        None => None,
        Some(Value::String(key)) if !key.trim().is_empty() => Some(SecretString::from(key.trim())),
        Some(_) => return Err("license_key is not a key".into()),
    };
    name_printers(&mut table);
    let mut unknown = Vec::new();
    let text = toml::to_string(&table).map_err(|error| error.to_string())?;
    let wrong = |error: toml::de::Error| {
        let message = error.message().trim().replace('\n', " ");
        let line = error.span().and_then(|span| key_at(&text, span.start));
        line.map_or_else(|| message.clone(), |key| format!("{key}: {message}"))
    };
    let reader = toml::Deserializer::parse(&text).map_err(wrong)?;
    let settings: Settings =
        serde_ignored::deserialize(reader, |path| unknown.push(path.to_string())).map_err(wrong)?;
    if !unknown.is_empty() {
        // Whoever rolls out a hundred tills wants to hear of a slip before, not after.
        return Err(format!("keys that are not known: {}", unknown.join(", ")));
    }
    for printer in &settings.printers {
        printer
            .uri
            .parse::<DeviceUri>()
            .map_err(|error| format!("the address of {}: {error}", printer.name))?;
    }
    Ok((settings, key))
}

/// The key of the line at that place. Never its value.
fn key_at(text: &str, place: usize) -> Option<&str> {
    let start = text.get(..place)?.rfind('\n').map_or(0, |end| end + 1);
    let (key, _) = text.get(start..)?.lines().next()?.split_once('=')?;
    Some(key.trim())
}

/// Ids are this till's own affair.
fn name_printers(table: &mut Table) {
    let Some(Value::Array(printers)) = table.get_mut("printers") else { return };
    for printer in printers.iter_mut().filter_map(Value::as_table_mut) {
        let id = || Value::String(uuid::Uuid::new_v4().to_string());
        printer.entry("id").or_insert_with(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use platen_job::Role;
    use secrecy::ExposeSecret;

    const FILE: &str = r#"
license_key = "the-key"
[gateway]
url = "https://print.example.com"
[desktop]
language = "fr"
[secrets]
store = "file"
[[printers]]
name = "Comptoir"
uri = "tcp://192.0.2.10:9100"
roles = ["receipt", "default"]
"#;

    struct Shop {
        folder: tempfile::TempDir,
        home: Home,
    }

    fn shop(file: &str) -> Shop {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("platen.toml"), file).unwrap();
        // The keyring of whoever runs the tests is none of theirs.
        let home = Home::open(folder.path().join("home")).unwrap();
        Shop { folder, home }
    }

    impl Shop {
        fn places(&self) -> [PathBuf; 2] {
            ["missing.toml", "platen.toml"].map(|name| self.folder.path().join(name))
        }

        fn take_in(&self) -> Result<Option<PathBuf>, RolloutError> {
            take_in(&self.home, &self.places())
        }
    }

    #[test]
    fn what_it_says_is_set_up_once() {
        let (settings, key) = parse(FILE).unwrap();
        assert_eq!(key.unwrap().expose_secret(), "the-key");
        assert_eq!(settings.printers[0].roles, [Role::Receipt, Role::Default]);
        assert_ne!(settings.printers[0].id, parse(FILE).unwrap().0.printers[0].id);
        let shop = shop(&FILE.replace("license_key = \"the-key\"", ""));
        assert_eq!(shop.take_in().unwrap(), Some(shop.places()[1].clone()));
        let (taken, unknown) = Settings::load(&shop.home.settings()).unwrap();
        assert_eq!((taken.desktop.language.as_deref(), unknown.len()), (Some("fr"), 0));
        assert_eq!(shop.take_in().unwrap(), None, "a till that is set up stays as it is");
    }

    #[test]
    fn a_slip_is_told_before_anything_is_set_up() {
        for (wrong, told) in [
            ("license_key = ", "line 1 is not TOML"),
            ("license_key = 7", "license_key is not a key"),
            ("[gatway]\nurl = \"http://x\"", "not known: gatway"),
            ("[gateway]\nurl = 7", "url: invalid type"),
            ("[[printers]]\nname = \"A\"\nuri = \"nonsense\"", "the address of A"),
        ] {
            let shop = shop(wrong);
            let error = shop.take_in().unwrap_err().to_string();
            assert!(error.contains("platen.toml") && error.contains(told), "{wrong}: {error}");
            assert!(!shop.home.settings().exists());
        }
    }

    #[test]
    fn a_slip_beside_the_key_does_not_show_it() {
        let error = shop("license_key = \"top-secret\nx").take_in().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("top-secret"), "{error:?}");
    }
}
