//! Being told "no": by the gateway, or by our own side before a connect.

use async_trait::async_trait;
use serde::Serialize;
use serde_json::Value;
use std::fmt;

/// Longest refusal text that is kept, in characters.
const MAX_WORDS: usize = 300;

/// A refusal in words. It is not an error of the line: the supervisor tries again, but slowly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The other side's own code, where it sent one.
    pub code: Option<String>,
    /// Why, in words for the person at the till.
    pub message: String,
}

/// Gives the auth object of each connect.
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// The auth object for this connect; called before every connect, never while one is under way.
    ///
    /// # Errors
    /// [`Refused`] when there is no point in connecting yet (the licence was refused): the supervisor
    /// says so and asks again after the slow delay.
    async fn auth(&self) -> Result<Value, Refused>;
}

impl Refused {
    /// A refusal with words only.
    pub fn new(message: impl Into<String>) -> Self {
        Self { code: None, message: tidy(&message.into()) }
    }

    /// The same refusal with the other side's code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(tidy(&code.into()));
        self
    }

    /// The same refusal without these, where the other side echoes what it refuses.
    #[must_use]
    pub(crate) fn without(self, secrets: &[String]) -> Self {
        let strike = |text| without(text, secrets);
        Self { code: self.code.map(strike), message: strike(self.message) }
    }

    /// Reads a refusal out of what the gateway sent: a string, or an object with `message` (or
    /// `error`, `reason`) and `code`. Values of `auth` that look like secrets are struck out of it,
    /// because gateways like to echo the key they refuse.
    pub fn from_payload(payload: Option<&Value>, auth: &Value) -> Self {
        let (code, message) = match payload {
            Some(Value::String(text)) => (None, Some(text.clone())),
            Some(Value::Object(map)) => {
                let words = ["message", "error", "reason"].iter().find_map(|key| map.get(*key));
                (map.get("code").and_then(plain_text), words.and_then(plain_text))
            }
            _ => (None, None),
        };
        let message = message.unwrap_or_else(|| "the gateway refused without saying why".into());
        let refused = Self::new(strike_secrets(message, auth));
        match code {
            Some(code) => refused.with_code(strike_secrets(code, auth)),
            None => refused,
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) if *code != self.message => write!(f, "{} ({code})", self.message),
            _ => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Refused {}

fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(map) => map.get("message").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    }
}

/// Keeps a refusal on one line of reasonable length, whatever was sent.
fn tidy(text: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(clean).take(MAX_WORDS).collect::<String>().trim().to_owned()
}

fn strike_secrets(text: String, auth: &Value) -> String {
    let Value::Object(fields) = auth else { return text };
    fields
        .iter()
        .filter(|(name, _)| names_a_secret(name))
        .filter_map(|(_, value)| value.as_str())
        .fold(text, struck)
}

/// A text without these.
pub(crate) fn without(text: String, secrets: &[String]) -> String {
    secrets.iter().fold(text, struck)
}

/// A text without a secret; a very short one would take ordinary letters along.
fn struck(text: String, secret: impl AsRef<str>) -> String {
    match secret.as_ref() {
        short if short.len() < 8 => text,
        secret => text.replace(secret, "…"),
    }
}

/// Whether a field or a query parameter of that name lets whoever has it pass for this till.
pub(crate) fn names_a_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["key", "token", "secret", "password", "auth", "session"].iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_are_found_and_the_key_is_struck_out() {
        let auth = json!({"licenseKey": "0f-secret-77", "branchId": "b1"});
        let refused = Refused::from_payload(
            Some(&json!({"code": "LICENSE_INVALID", "message": "no licence 0f-secret-77\nhere"})),
            &auth,
        );
        assert_eq!(refused.to_string(), "no licence … here (LICENSE_INVALID)");
        assert_eq!(Refused::from_payload(Some(&json!("nope")), &auth).to_string(), "nope");
        assert!(Refused::from_payload(None, &auth).message.contains("without saying why"));
    }

    #[test]
    fn endless_words_are_cut() {
        assert_eq!(Refused::new("x".repeat(10_000)).message.len(), MAX_WORDS);
    }
}
