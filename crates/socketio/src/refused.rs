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

    /// Reads a refusal out of what the gateway sent: a string, or an object with `message` (or
    /// `error`, `reason`) and `code`. What lets this till in is struck out of it, because gateways like
    /// to echo what they refuse.
    pub(crate) fn from_payload(payload: Option<&Value>, credentials: &Credentials) -> Self {
        let (code, message) = match payload {
            Some(Value::String(text)) => (None, Some(text.clone())),
            Some(Value::Object(map)) => {
                let words = ["message", "error", "reason"].iter().find_map(|key| map.get(*key));
                (map.get("code").and_then(plain_text), words.and_then(plain_text))
            }
            _ => (None, None),
        };
        let message = message.unwrap_or_else(|| "the gateway refused without saying why".into());
        let refused = Self::new(credentials.strike(message));
        match code {
            Some(code) => refused.with_code(credentials.strike(code)),
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

/// What lets whoever has it pass for this till.
#[derive(Clone, Default)]
pub struct Credentials(Vec<String>);

impl Credentials {
    /// Those of an auth object and of a handshake's query: the values whose names say so.
    pub(crate) fn of(auth: &Value, query: &[(String, String)]) -> Self {
        let fields = auth.as_object().into_iter().flatten();
        let fields = fields.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
        let query = query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let secret = fields.chain(query).filter(|(name, _)| names_a_secret(name));
        Self(secret.map(|(_, value)| value.to_owned()).collect())
    }

    /// A text without them; a very short one would take ordinary letters along.
    fn strike(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| match secret.len() {
            0..8 => text,
            _ => text.replace(secret, "…"),
        })
    }
}

/// Never what they are.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

fn names_a_secret(name: &str) -> bool {
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
        let query = [("session_id".to_owned(), "session-77".to_owned())];
        let credentials = Credentials::of(&auth, &query);
        let refused = Refused::from_payload(
            Some(&json!({"code": "LICENSE_INVALID", "message": "no licence 0f-secret-77\nhere"})),
            &credentials,
        );
        assert_eq!(refused.to_string(), "no licence … here (LICENSE_INVALID)");
        let quoted = Refused::from_payload(Some(&json!("session-77 at b1")), &credentials);
        assert_eq!(quoted.to_string(), "… at b1");
        assert_eq!(Refused::from_payload(Some(&json!("nope")), &credentials).to_string(), "nope");
        assert!(Refused::from_payload(None, &credentials).message.contains("without saying why"));
    }

    #[test]
    fn endless_words_are_cut() {
        assert_eq!(Refused::new("x".repeat(10_000)).message.len(), MAX_WORDS);
    }
}
