//! The owner of reconnection.
//!
//! ```text
//!            ┌──────────── delay over, wake-up, reconnect_now ─────────────┐
//!            ▼                                                             │
//!        connecting ──session──▶ online ──lost, kicked, silent ──▶ retrying┤   min/2 + rand(0..min(max, min·2ⁿ))
//!            │                     │                                       │
//!            ├──no line────────────┼─────────────────────────────▶ retrying┤
//!            └──CONNECT_ERROR──────┴──refusal event, refuse()────▶ refused─┘   30 s → 5 min
//! ```
//!
//! It never gives up; it ends when it is cancelled, or when nobody takes events any more.

use crate::cause::LineCause;
use crate::clock::{SleepClock, SystemSleepClock, WakeUps};
use crate::connection::{Connection, EndReason, Incoming, SessionId};
use crate::delays::Delays;
use crate::driver;
use crate::emitter::{Emitter, Shared, Wishes};
use crate::endpoint::{DriverKind, Endpoint};
use crate::inbox::Inbox;
use crate::limits::Limits;
use crate::port::{ConnectError, ConnectRequest, Driver, Recovery, Session};
use crate::refused::{Authenticator, Credentials, Refused};
use crate::state::ConnectionState;
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// What a connection is made of.
#[derive(Clone, Debug)]
pub struct SupervisorConfig {
    /// Where and how to connect.
    pub endpoint: Endpoint,
    /// Which driver carries the sessions.
    pub driver: DriverKind,
    /// Bounds.
    pub limits: Limits,
    /// Delays.
    pub delays: Delays,
    /// Names of events that mean refusal, such as `connection:error`: the event is handed on, then the
    /// session ends and the slow delay applies.
    pub refusal_events: Vec<String>,
}

/// Keeps one session standing, for months.
pub struct Supervisor {
    driver: Arc<dyn Driver>,
    authenticator: Arc<dyn Authenticator>,
    cancel: CancellationToken,
    limits: Limits,
    delays: Delays,
    shared: Arc<Shared>,
    inbox: Inbox,
    state: watch::Sender<ConnectionState>,
    wakeups: WakeUps,
    recovery: Option<Recovery>,
    /// What the handshake asks for; it may let in whoever has it.
    query: Vec<(String, String)>,
    sessions: u64,
    /// Lines lost since the last stable session.
    losses: u32,
    /// Refusals since the last stable session.
    refusals: u32,
}

/// What to do after a session, or after a connect that gave none.
enum Next {
    AtOnce,
    Retry(Trouble),
    Refused(Refusal),
    Stop,
}

/// Why there is no line.
#[derive(Clone)]
struct Trouble {
    because: String,
    cause: LineCause,
}

/// Who said no, and why.
struct Refusal {
    refused: Refused,
    cause: LineCause,
}

/// How a delay ended.
enum Waited {
    Over,
    WokeUp,
    Stopped,
    Refused(Refused),
}

impl Supervisor {
    /// Starts a supervisor for `config`. It connects at once and ends when `cancel` is cancelled.
    /// Must be called on a tokio runtime.
    pub fn spawn(
        config: SupervisorConfig,
        auth: Arc<dyn Authenticator>,
        cancel: CancellationToken,
    ) -> Connection {
        let driver = driver::of_kind(config.driver, config.endpoint.clone(), config.limits.clone());
        Self::spawn_with(config, auth, cancel, driver, Arc::new(SystemSleepClock))
    }

    /// Like [`Supervisor::spawn`], with a driver and a clock of the caller's. For tests.
    pub fn spawn_with(
        config: SupervisorConfig,
        auth: Arc<dyn Authenticator>,
        cancel: CancellationToken,
        driver: Arc<dyn Driver>,
        clock: Arc<dyn SleepClock>,
    ) -> Connection {
        let emitter = Emitter::new(config.limits.write_timeout);
        let (inbox, incoming) = Inbox::new(&config.limits, config.refusal_events);
        let (state, watcher) = watch::channel(ConnectionState::Connecting);
        let supervisor = Self {
            driver,
            authenticator: auth,
            cancel,
            limits: config.limits,
            delays: config.delays,
            query: config.endpoint.query,
            shared: emitter.shared(),
            inbox,
            state,
            wakeups: WakeUps::new(clock),
            recovery: None,
            sessions: 0,
            losses: 0,
            refusals: 0,
        };
        let task = tokio::spawn(supervisor.run());
        Connection { incoming, emitter, state: watcher, task }
    }

    async fn run(mut self) {
        loop {
            let next = match self.connect().await {
                Ok((session, credentials)) => self.hold(session, credentials).await,
                Err(next) => next,
            };
            if !self.rest(next).await {
                break;
            }
        }
        self.state.send_replace(ConnectionState::Stopped);
        tracing::info!("the connection to the gateway has ended");
    }

    async fn connect(&mut self) -> Result<(Box<dyn Session>, Credentials), Next> {
        self.state.send_replace(ConnectionState::Connecting);
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Next::Stop),
            () = self.inbox.abandoned() => Err(Next::Stop),
            wishes = self.shared.wished() => Err(wishes.refused.map_or(Next::AtOnce, Next::refused)),
            attempt = AssertUnwindSafe(self.attempt()).catch_unwind() => {
                attempt.unwrap_or_else(|_| Err(Next::retry("an internal error while connecting", LineCause::Internal)))
            }
        }
    }

    fn attempt(
        &self,
    ) -> impl Future<Output = Result<(Box<dyn Session>, Credentials), Next>> + Send + use<> {
        let (authenticator, driver) = (self.authenticator.clone(), self.driver.clone());
        let (recovery, deadline) = (self.recovery.clone(), self.limits.auth_deadline);
        let query = self.query.clone();
        async move {
            let auth = match timeout(deadline, authenticator.auth()).await {
                Ok(Ok(auth)) => auth,
                Ok(Err(refused)) => return Err(Next::refused(refused)),
                Err(_) => {
                    let because = "the check before connecting did not answer in time";
                    return Err(Next::retry(because, LineCause::Silent));
                }
            };
            let credentials = Credentials::of(&auth, &query);
            let request = ConnectRequest { auth, credentials: credentials.clone(), recovery };
            match driver.connect(request).await {
                Ok(session) => Ok((session, credentials)),
                Err(error) => Err(Next::after_failure(error)),
            }
        }
    }

    /// Holds a session until it ends.
    async fn hold(&mut self, mut session: Box<dyn Session>, credentials: Credentials) -> Next {
        self.sessions += 1;
        let id = SessionId(self.sessions);
        let encrypted = session.encryption();
        self.inbox.begin(id, credentials);
        self.wakeups.restart();
        tracing::info!(session = id.0, %encrypted, "connected to the gateway");
        self.state.send_replace(ConnectionState::Online {
            since: SystemTime::now(),
            session: id,
            encrypted,
        });

        let since = Instant::now();
        let reason = self.watch_over(&mut session, id).await;
        self.shared.close();
        if since.elapsed() >= self.delays.stable {
            (self.losses, self.refusals) = (0, 0);
        }
        self.recovery = session.recovery();
        tracing::info!(session = id.0, %reason, "disconnected from the gateway");
        let next = Next::after(&reason);
        // Goodbye and a slow consumer may take their time; people hear of it now.
        self.say_ended(&next);
        if !reason.is_dead_line() {
            // Whether or not the gateway hears it, the session is over.
            let _ = timeout(self.limits.goodbye, session.close()).await;
        }
        self.tell_end(id, reason).await;
        next
    }

    /// Runs the session; whatever else ends it is watched for beside it.
    async fn watch_over(&mut self, session: &mut Box<dyn Session>, id: SessionId) -> EndReason {
        let mut outbox = self.shared.open(id, self.limits.outgoing, self.limits.write_timeout);
        let shared = self.shared.clone();
        let abandoned = self.inbox.abandoned();
        if let Err(reason) = self.inbox.announce(Incoming::Connected { session: id }) {
            return reason;
        }
        let run = session.run(&mut self.inbox, &mut outbox);
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => EndReason::Stopped,
            wishes = shared.wished() => match wishes {
                Wishes { refused: Some(refused), .. } => EndReason::Refused(refused),
                Wishes { refused: None, .. } => EndReason::Asked,
            },
            away = self.wakeups.next() => {
                tracing::info!(seconds = away.as_secs(), "this computer was asleep");
                EndReason::WokeUp
            }
            ended = AssertUnwindSafe(run).catch_unwind() => {
                ended.unwrap_or_else(|_| EndReason::Internal("the driver panicked".into()))
            }
            () = abandoned => EndReason::Abandoned,
        }
    }

    /// Waits for the consumer: connecting again would only pile up more that it does not take.
    async fn tell_end(&mut self, session: SessionId, reason: EndReason) {
        let cancel = self.cancel.clone();
        tokio::select! {
            biased;
            // Cannot be told to someone who is gone; the loop ends on its own.
            _ = self.inbox.deliver(Incoming::Disconnected { session, reason }) => {}
            () = cancel.cancelled() => {}
        }
    }

    /// Waits before the next connect. Whether there is to be one.
    async fn rest(&mut self, mut next: Next) -> bool {
        loop {
            let Some(delay) = self.announce_delay(next) else { return false };
            match self.wait(delay).await {
                Waited::Over => return true,
                Waited::WokeUp => {
                    self.losses = 0;
                    return true;
                }
                Waited::Stopped => return false,
                // Told late, about the session before: then the slow delay it is.
                Waited::Refused(refused) => next = Next::refused(refused),
            }
        }
    }

    /// Counts the failure, says it to people, and gives the delay; `None` to stop.
    fn announce_delay(&mut self, next: Next) -> Option<Duration> {
        match next {
            Next::Stop => None,
            Next::AtOnce => Some(Duration::ZERO),
            Next::Retry(trouble) => {
                let because = &trouble.because;
                let delay = self.delays.lost(self.losses);
                self.losses = self.losses.saturating_add(1);
                tracing::info!(%because, ?delay, attempt = self.losses, "connecting again later");
                self.say_retrying(trouble, delay);
                Some(delay)
            }
            Next::Refused(Refusal { refused, cause }) => {
                let delay = self.delays.refused(self.refusals);
                self.refusals = self.refusals.saturating_add(1);
                tracing::warn!(because = %refused, ?delay, "refused; asking again later");
                self.say_refused(&refused, cause, delay);
                Some(delay)
            }
        }
    }

    async fn wait(&mut self, delay: Duration) -> Waited {
        self.wakeups.restart();
        let abandoned = self.inbox.abandoned();
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Waited::Stopped,
            () = abandoned => Waited::Stopped,
            wishes = self.shared.wished() => match wishes.refused {
                Some(refused) => Waited::Refused(refused),
                None => Waited::Over,
            },
            _ = self.wakeups.next() => Waited::WokeUp,
            () = sleep(delay) => Waited::Over,
        }
    }

    /// Says what comes next, before its delay is known.
    fn say_ended(&self, next: &Next) {
        match next {
            Next::Retry(trouble) => self.say_retrying(trouble.clone(), Duration::ZERO),
            Next::Refused(Refusal { refused, cause }) => {
                self.say_refused(refused, cause.clone(), Duration::ZERO);
            }
            Next::AtOnce | Next::Stop => drop(self.state.send_replace(ConnectionState::Connecting)),
        }
    }

    fn say_retrying(&self, trouble: Trouble, delay: Duration) {
        let Trouble { because, cause } = trouble;
        self.state.send_replace(ConnectionState::Retrying {
            at: SystemTime::now() + delay,
            retry_in: delay,
            attempt: self.losses.max(1),
            because,
            cause,
        });
    }

    fn say_refused(&self, refused: &Refused, cause: LineCause, delay: Duration) {
        self.state.send_replace(ConnectionState::Refused {
            because: refused.to_string(),
            cause,
            retry_in: delay,
            at: SystemTime::now() + delay,
        });
    }
}

impl Next {
    fn after(reason: &EndReason) -> Self {
        match reason {
            EndReason::Stopped | EndReason::Abandoned => Self::Stop,
            EndReason::WokeUp | EndReason::Asked => Self::AtOnce,
            EndReason::Refused(refused) => Self::refused(refused.clone()),
            reason => Self::retry(reason.to_string(), reason.into()),
        }
    }

    fn after_failure(error: ConnectError) -> Self {
        let cause = LineCause::from(&error);
        match error.into_refusal() {
            Ok(refused) => Self::Refused(Refusal { refused, cause }),
            Err(error) => Self::retry(error.to_string(), cause),
        }
    }

    fn retry(because: impl Into<String>, cause: LineCause) -> Self {
        Self::Retry(Trouble { because: because.into(), cause })
    }

    fn refused(refused: Refused) -> Self {
        let cause = LineCause::from(&refused);
        Self::Refused(Refusal { refused, cause })
    }
}
