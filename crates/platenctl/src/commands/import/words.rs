//! What a setting's name says. No contract lists the names that the agents of Fée Maison and of Odoo's queue have for their
//! settings, so these are known by the words in their names.

/// The words of a name, small: `PRINTER_VENDOR_ID`, `printer.vendorId` and `printer-vendor-id` are the same three.
pub struct Words(Vec<String>);

impl Words {
    /// Of that name.
    pub fn of(name: &str) -> Words {
        let mut words = vec![String::new()];
        let mut before = ' ';
        for sign in name.chars() {
            let begins = before.is_lowercase() && sign.is_uppercase();
            if begins || !sign.is_alphanumeric() {
                words.push(String::new());
            }
            if sign.is_alphanumeric()
                && let Some(word) = words.last_mut()
            {
                word.extend(sign.to_lowercase());
            }
            before = sign;
        }
        words.retain(|word| !word.is_empty());
        Words(words)
    }

    /// Whether it is among them.
    pub fn has(&self, word: &str) -> bool {
        self.0.iter().any(|one| one == word)
    }

    /// Whether one of those is.
    pub fn has_one(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.has(word))
    }

    /// Whether these are all.
    pub fn are(&self, words: &[&str]) -> bool {
        self.0 == words
    }

    /// Whether the name ends so.
    pub fn end_with(&self, word: &str) -> bool {
        self.0.last().is_some_and(|last| last == word)
    }

    /// Whether it is the name of a secret.
    pub fn is_secret(&self) -> bool {
        self.has_one(&["token", "secret", "password", "bearer", "apikey"])
            || (self.has("api") && self.has("key"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_however_it_is_written() {
        for name in
            ["PRINTER_VENDOR_ID", "printer.vendorId", "Printer-Vendor-Id", "printer vendor id"]
        {
            assert_eq!(Words::of(name).0, ["printer", "vendor", "id"], "{name}");
        }
        assert!(Words::of("__").0.is_empty());
        assert!(Words::of("ODOO_API_KEY").is_secret() && !Words::of("KEYBOARD").is_secret());
    }
}
