//! What has to be kept with a job to answer it later, also after a restart.

use super::payload::Payload;
use crate::fields::text_of;
use platen_job::{ExternalId, ReplyContext};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest echo that is stored with a job, as JSON, in bytes.
const LONGEST_ECHO: usize = 1024;

/// Which event a job came with: it decides how it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PrintKind {
    /// `print:job`.
    Job,
    /// `print:physical`.
    Physical,
    /// `print:raw`.
    Raw,
    /// `printer:test`.
    Test,
}

/// Whether the sender's id was a text or a number: it gets back what it sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum IdForm {
    /// `"17"`.
    #[default]
    Text,
    /// `17`.
    Number,
}

/// The note that is stored with a job and comes back with its outcome. Holds no receipt text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ReplyNote {
    pub(crate) kind: PrintKind,
    #[serde(default)]
    id_form: IdForm,
    /// `printerId` as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) printer_id: Option<Value>,
    /// `printerName` as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) printer_name: Option<Value>,
    /// Names the waiting test within this run of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ticket: Option<String>,
}

impl ReplyNote {
    /// The note for a request.
    pub(crate) fn of(kind: PrintKind, payload: &Payload) -> ReplyNote {
        let id_form = match payload.get(ID_FIELDS) {
            Some(Value::Number(_)) => IdForm::Number,
            _ => IdForm::Text,
        };
        ReplyNote {
            kind,
            id_form,
            printer_id: echo(payload, "printerId"),
            printer_name: echo(payload, "printerName"),
            ticket: None,
        }
    }

    /// The same for a test that waits under `ticket`.
    pub(crate) fn for_test(ticket: String) -> ReplyNote {
        ReplyNote {
            kind: PrintKind::Test,
            id_form: IdForm::Text,
            printer_id: None,
            printer_name: None,
            ticket: Some(ticket),
        }
    }

    /// As it is stored.
    pub(crate) fn to_context(&self) -> ReplyContext {
        ReplyContext(serde_json::to_string(self).unwrap_or_default())
    }

    /// As it was stored; `None` for a note of another make.
    pub(crate) fn from_context(context: &ReplyContext) -> Option<ReplyNote> {
        serde_json::from_str(&context.0).ok()
    }

    /// The sender's id in the form in which it came.
    pub(crate) fn id(&self, external_id: Option<&ExternalId>) -> Option<Value> {
        let text = external_id?.as_str();
        match self.id_form {
            IdForm::Text => Some(Value::from(text)),
            IdForm::Number => {
                Some(serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)))
            }
        }
    }
}

/// Every field that an answer is made of.
pub(crate) const ANSWER_FIELDS: &[&str] = &["id", "jobId", "printerId", "printerName"];

/// Where the sender's id stands.
pub(crate) const ID_FIELDS: &[&str] = &["id", "jobId"];

/// A field to send back exactly as it came, unless it is too long to keep or no simple value.
fn echo(payload: &Payload, name: &str) -> Option<Value> {
    let value = payload.get(&[name])?;
    text_of(value).filter(|text| text.len() <= LONGEST_ECHO / 2)?;
    let written = serde_json::to_string(value).ok()?;
    (written.len() <= LONGEST_ECHO).then(|| value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use platen_socketio::Arg;
    use serde_json::json;

    #[test]
    fn a_note_gives_back_what_came() {
        let payload = |json| Payload::from_args(vec![Arg::Json(json)]).unwrap();
        let sent = payload(json!({"id": 17, "printerId": 4, "printerName": "A \"b\"\n"}));
        let note = ReplyNote::of(PrintKind::Job, &sent);
        let stored = note.to_context();
        let back = ReplyNote::from_context(&stored).unwrap();
        assert_eq!(back, note);
        assert_eq!(back.id(ExternalId::new("17").ok().as_ref()), Some(json!(17)));
        assert_eq!(back.printer_id, Some(json!(4)));
        assert_eq!(back.printer_name, Some(json!("A \"b\"\n")));
    }

    #[test]
    fn a_note_stays_below_its_bound() {
        let long = "\u{1}".repeat(100_000);
        let json = json!({"id": "a", "printerId": &long, "printerName": &long[..300]});
        let sent = Payload::from_args(vec![Arg::Json(json)]).unwrap();
        assert!(ReplyNote::of(PrintKind::Raw, &sent).to_context().0.len() <= 4096);
    }
}
