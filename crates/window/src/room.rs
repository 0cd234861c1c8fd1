//! The room in which the engine runs: keeps it running, and owns the state that is shown.

use crate::browsers::{Browsers, Pages};
use crate::paced::Paced;
use crate::state::publish::{Watches, follow};
use crate::state::{EngineState, Snapshot, Updates, status};
use crate::wanted::Wanted;
use crate::words::{Key, Language};
use jiff::tz::TimeZone;
use platen_bridge::{Asked, Engine, EngineError, Home, HomeError, Request, Response, Settings};
use platen_connectors::web::Window;
use platen_program::keep_running;
use platen_updates::{Off, Orders, Queues, Report, State};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// An engine that cannot be started is tried again after this.
const AGAIN: Duration = Duration::from_secs(30);
/// How long a question waits for an engine that is starting.
const STARTING: Duration = Duration::from_secs(10);
/// Longest an answer may take, beside a wait that was asked for.
const ANSWER: Duration = Duration::from_secs(40);
/// Longest that somebody who begins to look waits for a state of now.
const FRESH: Duration = Duration::from_secs(2);

/// The engine's room.
pub struct Room {
    home: Home,
    crashes: u32,
    /// What browsers get; none where a desktop shows the state.
    pages: Option<Pages>,
    snapshots: watch::Sender<Arc<Snapshot>>,
    /// How often a state was made.
    made: watch::Sender<u64>,
    /// How many look. The desktop always does; for nobody the state is not kept up to date.
    looks: watch::Sender<usize>,
    languages: watch::Sender<Language>,
    /// Whoever answers now.
    asked: watch::Sender<Option<Arc<dyn Asked>>>,
    wanted: Wanted,
    /// Ends the look at the signpost that is under way.
    signpost: Mutex<CancellationToken>,
    anew: Notify,
    /// What whoever keeps the till up to date says, and what people order.
    updates: watch::Sender<Report>,
    orders: Arc<Orders>,
    stop: CancellationToken,
}

/// Why the room was left.
#[derive(Debug, PartialEq, Eq)]
pub enum Left {
    /// It was asked to.
    Asked,
    /// Another Platen has the home.
    Taken,
}

impl Room {
    /// A room in that home, which a desktop shows. `crashes`: how often the program stopped within a minute, where that
    /// has to be told.
    pub fn on_desktop(home: Home, crashes: u32) -> Arc<Room> {
        Room::new(home, crashes, None)
    }

    /// A room in that home, which browsers show where its door for them is open.
    pub fn in_browsers(home: Home, pages: Pages) -> Arc<Room> {
        Room::new(home, 0, Some(pages))
    }

    fn new(home: Home, crashes: u32, pages: Option<Pages>) -> Arc<Room> {
        let language = language_of(&home);
        let room = Room {
            home,
            crashes,
            pages,
            made: watch::Sender::new(0),
            looks: watch::Sender::new(usize::from(pages.is_none())),
            snapshots: watch::Sender::default(),
            languages: watch::Sender::new(language),
            asked: watch::Sender::new(None),
            wanted: Wanted::default(),
            signpost: Mutex::default(),
            anew: Notify::new(),
            updates: watch::Sender::new(Report {
                state: State::Off(Off::Elsewhere),
                ..Report::default()
            }),
            orders: Arc::default(),
            stop: CancellationToken::new(),
        };
        room.say(EngineState::Starting);
        Arc::new(room)
    }

    /// Runs the engine until [`Room::leave`]; the write under way is finished, or stopped safely.
    ///
    /// # Errors
    /// [`EngineError`] where it cannot be started.
    pub async fn run(self: &Arc<Self>) -> Result<(), EngineError> {
        while !self.stop.is_cancelled() {
            let ended = self.round().await;
            self.asked.send_replace(None);
            ended?;
            self.say(EngineState::Starting);
        }
        Ok(())
    }

    /// The same; an engine that cannot be started is tried again.
    pub async fn keep(self: Arc<Self>) -> Left {
        loop {
            match self.run().await {
                Ok(()) => return Left::Asked,
                Err(EngineError::Home(HomeError::AlreadyRunning(_))) => return Left::Taken,
                Err(error) => {
                    tracing::error!(%error, "the engine cannot be started");
                    self.say(EngineState::Failed { why: self.language().engine_error(&error) });
                    tokio::select! {
                        () = self.stop.cancelled() => {}
                        () = self.anew.notified() => {}
                        () = tokio::time::sleep(AGAIN) => {}
                    }
                }
            }
        }
    }

    /// The engine until it has to start with other settings, or to stop.
    async fn round(self: &Arc<Self>) -> Result<(), EngineError> {
        let round = self.stop.child_token();
        let mut publishing = round.child_token();
        let window = self.pages.map(|pages| {
            let window: Arc<dyn Window> = Arc::new(Browsers::new(self, pages));
            window
        });
        let running = keep_running(&self.home, &round, window, |engine| {
            publishing.cancel();
            publishing = round.child_token();
            self.move_in(engine, publishing.clone());
        });
        tokio::pin!(running);
        loop {
            tokio::select! {
                ended = &mut running => return ended,
                () = self.anew.notified() => round.cancel(),
            }
        }
    }

    fn move_in(self: &Arc<Self>, engine: &Engine, end: CancellationToken) {
        self.asked.send_replace(Some(engine.asked()));
        tokio::spawn(follow(self.clone(), Watches::of(engine), end.clone()));
        self.follow_wishes(engine.stops(), end.clone(), |room| room.leave());
        // In a browser there is no window of its own to show.
        if self.pages.is_none() {
            self.follow_wishes(engine.shows(), end, |room| room.show(None));
        }
    }

    /// Does what is asked for at the control door, each time that the count of it grows.
    fn follow_wishes(
        self: &Arc<Self>,
        mut wishes: watch::Receiver<u64>,
        end: CancellationToken,
        carry_out: fn(&Room),
    ) {
        let room = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = end.cancelled() => return,
                    changed = wishes.changed() => match changed {
                        Ok(()) => carry_out(&room),
                        Err(_) => return,
                    },
                }
            }
        });
    }

    /// Asks the engine one thing.
    ///
    /// # Errors
    /// Why it was not done, in words for a person.
    pub async fn ask(&self, request: Request) -> Result<Response, String> {
        let language = self.language();
        let Some(asked) = self.engine().await else {
            return Err(language.word(Key::ErrorNotRunning).into());
        };
        match tokio::time::timeout(ANSWER, asked.ask(request)).await {
            Ok(answer) => answer.map_err(|error| language.request_error(&error)),
            Err(_) => Err(language.word(Key::ErrorSlow).into()),
        }
    }

    /// Whoever answers; waited for while the engine starts.
    async fn engine(&self) -> Option<Arc<dyn Asked>> {
        let mut asked = self.asked.subscribe();
        let started = tokio::time::timeout(STARTING, asked.wait_for(Option::is_some)).await;
        started.ok()?.ok()?.clone()
    }

    /// Starts the engine anew, for settings that it reads at its start only.
    pub(crate) fn start_anew(&self) {
        self.anew.notify_one();
    }

    /// Somebody begins to look at the signpost, which ends a look that was begun before; gives what ends this one.
    pub(crate) fn look_at_signpost(&self) -> CancellationToken {
        let ends = self.stop.child_token();
        let mut before = self.signpost.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *before, ends.clone()).cancel();
        ends
    }

    /// Whoever looked at the signpost does not want to know any more.
    pub(crate) fn look_away(&self) {
        self.signpost.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    }

    /// Ends everything.
    pub fn leave(&self) {
        self.stop.cancel();
    }

    /// The home.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// What is shown, for somebody who looks now and then.
    pub fn look(self: &Arc<Self>) -> Look {
        let made = self.made.subscribe();
        self.looks.send_modify(|count| *count += 1);
        Look { room: self.clone(), made, snapshots: self.paced() }
    }

    /// How many look.
    pub(crate) fn looks(&self) -> watch::Receiver<usize> {
        self.looks.subscribe()
    }

    /// What is shown, for those who always look.
    pub fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshots.subscribe()
    }

    /// The same for a page: at most ten a second.
    pub fn paced(&self) -> Paced {
        Paced::of(self.snapshots())
    }

    /// The language that is shown.
    pub(crate) fn languages(&self) -> watch::Receiver<Language> {
        self.languages.subscribe()
    }

    /// The language now.
    pub fn language(&self) -> Language {
        *self.languages.borrow()
    }

    /// Reads the language from the settings again.
    pub(crate) fn read_language(&self) {
        let language = language_of(&self.home);
        self.languages.send_if_modified(|now| std::mem::replace(now, language) != language);
    }

    /// Asks for the window, on a page where one is named.
    pub fn show(&self, page: Option<String>) {
        self.wanted.show(page);
    }

    /// Changes whenever the window is asked for.
    pub fn shows(&self) -> watch::Receiver<u64> {
        self.wanted.shows()
    }

    /// The page that was asked for, once: for the window alone, as a page that nobody shows is lost.
    pub fn take_page(&self) -> Option<String> {
        self.wanted.take_page()
    }

    /// Where whoever keeps the till up to date says how that is; nothing is looked for where nobody does.
    pub fn updates(&self) -> watch::Sender<Report> {
        self.updates.clone()
    }

    /// What people order of it.
    pub fn orders(&self) -> Arc<Orders> {
        self.orders.clone()
    }

    /// Shows what is said of updates, as long as somebody says it.
    pub async fn show_updates(self: Arc<Self>) {
        let mut reports = self.updates.subscribe();
        while reports.changed().await.is_ok() {
            let report = reports.borrow_and_update().clone();
            self.snapshots.send_if_modified(|now| {
                let updates = Updates::of(&report, now.language);
                let news = now.updates != updates;
                if news {
                    *now = Arc::new(Snapshot { updates, ..now.as_ref().clone() });
                }
                news
            });
        }
    }

    /// Whether anything is printed.
    pub fn queues(self: &Arc<Self>) -> watch::Receiver<Queues> {
        let (idle, queues) = watch::channel(Queues::Busy);
        let mut snapshots = self.snapshots.subscribe();
        tokio::spawn(async move {
            loop {
                let now = queues_of(&snapshots.borrow_and_update());
                idle.send_if_modified(|before| std::mem::replace(before, now) != now);
                if idle.is_closed() || snapshots.changed().await.is_err() {
                    return;
                }
            }
        });
        queues
    }

    /// Shows a state; nobody is woken where nothing changed.
    pub(crate) fn publish(&self, mut snapshot: Snapshot) {
        snapshot.updates = Updates::of(&self.updates.borrow(), snapshot.language);
        self.snapshots.send_if_modified(|now| {
            let news = **now != snapshot;
            if news {
                *now = Arc::new(snapshot);
            }
            news
        });
        self.made.send_modify(|count| *count += 1);
    }

    /// What every snapshot has in common.
    pub(crate) fn blank(&self) -> Snapshot {
        Snapshot {
            version: env!("CARGO_PKG_VERSION").into(),
            home: self.home.root().display().to_string(),
            logs: self.home.logs().display().to_string(),
            language: self.language(),
            crashes: self.crashes,
            ..Snapshot::default()
        }
    }

    fn say(&self, engine: EngineState) {
        // An engine that starts anew takes no server away: a page that is open stays as it is.
        let server = self.snapshots.borrow().server.clone();
        let mut snapshot = Snapshot { engine, server, ..self.blank() };
        snapshot.status = status::of(&snapshot, &TimeZone::UTC);
        self.publish(snapshot);
    }
}

/// Somebody who looks, for as long as this is held.
pub struct Look {
    room: Arc<Room>,
    made: watch::Receiver<u64>,
    snapshots: Paced,
}

impl Look {
    /// The first state: one that was made since the look began, where that does not take long.
    pub async fn first(&mut self) -> Arc<Snapshot> {
        let _ = tokio::time::timeout(FRESH, self.made.changed()).await;
        self.snapshots.now()
    }

    /// The next one, at most ten a second; none when there will be none.
    pub async fn next(&mut self) -> Option<Arc<Snapshot>> {
        self.snapshots.next().await
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        self.room.looks.send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// Jobs that may be on paper wait for a person, not for a printer.
fn queues_of(snapshot: &Snapshot) -> Queues {
    let idle = snapshot.engine == EngineState::Running && snapshot.open_count == 0;
    if idle { Queues::Idle } else { Queues::Busy }
}

/// The language of the settings, or else that of the session.
fn language_of(home: &Home) -> Language {
    let settings = Settings::load(&home.settings()).ok();
    settings
        .and_then(|(settings, _)| Language::of_locale(&settings.desktop.language?))
        .unwrap_or_else(Language::of_session)
}
