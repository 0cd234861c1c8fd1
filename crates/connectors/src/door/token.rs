//! The token that callers have to show.

use rand::Rng;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A new token: 256 random bits in hexadecimal.
pub fn fresh_token() -> SecretString {
    let mut bytes = [0u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
}

/// Knows a token when it sees it, and cannot tell it.
#[derive(Clone)]
pub struct TokenCheck([u8; 32]);

impl TokenCheck {
    /// The check for that token.
    pub fn of(token: &SecretString) -> TokenCheck {
        TokenCheck(Sha256::digest(token.expose_secret().as_bytes()).into())
    }

    /// Whether that is the token. Takes as long for a nearly right one as for any other.
    pub fn admits(&self, shown: &[u8]) -> bool {
        let shown: [u8; 32] = Sha256::digest(shown).into();
        self.0.ct_eq(&shown).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_itself_is_admitted() {
        let token = fresh_token();
        let text = token.expose_secret();
        assert_eq!(text.len(), 64, "256 bits");
        assert_ne!(fresh_token().expose_secret(), text);
        let check = TokenCheck::of(&token);
        assert!(check.admits(text.as_bytes()));
        for wrong in ["", &text[1..], &format!("{text}0"), &text.to_uppercase().replace('A', "b")] {
            assert!(!check.admits(wrong.as_bytes()));
        }
    }
}
