//! The settings of one home, as TOML.
//!
//! Written atomically with mode 0600. A key that is not known is reported with its line and otherwise left alone, so
//! that a newer file does not stop an older program. Secrets are not here: see [`crate::SecretStore`].

mod backend_socket;
mod edit;
mod line;
mod name;
mod odoo;
mod unknown;

use crate::doors::{DoorName, DoorSection, DoorsSettings};
use crate::home::write_private;
use crate::policy::{Policy, UnconfirmedPolicy};
pub use backend_socket::BackendSocketConfig;
pub(crate) use edit::EditLock;
pub use line::LineSettings;
pub use name::{NameError, printer_name};
pub use odoo::{OdooPullConfig, OdooSettings};
use platen_connectors::PrinterKind;
use platen_escpos::PaperWidth;
use platen_job::{DocumentType, PrinterId, PrinterName, Role};
use platen_socketio::DriverKind;
use platen_updates::UpdateSettings;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};
pub use unknown::UnknownKey;
use url::Url;

/// Everything that can be set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// This till's own id, made at the first write; the gateway knows it as deviceId.
    pub device_id: Option<String>,
    /// The PrinterMaster gateway, where one is used.
    pub gateway: Option<GatewaySettings>,
    /// The Backend-Socket server, where one is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend_socket: Option<BackendSocketConfig>,
    /// Odoo, where it is used.
    #[serde(skip_serializing_if = "is_unset")]
    pub odoo: OdooSettings,
    /// The Fée Maison ERP, where it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fee_maison: Option<DoorSection>,
    /// Platen's own API, where it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api: Option<DoorSection>,
    /// The door for a PrinterMaster gateway on this machine, where it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub printer_master_local: Option<DoorSection>,
    /// The window in a browser, where it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web: Option<DoorSection>,
    /// What the doors for other systems have in common.
    #[serde(skip_serializing_if = "is_unset")]
    pub doors: DoorsSettings,
    /// Whether a monitor may read figures.
    #[serde(skip_serializing_if = "is_unset")]
    pub metrics: MetricsSettings,
    /// Time-outs and doubts, per document type.
    pub jobs: JobSettings,
    /// What the spool keeps.
    pub spool: SpoolSettings,
    /// What is logged.
    pub log: LogSettings,
    /// Where printers are looked for.
    pub discovery: DiscoverySettings,
    /// The tray and the window.
    pub desktop: DesktopSettings,
    /// How the till is kept up to date.
    #[serde(skip_serializing_if = "is_unset")]
    pub updates: UpdateSettings,
    /// Where the licence key and tokens are kept.
    pub secrets: SecretSettings,
    /// The printers.
    pub printers: Vec<PrinterSettings>,
}

fn yes() -> bool {
    true
}

/// Whether something need not be written.
fn is_unset<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Where the licence key and tokens are kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SecretSettings {
    /// Missing: the keyring.
    pub store: SecretKeeper,
}

/// Who keeps secrets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretKeeper {
    /// The keyring of the session; the file where there is none, or while it is locked.
    #[default]
    Keyring,
    /// A file that only its owner can read: for tills that print without anybody logged in.
    File,
}

/// Figures for a monitor.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MetricsSettings {
    /// Whether they are given, at the API's door.
    pub enabled: bool,
}

/// The tray and the window.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DesktopSettings {
    /// `en`, `fr` or `ar`; missing: the language of the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Whether Platen starts at login; missing: once the till is set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_at_login: Option<bool>,
}

/// Where the gateway is and how to reach it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GatewaySettings {
    /// Its address, such as `https://print.example.com`.
    pub url: Url,
    /// The branch, where the licence does not name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Which Socket.IO driver: `native` or `rust_socketio`.
    #[serde(default)]
    pub driver: DriverKind,
    /// A PEM file with the shop's own certificate authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// SHA-256 hashes (base64) of public keys that the gateway's certificate chain must contain one of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<String>,
    /// `http://proxy:3128`, or `none`; missing: the environment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// Allows `http://` to another machine. The licence key then crosses the network unencrypted.
    #[serde(default)]
    pub allow_unencrypted: bool,
}

impl GatewaySettings {
    /// Whether that can be the address of a gateway.
    pub fn is_address(url: &Url) -> bool {
        matches!(url.scheme(), "http" | "https" | "ws" | "wss") && url.host().is_some()
    }

    /// A gateway with the usual settings for everything but its address.
    pub fn new(url: Url) -> Self {
        GatewaySettings {
            url,
            branch: None,
            driver: DriverKind::default(),
            ca_file: None,
            pins: Vec::new(),
            proxy: None,
            allow_unencrypted: false,
        }
    }
}

/// Time-outs and doubts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct JobSettings {
    /// Seconds that a document may wait for its printer, by document type.
    pub time_to_live_seconds: BTreeMap<DocumentType, u64>,
    /// What is done with documents that may or may not be on paper, by document type.
    pub unconfirmed: BTreeMap<DocumentType, UnconfirmedPolicy>,
}

/// What the spool keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SpoolSettings {
    /// Days that receipts are kept after printing.
    pub payload_days: u32,
    /// Most bytes of kept receipts.
    pub payload_bytes: u64,
    /// Days that a job's record without its receipt is kept. Its id is kept for ever.
    pub record_days: u32,
}

impl Default for SpoolSettings {
    fn default() -> Self {
        SpoolSettings { payload_days: 30, payload_bytes: 1 << 30, record_days: 400 }
    }
}

/// What is logged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogSettings {
    /// `error`, `warn`, `info`, `debug` or `trace`, or a filter such as `info,platen_devices=debug`.
    pub level: String,
    /// Daily files that are kept.
    pub files: usize,
}

impl Default for LogSettings {
    fn default() -> Self {
        LogSettings { level: "info".into(), files: 14 }
    }
}

/// Where what nobody has set up yet is looked for: printers, also those that have moved, and the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DiscoverySettings {
    /// On this computer's USB ports.
    pub usb: bool,
    /// Among the queues of the operating system.
    pub spooler: bool,
    /// By what printers announce on the local network (mDNS). The network is never scanned without being asked.
    pub network: bool,
    /// For a till without a server: by the record `_platen._tcp` that the network's name servers may have for it.
    pub server: bool,
}

impl Default for DiscoverySettings {
    fn default() -> Self {
        DiscoverySettings { usb: true, spooler: true, network: true, server: true }
    }
}

impl DiscoverySettings {
    /// Nowhere.
    pub fn off() -> Self {
        DiscoverySettings { usb: false, spooler: false, network: false, server: false }
    }
}

/// One configured printer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PrinterSettings {
    /// Stable id, made when the printer is added.
    pub id: PrinterId,
    /// What people call it.
    pub name: PrinterName,
    /// Where it is, such as `tcp://192.0.2.10:9100`.
    pub uri: String,
    /// What the model can do.
    #[serde(default = "default_profile")]
    pub profile: String,
    /// The paper in it; missing: what its profile is made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<PaperWidth>,
    /// What it is used for.
    #[serde(default)]
    pub kind: PrinterKind,
    /// Which jobs it takes that name no printer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// What it understands.
    #[serde(default, skip_serializing_if = "Emulation::is_usual")]
    pub emulation: Emulation,
    /// The printer that takes its waiting jobs when it cannot print. None: they wait for this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<BackupSettings>,
}

/// What a printer understands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Emulation {
    /// ESC/POS commands, as its profile says.
    #[default]
    EscPos,
    /// Whole documents: an office printer behind the operating system's spooler. A PDF, a PNG or a JPEG goes there as it is, and
    /// anything else as a picture of the paper that the profile's printer would have made.
    Documents,
}

impl Emulation {
    fn is_usual(&self) -> bool {
        *self == Emulation::default()
    }
}

/// Who stands in for a printer in trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupSettings {
    /// Its name.
    pub printer: PrinterName,
    /// Seconds of trouble after which waiting jobs go there.
    #[serde(default = "default_backup_seconds")]
    pub after_seconds: u32,
}

impl BackupSettings {
    /// That printer, after the usual time.
    pub fn new(printer: PrinterName) -> Self {
        BackupSettings { printer, after_seconds: default_backup_seconds() }
    }
}

/// Long enough to put in a new roll of paper.
fn default_backup_seconds() -> u32 {
    60
}

fn default_profile() -> String {
    "generic-80".into()
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read or written.
    #[error("the settings file {0} cannot be used: {1}")]
    File(PathBuf, #[source] io::Error),
    /// The file is not TOML, or a value has the wrong type; the message names the line.
    #[error("the settings file {0} is wrong: {1}")]
    Wrong(PathBuf, String),
    /// Two printers have one name or one id.
    #[error("two printers are called {0:?}")]
    TwoPrinters(String),
    /// A printer cannot stand in for itself.
    #[error("{0:?} cannot be its own backup")]
    OwnBackup(String),
    /// No printer of that name.
    #[error("there is no printer called {0:?}")]
    NoPrinter(String),
    /// A printer was to be added under the name of one that there is; the name as that one has it.
    #[error("a printer is called {0:?} already")]
    NameTaken(String),
    /// Somebody else is changing the file and does not come to an end.
    #[error("another program is changing the settings file {0}; try again")]
    Busy(PathBuf),
}

impl Settings {
    /// Reads a settings file; a missing one gives the defaults. Also gives the keys that are not known.
    ///
    /// # Errors
    /// [`SettingsError`] where the file is unreadable or wrong, with the line.
    pub fn load(path: &Path) -> Result<(Settings, Vec<UnknownKey>), SettingsError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok((Settings::default(), vec![]));
            }
            Err(error) => return Err(SettingsError::File(path.into(), error)),
        };
        Self::parse(&text).map_err(|error| match error {
            ParseError::Toml(message) => SettingsError::Wrong(path.into(), message),
            ParseError::Settings(error) => error,
        })
    }

    fn parse(text: &str) -> Result<(Settings, Vec<UnknownKey>), ParseError> {
        let wrong = |error: toml::de::Error| ParseError::Toml(place_and_kind(&error, text));
        let mut unknown = Vec::new();
        let reader = toml::Deserializer::parse(text).map_err(wrong)?;
        let settings: Settings =
            serde_ignored::deserialize(reader, |path| unknown.push(path.to_string()))
                .map_err(wrong)?;
        settings.check()?;
        Ok((settings, unknown::locate(text, unknown)))
    }

    fn check(&self) -> Result<(), SettingsError> {
        for (index, printer) in self.printers.iter().enumerate() {
            let twin = self.printers[..index]
                .iter()
                .any(|other| other.id == printer.id || same_name(&other.name, &printer.name));
            if twin {
                return Err(SettingsError::TwoPrinters(printer.name.to_string()));
            }
        }
        Ok(())
    }

    /// Writes the settings file: whole or not at all, readable by its owner only.
    ///
    /// # Errors
    /// [`SettingsError`] where it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), SettingsError> {
        self.check()?;
        let text = format!(
            "# Platen's settings. Platen rewrites this file when they change; remarks are not kept.\n\n{}",
            self.to_text().map_err(|error| SettingsError::Wrong(path.into(), error.to_string()))?
        );
        write_private(path, text.as_bytes())
            .map_err(|error| SettingsError::File(path.into(), error))
    }

    /// The settings as TOML.
    ///
    /// # Errors
    /// Where a value cannot be written as TOML.
    pub fn to_text(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }

    /// The printer of that name, ignoring case, or of that id.
    pub fn printer(&self, name: &str) -> Option<&PrinterSettings> {
        self.printers.iter().find(|printer| printer.id.as_str() == name).or_else(|| {
            self.printers
                .iter()
                .find(|printer| printer.name.as_str().to_lowercase() == name.to_lowercase())
        })
    }

    /// Adds a printer or changes the one of that name; its id stays.
    pub fn put_printer(
        &mut self,
        name: PrinterName,
        uri: String,
        profile: Option<String>,
        kind: Option<PrinterKind>,
    ) {
        match self.printers.iter_mut().find(|printer| same_name(&printer.name, &name)) {
            Some(known) => {
                known.uri = uri;
                known.profile = profile.unwrap_or_else(|| known.profile.clone());
                known.kind = kind.unwrap_or(known.kind);
            }
            None => self.push_printer(name, uri, profile, kind),
        }
    }

    /// Adds a printer under a name that no other has.
    ///
    /// # Errors
    /// [`SettingsError::NameTaken`] where there is one of that name, ignoring case.
    pub fn add_printer(
        &mut self,
        name: PrinterName,
        uri: String,
        profile: Option<String>,
    ) -> Result<(), SettingsError> {
        if let Some(known) = self.printer(name.as_str()) {
            return Err(SettingsError::NameTaken(known.name.to_string()));
        }
        self.push_printer(name, uri, profile, None);
        Ok(())
    }

    fn push_printer(
        &mut self,
        name: PrinterName,
        uri: String,
        profile: Option<String>,
        kind: Option<PrinterKind>,
    ) {
        let Ok(id) = PrinterId::new(uuid::Uuid::new_v4().to_string()) else { return };
        self.printers.push(PrinterSettings {
            id,
            name,
            uri,
            profile: profile.unwrap_or_else(default_profile),
            paper: None,
            kind: kind.unwrap_or_default(),
            roles: Vec::new(),
            emulation: Emulation::default(),
            backup: None,
        });
    }

    /// Says what a printer understands.
    ///
    /// # Errors
    /// [`SettingsError::NoPrinter`] where there is none of that name.
    pub fn put_emulation(&mut self, name: &str, emulation: Emulation) -> Result<(), SettingsError> {
        self.printer_mut(name)?.emulation = emulation;
        Ok(())
    }

    /// Says which model a printer is.
    ///
    /// # Errors
    /// [`SettingsError::NoPrinter`] where there is none of that name.
    pub fn put_profile(&mut self, name: &str, profile: String) -> Result<(), SettingsError> {
        self.printer_mut(name)?.profile = profile;
        Ok(())
    }

    /// Says which paper is in a printer; none: what its profile is made for.
    ///
    /// # Errors
    /// [`SettingsError::NoPrinter`] where there is none of that name.
    pub fn put_paper(
        &mut self,
        name: &str,
        paper: Option<PaperWidth>,
    ) -> Result<(), SettingsError> {
        self.printer_mut(name)?.paper = paper;
        Ok(())
    }

    /// Has a printer's waiting jobs go to that one when it cannot print, or to none.
    ///
    /// # Errors
    /// [`SettingsError::NoPrinter`] where there is none of either name; [`SettingsError::OwnBackup`].
    pub fn put_backup(
        &mut self,
        name: &str,
        backup: Option<BackupSettings>,
    ) -> Result<(), SettingsError> {
        let id = self.printer_mut(name)?.id.clone();
        if let Some(backup) = &backup {
            let stand_in = self.printer(backup.printer.as_str());
            let unknown = || SettingsError::NoPrinter(backup.printer.to_string());
            if stand_in.ok_or_else(unknown)?.id == id {
                return Err(SettingsError::OwnBackup(name.into()));
            }
        }
        self.printer_mut(name)?.backup = backup;
        Ok(())
    }

    /// Gives a printer these roles beside those that it has; a role names one printer, so others lose them.
    ///
    /// # Errors
    /// [`SettingsError::NoPrinter`] where there is none of that name.
    pub fn give_roles(&mut self, name: &str, roles: &[Role]) -> Result<(), SettingsError> {
        let id = self.printer_mut(name)?.id.clone();
        for printer in &mut self.printers {
            printer.roles.retain(|role| !roles.contains(role));
            if printer.id == id {
                printer.roles.extend(roles);
                printer.roles.sort_unstable();
                printer.roles.dedup();
            }
        }
        Ok(())
    }

    /// Gives a printer these roles and no others; a role names one printer, so others lose them.
    ///
    /// # Errors
    /// [`SettingsError::NoPrinter`] where there is none of that name.
    pub fn put_roles(&mut self, name: &str, roles: &[Role]) -> Result<(), SettingsError> {
        self.printer_mut(name)?.roles.clear();
        self.give_roles(name, roles)
    }

    fn printer_mut(&mut self, name: &str) -> Result<&mut PrinterSettings, SettingsError> {
        let id = self.printer(name).map(|printer| printer.id.clone());
        let found = self.printers.iter_mut().find(|printer| Some(&printer.id) == id.as_ref());
        found.ok_or_else(|| SettingsError::NoPrinter(name.into()))
    }

    /// Takes a printer out; those that it was the backup of have none any more.
    ///
    /// # Errors
    /// [`SettingsError::NoPrinter`] where there is none of that name.
    pub fn remove_printer(&mut self, name: &str) -> Result<PrinterSettings, SettingsError> {
        let id = self.printer(name).map(|printer| printer.id.clone());
        let index = self.printers.iter().position(|printer| Some(&printer.id) == id.as_ref());
        let index = index.ok_or_else(|| SettingsError::NoPrinter(name.into()))?;
        let removed = self.printers.remove(index);
        for printer in &mut self.printers {
            printer.backup.take_if(|backup| same_name(&backup.printer, &removed.name));
        }
        Ok(removed)
    }

    /// The printers that lose their backup with that one, by name or id.
    pub fn backed_up_by(&self, name: &str) -> Vec<&PrinterName> {
        let Some(stand_in) = self.printer(name) else { return Vec::new() };
        let relies = |one: &&PrinterSettings| {
            one.backup.as_ref().is_some_and(|backup| same_name(&backup.printer, &stand_in.name))
        };
        self.printers.iter().filter(relies).map(|one| &one.name).collect()
    }

    /// The other printers with a printer's address, by its name or id.
    pub fn at_the_address_of(&self, name: &str) -> Vec<&PrinterName> {
        let Some(printer) = self.printer(name) else { return Vec::new() };
        let twins = self.printers.iter();
        let twins = twins.filter(|one| one.id != printer.id && one.uri == printer.uri);
        twins.map(|one| &one.name).collect()
    }

    /// Whether jobs come from elsewhere than a gateway.
    pub fn has_another_connector(&self) -> bool {
        let doors = DoorName::ALL.into_iter().filter(|name| name.takes_jobs());
        let mut doors = doors.filter_map(|name| self.door(name));
        self.backend_socket.is_some() || self.odoo.pull.is_some() || doors.any(|door| door.enabled)
    }

    /// Whether jobs can come from anywhere.
    pub fn has_a_sender(&self) -> bool {
        self.gateway.is_some() || self.has_another_connector()
    }

    /// The rules that follow from the settings.
    pub fn policy(&self) -> Policy {
        let mut policy = Policy::default();
        for (kind, seconds) in &self.jobs.time_to_live_seconds {
            policy.set_time_to_live(*kind, Duration::from_secs(*seconds));
        }
        for (kind, rule) in &self.jobs.unconfirmed {
            policy.set_unconfirmed(*kind, *rule);
        }
        policy
    }
}

/// Where a settings file is wrong, and how. The parser's own report would quote the line, which may hold a password.
fn place_and_kind(error: &toml::de::Error, text: &str) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let message = error.message().trim().replace('\n', " ");
    match before {
        Some(before) => format!("line {}: {message}", before.matches('\n').count() + 1),
        None => message,
    }
}

fn same_name(one: &PrinterName, other: &PrinterName) -> bool {
    one.as_str().to_lowercase() == other.as_str().to_lowercase()
}

enum ParseError {
    Toml(String),
    Settings(SettingsError),
}

impl From<SettingsError> for ParseError {
    fn from(error: SettingsError) -> Self {
        ParseError::Settings(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Settings, Vec<UnknownKey>) {
        Settings::parse(text).map_err(|_| "unreadable").unwrap()
    }

    #[test]
    fn settings_survive_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        let mut settings = Settings::default();
        settings.put_printer(
            PrinterName::new("Küche \"1\"").unwrap(),
            "tcp://127.0.0.1:9100".into(),
            None,
            None,
        );
        settings.jobs.time_to_live_seconds.insert(DocumentType::KitchenTicket, 60);
        settings.save(&path).unwrap();
        assert_eq!(Settings::load(&path).unwrap(), (settings, vec![]));
    }

    #[test]
    fn unknown_keys_are_named_with_their_line() {
        let (_, unknown) = parse(
            "colour = 1\n\n[gateway]\nurl = \"http://localhost:3001\"\nretries = 3\n\n[[printers]]\nid = \"a\"\nname = \"A\"\nuri = \"tcp://x\"\nroll = 80\n",
        );
        let told: Vec<String> = unknown.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["line 1: colour", "line 5: gateway.retries", "line 11: printers.0.roll"]);
    }

    #[test]
    fn a_wrong_value_is_told_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        fs::write(&path, "[log]\nlevel = 7\n").unwrap();
        let error = Settings::load(&path).unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
    }

    #[test]
    fn a_wrong_line_is_not_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        let wrong = "[gateway]\nurl = \"http://localhost\"\nproxy = \"http://me:pass-word@proxy";
        fs::write(&path, wrong).unwrap();
        let error = Settings::load(&path).unwrap_err().to_string();
        assert!(error.contains("line 3") && !error.contains("pass-word"), "{error}");
    }

    #[test]
    fn a_printer_keeps_its_id_when_it_moves() {
        let mut settings = Settings::default();
        let name = PrinterName::new("Bar").unwrap();
        settings.put_printer(name.clone(), "tcp://one".into(), None, None);
        let id = settings.printers[0].id.clone();
        settings.put_printer(PrinterName::new("BAR").unwrap(), "tcp://two".into(), None, None);
        assert_eq!((settings.printers.len(), &settings.printers[0].id), (1, &id));
        assert_eq!(settings.printers[0].uri, "tcp://two");
    }

    #[test]
    fn a_printer_is_not_added_under_the_name_of_another() {
        let mut settings = Settings::default();
        let name = |name| PrinterName::new(name).unwrap();
        settings.add_printer(name("Bar"), "tcp://one".into(), None).unwrap();
        let refused = settings.add_printer(name("bAR"), "tcp://two".into(), None).unwrap_err();
        assert_eq!(refused.to_string(), "a printer is called \"Bar\" already");
        assert_eq!((settings.printers.len(), settings.printers[0].uri.as_str()), (1, "tcp://one"));
    }

    #[test]
    fn a_role_moves_to_the_printer_that_is_given_it() {
        let mut settings = Settings::default();
        for name in ["Bar", "Till"] {
            settings.put_printer(PrinterName::new(name).unwrap(), "tcp://x".into(), None, None);
        }
        settings.give_roles("bar", &[Role::Default, Role::Bar]).unwrap();
        settings.give_roles("Till", &[Role::Default, Role::Receipt]).unwrap();
        assert_eq!(settings.printers[0].roles, [Role::Bar]);
        assert_eq!(settings.printers[1].roles, [Role::Receipt, Role::Default]);
        let (read, _) = parse(&settings.to_text().unwrap());
        assert_eq!(read, settings);
        assert!(settings.give_roles("Terrace", &[Role::Bar]).is_err());
        settings.put_roles("till", &[Role::Bar]).unwrap();
        assert_eq!(
            (&settings.printers[0].roles, &settings.printers[1].roles),
            (&vec![], &vec![Role::Bar])
        );
    }

    #[test]
    fn a_backup_is_another_printer_and_goes_with_it() {
        let mut settings = Settings::default();
        for name in ["Bar", "Kitchen"] {
            settings.put_printer(PrinterName::new(name).unwrap(), "tcp://x".into(), None, None);
        }
        let backup = |name| Some(BackupSettings::new(PrinterName::new(name).unwrap()));
        settings.put_backup("kitchen", backup("bar")).unwrap();
        let (read, unknown) = parse(&settings.to_text().unwrap());
        assert_eq!((read, unknown), (settings.clone(), vec![]));
        for (name, other) in [("Bar", "bar"), ("Bar", "Terrace"), ("Terrace", "Bar")] {
            assert!(settings.put_backup(name, backup(other)).is_err(), "{name}, {other}");
        }
        settings.remove_printer("Bar").unwrap();
        assert_eq!(settings.printers[0].backup, None);
        let (short, _) = parse(
            "[[printers]]\nid = \"a\"\nname = \"A\"\nuri = \"tcp://x\"\nbackup = { printer = \"B\" }\n",
        );
        assert_eq!(short.printers[0].backup.as_ref().map(|one| one.after_seconds), Some(60));
    }
}
