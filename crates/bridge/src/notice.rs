//! What a person should know of an engine beside the state of its printers and connectors.

use crate::engine::LineSettingsError;
use crate::in_words::in_words;
use crate::secrets::{KeyringTrouble, SecretError, SecretName};
use crate::settings::UnknownKey;
use platen_escpos::PaperWidth;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One thing to know. In a listing it is its words, and what is read from there is [`Notice::Words`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Notice {
    /// A key of the settings that no setting has.
    #[error("The settings file has a key that is not known, {0}.")]
    UnknownKey(UnknownKey),
    /// The spool was damaged.
    #[error(
        "The job journal was damaged and has been set aside as {}. Jobs that were waiting in it have to be sent again.",
        .0.display()
    )]
    SpoolSetAside(PathBuf),
    /// Nobody can send jobs.
    #[error("No gateway is set up: platenctl setup --gateway URL --license-key KEY")]
    NoSender,
    /// A connector is not started.
    #[error("{connector} is not connected: {why}.")]
    NotConnected {
        /// Its name.
        connector: String,
        /// What is wrong with the settings of its line.
        why: String,
    },
    /// Odoo has no token.
    #[error(
        "Odoo is not asked for jobs: no token is stored. platenctl connectors odoo-pull --token-file FILE"
    )]
    NoOdooToken,
    /// A secret cannot be had.
    #[error("{} cannot be read: {why}.", words_of(*.secret))]
    SecretUnreadable {
        /// Which.
        secret: SecretName,
        /// What is the matter with its keyring, where it is in one.
        keyring: Option<KeyringTrouble>,
        /// Why not, in words.
        why: String,
    },
    /// The certificate of the doors is due, and cannot be made anew.
    #[error("The certificate cannot be renewed: {0}.")]
    CertificateNotRenewed(String),
    /// A printer's settings lead nowhere.
    #[error("The printer {printer} cannot be opened: {why}.")]
    PrinterNotOpened {
        /// Its name.
        printer: String,
        /// Why not, in words.
        why: String,
    },
    /// A printer has a profile that there is not.
    #[error(
        "The printer {printer} has the profile {profile:?}, which is not known; {instead} is used instead."
    )]
    UnknownProfile {
        /// The printer's name.
        printer: String,
        /// What its settings say.
        profile: String,
        /// What is used.
        instead: String,
    },
    /// A printer is said to have paper that its profile cannot have.
    #[error(
        "The printer {printer} is set to paper of {paper}, which a printer with the profile {profile} cannot have: the profile's own width is used."
    )]
    OtherPaper {
        /// The printer's name.
        printer: String,
        /// Its profile's.
        profile: String,
        /// What its settings say.
        paper: PaperWidth,
    },
    /// Settings were changed that are read at a start only.
    #[error(
        "Settings other than the printers and the doors have changed: they are used from the next start of Platen."
    )]
    NextStart,
    /// A backup that there is not.
    #[error(
        "The backup of {printer} is {backup}, which is not another printer of this till: its jobs wait until it can print again."
    )]
    NoBackup {
        /// The printer's name.
        printer: String,
        /// What its settings say.
        backup: String,
    },
    /// Two printers at one address.
    #[error("{one} and {other} have the same address: give one of them its own, or remove it.")]
    SameAddress {
        /// One's name.
        one: String,
        /// The other's.
        other: String,
    },
    /// A file of profiles cannot be used.
    #[error("A printer profile cannot be used: {0}.")]
    ProfileUnusable(String),
    /// The folder of profiles cannot be read.
    #[error("The folder of printer profiles cannot be read: {0}.")]
    ProfilesUnreadable(String),
    /// There are too many files of profiles.
    #[error("There are more than {0} printer profiles; the first ones are used.")]
    TooManyProfiles(usize),
    /// As an engine elsewhere said it.
    #[error("{0}")]
    Words(String),
}

impl Notice {
    /// A connector that is not started for its line's settings.
    pub(crate) fn not_connected(connector: &str, why: &LineSettingsError) -> Notice {
        Notice::NotConnected { connector: connector.into(), why: why.to_string() }
    }

    /// A secret that cannot be had.
    pub(crate) fn secret_unreadable(secret: SecretName, error: &SecretError) -> Notice {
        let keyring = match error {
            SecretError::Keyring(trouble) => Some(*trouble),
            _ => None,
        };
        Notice::SecretUnreadable { secret, keyring, why: error.to_string() }
    }
}

in_words!(Notice);

fn words_of(secret: SecretName) -> &'static str {
    match secret {
        SecretName::GatewayLicenseKey => "The licence key",
        SecretName::OdooPullToken => "Odoo's token for its jobs",
        _ => "A token",
    }
}
