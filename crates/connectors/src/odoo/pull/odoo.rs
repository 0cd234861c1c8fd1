//! The two calls.

use super::answer::{Answer, Refused, Trouble};
use super::settings::OdooPullSettings;
use crate::fields::printable;
use crate::http::{LONGEST_ANSWER, NoClient, Reach, body};
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::OnceCell;
use url::Url;

/// Most bytes of a list of jobs. Twenty usual ones have a thousandth of it.
const LONGEST_LIST: usize = 128 << 20;

/// One Odoo.
pub(crate) struct Odoo {
    reach: Reach,
    /// What stands before the routes, without a slash at its end.
    prefix: String,
    token: Option<SecretString>,
    time: Duration,
    calls: AtomicU64,
    /// Made at the first call: reading the trusted certificates takes a while.
    client: OnceCell<reqwest::Client>,
}

/// What became of a job, in Odoo's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ack {
    pub(crate) uuid: String,
    pub(crate) status: AckStatus,
    pub(crate) message: String,
}

/// Odoo takes anything but `success` as an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AckStatus {
    Success,
    Error,
}

impl Odoo {
    pub(crate) fn new(settings: &OdooPullSettings) -> Odoo {
        Odoo {
            reach: Reach {
                base: settings.odoo.clone(),
                tls: settings.tls.clone(),
                proxy: settings.proxy.clone(),
                plain: settings.plain,
            },
            prefix: settings.odoo.path().trim_end_matches('/').to_owned(),
            token: settings.token.clone(),
            time: settings.rhythm.call,
            calls: AtomicU64::new(1),
            client: OnceCell::new(),
        }
    }

    /// The jobs for a printer, newest first, as Odoo has them. From now on it takes them for being printed.
    pub(crate) async fn jobs(&self, code: &str) -> Result<Vec<Value>, Trouble> {
        let mut url = self.url("/tw/print/jobs")?;
        url.query_pairs_mut().append_pair("printer_code", code);
        let params = json!({ "printer_code": code });
        let answer = self.call(Method::GET, url, params, &[], LONGEST_LIST).await?;
        answer.into_jobs().ok_or(Trouble::Unreadable { status: 200, words: None })
    }

    /// Says what became of a job; returns when Odoo has answered that it knows now, or that it knows no such job.
    pub(crate) async fn acknowledge(&self, ack: &Ack) -> Result<(), Trouble> {
        // A uuid is letters, digits, hyphens and underscores: jobs::uuid.
        let url = self.url(&format!("/tw/print/jobs/{}/ack", ack.uuid))?;
        let said = json!({ "status": ack.status, "message": ack.message });
        let beside = ["status", "message"];
        match self.call(Method::POST, url, said, &beside, LONGEST_ANSWER).await {
            Ok(answer) if answer.is_ok() => Ok(()),
            Ok(_) => Err(Trouble::Unreadable { status: 200, words: None }),
            Err(Trouble::Refused(Refused::NotFound)) => {
                tracing::warn!(uuid = %ack.uuid, "Odoo does not know this job any more");
                Ok(())
            }
            Err(trouble) => Err(trouble),
        }
    }

    fn url(&self, path: &str) -> Result<Url, Trouble> {
        Ok(self.reach.url(&format!("{}{path}", self.prefix))?)
    }

    /// JSON-RPC, with these of its parameters also beside `params`, for routes that are plain JSON.
    async fn call(
        &self,
        method: Method,
        url: Url,
        params: Value,
        beside: &[&str],
        most: usize,
    ) -> Result<Answer, Trouble> {
        let token = self.token.as_ref();
        let token = token.ok_or_else(|| Trouble::Settings("no token is stored".into()))?;
        let id = self.calls.fetch_add(1, Ordering::Relaxed);
        let mut fields = Map::new();
        for name in beside {
            fields.insert((*name).to_owned(), params[*name].clone());
        }
        fields.insert("jsonrpc".into(), "2.0".into());
        fields.insert("method".into(), "call".into());
        fields.insert("id".into(), id.into());
        fields.insert("params".into(), params);
        let client = self.client.get_or_try_init(|| self.reach.client()).await?;
        let request = client
            .request(method, url)
            .bearer_auth(token.expose_secret())
            .json(&Value::Object(fields));
        let exchange = async {
            let response = request.send().await.map_err(|error| away(&error))?;
            let status = response.status().as_u16();
            let broken = || Trouble::Away("its answer broke off, or was too long".into());
            let read = Answer::read(status, &body(response, most).await.ok_or_else(broken)?);
            read.map_err(|trouble| trouble.without(token.expose_secret()))
        };
        let late = || Trouble::Away(format!("no answer within {} s", self.time.as_secs()));
        tokio::time::timeout(self.time, exchange).await.unwrap_or_else(|_| Err(late()))
    }
}

/// Why there was no answer: the innermost reason, which names no address and no token.
fn away(error: &reqwest::Error) -> Trouble {
    let mut reason: &dyn Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    match error.is_timeout() {
        true => Trouble::Away("no connection in time".into()),
        false => Trouble::Away(printable(&reason.to_string())),
    }
}

impl From<NoClient> for Trouble {
    fn from(why: NoClient) -> Self {
        Trouble::Settings(why.to_string())
    }
}
