//! By what a printer on the network is known again when its address has changed.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// One thing that stays with a printer. Strongest first; two sightings that share one are the same printer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LanIdentity {
    /// The UUID it announces; lower case, without `urn:uuid:`.
    Uuid(String),
    /// Its network card.
    Mac(MacAddress),
    /// The name it announces, which a person may change and no other printer on the network has.
    Name(String),
}

/// The address of a network card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MacAddress([u8; 6]);

/// Not six pairs of hexadecimal digits, or an address that no single card has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a network card's address looks like 00:26:ab:12:34:56")]
pub struct MacAddressError;

impl FromStr for MacAddress {
    type Err = MacAddressError;

    /// With colons, with hyphens, or with nothing between the pairs.
    fn from_str(text: &str) -> Result<Self, MacAddressError> {
        let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b':' | b'-')).collect();
        let mut address = [0; 6];
        if digits.len() != 12 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(MacAddressError);
        }
        for (byte, pair) in address.iter_mut().zip(digits.chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| MacAddressError)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| MacAddressError)?;
        }
        // All zero: not known. The lowest bit of the first byte: a group of cards.
        if address == [0; 6] || address[0] & 1 == 1 {
            return Err(MacAddressError);
        }
        Ok(MacAddress(address))
    }
}

impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl TryFrom<String> for MacAddress {
    type Error = MacAddressError;

    fn try_from(text: String) -> Result<Self, MacAddressError> {
        text.parse()
    }
}

impl From<MacAddress> for String {
    fn from(address: MacAddress) -> String {
        address.to_string()
    }
}

impl fmt::Display for LanIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LanIdentity::Uuid(uuid) => write!(f, "uuid:{uuid}"),
            LanIdentity::Mac(mac) => write!(f, "mac:{mac}"),
            LanIdentity::Name(name) => write!(f, "mdns:{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cards_address_is_read_in_its_usual_forms() {
        for text in ["00:26:AB:12:34:56", "00-26-ab-12-34-56", "0026ab123456"] {
            assert_eq!(text.parse::<MacAddress>().unwrap().to_string(), "00:26:ab:12:34:56");
        }
        for text in
            ["", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "00:26:ab:12:34", "zz:26:ab:12:34:56"]
        {
            assert_eq!(text.parse::<MacAddress>(), Err(MacAddressError), "{text}");
        }
    }
}
