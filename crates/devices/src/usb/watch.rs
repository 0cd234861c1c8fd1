//! Printers that come and go.

use super::error::UsbError;
use super::found::{UsbChange, UsbPrinter, changes, told_apart};
use super::{on_a_thread, system};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch::{Receiver, Sender, channel};
use tracing::debug;

/// How often is looked where the system does not tell.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How often the watching thread sees whether it is still wanted.
#[cfg(not(windows))]
const HEARTBEAT: Duration = Duration::from_millis(500);
/// A printer that is still starting up may not have told its name at the first look.
#[cfg(not(windows))]
const LATE: Duration = Duration::from_secs(2);

/// The attached printers, as they come and go. Dropping it ends the watching.
#[derive(Debug)]
pub struct UsbWatch {
    attached: Receiver<Arc<Vec<UsbPrinter>>>,
    told: Arc<Vec<UsbPrinter>>,
    wanted: Arc<Wanted>,
}

/// Tells the watching thread when nobody listens any more.
#[derive(Debug)]
struct Wanted(AtomicBool);

/// Watches the USB ports from a thread of its own. Where libusb tells changes (Linux with udev, macOS) they are known as
/// soon as the system knows them; elsewhere it is looked twice a second.
///
/// # Errors
/// [`UsbError::Failed`] where the system gives no thread. USB that cannot be used shows as no printer.
pub fn watch() -> Result<UsbWatch, UsbError> {
    let (tell, attached) = channel(Arc::new(Vec::new()));
    let wanted = Arc::new(Wanted(AtomicBool::new(true)));
    let mine = wanted.clone();
    on_a_thread("platen-usb-watch", move || look(&tell, &mine))?;
    Ok(UsbWatch { attached, told: Arc::new(Vec::new()), wanted })
}

impl UsbWatch {
    /// What has changed since the last call, the printers that were attached at the start included. Waits until there is
    /// something. A printer that came and went between two calls is not told. Nothing once the watching has ended.
    pub async fn next(&mut self) -> Option<Vec<UsbChange>> {
        loop {
            let now = self.attached.borrow_and_update().clone();
            let changes = changes(&self.told, &now);
            self.told = now;
            if !changes.is_empty() {
                return Some(changes);
            }
            self.attached.changed().await.ok()?;
        }
    }

    /// The printers that are attached now.
    pub fn attached(&self) -> Arc<Vec<UsbPrinter>> {
        self.attached.borrow().clone()
    }
}

impl Drop for UsbWatch {
    fn drop(&mut self) {
        self.wanted.0.store(false, Ordering::Relaxed);
    }
}

fn look(tell: &Sender<Arc<Vec<UsbPrinter>>>, wanted: &Wanted) {
    let is_wanted = || wanted.0.load(Ordering::Relaxed);
    let mut finder = None;
    while is_wanted() {
        if let Err(error) = look_around(&mut finder, tell, &is_wanted) {
            debug!(%error, "the USB ports cannot be looked at");
            finder = None;
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn look_around(
    finder: &mut Option<system::Finder>,
    tell: &Sender<Arc<Vec<UsbPrinter>>>,
    is_wanted: &dyn Fn() -> bool,
) -> Result<(), UsbError> {
    let finder = match finder {
        Some(finder) => {
            finder.refresh()?;
            finder
        }
        None => finder.insert(system::Finder::new()?),
    };
    match system::tells_changes() {
        true => follow(finder, tell, is_wanted),
        false => show(finder, tell),
    }
}

/// Looks once, and shows what is there if that is news.
fn show(finder: &mut system::Finder, tell: &Sender<Arc<Vec<UsbPrinter>>>) -> Result<(), UsbError> {
    let found = told_apart(finder.find()?);
    tell.send_if_modified(|shown| {
        let news = **shown != found;
        if news {
            *shown = Arc::new(found);
        }
        news
    });
    Ok(())
}

#[cfg(windows)]
fn follow(
    finder: &mut system::Finder,
    tell: &Sender<Arc<Vec<UsbPrinter>>>,
    _is_wanted: &dyn Fn() -> bool,
) -> Result<(), UsbError> {
    show(finder, tell)
}

/// Looks whenever libusb tells that something changed.
#[cfg(not(windows))]
fn follow(
    finder: &mut system::Finder,
    tell: &Sender<Arc<Vec<UsbPrinter>>>,
    is_wanted: &dyn Fn() -> bool,
) -> Result<(), UsbError> {
    use rusb::{Context, Hotplug, HotplugBuilder, UsbContext};
    use std::time::Instant;
    use tracing::warn;

    struct Bell(Arc<AtomicBool>);
    impl Hotplug<Context> for Bell {
        fn device_arrived(&mut self, _: rusb::Device<Context>) {
            self.0.store(true, Ordering::Relaxed);
        }
        fn device_left(&mut self, _: rusb::Device<Context>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    let context = finder.context().clone();
    let rung = Arc::new(AtomicBool::new(false));
    let bell = HotplugBuilder::new().register::<Context, _>(&context, Box::new(Bell(rung.clone())));
    let Ok(_bell) = bell else {
        warn!("libusb does not tell when a printer comes or goes");
        return show(finder, tell);
    };
    show(finder, tell)?;
    let mut once_more = None;
    while is_wanted() {
        if context.handle_events(Some(HEARTBEAT)).is_err() {
            std::thread::sleep(HEARTBEAT);
        }
        let late = once_more.is_some_and(|at| Instant::now() >= at);
        if rung.swap(false, Ordering::Relaxed) {
            once_more = Some(Instant::now() + LATE);
        } else if late {
            once_more = None;
        } else {
            continue;
        }
        show(finder, tell)?;
    }
    Ok(())
}
