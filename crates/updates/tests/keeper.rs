//! The keeper at work, with a server and a till that are played, and a clock that is turned.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use async_trait::async_trait;
use jiff::Zoned;
use jiff::civil::date;
use jiff::tz::TimeZone;
use platen_job::Timestamp;
use platen_updates::{
    Failed, Fingerprint, Found, Host, InstallTrouble, Keeper, Leave, Memory, Off, Offer, Orders,
    Queues, Reach, Refusal, Report, Rules, Source, State, Trial, Trouble, UpdateMode,
    UpdateSettings, Version, Wait, Way,
};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What the played server does, and what was asked of it.
struct Play {
    offers: Option<&'static str>,
    look: Option<Trouble>,
    fetch: Option<Trouble>,
    install: Option<Trouble>,
    rules: Rules,
    now: Zoned,
    memory: Memory,
    /// `look`, `fetch`, `install`; `forget` is said of the program before, `drop` of the package.
    done: Vec<&'static str>,
}

impl Play {
    /// The version that was to be installed is not the one that runs.
    fn with_stale_trial(&mut self) {
        self.memory.trial = Some(Trial { version: version(), previous: None });
    }
}

#[derive(Clone)]
struct Shop {
    play: Arc<Mutex<Play>>,
}

struct Package {
    shop: Shop,
    offer: Offer,
}

#[async_trait]
impl Host for Shop {
    async fn rules(&self) -> Rules {
        self.play.lock().unwrap().rules.clone()
    }
    fn now(&self) -> Zoned {
        self.play.lock().unwrap().now.clone()
    }
    async fn memory(&self) -> Memory {
        self.play.lock().unwrap().memory.clone()
    }
    async fn remember(&self, memory: &Memory) {
        self.play.lock().unwrap().memory = memory.clone();
    }
    async fn forget_previous(&self, _: &Trial) {
        self.play.lock().unwrap().done.push("forget");
    }
    async fn drop_package(&self) {
        self.play.lock().unwrap().done.push("drop");
    }
}

#[async_trait]
impl Source for Shop {
    async fn look(&self, _: &Rules) -> Result<Option<Box<dyn Found>>, Trouble> {
        let mut play = self.play.lock().unwrap();
        play.done.push("look");
        if let Some(trouble) = &play.look {
            return Err(trouble.clone());
        }
        let Some(version) = play.offers else { return Ok(None) };
        let package = Fingerprint::of(version);
        let offer = Offer { version: version.parse().unwrap(), reach: Reach::ALL, package };
        Ok(Some(Box::new(Package { shop: self.clone(), offer })))
    }
}

#[async_trait]
impl Found for Package {
    fn offer(&self) -> &Offer {
        &self.offer
    }
    async fn fetch(&self) -> Result<(), Trouble> {
        let mut play = self.shop.play.lock().unwrap();
        play.done.push("fetch");
        play.fetch.clone().map_or(Ok(()), Err)
    }
    async fn install(&self, _: &Memory) -> Result<(), Trouble> {
        let mut play = self.shop.play.lock().unwrap();
        play.done.push("install");
        play.install.clone().map_or(Ok(()), Err)
    }
}

/// A shop with a running keeper.
struct Kept {
    shop: Shop,
    orders: Arc<Orders>,
    queues: watch::Sender<Queues>,
    reports: watch::Receiver<Report>,
    stop: CancellationToken,
}

impl Kept {
    fn start(change: impl FnOnce(&mut Play)) -> Kept {
        let rules = Rules {
            running: Version::new(0, 1, 0),
            till: "till-1".into(),
            settings: UpdateSettings::default(),
            way: Way::Alone,
            off: None,
        };
        let mut play = Play {
            offers: Some("0.2.0"),
            look: None,
            fetch: None,
            install: None,
            rules,
            now: at(28, 4),
            memory: Memory::default(),
            done: Vec::new(),
        };
        change(&mut play);
        let shop = Shop { play: Arc::new(Mutex::new(play)) };
        let (queues, idle) = watch::channel(Queues::Idle);
        let (report, reports) = watch::channel(Report::default());
        let (orders, stop) = (Arc::new(Orders::default()), CancellationToken::new());
        let host = Arc::new(shop.clone());
        let keeper = Keeper::new(host.clone(), host, orders.clone(), idle, report);
        tokio::spawn(keeper.keep(stop.clone()));
        Kept { shop, orders, queues, reports, stop }
    }

    fn change(&self, change: impl FnOnce(&mut Play)) {
        change(&mut self.shop.play.lock().unwrap());
    }

    fn done(&self) -> Vec<&'static str> {
        self.shop.play.lock().unwrap().done.clone()
    }

    fn count(&self, what: &str) -> usize {
        self.done().iter().filter(|one| **one == what).count()
    }

    fn memory(&self) -> Memory {
        self.shop.play.lock().unwrap().memory.clone()
    }

    fn state(&self) -> State {
        self.reports.borrow().state.clone()
    }

    /// Lets the keeper run as far as it gets in that time.
    async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    async fn look(&self) -> State {
        self.orders.look();
        self.pass(Duration::from_millis(1)).await;
        self.state()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// An hour of a day of that month.
fn at(day: i8, hour: i8) -> Zoned {
    date(2026, 11, day).at(hour, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap()
}

fn minutes(n: u64) -> Duration {
    Duration::from_secs(60 * n)
}

fn version() -> Version {
    Version::new(0, 2, 0)
}

#[tokio::test(start_paused = true)]
async fn it_looks_soon_after_the_start_and_then_once_a_day() {
    let kept = Kept::start(|play| play.offers = None);
    kept.pass(minutes(4)).await;
    assert_eq!(kept.count("look"), 0, "not at once: a till that was just switched on has to print");
    kept.pass(minutes(7)).await;
    assert_eq!((kept.count("look"), kept.state()), (1, State::Current));
    kept.pass(minutes(21 * 60)).await;
    assert_eq!(kept.count("look"), 1);
    kept.pass(minutes(30 * 24 * 60)).await;
    let looks = kept.count("look");
    assert!((27..=35).contains(&looks), "{looks} looks in a month");
}

#[tokio::test(start_paused = true)]
async fn an_update_comes_by_itself_and_once() {
    let kept = Kept::start(|_| {});
    kept.pass(minutes(12)).await;
    assert_eq!(kept.done(), ["look", "fetch", "install"]);
    assert_eq!(kept.state(), State::Installing(version()));
    assert!(kept.reports.borrow().looked.is_some());
}

#[tokio::test(start_paused = true)]
async fn the_last_job_lets_it_in() {
    let kept = Kept::start(|_| {});
    kept.queues.send_replace(Queues::Busy);
    assert_eq!(kept.look().await, State::Waiting(version(), Wait::Queues));
    kept.pass(minutes(60)).await;
    assert_eq!(kept.done(), ["look", "fetch"]);
    kept.queues.send_replace(Queues::Idle);
    kept.pass(Duration::from_millis(1)).await;
    assert_eq!(kept.done(), ["look", "fetch", "install"]);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_busy_hours_lets_it_in() {
    let kept = Kept::start(|play| {
        play.now = at(28, 12);
        play.rules.settings.busy_hours = vec!["11:30-14:30".parse().unwrap()];
    });
    let free = date(2026, 11, 28).at(14, 30, 0, 0);
    assert_eq!(kept.look().await, State::Waiting(version(), Wait::Hours(Some(free))));
    kept.change(|play| play.now = at(28, 15));
    kept.pass(minutes(2)).await;
    assert_eq!(kept.done(), ["look", "fetch", "install"]);
}

#[tokio::test(start_paused = true)]
async fn a_person_who_wants_to_be_asked_is_waited_for() {
    let kept = Kept::start(|play| play.rules.settings.mode = UpdateMode::Ask);
    assert_eq!(kept.look().await, State::Waiting(version(), Wait::Person));
    kept.pass(minutes(60)).await;
    assert_eq!(kept.count("install"), 0);
    kept.orders.install();
    kept.pass(Duration::from_millis(1)).await;
    assert_eq!(kept.done(), ["look", "fetch", "install"]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_signature_is_told_once_and_not_fetched_again_and_again() {
    let refused = Trouble::Refused(version(), Refusal::NotGenuine);
    let kept = Kept::start(|play| play.fetch = Some(refused.clone()));
    assert_eq!(kept.look().await, State::Trouble(refused.clone()));
    kept.pass(minutes(10 * 24 * 60)).await;
    assert!(kept.count("look") >= 9);
    assert_eq!((kept.count("fetch"), kept.count("install")), (1, 0), "{:?}", kept.done());
    assert_eq!(kept.state(), State::Left(version(), Leave::Refused));
    // A person who asks gets an answer that is new.
    assert_eq!(kept.look().await, State::Trouble(refused));
    assert_eq!(kept.count("fetch"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_is_asked_again_in_an_hour_not_in_a_loop() {
    for trouble in [Trouble::Unreachable, Trouble::OtherAnswer, Trouble::NoList] {
        let kept = Kept::start(|play| play.look = Some(trouble.clone()));
        kept.pass(minutes(12)).await;
        assert_eq!((kept.count("look"), kept.state()), (1, State::Trouble(trouble)));
        kept.pass(minutes(10 * 60)).await;
        let looks = kept.count("look");
        assert!((9..=11).contains(&looks), "{looks} looks in ten hours");
        assert_eq!(kept.reports.borrow().looked, None, "nobody has answered");
    }
}

#[tokio::test(start_paused = true)]
async fn a_package_that_does_not_come_is_fetched_again_in_an_hour_and_then_installed() {
    let kept = Kept::start(|play| play.fetch = Some(Trouble::Broken(version())));
    kept.pass(minutes(12)).await;
    assert_eq!(
        (kept.count("fetch"), kept.state()),
        (1, State::Trouble(Trouble::Broken(version())))
    );
    kept.change(|play| play.fetch = None);
    kept.pass(minutes(70)).await;
    assert_eq!(kept.done(), ["look", "fetch", "look", "fetch", "install"]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_installed_is_told_and_not_tried_in_a_loop() {
    let trouble = Trouble::NotInstalled(version(), InstallTrouble::ReadOnly);
    let kept = Kept::start(|play| play.install = Some(trouble.clone()));
    assert_eq!(kept.look().await, State::Trouble(trouble));
    kept.pass(minutes(12 * 60)).await;
    assert_eq!(kept.count("install"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_version_whose_installer_failed_is_told_and_tried_once_a_day() {
    let left = State::Left(version(), Leave::NotInstalled);
    let kept = Kept::start(Play::with_stale_trial);
    kept.pass(Duration::from_millis(1)).await;
    assert_eq!(kept.state(), left, "whoever looks is told");
    kept.pass(minutes(12)).await;
    assert_eq!(kept.done(), ["forget", "look"], "its package is kept");
    assert_eq!(kept.state(), left);

    // Switched on again an hour later, and told again.
    let memory = kept.memory();
    assert_eq!(memory.trial, None);
    let kept = Kept::start(|play| (play.memory, play.now) = (memory, at(28, 5)));
    kept.pass(Duration::from_millis(1)).await;
    assert_eq!(kept.state(), left);
    kept.pass(minutes(12)).await;
    assert_eq!(kept.done(), ["look"]);
    kept.change(|play| play.now = at(29, 4));
    kept.pass(minutes(27 * 60)).await;
    assert_eq!(kept.done(), ["look", "look", "fetch", "install"]);
}

#[tokio::test(start_paused = true)]
async fn a_person_has_it_tried_again_at_once() {
    let kept = Kept::start(Play::with_stale_trial);
    assert_eq!(kept.look().await, State::Installing(version()));
    let kept = Kept::start(Play::with_stale_trial);
    kept.orders.install();
    kept.pass(Duration::from_millis(1)).await;
    assert_eq!(kept.done(), ["forget", "look", "fetch", "install"]);
}

#[tokio::test(start_paused = true)]
async fn a_newer_version_and_a_wrong_clock_do_not_wait_for_that_day() {
    let kept = Kept::start(Play::with_stale_trial);
    kept.change(|play| play.offers = Some("0.2.1"));
    kept.pass(minutes(12)).await;
    assert_eq!(kept.count("install"), 1);

    let kept = Kept::start(Play::with_stale_trial);
    kept.pass(Duration::from_millis(1)).await;
    kept.change(|play| play.now = at(2, 4));
    kept.pass(minutes(12)).await;
    assert_eq!(kept.count("install"), 1, "that was in what is the future now");
}

#[tokio::test(start_paused = true)]
async fn what_was_installed_by_hand_meanwhile_is_forgotten_as_failed() {
    let kept = Kept::start(|play| {
        play.with_stale_trial();
        play.rules.running = version();
        play.memory.trial = None;
        play.memory.failed = Some(Failed { version: version(), when: Timestamp(0) });
    });
    kept.pass(Duration::from_millis(1)).await;
    assert_eq!((kept.state(), kept.memory().failed), (State::Idle, None));
}

#[tokio::test(start_paused = true)]
async fn a_till_that_others_manage_does_nothing() {
    let kept = Kept::start(|play| play.rules.off = Some(Off::Settings));
    assert_eq!(kept.look().await, State::Off(Off::Settings));
    kept.pass(minutes(3 * 24 * 60)).await;
    assert_eq!(kept.done(), Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn a_new_version_that_runs_has_proved_itself() {
    let trial = Trial { version: Version::new(0, 1, 0), previous: None };
    let kept = Kept::start(|play| play.memory.trial = Some(trial));
    kept.pass(minutes(1)).await;
    assert_eq!(kept.done(), Vec::<&str>::new());
    kept.pass(minutes(2)).await;
    assert_eq!(kept.done(), ["forget", "drop"]);
    assert_eq!(kept.memory().trial, None);
}

#[tokio::test(start_paused = true)]
async fn an_older_version_is_left_alone_and_so_is_one_that_did_not_run() {
    let kept = Kept::start(|play| play.offers = Some("0.0.9"));
    assert_eq!(kept.look().await, State::Current);
    kept.change(|play| {
        play.offers = Some("0.2.0");
        play.memory.roll_back(version());
    });
    let memory = kept.memory();
    let kept = Kept::start(|play| play.memory = memory);
    assert_eq!(kept.look().await, State::Left(version(), Leave::RolledBack));
    assert_eq!(kept.count("fetch"), 0);
}
