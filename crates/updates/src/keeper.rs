//! Looks for updates at their time, and carries out what was decided of them.

use crate::decision::{Asked, Decision, Leave, Queues, Situation, Wait, decide};
use crate::memory::{Failed, Memory, Refused};
use crate::offer::Offer;
use crate::port::{Found, Host, Rules, Source};
use crate::report::{Off, Report, State, Trouble};
use crate::settings::{Channel, UpdateMode};
use rand::RngExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The first look, and up to as long again: tills of a shop start together.
const FIRST: Duration = Duration::from_secs(5 * 60);
/// From look to look, and up to a tenth more or less.
const EVERY: Duration = Duration::from_secs(24 * 3600);
/// Where nobody answered, or the package did not come whole.
const AGAIN: Duration = Duration::from_secs(3600);
/// While something waits: how often the clock and the settings are looked at.
const WAITING: Duration = Duration::from_secs(60);
/// A new version that has run for so long runs.
const PROVED: Duration = Duration::from_secs(120);

/// What a person may order. An order that is given again before it was carried out counts once.
#[derive(Debug, Default)]
pub struct Orders {
    look: Notify,
    install: Notify,
}

impl Orders {
    /// To look whether there is an update.
    pub fn look(&self) {
        self.look.notify_one();
    }

    /// To install the one that waits.
    pub fn install(&self) {
        self.install.notify_one();
    }
}

/// Keeps a till up to date.
pub struct Keeper {
    host: Arc<dyn Host>,
    source: Arc<dyn Source>,
    orders: Arc<Orders>,
    queues: watch::Receiver<Queues>,
    report: watch::Sender<Report>,
    memory: Memory,
    /// A version that was fetched and is genuine.
    ready: Option<Box<dyn Found>>,
    asked: Asked,
    channel: Channel,
}

/// What woke the keeper.
enum Woken {
    ToLook(Asked),
    ToGoOn,
    ToInstall,
    ByProof,
    ToEnd,
}

impl Keeper {
    /// A keeper that has not begun.
    pub fn new(
        host: Arc<dyn Host>,
        source: Arc<dyn Source>,
        orders: Arc<Orders>,
        queues: watch::Receiver<Queues>,
        report: watch::Sender<Report>,
    ) -> Keeper {
        Keeper {
            host,
            source,
            orders,
            queues,
            report,
            memory: Memory::default(),
            ready: None,
            asked: Asked::Nothing,
            channel: Channel::default(),
        }
    }

    /// Keeps the till up to date until `stop`.
    pub async fn keep(mut self, stop: CancellationToken) {
        self.memory = self.host.memory().await;
        let rules = self.rules().await;
        self.settle(&rules).await;
        self.say(self.at_first(&rules));
        let proof = Instant::now() + PROVED;
        let mut next = Instant::now() + FIRST + FIRST.mul_f64(share());
        loop {
            match self.wake(next, proof, &stop).await {
                Woken::ToEnd => return,
                Woken::ToLook(asked) => {
                    self.asked = asked;
                    next = Instant::now() + self.look().await;
                }
                Woken::ToInstall => {
                    self.asked = Asked::Install;
                    if self.ready.is_none() {
                        next = Instant::now() + self.look().await;
                    }
                }
                Woken::ByProof => self.prove().await,
                Woken::ToGoOn => {}
            }
            if let Err(trouble) = self.go_on().await {
                self.stumble(trouble);
            }
        }
    }

    async fn wake(&mut self, next: Instant, proof: Instant, stop: &CancellationToken) -> Woken {
        let (waits, on_trial) = (self.ready.is_some(), self.memory.trial.is_some());
        tokio::select! {
            biased;
            () = stop.cancelled() => Woken::ToEnd,
            () = self.orders.look.notified() => Woken::ToLook(Asked::Look),
            () = self.orders.install.notified() => Woken::ToInstall,
            changed = self.queues.changed() => changed.map_or(Woken::ToEnd, |()| Woken::ToGoOn),
            () = tokio::time::sleep_until(next) => Woken::ToLook(Asked::Nothing),
            () = tokio::time::sleep_until(proof), if on_trial => Woken::ByProof,
            () = tokio::time::sleep(WAITING), if waits => Woken::ToGoOn,
        }
    }

    /// Asks the server; gives how long to wait before the next look.
    async fn look(&mut self) -> Duration {
        self.ready = None;
        let rules = self.rules().await;
        if let Some(off) = rules.off {
            self.say(State::Off(off));
            return EVERY;
        }
        self.say(State::Looking);
        match self.take(&rules).await {
            Ok(()) => EVERY.mul_f64(0.9 + share() / 5.0),
            Err(trouble) => {
                let again = if trouble.is_passing() { AGAIN } else { EVERY };
                self.stumble(trouble);
                again.mul_f64(1.0 + share() / 10.0)
            }
        }
    }

    /// Takes what the server offers, as far as it is for this till.
    async fn take(&mut self, rules: &Rules) -> Result<(), Trouble> {
        let found = self.source.look(rules).await?;
        self.memory.looked = Some(self.host.moment());
        self.host.remember(&self.memory).await;
        let Some(found) = found else {
            self.say(State::Current);
            return Ok(());
        };
        let version = found.offer().version.clone();
        match self.decide(found.offer(), rules) {
            Decision::Leave(Leave::NotNewer) => self.say(State::Current),
            Decision::Leave(why) => {
                tracing::info!(%version, ?why, "an update is left alone");
                self.say(State::Left(version, why));
            }
            // Nobody here can install it: fetching it would be for nothing.
            Decision::Wait(Wait::Elsewhere) => self.say(State::Waiting(version, Wait::Elsewhere)),
            Decision::Wait(_) | Decision::Install => {
                tracing::info!(%version, "an update is fetched");
                self.say(State::Fetching(version));
                match found.fetch().await {
                    Ok(()) => self.ready = Some(found),
                    Err(trouble) => return Err(self.noted(found.as_ref(), trouble).await),
                }
            }
        }
        Ok(())
    }

    /// Installs what is ready, if now is the time.
    async fn go_on(&mut self) -> Result<(), Trouble> {
        if self.ready.is_none() {
            return Ok(());
        }
        let rules = self.rules().await;
        let Some(found) = &self.ready else { return Ok(()) };
        let (offer, version) = (found.offer(), found.offer().version.clone());
        match self.decide(offer, &rules) {
            _ if rules.settings.mode == UpdateMode::Off => {
                self.ready = None;
                self.say(State::Off(Off::Settings));
            }
            Decision::Leave(why) => {
                self.ready = None;
                self.say(State::Left(version, why));
            }
            Decision::Wait(why) => self.say(State::Waiting(version, why)),
            Decision::Install => {
                tracing::info!(%version, "an update is installed");
                self.say(State::Installing(version));
                let Some(found) = self.ready.take() else { return Ok(()) };
                if let Err(trouble) = found.install(&self.memory).await {
                    return Err(self.noted(found.as_ref(), trouble).await);
                }
            }
        }
        Ok(())
    }

    fn decide(&self, offer: &Offer, rules: &Rules) -> Decision {
        let now = self.host.now();
        let situation = Situation {
            running: &rules.running,
            till: &rules.till,
            settings: &rules.settings,
            memory: &self.memory,
            way: rules.way,
            asked: self.asked,
            queues: *self.queues.borrow(),
            now: &now,
        };
        decide(offer, &situation)
    }

    /// Remembers what must not be tried again.
    async fn noted(&mut self, found: &dyn Found, trouble: Trouble) -> Trouble {
        if let Trouble::Refused(version, _) = &trouble {
            let (package, version) = (found.offer().package.clone(), version.clone());
            self.memory.refused = Some(Refused { package, version });
            self.host.remember(&self.memory).await;
        }
        trouble
    }

    /// Tells what did not work.
    fn stumble(&self, trouble: Trouble) {
        tracing::warn!(%trouble, "no update: the running version stays");
        self.say(State::Trouble(trouble));
    }

    async fn rules(&mut self) -> Rules {
        let rules = self.host.rules().await;
        self.channel = rules.settings.channel;
        rules
    }

    /// What became of the version that was to be installed before this start.
    async fn settle(&mut self, rules: &Rules) {
        if let Some(trial) = self.memory.trial.take_if(|trial| trial.version != rules.running) {
            let version = trial.version.clone();
            tracing::warn!(%version, "an update was not installed: it is tried again once a day");
            self.host.forget_previous(&trial).await;
            let when = self.host.moment();
            self.memory.failed = Some(Failed { version, when });
            self.host.remember(&self.memory).await;
        }
        // Somebody installed it, or a newer one.
        if self.memory.failed.take_if(|failed| failed.version <= rules.running).is_some() {
            self.host.remember(&self.memory).await;
        }
    }

    /// What is said before the first look.
    fn at_first(&self, rules: &Rules) -> State {
        match (rules.off, &self.memory.failed) {
            (Some(off), _) => State::Off(off),
            (None, Some(failed)) => State::Left(failed.version.clone(), Leave::NotInstalled),
            (None, None) => State::Idle,
        }
    }

    /// The version that was just installed has run long enough.
    async fn prove(&mut self) {
        if let Some(trial) = self.memory.trial.take() {
            self.host.forget_previous(&trial).await;
        }
        self.host.drop_package().await;
        self.host.remember(&self.memory).await;
    }

    fn say(&self, state: State) {
        let next = Report { channel: self.channel, looked: self.memory.looked, state };
        self.report.send_if_modified(|now| std::mem::replace(now, next.clone()) != next);
    }
}

/// Some part of one.
fn share() -> f64 {
    rand::rng().random_range(0.0..1.0)
}
