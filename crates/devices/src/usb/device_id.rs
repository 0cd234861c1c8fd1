//! The IEEE 1284 device ID: what a printer says of its maker, model and command languages.
//!
//! `KEY:value;` pairs behind a length of two bytes (USB printer class 1.1, GET_DEVICE_ID). Keys come long or short; some
//! printers count the length without its own two bytes, some write it low byte first, and some leave the last
//! semicolon out.

/// What a device ID says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceId {
    /// `MFG` or `MANUFACTURER`.
    pub manufacturer: Option<String>,
    /// `MDL` or `MODEL`.
    pub model: Option<String>,
    /// `CMD` or `COMMAND SET`, in upper case.
    pub command_sets: Vec<String>,
    /// `DES` or `DESCRIPTION`.
    pub description: Option<String>,
    /// `SN`, `SERN` or `SERIALNUMBER`.
    pub serial: Option<String>,
}

/// The longest value that is kept, in characters.
const LONGEST: usize = 128;

impl DeviceId {
    /// Takes apart what GET_DEVICE_ID gave, the two bytes of length included; nothing where no pair is in it.
    pub(super) fn from_reply(reply: &[u8]) -> Option<DeviceId> {
        let (length, text) = reply.split_first_chunk::<2>()?;
        let counts = [u16::from_be_bytes(*length), u16::from_le_bytes(*length)].map(usize::from);
        // The count that fits what came, its own two bytes included or not.
        let end = counts
            .into_iter()
            .flat_map(|count| [count.checked_sub(2), Some(count)])
            .flatten()
            .find(|count| *count == text.len())
            .unwrap_or(text.len());
        DeviceId::parse(&String::from_utf8_lossy(&text[..end]))
    }

    /// Takes apart the text of a device ID; nothing where no pair is in it.
    pub fn parse(text: &str) -> Option<DeviceId> {
        let mut id = DeviceId::default();
        let mut pairs = 0;
        for pair in text.split(';') {
            let Some((key, value)) = pair.split_once(':') else { continue };
            let value = clean(value);
            if value.is_empty() {
                continue;
            }
            pairs += 1;
            match key.trim().to_ascii_uppercase().as_str() {
                "MFG" | "MANUFACTURER" => id.manufacturer = Some(value),
                "MDL" | "MODEL" => id.model = Some(value),
                "CMD" | "COMMAND SET" => id.command_sets = command_sets(&value),
                "DES" | "DESCRIPTION" => id.description = Some(value),
                "SN" | "SERN" | "SERIALNUMBER" => id.serial = Some(value),
                _ => {}
            }
        }
        (pairs > 0).then_some(id)
    }

    /// Whether it says that it understands ESC/POS.
    pub fn speaks_escpos(&self) -> bool {
        self.command_sets.iter().any(|set| matches!(set.as_str(), "ESC/POS" | "ESCPOS" | "EPSON"))
    }
}

fn clean(value: &str) -> String {
    let visible = value.chars().filter(|c| !c.is_control() && *c != char::REPLACEMENT_CHARACTER);
    visible.take(LONGEST).collect::<String>().trim().to_owned()
}

fn command_sets(value: &str) -> Vec<String> {
    let sets = value.split(',').map(|set| set.trim().to_ascii_uppercase());
    sets.filter(|set| !set.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EPSON: &str = "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20II;CLS:PRINTER;DES:EPSON TM-T20II;";

    fn reply(length: [u8; 2], text: &str) -> Vec<u8> {
        [&length[..], text.as_bytes()].concat()
    }

    #[test]
    fn maker_model_and_languages_are_read() {
        let id = DeviceId::parse(EPSON).unwrap();
        assert_eq!(id.manufacturer.as_deref(), Some("EPSON"));
        assert_eq!(id.model.as_deref(), Some("TM-T20II"));
        assert_eq!(id.command_sets, ["ESC/POS"]);
        assert_eq!(id.description.as_deref(), Some("EPSON TM-T20II"));
        assert!(id.speaks_escpos());

        let long = "MANUFACTURER: Star ;COMMAND SET:STAR, escpos;MODEL:TSP143;SERN:12 3";
        let id = DeviceId::parse(long).unwrap();
        assert_eq!(id.manufacturer.as_deref(), Some("Star"));
        assert_eq!(id.command_sets, ["STAR", "ESCPOS"]);
        assert_eq!(id.serial.as_deref(), Some("12 3"));
    }

    #[test]
    fn every_way_of_counting_the_length_is_understood() {
        let n = EPSON.len() as u16;
        for length in
            [(n + 2).to_be_bytes(), n.to_be_bytes(), (n + 2).to_le_bytes(), n.to_le_bytes(), [0, 0]]
        {
            let id = DeviceId::from_reply(&reply(length, EPSON)).unwrap();
            assert_eq!(id.model.as_deref(), Some("TM-T20II"), "{length:?}");
        }
    }

    #[test]
    fn nonsense_is_no_device_id() {
        for bytes in [&b""[..], b"\0", b"\0\x02", b"\0\x05abc", b"\0\0:;;:", b"\xff\xff\xff\xff"] {
            assert_eq!(DeviceId::from_reply(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn values_stay_short_and_printable() {
        let text = format!("MDL:\x07{}\n;MFG: ;", "x".repeat(5000));
        let id = DeviceId::parse(&text).unwrap();
        assert_eq!(id.model.map(|model| model.len()), Some(LONGEST));
        assert_eq!(id.manufacturer, None);
    }
}
