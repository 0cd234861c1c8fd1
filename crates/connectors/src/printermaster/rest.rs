//! The REST calls beside the socket.

use super::settings::PrinterMasterSettings;
use crate::http::{self, LONGEST_ANSWER, NoClient, Reach};
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;
use tokio::sync::OnceCell;
use url::Url;

/// Time for a call.
const CALL: Duration = Duration::from_secs(10);
/// Time for registering printers.
const REGISTRATION: Duration = Duration::from_secs(15);

/// Which call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    ValidateLicence,
    RegisterPrinters,
    Heartbeat,
}

/// An answer of the gateway, whatever its status.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// Its JSON; null where it had none.
    pub(crate) body: Value,
}

/// No answer. Says why, in words, without what was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoAnswer {
    /// Nothing came back in time.
    #[error("the gateway did not answer in time")]
    TimedOut,
    /// No connection.
    #[error("the gateway could not be reached")]
    Unreachable,
    /// The answer broke off or was too long.
    #[error("the gateway's answer could not be read")]
    Unreadable,
    /// The settings do not allow or cannot make the call.
    #[error("{0}")]
    Settings(String),
}

/// Calls one gateway.
pub(crate) struct Rest {
    reach: Reach,
    /// Made at the first call: reading the trusted certificates takes a while.
    client: OnceCell<reqwest::Client>,
}

impl From<NoClient> for NoAnswer {
    fn from(why: NoClient) -> Self {
        NoAnswer::Settings(why.to_string())
    }
}

impl Answer {
    /// Whether the gateway does not have that call at all.
    pub(crate) fn is_missing_call(&self) -> bool {
        matches!(self.status, 404 | 405 | 501)
    }
}

impl Call {
    fn path(self) -> &'static str {
        match self {
            Call::ValidateLicence => "/api/v1/printer-licenses/validate",
            Call::RegisterPrinters => "/api/v1/printers/register",
            Call::Heartbeat => "/api/v1/printing/printers/heartbeat",
        }
    }

    fn time(self) -> Duration {
        match self {
            Call::RegisterPrinters => REGISTRATION,
            Call::ValidateLicence | Call::Heartbeat => CALL,
        }
    }
}

impl Rest {
    pub(crate) fn new(settings: &PrinterMasterSettings) -> Rest {
        Rest {
            reach: Reach {
                base: settings.gateway.clone(),
                tls: settings.tls.clone(),
                proxy: settings.proxy.clone(),
                plain: settings.plain,
            },
            client: OnceCell::new(),
        }
    }

    /// POSTs a body and reads the answer.
    ///
    /// # Errors
    /// [`NoAnswer`] where none came; a refusal is an answer.
    pub(crate) async fn post<B: Serialize + Sync>(
        &self,
        call: Call,
        body: &B,
    ) -> Result<Answer, NoAnswer> {
        let url = self.reach.url(call.path())?;
        tokio::time::timeout(call.time(), self.exchange(url, body))
            .await
            .unwrap_or(Err(NoAnswer::TimedOut))
    }

    async fn exchange<B: Serialize + Sync>(&self, url: Url, body: &B) -> Result<Answer, NoAnswer> {
        let client = self.client.get_or_try_init(|| self.reach.client()).await?;
        let response =
            client.post(url).json(body).send().await.map_err(|_| NoAnswer::Unreachable)?;
        let status = response.status().as_u16();
        let read = http::body(response, LONGEST_ANSWER).await.ok_or(NoAnswer::Unreadable)?;
        Ok(Answer { status, body: serde_json::from_slice(&read).unwrap_or_default() })
    }
}
