//! The section `[updates]` of the settings.

use crate::busy::BusyHours;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use url::{Host, Url};

/// How a till is kept up to date.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateSettings {
    /// Who installs updates; missing: Platen.
    pub mode: UpdateMode,
    /// Which versions; missing: the stable ones.
    pub channel: Channel,
    /// Where updates are; missing: where the program was built to look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
    /// `http://proxy:3128`, or `none`; missing: the environment's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// Hours in which nothing is installed, such as `fri-sat 18:00-02:00`, by the till's own clock.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub busy_hours: Vec<BusyHours>,
}

/// Who installs updates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UpdateMode {
    /// Platen looks for them and installs them when nothing is printed and the shop is not busy.
    #[default]
    Automatic,
    /// Platen looks for them; a person has them installed.
    Ask,
    /// Platen does neither: whoever manages the tills does.
    Off,
}

/// Which versions a till takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// Those that are out. Never one whose number says that it is not, such as 0.3.0-beta.1.
    #[default]
    Stable,
    /// Those that are tried first, too.
    Beta,
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Channel::Stable => "stable",
            Channel::Beta => "beta",
        })
    }
}

/// The folder of a server that has a `latest.json` for each channel: `https://updates.example.com/platen`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Endpoint(Url);

/// Not where updates may come from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the address of updates has to begin with https://")]
pub struct EndpointError;

impl Endpoint {
    /// What tells the newest version of a channel.
    pub fn manifest(&self, channel: Channel) -> Option<Url> {
        let folder = self.0.as_str().trim_end_matches('/');
        format!("{folder}/{channel}/latest.json").parse().ok()
    }
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url: Url = text.trim().parse().map_err(|_| EndpointError)?;
        if url.scheme() == "https" || is_for_tests(&url) {
            Ok(Endpoint(url))
        } else {
            Err(EndpointError)
        }
    }
}

/// A server of a test, on this computer, and only in a program that nobody ships.
fn is_for_tests(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    };
    cfg!(debug_assertions) && url.scheme() == "http" && here
}

impl TryFrom<String> for Endpoint {
    type Error = EndpointError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Endpoint> for String {
    fn from(endpoint: Endpoint) -> String {
        endpoint.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_channel_has_a_file_of_its_own() {
        for address in ["https://updates.example.com/platen", "https://updates.example.com/platen/"]
        {
            let endpoint: Endpoint = address.parse().unwrap();
            let file = endpoint.manifest(Channel::Beta).unwrap();
            assert_eq!(file.as_str(), "https://updates.example.com/platen/beta/latest.json");
        }
    }

    #[test]
    fn an_address_that_others_can_change_on_the_way_is_refused() {
        for wrong in ["http://updates.example.com", "ftp://x", "updates", "http://192.0.2.1/"] {
            assert_eq!(wrong.parse::<Endpoint>(), Err(EndpointError), "{wrong}");
        }
    }

    #[test]
    fn the_section_is_read_and_written() {
        let text = "mode = \"ask\"\nchannel = \"beta\"\nendpoint = \"https://u.example.com/\"\nbusy_hours = [\"11:30-14:30\"]\n";
        let settings: UpdateSettings = toml::from_str(text).unwrap();
        assert_eq!(toml::to_string(&settings).unwrap(), text);
        assert_eq!(toml::from_str::<UpdateSettings>("").unwrap(), UpdateSettings::default());
        assert!(toml::from_str::<UpdateSettings>("busy_hours = [\"noon\"]").is_err());
    }
}
