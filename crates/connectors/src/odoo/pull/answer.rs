//! What Odoo answers: JSON-RPC (`result`, `error`), or the same without it.

use crate::fields::{field, printable, strike, text_field, text_of};
use serde_json::{Map, Value};

/// Why Odoo did not do what it was asked for. In words for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No answer. Says why.
    #[error("Odoo cannot be reached: {0}")]
    Away(String),
    /// An answer that is none of the contract's.
    #[error("Odoo gave an answer that cannot be read (HTTP {status}){}", says(words))]
    Unreadable {
        /// HTTP status.
        status: u16,
        /// What the answer says of itself, on one line.
        words: Option<String>,
    },
    /// Another address.
    #[error("Odoo is at another address (HTTP {0}): set the one that a browser ends up at")]
    Moved(u16),
    /// The settings do not allow the call, or cannot make it.
    #[error("{0}")]
    Settings(String),
    /// One of the contract's three words.
    #[error("{0}")]
    Refused(Refused),
}

/// The words with which Odoo refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// `https_required`
    #[error("Odoo wants to be asked over https: set its https:// address")]
    HttpsRequired,
    /// `unauthorized`
    #[error("Odoo does not accept the token of this till: set the one that Odoo shows")]
    Unauthorized,
    /// `not_found`
    #[error("Odoo does not know what it was asked for: check the printer's code there")]
    NotFound,
}

/// What an answer comes to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer(Value);

impl Trouble {
    /// The same without a secret that Odoo quotes.
    pub(crate) fn without(self, secret: &str) -> Trouble {
        match self {
            Trouble::Unreadable { status, words } => {
                Trouble::Unreadable { status, words: words.map(|words| strike(&words, secret)) }
            }
            other => other,
        }
    }

    /// Whether only a person can change it.
    pub(crate) fn needs_a_person(&self) -> bool {
        matches!(self, Trouble::Refused(_) | Trouble::Settings(_) | Trouble::Moved(_))
    }
}

impl Answer {
    /// Reads an answer: `result`, else its top level.
    pub(crate) fn read(status: u16, body: &[u8]) -> Result<Answer, Trouble> {
        if (300..400).contains(&status) {
            return Err(Trouble::Moved(status));
        }
        let unreadable = |words| Trouble::Unreadable { status, words };
        let refusal_of_status = match status {
            401 | 403 => Some(Trouble::Refused(Refused::Unauthorized)),
            _ => None,
        };
        // One odd field of one job must not cost the others: Odoo hands none of them out again.
        let Ok(json) = platen_socketio::read_json(&String::from_utf8_lossy(body)) else {
            return Err(refusal_of_status.unwrap_or_else(|| unreadable(None)));
        };
        let value = match json {
            Value::Object(mut top) => match top.remove("result") {
                Some(result) if !result.is_null() => result,
                _ => Value::Object(top),
            },
            other => other,
        };
        match value.as_object().and_then(|fields| field(fields, &["error"])) {
            Some(error) => Err(trouble_of(error, status)),
            None if (200..300).contains(&status) => Ok(Answer(value)),
            None => Err(refusal_of_status.unwrap_or_else(|| unreadable(None))),
        }
    }

    /// The jobs that it holds; `None` where it holds no list of them.
    pub(crate) fn into_jobs(self) -> Option<Vec<Value>> {
        match self.0 {
            Value::Array(jobs) => Some(jobs),
            Value::Object(mut fields) => {
                ["jobs", "data"].iter().find_map(|name| match fields.remove(*name) {
                    Some(Value::Array(jobs)) => Some(jobs),
                    _ => None,
                })
            }
            _ => None,
        }
    }

    /// Whether it says that it was done.
    pub(crate) fn is_ok(&self) -> bool {
        let said = self.0.as_object().and_then(|fields| field(fields, &["ok", "success"]));
        said.unwrap_or(&self.0).as_bool() == Some(true)
    }
}

/// A word of the contract, or what Odoo's JSON-RPC says of an exception.
fn trouble_of(error: &Value, status: u16) -> Trouble {
    let word = text_of(error).map(|word| word.trim().to_ascii_lowercase());
    match word.as_deref() {
        Some("https_required") => Trouble::Refused(Refused::HttpsRequired),
        Some("unauthorized") => Trouble::Refused(Refused::Unauthorized),
        Some("not_found") => Trouble::Refused(Refused::NotFound),
        _ => Trouble::Unreadable { status, words: words_of(error) },
    }
}

fn words_of(error: &Value) -> Option<String> {
    let inner = |fields: &Map<String, Value>| {
        let data = fields.get("data").and_then(Value::as_object);
        data.and_then(|data| text_field(data, &["message"]))
            .or_else(|| text_field(fields, &["message"]))
    };
    let words = match error {
        Value::Object(fields) => inner(fields),
        other => text_of(other).map(|text| text.into_owned()),
    };
    words.map(|words| printable(&words)).filter(|words| !words.is_empty())
}

fn says(words: &Option<String>) -> String {
    words.as_ref().map(|words| format!(": {words}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(status: u16, body: Value) -> Result<Answer, Trouble> {
        Answer::read(status, body.to_string().as_bytes())
    }

    #[test]
    fn jobs_are_found_in_every_wrapper() {
        let job = json!({"uuid": "u"});
        for body in [
            json!({"jsonrpc": "2.0", "id": 1, "result": {"jobs": [job]}}),
            json!({"jsonrpc": "2.0", "id": 1, "result": [job]}),
            json!({"jobs": [job], "result": null}),
            json!([job]),
            json!({"data": [job]}),
        ] {
            let jobs = read(200, body.clone()).unwrap().into_jobs();
            assert_eq!(jobs, Some(vec![job.clone()]), "{body}");
        }
        assert_eq!(read(200, json!({"jobs": "x"})).unwrap().into_jobs(), None);
        assert_eq!(read(200, json!(7)).unwrap().into_jobs(), None);
    }

    #[test]
    fn an_acknowledgement_is_answered_by_ok_only() {
        for (body, ok) in [
            (json!({"result": {"ok": true}}), true),
            (json!({"ok": true}), true),
            (json!({"result": true}), true),
            (json!({"result": {"ok": false}}), false),
            (json!({"result": {}}), false),
            (json!({"ok": "true"}), false),
        ] {
            assert_eq!(read(200, body.clone()).unwrap().is_ok(), ok, "{body}");
        }
    }

    #[test]
    fn refusals_are_words_that_say_what_to_do() {
        for (status, body, expected) in [
            (200, json!({"error": "unauthorized"}), Trouble::Refused(Refused::Unauthorized)),
            (200, json!({"result": {"error": "not_found"}}), Trouble::Refused(Refused::NotFound)),
            (
                200,
                json!({"result": {"error": "HTTPS_REQUIRED"}}),
                Trouble::Refused(Refused::HttpsRequired),
            ),
            (401, json!("no"), Trouble::Refused(Refused::Unauthorized)),
            (302, json!({}), Trouble::Moved(302)),
            (500, json!({}), Trouble::Unreadable { status: 500, words: None }),
            (
                200,
                json!({"error": {"code": 200, "message": "Odoo Server Error", "data": {"message": "boom\n"}}}),
                Trouble::Unreadable { status: 200, words: Some("boom\\n".into()) },
            ),
        ] {
            assert_eq!(read(status, body.clone()).err(), Some(expected), "{body}");
        }
        assert_eq!(
            Answer::read(404, b"<html>").err(),
            Some(Trouble::Unreadable { status: 404, words: None })
        );
    }
}
