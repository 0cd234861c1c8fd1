//! Licences as the gateway knows them.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::clock::iso_now;

/// What the gateway thinks of a licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LicenceState {
    /// Good.
    #[default]
    Valid,
    /// Its time is over: code 400.
    Expired,
    /// Not known to the gateway: code 404.
    Unknown,
    /// In use by another device: code 409, for every device.
    HeldElsewhere,
}

/// One licence, and the branch that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenceFixture {
    /// A UUID v4.
    pub key: String,
    /// The branch it belongs to.
    pub branch_id: String,
    /// The branch's name.
    pub branch_name: String,
    /// The company it belongs to.
    pub company_id: String,
    /// The company's name.
    pub company_name: String,
    /// What a validation says.
    pub state: LicenceState,
}

impl LicenceFixture {
    /// The licence of the demo shop. Its key is no secret.
    #[must_use]
    pub fn demo() -> Self {
        Self::valid("11111111-1111-4111-8111-111111111111", "branch-1")
    }

    /// A good licence with this key (a UUID v4) for this branch.
    #[must_use]
    pub fn valid(key: impl Into<String>, branch_id: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            branch_id: branch_id.into(),
            branch_name: "Demo Shop".to_owned(),
            company_id: "company-1".to_owned(),
            company_name: "Demo Company".to_owned(),
            state: LicenceState::Valid,
        }
    }

    /// The same licence in another state.
    #[must_use]
    pub fn in_state(mut self, state: LicenceState) -> Self {
        self.state = state;
        self
    }
}

/// A validation that failed, in the words and codes of the contract.
pub(super) struct Refused {
    pub(super) code: u16,
    pub(super) name: &'static str,
    pub(super) message: &'static str,
}

/// The gateway's licence table with the device that validated each licence last.
pub(super) struct Licences {
    known: HashMap<String, LicenceFixture>,
    sessions: HashMap<String, (String, Instant)>,
    session: Duration,
}

impl Licences {
    pub(super) fn new(fixtures: Vec<LicenceFixture>, session: Duration) -> Self {
        let known = fixtures.into_iter().map(|l| (l.key.to_lowercase(), l)).collect();
        Self { known, sessions: HashMap::new(), session }
    }

    pub(super) fn set(&mut self, fixture: LicenceFixture) {
        let key = fixture.key.to_lowercase();
        self.sessions.remove(&key);
        self.known.insert(key, fixture);
    }

    /// Changes the state of a known licence; an unknown key becomes a new licence of `branch-1`.
    pub(super) fn set_state(&mut self, key: &str, state: LicenceState) {
        let fixture = self.known.get(&key.to_lowercase()).cloned();
        let fixture = fixture.unwrap_or_else(|| LicenceFixture::valid(key, "branch-1"));
        self.set(fixture.in_state(state));
    }

    pub(super) fn check(&self, key: &str) -> Result<&LicenceFixture, Refused> {
        let unknown =
            Refused { code: 404, name: "LICENSE_NOT_FOUND", message: "License not found" };
        let Some(licence) = self.known.get(&key.to_lowercase()) else { return Err(unknown) };
        match licence.state {
            LicenceState::Valid => Ok(licence),
            LicenceState::Unknown => Err(unknown),
            LicenceState::Expired => {
                Err(Refused { code: 400, name: "LICENSE_EXPIRED", message: "License has expired" })
            }
            LicenceState::HeldElsewhere => Err(in_use()),
        }
    }

    /// A validation by `device`, which from now on holds the licence for the session's length.
    pub(super) fn validate(&mut self, key: &str, device_info: &Value) -> Result<Value, Refused> {
        let licence = self.check(key)?.clone();
        let device = device_info["deviceId"].as_str().unwrap_or_default().to_owned();
        let key = key.to_lowercase();
        if let Some((holder, since)) = self.sessions.get(&key)
            && *holder != device
            && since.elapsed() < self.session
        {
            return Err(in_use());
        }
        self.sessions.insert(key, (device.clone(), Instant::now()));
        Ok(describe(&licence, &device, device_info))
    }
}

fn in_use() -> Refused {
    let message = "License is already in use on another device";
    Refused { code: 409, name: "LICENSE_IN_USE", message }
}

fn describe(licence: &LicenceFixture, device: &str, device_info: &Value) -> Value {
    json!({
        "id": format!("license-{}", licence.branch_id),
        "licenseKey": licence.key,
        "status": "active",
        "branchId": licence.branch_id,
        "branchName": licence.branch_name,
        "companyId": licence.company_id,
        "companyName": licence.company_name,
        "deviceId": device,
        "expiresAt": "2099-12-31T23:59:59.000Z",
        "features": ["printing"],
        "maxPrinters": 16,
        "validatedAt": iso_now(),
        "deviceInfo": device_info,
    })
}
