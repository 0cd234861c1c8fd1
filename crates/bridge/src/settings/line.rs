//! How a server is reached: what the sections of several connectors have in common.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Trust, proxy and encryption of one line; a table `line` in the connector's section.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LineSettings {
    /// A PEM file with the shop's own certificate authority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// SHA-256 hashes (base64) of public keys of which the server must have one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<String>,
    /// `http://proxy:3128`, or `none`; missing: the environment's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// Allows `http://` to another machine. Receipts, and a token where there is one, then cross the network unencrypted.
    pub allow_unencrypted: bool,
}
