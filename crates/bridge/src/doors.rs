//! The doors that this till can open to other systems: their names, and what is set for each.

use crate::secrets::SecretName;
use crate::settings::{MetricsSettings, OdooSettings, Settings};
use platen_job::ConnectorId;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

/// A door, by the system that calls at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DoorName {
    /// Odoo's "TW Possible Print Driver".
    OdooPush,
    /// The Fée Maison ERP.
    FeeMaison,
    /// Platen's own API.
    Api,
    /// A PrinterMaster gateway on this machine.
    PrinterMasterLocal,
    /// The window in a browser.
    Web,
}

/// Whether what crosses a door is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DoorEncryption {
    /// TLS, with the till's certificate.
    Tls,
    /// It is not.
    None,
}

/// What is set for one door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DoorSection {
    /// Whether it is to be open.
    pub enabled: bool,
    /// The address of this computer on which it listens: `127.0.0.1` for callers on this computer only, `0.0.0.0` for the
    /// whole network.
    pub listen: IpAddr,
    /// Its port; missing: the system's usual one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Whether it is encrypted; missing: as is usual for the system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<DoorEncryption>,
    /// Name or id of the printer for jobs that name none; missing: by role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub printer: Option<String>,
    /// Lines of the shop's heading.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub header: Vec<String>,
    /// Last lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub footer: Vec<String>,
    /// Language of words, amounts and dates, such as `fr-DZ`; missing: the system's usual one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Currency, such as `EUR` or `DA`; missing: the system's usual one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Web pages of these origins may call, such as `https://till.example.com`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
}

impl Default for DoorSection {
    fn default() -> Self {
        DoorSection {
            enabled: false,
            listen: Ipv4Addr::LOCALHOST.into(),
            port: None,
            encryption: None,
            printer: None,
            header: Vec::new(),
            footer: Vec::new(),
            language: None,
            currency: None,
            origins: Vec::new(),
        }
    }
}

/// What all doors have in common.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DoorsSettings {
    /// Further names and addresses under which callers reach this till, such as `till.shop.lan`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// A PEM file with the shop's own certificate; missing: Platen makes one by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// A PEM file with the key of that certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
}

impl DoorName {
    /// Every door there is.
    pub const ALL: [DoorName; 5] = [
        DoorName::OdooPush,
        DoorName::FeeMaison,
        DoorName::Api,
        DoorName::PrinterMasterLocal,
        DoorName::Web,
    ];

    /// The word in commands.
    pub fn as_str(self) -> &'static str {
        self.connector().as_str()
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            DoorName::OdooPush => "Odoo (calls this till)",
            DoorName::FeeMaison => "Fée Maison",
            DoorName::Api => "Platen's own API",
            DoorName::PrinterMasterLocal => "PrinterMaster (on this computer)",
            DoorName::Web => "Browsers",
        }
    }

    /// Whether jobs come in through it. At the window a person only looks and orders.
    pub fn takes_jobs(self) -> bool {
        self != DoorName::Web
    }

    /// Whose jobs come in through it.
    pub fn connector(self) -> ConnectorId {
        match self {
            DoorName::OdooPush => ConnectorId::OdooPush,
            DoorName::FeeMaison => ConnectorId::FeeMaison,
            DoorName::Api => ConnectorId::Api,
            DoorName::PrinterMasterLocal => ConnectorId::PrinterMasterLocal,
            DoorName::Web => ConnectorId::Web,
        }
    }

    /// Where its token is kept.
    pub fn secret(self) -> SecretName {
        match self {
            DoorName::OdooPush => SecretName::OdooPushToken,
            DoorName::FeeMaison => SecretName::FeeMaisonToken,
            DoorName::Api => SecretName::ApiToken,
            DoorName::PrinterMasterLocal => SecretName::PrinterMasterLocalToken,
            DoorName::Web => SecretName::WebToken,
        }
    }

    /// The port that the system's callers have in their settings.
    pub fn usual_port(self) -> u16 {
        match self {
            DoorName::OdooPush => 8443,
            DoorName::FeeMaison => 8080,
            DoorName::Api => 8470,
            DoorName::PrinterMasterLocal => 8182,
            DoorName::Web => 8471,
        }
    }

    /// Whether the system's callers expect TLS.
    pub fn usual_encryption(self) -> DoorEncryption {
        match self {
            DoorName::OdooPush | DoorName::Web => DoorEncryption::Tls,
            // Browsers take an unencrypted address of this computer for a safe one.
            DoorName::FeeMaison | DoorName::Api | DoorName::PrinterMasterLocal => {
                DoorEncryption::None
            }
        }
    }

    /// The door of that word.
    pub fn parse(word: &str) -> Option<DoorName> {
        Self::ALL.into_iter().find(|name| name.as_str() == word)
    }
}

impl Settings {
    /// What is set for a door, where anything is.
    pub fn door(&self, name: DoorName) -> Option<&DoorSection> {
        match name {
            DoorName::OdooPush => self.odoo.push.as_ref(),
            DoorName::FeeMaison => self.fee_maison.as_ref(),
            DoorName::Api => self.api.as_ref(),
            DoorName::PrinterMasterLocal => self.printer_master_local.as_ref(),
            DoorName::Web => self.web.as_ref(),
        }
    }

    /// The same, to be changed.
    pub fn door_mut(&mut self, name: DoorName) -> &mut DoorSection {
        let section = match name {
            DoorName::OdooPush => &mut self.odoo.push,
            DoorName::FeeMaison => &mut self.fee_maison,
            DoorName::Api => &mut self.api,
            DoorName::PrinterMasterLocal => &mut self.printer_master_local,
            DoorName::Web => &mut self.web,
        };
        section.get_or_insert_default()
    }

    /// The same settings without any door, and without what is read anew at each request.
    pub(crate) fn without_doors(&self) -> Settings {
        let odoo = OdooSettings { push: None, ..self.odoo.clone() };
        Settings {
            odoo,
            fee_maison: None,
            api: None,
            printer_master_local: None,
            doors: DoorsSettings::default(),
            metrics: MetricsSettings::default(),
            web: None,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_door_is_found_by_its_word_and_is_closed_until_it_is_opened() {
        for name in DoorName::ALL {
            assert_eq!(DoorName::parse(name.as_str()), Some(name));
            let mut settings = Settings::default();
            assert_eq!(settings.door(name), None);
            let section = settings.door_mut(name);
            assert!(!section.enabled && section.listen.is_loopback());
            assert!(settings.door(name).is_some());
        }
    }
}
