//! Looks at USB, spooler and network all the time, and makes known what is found.

use super::bind::{Binding, Certainty, bind, claims};
use super::book::{Book, DeviceKey};
use super::merge::{Device, merge};
use super::recognise::Present;
use super::sighting::Sighting;
use super::twins::drop_overtaken;
use super::view::{DeviceView, Presence, Recognition, offer, profile_for};
use crate::engine::{Core, move_to};
use crate::home::Home;
use crate::printer::Printer;
use crate::settings::{DiscoverySettings, PrinterSettings};
use crate::supervise::supervise;
use crate::view::ScanView;
use platen_connectors::{Health, PrinterView};
use platen_devices::DeviceUri;
use platen_devices::lan::{self, FoundPrinter, ScanOptions};
use platen_devices::spooler::{self, Queue};
use platen_devices::usb::{self, UsbChange, UsbPrinter};
use platen_escpos::Catalogue;
use platen_job::PrinterId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::task::TaskTracker;

/// How often the operating system is asked for its queues: it does not tell when they change.
const QUEUES_EVERY: Duration = Duration::from_secs(30);
/// What cannot be watched now is tried again after this.
const AGAIN: Duration = Duration::from_secs(30);
/// Who announces himself on the network has done so after this, where the search has just begun.
const LISTEN: Duration = Duration::from_secs(3);
/// A printer that may have gone elsewhere, but still answers, is looked at again after this.
const ASK_AGAIN: Duration = Duration::from_secs(1);
/// Devices that have left and are still offered as gone. The oldest are forgotten.
const MOST_GONE: usize = 64;

/// What is known of devices, and where printers go with them.
pub struct Discovery {
    seen: Mutex<Seen>,
    changed: Notify,
    started: Mutex<Started>,
    /// Held while what was seen is made known: one at a time.
    book: tokio::sync::Mutex<Book>,
    /// Where printers are instead of where their settings say, by printer: the address in the settings, and the new one.
    pub(super) moved: Mutex<HashMap<PrinterId, (String, String)>>,
    views: watch::Sender<Arc<Vec<DeviceView>>>,
    offers: watch::Sender<Arc<Vec<PrinterView>>>,
}

/// What the ways show now.
#[derive(Debug, Clone, Default, PartialEq)]
struct Seen {
    usb: Vec<UsbPrinter>,
    network: Vec<FoundPrinter>,
    /// What the last scan found; it stays until the next one.
    scanned: Vec<FoundPrinter>,
    queues: Vec<Queue>,
}

impl Seen {
    fn sightings(&self) -> Vec<Sighting> {
        let mut network: Vec<Sighting> = self.network.iter().map(Sighting::from).collect();
        let mut scanned: Vec<Sighting> = self.scanned.iter().map(Sighting::from).collect();
        drop_overtaken(&mut scanned, &network);
        network.append(&mut scanned);
        let usb = self.usb.iter().map(Sighting::from);
        usb.chain(network).chain(self.queues.iter().map(Sighting::from)).collect()
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Started {
    #[default]
    NotYet,
    Running,
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every change under these locks is one assignment: a panic elsewhere leaves them whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Discovery {
    /// What a home knows from before. Nothing is looked for yet. Blocks on the disk.
    pub fn load(home: &Home, printers: &[PrinterSettings]) -> Discovery {
        let book = Book::load(&home.devices());
        let mut moved = HashMap::new();
        for printer in printers {
            let place = book.place(&printer.id, &printer.uri);
            if let Some(to) = place.and_then(|place| place.moved_to.clone()) {
                moved.insert(printer.id.clone(), (printer.uri.clone(), to));
            }
        }
        Discovery {
            seen: Mutex::default(),
            changed: Notify::new(),
            started: Mutex::default(),
            book: tokio::sync::Mutex::new(book),
            moved: Mutex::new(moved),
            views: watch::Sender::new(Arc::default()),
            offers: watch::Sender::new(Arc::default()),
        }
    }

    /// The devices, now and whenever something changes.
    pub fn views(&self) -> watch::Receiver<Arc<Vec<DeviceView>>> {
        self.views.subscribe()
    }

    /// Those that no printer uses, as the printers that they could be.
    pub fn offers(&self) -> watch::Receiver<Arc<Vec<PrinterView>>> {
        self.offers.subscribe()
    }

    /// The printers' settings have changed: they may use other devices now.
    pub fn look_again(&self) {
        self.changed.notify_one();
    }

    /// A printer's settings with the address at which its device is now.
    pub fn placed(&self, mut settings: PrinterSettings) -> PrinterSettings {
        if let Some((configured, to)) = lock(&self.moved).get(&settings.id)
            && *configured == settings.uri
        {
            settings.uri.clone_from(to);
        }
        settings
    }

    fn see(&self, change: impl FnOnce(&mut Seen)) {
        let mut seen = lock(&self.seen);
        let before = seen.clone();
        change(&mut seen);
        if *seen != before {
            self.changed.notify_one();
        }
    }
}

/// Shows what is known from before, without a look at anything: nobody who asks from then on takes a printer for one without
/// a device.
pub async fn show_known(core: &Arc<Core>) {
    renew(core).await;
}

/// Begins to look, as far as the settings want that. Nothing where it has begun already.
pub fn start(core: &Arc<Core>, tasks: &TaskTracker) {
    if std::mem::replace(&mut *lock(&core.discovery.started), Started::Running) == Started::Running
    {
        return;
    }
    let DiscoverySettings { usb, spooler, network, .. } = core.settings().discovery;
    let keep = |name: &str, work: fn(Arc<Core>) -> Work| {
        let (core, cancel) = (core.clone(), core.cancel.clone());
        let name = format!("the search for printers: {name}");
        let restarts = core.restarts.clone();
        tasks.spawn(supervise(name, restarts, cancel, move || work(core.clone())));
    };
    keep("devices", |core| Box::pin(make_known(core)));
    if usb {
        keep("USB", |core| Box::pin(watch_usb(core)));
    }
    if spooler {
        keep("spooler", |core| Box::pin(watch_spooler(core)));
    }
    if network {
        keep("network", |core| Box::pin(watch_network(core)));
    }
}

type Work = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// Whether the engine goes on after that pause.
async fn goes_on(core: &Core, pause: Duration) -> bool {
    tokio::select! {
        () = core.cancel.cancelled() => false,
        () = tokio::time::sleep(pause) => true,
    }
}

async fn make_known(core: Arc<Core>) {
    let mut certainty = Certainty::Full;
    loop {
        let doubted = async {
            match certainty {
                Certainty::Full => std::future::pending().await,
                Certainty::OneWaits => tokio::time::sleep(ASK_AGAIN).await,
            }
        };
        tokio::select! {
            () = core.cancel.cancelled() => return,
            () = core.discovery.changed.notified() => {}
            () = doubted => {}
        }
        certainty = renew(&core).await;
    }
}

async fn watch_usb(core: Arc<Core>) {
    loop {
        match usb::watch() {
            Ok(mut ports) => loop {
                let changes = tokio::select! {
                    () = core.cancel.cancelled() => return,
                    changes = ports.next() => changes,
                };
                let Some(changes) = changes else { break };
                let attached = ports.attached();
                core.discovery.see(|seen| seen.usb = attached.to_vec());
                changes.iter().for_each(|change| plugged(&core, change));
            },
            Err(error) => tracing::warn!(%error, "USB printers are not noticed when they come"),
        }
        if !goes_on(&core, AGAIN).await {
            return;
        }
    }
}

/// A printer on that port, or with that serial number, is asked at once how it is.
fn plugged(core: &Core, change: &UsbChange) {
    let (UsbChange::Arrived(device) | UsbChange::Left(device)) = change;
    let uris = Sighting::from(device).uris;
    let uses = |printer: &Arc<Printer>| {
        printer.settings.uri.parse().is_ok_and(|uri: DeviceUri| uris.contains(&uri))
    };
    core.registry.all().into_iter().filter(uses).for_each(|printer| printer.look_at_once());
}

async fn watch_spooler(core: Arc<Core>) {
    loop {
        ask_spooler(&core).await;
        if !goes_on(&core, QUEUES_EVERY).await {
            return;
        }
    }
}

/// A spooler that does not answer keeps its queues: their printers say that it is down.
async fn ask_spooler(core: &Core) {
    match spooler::queues().await {
        Ok(mut queues) => {
            queues.sort_by(|a, b| a.name.cmp(&b.name));
            core.discovery.see(|seen| seen.queues = queues);
        }
        Err(error) => tracing::debug!(%error, "the operating system's queues are not known"),
    }
}

async fn watch_network(core: Arc<Core>) {
    loop {
        match lan::browse() {
            Ok(search) => {
                let mut found = search.watch();
                loop {
                    let now = found.borrow_and_update().clone();
                    core.discovery.see(|seen| seen.network = now);
                    tokio::select! {
                        () = core.cancel.cancelled() => return,
                        changed = found.changed() => if changed.is_err() { break },
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "printers on the network are not found"),
        }
        if !goes_on(&core, AGAIN).await {
            return;
        }
    }
}

/// Looks at everything now, and at every host of the own networks where that is asked for; gives what is there.
pub async fn look(core: &Arc<Core>, scan: Scan) -> (Arc<Vec<DeviceView>>, Option<ScanView>) {
    let wanted = core.settings().discovery;
    let new = *lock(&core.discovery.started) == Started::NotYet;
    if new {
        // Nobody waits for these at the end: they only look.
        start(core, &TaskTracker::new());
        if wanted.usb
            && let Ok(attached) = usb::list().await
        {
            core.discovery.see(|seen| seen.usb = attached);
        }
    }
    let listen = async {
        if new && wanted.network {
            tokio::time::sleep(LISTEN).await;
        }
    };
    let queues = async {
        if wanted.spooler {
            ask_spooler(core).await;
        }
    };
    let scanned = async {
        match scan {
            Scan::No => None,
            Scan::OwnNetworks => Some(scan_networks(core).await),
        }
    };
    let ((), (), scanned) = tokio::join!(listen, queues, scanned);
    renew(core).await;
    (core.discovery.views.borrow().clone(), scanned)
}

/// Whether the network is scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan {
    /// It is not.
    No,
    /// Every host of this computer's own networks is asked for a connection, which is closed at once.
    OwnNetworks,
}

async fn scan_networks(core: &Core) -> ScanView {
    match lan::scan(ScanOptions::default(), core.cancel.child_token()).await {
        Ok(report) => {
            core.discovery.see(|seen| seen.scanned = report.found);
            ScanView::Done { asked: report.tried, left_out: report.left_out }
        }
        Err(error) => {
            tracing::warn!(%error, "the network cannot be scanned");
            ScanView::Failed(error.to_string())
        }
    }
}

/// Makes known what is seen now: ids, views, offers; and sends printers after their devices.
async fn renew(core: &Arc<Core>) -> Certainty {
    let mut book = core.discovery.book.lock().await;
    let before = book.clone();
    let mut sightings = lock(&core.discovery.seen).sightings();
    book.strip(&mut sightings);
    let claims = claims(core, &book);
    let devices = book.recognise(merge(sightings), &claims);
    let Binding { moves, certainty } = bind(core, &mut book, &devices);
    show(core, &book, &devices);
    for (printer, uri) in moves {
        let core = core.clone();
        // It may have to let go of a device that hangs; nobody else waits for that.
        tokio::spawn(async move { move_to(&core, &printer, uri).await });
    }
    if *book != before {
        let (book, path) = (book.clone(), core.home.devices());
        let saved = tokio::task::spawn_blocking(move || book.save(&path)).await;
        if let Ok(Err(error)) = saved {
            tracing::warn!(%error, "what is known of devices could not be stored");
        }
    }
    certainty
}

fn show(core: &Core, book: &Book, devices: &[Present]) {
    let catalogue = &core.profiles().catalogue;
    let users = Users::of(core, book);
    let (mut views, mut offers) = (Vec::new(), Vec::new());
    for Present { key, device, .. } in devices {
        let Some(profile) = profile_for(catalogue, device) else { continue };
        let printers = users.of_device(key, Some(device));
        if printers.is_empty() {
            offers.extend(offer(key, device, &profile.0));
        }
        views.push(DeviceView::present(key.clone(), device, &profile, printers));
    }
    for key in users.away(devices) {
        views.extend(away(book, key, users.of_device(key, None)));
    }
    views.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    offers.sort_by(|a: &PrinterView, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    let discovery = &core.discovery;
    let gone = gone(&discovery.offers.borrow(), &views, &offers);
    offers.extend(gone);
    set(&discovery.views, views);
    set(&discovery.offers, offers);
}

fn set<T: PartialEq>(shown: &watch::Sender<Arc<Vec<T>>>, now: Vec<T>) {
    shown.send_if_modified(|shown| {
        let news = **shown != now;
        if news {
            *shown = Arc::new(now);
        }
        news
    });
}

/// What was offered and is not there any more; what a printer uses now is offered no longer.
fn gone(before: &[PrinterView], views: &[DeviceView], offers: &[PrinterView]) -> Vec<PrinterView> {
    let is_here = |old: &PrinterView| {
        views.iter().any(|view| view.id.as_str() == old.id.as_str())
            || offers.iter().any(|offer| offer.id == old.id)
    };
    let left = before.iter().filter(|old| !is_here(old));
    let left: Vec<PrinterView> =
        left.map(|old| PrinterView { health: Health::Offline, ..old.clone() }).collect();
    let surplus = left.len().saturating_sub(MOST_GONE);
    left.into_iter().skip(surplus).collect()
}

fn away(
    book: &Book,
    key: &DeviceKey,
    printers: Vec<platen_job::PrinterName>,
) -> Option<DeviceView> {
    Some(DeviceView {
        id: key.clone(),
        name: book.get(key)?.name.clone(),
        make: None,
        model: None,
        profile: Catalogue::GENERIC.into(),
        recognised: Recognition::Generic,
        presence: Presence::Away,
        ways: Vec::new(),
        printers,
    })
}

/// Which printer uses which device: the one it is bound to, and whatever is at its address.
struct Users(Vec<User>);

struct User {
    printer: platen_job::PrinterName,
    uri: Option<DeviceUri>,
    device: Option<DeviceKey>,
}

impl Users {
    fn of(core: &Core, book: &Book) -> Users {
        let user = |one: PrinterSettings| {
            let device = book.place(&one.id, &one.uri).map(|place| place.device.clone());
            let placed = core.discovery.placed(one);
            User { printer: placed.name, uri: placed.uri.parse().ok(), device }
        };
        Users(core.settings().printers.into_iter().map(user).collect())
    }

    fn of_device(&self, key: &DeviceKey, device: Option<&Device>) -> Vec<platen_job::PrinterName> {
        let uses = |user: &&User| {
            let at = |device: &Device| user.uri.as_ref().is_some_and(|uri| device.is_at(uri));
            user.device.as_ref() == Some(key) || device.is_some_and(at)
        };
        self.0.iter().filter(uses).map(|user| user.printer.clone()).collect()
    }

    /// Devices of printers that are not there.
    fn away<'a>(&'a self, present: &'a [Present]) -> Vec<&'a DeviceKey> {
        let keys = self.0.iter().filter_map(|user| user.device.as_ref());
        let mut keys: Vec<&DeviceKey> =
            keys.filter(|key| present.iter().all(|here| here.key != **key)).collect();
        keys.sort();
        keys.dedup();
        keys
    }
}
