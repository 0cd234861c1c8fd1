//! Settings of the Odoo connectors.

use super::{LineSettings, is_unset, yes};
use crate::doors::DoorSection;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::Url;

/// The two ways in which Odoo and a till find each other.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OdooSettings {
    /// Odoo calls this till.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<DoorSection>,
    /// The till asks Odoo for jobs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull: Option<OdooPullConfig>,
}

/// Where Odoo is, and which of its printers are here. Its token is a secret: see [`crate::SecretName`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OdooPullConfig {
    /// `false`: it stays set up and is not asked.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Its address, such as `https://shop.odoo.com`.
    pub url: Url,
    /// Printers of this till by the codes that Odoo has for them.
    #[serde(default)]
    pub printers: BTreeMap<String, String>,
    /// How it is reached.
    #[serde(default, skip_serializing_if = "is_unset")]
    pub line: LineSettings,
}

impl OdooPullConfig {
    /// The usual settings for everything but the address.
    pub fn new(url: Url) -> Self {
        OdooPullConfig {
            enabled: true,
            url,
            line: LineSettings::default(),
            printers: BTreeMap::new(),
        }
    }
}
