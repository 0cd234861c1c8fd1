//! The engine: printers, queues, policy, settings, secrets, supervision.
//!
//! `platenctl` and the desktop shell run the same [`Engine`]; both talk to it through [`Request`] and [`Response`],
//! in process or over the control door of a home.

mod connector_words;
mod control;
mod devices;
mod doors;
mod encoder;
mod engine;
mod fonts;
mod home;
mod in_words;
mod lease;
mod notice;
mod pdf;
mod places;
mod policy;
mod printer;
mod profiles;
mod queue;
mod registry;
mod rollout;
mod secrets;
mod settings;
mod supervise;
mod tally;
mod view;
mod worker;

pub use connector_words::{ConnectorNote, ConnectorWords};
pub use control::{Client, ControlError};
pub use devices::{DeviceKey, DeviceView, Presence, Recognition, WayKind, WayTrouble, WayView};
pub use doors::{DoorEncryption, DoorName, DoorSection, DoorsSettings};
pub use engine::{
    Asked, Connectors, DeviceFactory, Ended, Engine, EngineError, EngineOptions, LineSettingsError,
    SystemDevices, Workers,
};
pub use fonts::use_system_fonts;
pub use home::{Home, HomeError, HomeLock, write_private};
pub use notice::Notice;
pub use pdf::{DRAW_PDF, draw_for_parent, draw_pdfs_apart};
pub use platen_connectors::{JobQuery, JobView, Resolution};
pub use platen_escpos::PaperWidth;
pub use platen_job::{SubmissionError, SubmissionFormat, read_document};
pub use policy::{Policy, UnconfirmedPolicy};
pub use profiles::Profiles;
pub use rollout::{RolloutError, take_in};
pub use secrets::{
    FileSecrets, KeyringTrouble, SecretError, SecretName, SecretPlace, SecretStore, secrets_of,
};
pub use settings::{
    BackendSocketConfig, BackupSettings, DesktopSettings, DiscoverySettings, Emulation,
    GatewaySettings, JobSettings, LineSettings, LogSettings, MetricsSettings, NameError,
    OdooPullConfig, OdooSettings, PrinterSettings, SecretKeeper, SecretSettings, Settings,
    SettingsError, SpoolSettings, UnknownKey, printer_name,
};
pub use view::{
    ConnectorRow, EngineStatus, LastJob, NotAccepted, NotNow, PrinterRow, Request, RequestError,
    Response, ScanView, Search, Submission, TestPrint,
};
