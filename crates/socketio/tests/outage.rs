//! Hours of trouble in paused time, with a driver that has no network.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use async_trait::async_trait;
use platen_socketio::port::{
    ConnectError, ConnectRequest, Driver, Inbox, Outbox, Recovery, Session,
};
use platen_socketio::{
    Connection, ConnectionState, Delays, DriverKind, Encryption, EndReason, Incoming, Refused,
    SleepClock, Supervisor,
};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::line::{Licence, config};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// What the gateway does with the next connect.
#[derive(Clone)]
enum Mood {
    Away,
    Refusing,
    /// Accepts, and ends the session after this long.
    Holding(Duration),
    Panicking,
}

struct FakeDriver {
    mood: Mutex<Mood>,
    attempts: Mutex<Vec<Instant>>,
    end: Arc<Notify>,
}

struct FakeSession {
    hold: Duration,
    end: Arc<Notify>,
}

#[async_trait]
impl Driver for FakeDriver {
    async fn connect(&self, _request: ConnectRequest) -> Result<Box<dyn Session>, ConnectError> {
        self.attempts.lock().unwrap().push(Instant::now());
        let mood = self.mood.lock().unwrap().clone();
        match mood {
            Mood::Away => Err(ConnectError::Deadline("opening the connection")),
            Mood::Refusing => Err(ConnectError::Refused(Refused::new("the licence has expired"))),
            Mood::Holding(hold) => Ok(Box::new(FakeSession { hold, end: self.end.clone() })),
            Mood::Panicking => panic!("a bug in a driver"),
        }
    }
}

#[async_trait]
impl Session for FakeSession {
    fn encryption(&self) -> Encryption {
        Encryption::NotEncrypted
    }

    async fn run(&mut self, _inbox: &mut Inbox, _outbox: &mut Outbox) -> EndReason {
        tokio::select! {
            () = sleep(self.hold) => EndReason::Kicked,
            () = self.end.notified() => EndReason::Lost("cable pulled".into()),
        }
    }

    async fn close(self: Box<Self>) {}

    fn recovery(&self) -> Option<Recovery> {
        None
    }
}

/// A clock that runs with tokio's, plus what the test makes it sleep.
struct FakeClock {
    start: Instant,
    slept: Mutex<Duration>,
}

impl SleepClock for FakeClock {
    fn now(&self) -> Duration {
        self.start.elapsed() + *self.slept.lock().unwrap()
    }
}

struct Shop {
    driver: Arc<FakeDriver>,
    clock: Arc<FakeClock>,
    connection: Connection,
    cancel: CancellationToken,
}

impl Shop {
    fn open(mood: Mood) -> Self {
        let driver = Arc::new(FakeDriver {
            mood: Mutex::new(mood),
            attempts: Mutex::default(),
            end: Arc::default(),
        });
        let clock = Arc::new(FakeClock { start: Instant::now(), slept: Mutex::default() });
        let mut config = config(DriverKind::Native, "http://127.0.0.1:1");
        config.delays = Delays::default();
        let cancel = CancellationToken::new();
        let connection = Supervisor::spawn_with(
            config,
            Licence::new("any"),
            cancel.clone(),
            driver.clone(),
            clock.clone(),
        );
        Self { driver, clock, connection, cancel }
    }

    fn mood(&self, mood: Mood) {
        *self.driver.mood.lock().unwrap() = mood;
    }

    /// Lets time pass while the consumer takes what comes.
    async fn pass(&mut self, time: Duration) {
        let drain = async { while self.connection.incoming.recv().await.is_some() {} };
        let _ = timeout(time, drain).await;
    }

    async fn connected_within(&mut self, time: Duration) {
        let connected = async {
            while !matches!(self.connection.incoming.recv().await, Some(Incoming::Connected { .. }))
            {
            }
        };
        timeout(time, connected).await.expect("connected in time");
    }

    fn attempts(&self) -> usize {
        self.driver.attempts.lock().unwrap().len()
    }

    /// Seconds between one attempt and the next.
    fn gaps(&self) -> Vec<f64> {
        let attempts = self.driver.attempts.lock().unwrap();
        attempts.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect()
    }

    fn state(&self) -> ConnectionState {
        self.connection.state.borrow().clone()
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

const MINUTE: Duration = Duration::from_secs(60);
const FOREVER: Duration = Duration::from_secs(1 << 30);

#[tokio::test(start_paused = true)]
async fn after_a_twenty_minute_outage_the_line_comes_back() {
    let mut shop = Shop::open(Mood::Holding(FOREVER));
    shop.connected_within(MINUTE).await;
    shop.pass(MINUTE).await;
    shop.mood(Mood::Away);
    shop.driver.end.notify_one();
    shop.pass(20 * MINUTE).await;

    let gaps = shop.gaps();
    let outage = &gaps[1..];
    assert!((39..=150).contains(&outage.len()), "{} attempts in 20 minutes", outage.len());
    assert!(outage.iter().all(|gap| (0.5..=30.51).contains(gap)), "{outage:?}");
    match shop.state() {
        ConnectionState::Retrying { because, attempt, .. } => {
            assert!(because.contains("did not answer in time"), "{because}");
            assert!(attempt >= 39);
        }
        other => panic!("{other}"),
    }

    shop.mood(Mood::Holding(FOREVER));
    shop.connected_within(Duration::from_secs(31)).await;
    assert!(shop.state().is_online());
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_accepts_and_kicks_is_not_stormed() {
    let mut shop = Shop::open(Mood::Holding(Duration::from_millis(20)));
    shop.pass(10 * MINUTE).await;
    assert!((19..=120).contains(&shop.attempts()), "{} attempts in 10 minutes", shop.attempts());
    assert!(shop.gaps().iter().all(|gap| *gap >= 0.5));
}

#[tokio::test(start_paused = true)]
async fn only_a_stable_connection_starts_the_delays_anew() {
    for (held, longest) in [(Duration::from_secs(9), 38.0), (Duration::from_secs(11), 12.6)] {
        let mut shop = Shop::open(Mood::Holding(held));
        shop.pass(60 * MINUTE).await;
        let most = shop.gaps().into_iter().fold(0.0, f64::max);
        assert!(
            (longest - 12.0..=longest + 2.0).contains(&most),
            "held {held:?}: longest gap {most}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_asked_again_slowly_and_heals() {
    let mut shop = Shop::open(Mood::Refusing);
    shop.pass(60 * MINUTE).await;
    let gaps = shop.gaps();
    for (gap, base) in
        gaps.iter().zip([30.0, 60.0, 120.0, 240.0].into_iter().chain(std::iter::repeat(300.0)))
    {
        assert!((base..=base * 1.1 + 0.01).contains(gap), "{gaps:?}");
    }
    assert!(gaps.len() >= 12);
    let ConnectionState::Refused { because, retry_in, .. } = shop.state() else {
        panic!("{}", shop.state())
    };
    assert_eq!(because, "the licence has expired");
    assert!(retry_in >= Duration::from_secs(300));

    shop.mood(Mood::Holding(FOREVER));
    shop.connected_within(Duration::from_secs(331)).await;
}

#[tokio::test(start_paused = true)]
async fn waking_up_reconnects_at_once() {
    let mut shop = Shop::open(Mood::Refusing);
    shop.pass(60 * MINUTE).await;
    shop.mood(Mood::Holding(FOREVER));
    *shop.clock.slept.lock().unwrap() += 8 * 60 * MINUTE;
    shop.connected_within(Duration::from_secs(3)).await;

    shop.pass(MINUTE).await;
    *shop.clock.slept.lock().unwrap() += MINUTE;
    let ended = async {
        loop {
            if let Some(Incoming::Disconnected { reason, .. }) =
                shop.connection.incoming.recv().await
            {
                break reason;
            }
        }
    };
    assert_eq!(timeout(Duration::from_secs(3), ended).await.unwrap(), EndReason::WokeUp);
    shop.connected_within(Duration::from_millis(1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_only_stumbles_disturbs_nobody() {
    let mut shop = Shop::open(Mood::Holding(FOREVER));
    shop.connected_within(MINUTE).await;
    for _ in 0..20 {
        *shop.clock.slept.lock().unwrap() += Duration::from_secs(9);
        shop.pass(Duration::from_secs(5)).await;
    }
    assert_eq!(shop.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_driver_is_one_more_failure() {
    let mut shop = Shop::open(Mood::Panicking);
    shop.pass(MINUTE).await;
    assert!(matches!(shop.state(), ConnectionState::Retrying { .. }), "{}", shop.state());
    shop.mood(Mood::Holding(FOREVER));
    shop.connected_within(Duration::from_secs(31)).await;
}
