//! Whether this till may receive jobs, and as which branch.
//!
//! Only an explicit refusal keeps the line down. A gateway that cannot say (no such call, an error, no answer) is
//! told in the status and connected to all the same.

use super::directory::Branch;
use super::machine::DeviceInfo;
use super::rest::{Answer, Call, Rest};
use super::settings::PrinterMasterSettings;
use super::status::{Board, LicenceRefusal, LicenceState};
use crate::Host;
use crate::fields::{strike, text_field, text_of};
use async_trait::async_trait;
use platen_job::{ConnectorId, Timestamp};
use platen_socketio::{Authenticator, Refused};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// Under which key the last good answer is remembered.
const MEMORY: &str = "licence";
/// How long a gateway keeps a licence on the computer that validated last (code 409). Nothing shortens it.
const TAKEN: Duration = Duration::from_secs(600);
/// A yes this fresh is not asked for again: lines that drop and return do not ask each time.
const FRESH: Duration = Duration::from_secs(60);

/// Gives the auth object of every connect, and asks about the licence before it.
pub(crate) struct LicenceDesk {
    settings: Arc<PrinterMasterSettings>,
    rest: Arc<Rest>,
    host: Arc<dyn Host>,
    board: Board,
    /// What was said last, or remembered.
    licence: Mutex<Licence>,
    standing: Mutex<Standing>,
}

/// What the last answer means for the next question.
#[derive(Clone)]
enum Standing {
    Ask,
    ValidSince(Instant),
    TakenUntil(Instant, Refused),
}

/// What a gateway said of a licence.
#[derive(Debug, Clone, PartialEq)]
enum Verdict {
    Valid(Licence),
    Refused { code: u16, detail: Option<String> },
    Unavailable(String),
}

/// What is remembered of a valid licence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Licence {
    /// Which key it is, and whose: [`mark`]. Missing where a version before this one remembered it.
    #[serde(default)]
    of: Option<String>,
    branch_id: Option<String>,
    branch: Option<String>,
    company: Option<String>,
    expires: Option<String>,
}

impl LicenceDesk {
    /// A desk that knows what was remembered.
    pub(crate) async fn open(
        settings: Arc<PrinterMasterSettings>,
        rest: Arc<Rest>,
        host: Arc<dyn Host>,
        board: Board,
    ) -> LicenceDesk {
        let remembered = host.recall(ConnectorId::PrinterMaster, MEMORY).await;
        let licence: Licence = remembered
            .and_then(|text| serde_json::from_str::<Licence>(&text).ok())
            .filter(|licence| belongs(licence, &settings))
            .unwrap_or_default();
        let (licence, standing) = (Mutex::new(licence), Mutex::new(Standing::Ask));
        LicenceDesk { settings, rest, host, board, licence, standing }
    }

    /// Our branch, as far as it is known.
    pub(crate) fn branch(&self) -> Branch {
        branch_of(&self.settings, &self.licence())
    }

    fn licence(&self) -> Licence {
        self.licence.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks anew where the last answer was no answer; ends the line on a refusal.
    pub(crate) async fn check(&self) -> Result<(), Refused> {
        let Some(key) = &self.settings.license_key else {
            self.board.licence(LicenceState::Unchecked);
            return Ok(());
        };
        match self.standing() {
            Standing::TakenUntil(until, refused) if Instant::now() < until => return Err(refused),
            Standing::ValidSince(when) if when.elapsed() < FRESH => return Ok(()),
            _ => {}
        }
        let verdict = self.ask(key.expose_secret()).await;
        self.conclude(verdict, key.expose_secret()).await
    }

    async fn ask(&self, key: &str) -> Verdict {
        let device = DeviceInfo::now(&self.settings.device_id, &self.settings.app_version).await;
        let body = json!({ "licenseKey": key, "deviceInfo": device });
        match self.rest.post(Call::ValidateLicence, &body).await {
            Ok(answer) => verdict(&answer),
            Err(error) => Verdict::Unavailable(error.to_string()),
        }
    }

    async fn conclude(&self, verdict: Verdict, key: &str) -> Result<(), Refused> {
        match verdict {
            Verdict::Valid(licence) => {
                self.set_standing(Standing::ValidSince(Instant::now()));
                self.welcome(licence).await;
                Ok(())
            }
            Verdict::Unavailable(why) => {
                self.set_standing(Standing::Ask);
                let why = strike(&why, key);
                tracing::warn!(%why, "the licence could not be checked; connecting all the same");
                let Licence { company, branch, branch_id, expires, .. } = self.licence();
                let branch = branch.or(branch_id);
                self.board.licence(LicenceState::Unavailable { why, company, branch, expires });
                Ok(())
            }
            Verdict::Refused { code, detail } => Err(self.refuse(code, detail, key)),
        }
    }

    async fn welcome(&self, licence: Licence) {
        *self.licence.lock().unwrap_or_else(PoisonError::into_inner) = licence.clone();
        let of = self.settings.license_key.as_ref().map(|key| mark(&self.settings.gateway, key));
        if let Ok(text) = serde_json::to_string(&Licence { of, ..licence.clone() }) {
            self.host.remember(ConnectorId::PrinterMaster, MEMORY, text).await;
        }
        tracing::info!("the licence is valid");
        self.board.licence(LicenceState::Valid {
            company: licence.company,
            branch: licence.branch,
            branch_id: licence.branch_id,
            expires: licence.expires,
            checked_at: Timestamp::now(),
        });
    }

    fn refuse(&self, code: u16, detail: Option<String>, key: &str) -> Refused {
        let said = detail.map(|text| short(&strike(&text, key)));
        let refusal = LicenceRefusal::of(code);
        let words = words(refusal, said.as_deref());
        let refused = Refused::new(words.clone()).with_code(code.to_string());
        let retry_at = (code == 409).then(|| Timestamp::now().plus(TAKEN));
        self.set_standing(match code {
            409 => Standing::TakenUntil(Instant::now() + TAKEN, refused.clone()),
            _ => Standing::Ask,
        });
        tracing::warn!(code, %words, "the licence was refused");
        self.board.licence(LicenceState::Refused { code, refusal, words, said, retry_at });
        refused
    }

    fn standing(&self) -> Standing {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_standing(&self, standing: Standing) {
        *self.standing.lock().unwrap_or_else(PoisonError::into_inner) = standing;
    }

    /// The gateway ends the line with a refusal of its own: told in our words, and the next connect asks anew.
    pub(crate) fn refused_on_the_line(&self, code: &str, detail: &str) {
        if matches!(self.standing(), Standing::ValidSince(_)) {
            self.set_standing(Standing::Ask);
        }
        let detail = self.without_key(detail);
        let code = match code.parse() {
            Ok(code @ (400 | 404 | 409)) => code,
            _ if code.contains("NOT_FOUND") || code.contains("INVALID") => 404,
            _ if code.contains("IN_USE") => 409,
            _ if code.contains("LICEN") => 400,
            // Not about the licence as far as we know: the gateway's own words say more than ours.
            _ => 403,
        };
        let said = Some(short(&detail)).filter(|said| !said.is_empty());
        let refusal = LicenceRefusal::of(code);
        let words = words(refusal, said.as_deref());
        tracing::warn!(code, %words, "the gateway refuses this till");
        let retry_at = None;
        self.board.licence(LicenceState::Refused { code, refusal, words, said, retry_at });
    }

    /// Whether the last answer was none, so that asking again may tell more.
    pub(crate) fn is_open_question(&self) -> bool {
        self.settings.license_key.is_some() && matches!(self.standing(), Standing::Ask)
    }

    /// A text of the gateway without our key.
    pub(crate) fn without_key(&self, text: &str) -> String {
        match &self.settings.license_key {
            Some(key) => strike(text, key.expose_secret()),
            None => text.to_owned(),
        }
    }

    fn auth_object(&self) -> Value {
        let settings = &self.settings;
        let mut auth = Map::new();
        if let Some(key) = &settings.license_key {
            auth.insert("licenseKey".into(), key.expose_secret().into());
        }
        if let Some(branch) = self.branch().id {
            auth.insert("branchId".into(), branch.into());
        }
        auth.insert("deviceId".into(), settings.device_id.clone().into());
        auth.insert("instanceId".into(), settings.device_id.clone().into());
        auth.insert("userRole".into(), "desktop_app".into());
        auth.insert("appVersion".into(), settings.app_version.clone().into());
        Value::Object(auth)
    }
}

#[async_trait]
impl Authenticator for LicenceDesk {
    async fn auth(&self) -> Result<Value, Refused> {
        self.check().await?;
        Ok(self.auth_object())
    }
}

/// Whether it is the licence of this key at this gateway: a till that moved to another branch is none of the one before.
fn belongs(licence: &Licence, settings: &PrinterMasterSettings) -> bool {
    let Some(key) = &settings.license_key else { return false };
    licence.of.as_ref().is_none_or(|of| *of == mark(&settings.gateway, key))
}

/// What tells a key at a gateway from others, and tells nobody the key.
fn mark(gateway: &Url, key: &SecretString) -> String {
    let mut digest = Sha256::new();
    digest.update(gateway.origin().ascii_serialization());
    digest.update([0]);
    digest.update(key.expose_secret());
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn branch_of(settings: &PrinterMasterSettings, licence: &Licence) -> Branch {
    let id = settings.branch_id.clone().or_else(|| licence.branch_id.clone());
    // The licence's names belong to the licence's branch.
    let same = id == licence.branch_id;
    let name = licence.branch.clone().filter(|_| same);
    Branch { id, name, company: licence.company.clone().filter(|_| same) }
}

/// Reads an answer of the validate call. It comes with status 201 even where it says no.
fn verdict(answer: &Answer) -> Verdict {
    let Some(body) = answer.body.as_object() else {
        return Verdict::Unavailable(status_words(answer.status));
    };
    let detail = complaint(body);
    match body.get("success").and_then(Value::as_bool) {
        Some(true) => Verdict::Valid(licence(body)),
        Some(false) => match code(body) {
            Some(code @ (400 | 404 | 409)) => Verdict::Refused { code, detail },
            _ => {
                Verdict::Unavailable(detail.unwrap_or_else(|| "the gateway gave no reason".into()))
            }
        },
        None if (400..500).contains(&answer.status) && names_the_key(detail.as_deref()) => {
            Verdict::Refused { code: answer.status, detail }
        }
        None => Verdict::Unavailable(status_words(answer.status)),
    }
}

fn code(body: &Map<String, Value>) -> Option<u16> {
    text_field(body, &["code", "statusCode"])?.parse().ok()
}

fn names_the_key(detail: Option<&str>) -> bool {
    detail.is_some_and(|detail| detail.to_ascii_lowercase().contains("licensekey"))
}

/// What the gateway says is wrong: `error`, or `message`, which is a list for schema errors.
fn complaint(body: &Map<String, Value>) -> Option<String> {
    let list = body.get("message").and_then(Value::as_array);
    let joined = list.map(|list| {
        let parts: Vec<_> = list.iter().filter_map(text_of).collect();
        parts.join("; ")
    });
    joined.or_else(|| text_field(body, &["error", "message"]))
}

fn licence(body: &Map<String, Value>) -> Licence {
    let empty = Map::new();
    let data = body.get("data").and_then(Value::as_object).unwrap_or(&empty);
    Licence {
        of: None,
        branch_id: text_field(data, &["branchId"]),
        branch: text_field(data, &["branchName"]),
        company: text_field(data, &["companyName"]),
        expires: text_field(data, &["expiresAt"]),
    }
}

fn status_words(status: u16) -> String {
    match status {
        404 | 405 | 501 => "this gateway cannot check licences".into(),
        _ => format!("the gateway answered the licence check with HTTP status {status}"),
    }
}

impl LicenceRefusal {
    fn of(code: u16) -> LicenceRefusal {
        match code {
            404 => LicenceRefusal::Unknown,
            403 => LicenceRefusal::TurnedAway,
            409 => LicenceRefusal::InUse,
            _ => LicenceRefusal::NotAccepted,
        }
    }
}

/// What the person at the till should do.
fn words(refusal: LicenceRefusal, said: Option<&str>) -> String {
    let advice = match refusal {
        LicenceRefusal::Unknown => {
            "The gateway does not know this licence key. Compare it with the one you were given, or call whoever \
             sold you the licence."
        }
        LicenceRefusal::TurnedAway => {
            "The gateway turns this till away for now. Platen asks again by itself; if it stays so, call whoever \
             runs the gateway."
        }
        LicenceRefusal::InUse => {
            "This licence is in use on another computer. Close Platen there; the gateway frees the licence ten \
             minutes after that computer last asked. Platen asks again by itself."
        }
        LicenceRefusal::NotAccepted => {
            "The gateway does not accept this licence: it may have run out, or the key may be mistyped. Call \
             whoever sold you the licence."
        }
    };
    match said {
        Some(said) => format!("{advice} (The gateway says: {said})"),
        None => advice.into(),
    }
}

/// A gateway's words on one line of reasonable length.
fn short(said: &str) -> String {
    said.chars().filter(|sign| !sign.is_control()).take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(status: u16, body: Value) -> Verdict {
        verdict(&Answer { status, body })
    }

    #[test]
    fn only_an_explicit_refusal_is_one() {
        let refused = |code| judge(201, json!({"success": false, "error": "no", "code": code}));
        for code in [400, 404, 409] {
            assert_eq!(refused(code), Verdict::Refused { code, detail: Some("no".into()) });
        }
        assert!(matches!(refused(500), Verdict::Unavailable(_)));
        let schema = json!({"message": ["licenseKey must be a UUID"], "error": "Bad Request", "statusCode": 400});
        assert!(matches!(judge(400, schema), Verdict::Refused { code: 400, .. }));
        let other = json!({"message": ["property surprise should not exist"], "statusCode": 400});
        assert!(matches!(judge(400, other), Verdict::Unavailable(_)));
        let no_route =
            json!({"message": "Cannot POST /api/v1/printer-licenses/validate", "statusCode": 404});
        assert!(matches!(judge(404, no_route), Verdict::Unavailable(_)));
        assert!(matches!(judge(502, Value::Null), Verdict::Unavailable(_)));
    }

    #[test]
    fn a_yes_names_the_branch() {
        let yes = json!({"success": true, "data": {"branchId": 7, "branchName": "Main", "companyName": "Co",
            "expiresAt": "2030-01-01", "features": [], "surprise": 1}});
        let Verdict::Valid(licence) = judge(201, yes) else { panic!("not valid") };
        assert_eq!(licence.branch_id.as_deref(), Some("7"));
        assert_eq!(licence.expires.as_deref(), Some("2030-01-01"));
    }

    #[test]
    fn the_words_say_what_to_do_and_never_the_key() {
        assert!(words(LicenceRefusal::InUse, None).contains("another computer"));
        let said = strike("no key 0f0f-secret", "0f0f-secret");
        assert!(words(LicenceRefusal::Unknown, Some(&said)).ends_with("no key …)"));
    }
}
