//! Settings of the Odoo connectors.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use url::Url;

/// The two ways in which Odoo and a till find each other.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OdooSettings {
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
    /// A PEM file with the shop's own certificate authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// SHA-256 hashes (base64) of public keys of which Odoo must have one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<String>,
    /// `http://proxy:3128`, or `none`; missing: the environment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// Allows `http://` to another machine. Token and receipts then cross the network unencrypted.
    #[serde(default)]
    pub allow_unencrypted: bool,
    /// Printers of this till by the codes that Odoo has for them.
    #[serde(default)]
    pub printers: BTreeMap<String, String>,
}

impl OdooPullConfig {
    /// The usual settings for everything but the address.
    pub fn new(url: Url) -> Self {
        OdooPullConfig {
            enabled: true,
            url,
            ca_file: None,
            pins: Vec::new(),
            proxy: None,
            allow_unencrypted: false,
            printers: BTreeMap::new(),
        }
    }
}

fn yes() -> bool {
    true
}
