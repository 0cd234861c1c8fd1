//! Printers that announce themselves by mDNS, for as long as somebody wants to know.

use super::found::{FoundPrinter, Service, ServiceKind};
use super::neighbours::neighbours;
use super::records::{Announcement, TYPES, clean, printers};
use mdns_sd::{Receiver, ResolvedService, ServiceDaemon, ServiceEvent};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{debug, warn};

/// Announcements that are kept. A network with more has something wrong with it; the first ones stay.
const MOST: usize = 512;
/// How often the table of network cards is looked at: a card is known only some time after its address.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// The printers that announce themselves now. Dropping it ends the search.
pub struct Browse {
    found: watch::Receiver<Vec<FoundPrinter>>,
    _search: DropGuard,
}

/// Why nobody can be found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this machine's network cannot be searched: {0}")]
pub struct BrowseError(String);

impl Browse {
    /// Those that are known now, in the order of their names.
    pub fn found(&self) -> Vec<FoundPrinter> {
        self.found.borrow().clone()
    }

    /// The same as a channel: the last list always arrives.
    pub fn watch(&self) -> watch::Receiver<Vec<FoundPrinter>> {
        self.found.clone()
    }
}

/// Begins to look for printers on the local network: `_pdl-datastream._tcp`, `_printer._tcp`, `_ipp._tcp`. Needs a tokio
/// runtime; ends when the result is dropped.
///
/// # Errors
/// [`BrowseError`] where the sockets for it cannot be opened.
pub fn browse() -> Result<Browse, BrowseError> {
    let told = |error: mdns_sd::Error| BrowseError(error.to_string());
    let daemon = ServiceDaemon::new().map_err(told)?;
    let (events, incoming) = mpsc::channel(64);
    for (name, kind) in TYPES {
        let of_this_type = daemon.browse(name).map_err(told)?;
        tokio::spawn(pass_on(of_this_type, kind, events.clone()));
    }
    let (shown, found) = watch::channel(Vec::new());
    let cancel = CancellationToken::new();
    let search = Search { announcements: BTreeMap::new(), shown };
    tokio::spawn(search.run(incoming, daemon, cancel.clone()));
    Ok(Browse { found, _search: cancel.drop_guard() })
}

async fn pass_on(
    from: Receiver<ServiceEvent>,
    kind: ServiceKind,
    to: mpsc::Sender<(ServiceKind, ServiceEvent)>,
) {
    while let Ok(event) = from.recv_async().await {
        if to.send((kind, event)).await.is_err() {
            return;
        }
    }
}

struct Search {
    /// By the service's full name.
    announcements: BTreeMap<String, Announcement>,
    shown: watch::Sender<Vec<FoundPrinter>>,
}

impl Search {
    async fn run(
        mut self,
        mut incoming: mpsc::Receiver<(ServiceKind, ServiceEvent)>,
        daemon: ServiceDaemon,
        cancel: CancellationToken,
    ) {
        let mut look_again = tokio::time::interval(LOOK_AGAIN);
        look_again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = cancel.cancelled() => break,
                event = incoming.recv() => match event {
                    Some((kind, event)) => self.hear(kind, event),
                    None => break,
                },
                _ = look_again.tick() => {}
            }
            self.show();
        }
        if let Err(error) = daemon.shutdown() {
            debug!(%error, "the search for printers ends later");
        }
    }

    fn hear(&mut self, kind: ServiceKind, event: ServiceEvent) {
        match event {
            ServiceEvent::ServiceResolved(service) => self.announced(kind, &service),
            ServiceEvent::ServiceRemoved(_, name) => {
                self.announcements.remove(&name);
            }
            _ => {}
        }
    }

    fn announced(&mut self, kind: ServiceKind, service: &ResolvedService) {
        let name = service.get_fullname().to_owned();
        if self.announcements.len() >= MOST && !self.announcements.contains_key(&name) {
            warn!(bound = MOST, "more printers announce themselves than are listened to");
            return;
        }
        // By the specification port 0 stands for a service that is not offered.
        if service.get_port() == 0 {
            self.announcements.remove(&name);
        } else {
            self.announcements.insert(name, announcement(kind, service));
        }
    }

    fn show(&self) {
        let cards = neighbours();
        let now = printers(self.announcements.values(), |address| cards.get(&address).copied());
        self.shown.send_if_modified(|shown| {
            let changed = *shown != now;
            *shown = now;
            changed
        });
    }
}

fn announcement(kind: ServiceKind, service: &ResolvedService) -> Announcement {
    let suffix = format!(".{}", service.ty_domain);
    let full_name = service.get_fullname();
    let instance = full_name.strip_suffix(suffix.as_str()).unwrap_or(full_name);
    let addresses: Vec<IpAddr> =
        service.get_addresses().iter().map(|address| address.to_ip_addr()).collect();
    let properties = service.get_properties().iter();
    Announcement {
        // Dots and backslashes in a name are escaped on the wire.
        instance: clean(&instance.replace('\\', "")),
        service: Service { kind, port: service.get_port() },
        addresses,
        properties: properties
            .map(|one| (one.key().to_ascii_lowercase(), clean(one.val_str())))
            .filter(|(_, value)| !value.is_empty())
            .collect(),
    }
}
