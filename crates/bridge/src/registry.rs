//! The printers as everybody sees them: one snapshot, by `watch`.

use crate::printer::Printer;
use platen_connectors::PrinterView;
use platen_job::{PrinterId, PrinterName, Role};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Every configured printer.
pub struct Registry {
    printers: Mutex<HashMap<PrinterId, Arc<Printer>>>,
    views: watch::Sender<Arc<Vec<PrinterView>>>,
}

impl Registry {
    /// None yet.
    pub fn new() -> Self {
        Registry { printers: Mutex::default(), views: watch::Sender::new(Arc::new(Vec::new())) }
    }

    /// The snapshot, and every later one.
    pub fn views(&self) -> watch::Receiver<Arc<Vec<PrinterView>>> {
        self.views.subscribe()
    }

    /// The printer of that id.
    pub fn get(&self, id: &PrinterId) -> Option<Arc<Printer>> {
        self.lock().get(id).cloned()
    }

    /// The printer of that id or, ignoring case, of that name; with `@ROLE`, the one that has the role.
    pub fn find(&self, name: &str) -> Option<Arc<Printer>> {
        // A settings file by hand may have a printer of such a name: the role counts.
        if let Some(role) = name.strip_prefix('@') {
            return self.with_role(role.parse().ok()?);
        }
        let printers = self.lock();
        let wanted = name.to_lowercase();
        printers
            .values()
            .find(|printer| printer.settings.id.as_str() == name)
            .or_else(|| printers.values().find(|printer| lower(&printer.settings.name) == wanted))
            .cloned()
    }

    /// The printer for a role, in the order of the printers' names.
    pub fn with_role(&self, role: Role) -> Option<Arc<Printer>> {
        let views = self.views.borrow().clone();
        let chosen = role.choose(views.iter(), |view| &view.roles)?;
        self.get(&chosen.id)
    }

    /// Every printer.
    pub fn all(&self) -> Vec<Arc<Printer>> {
        self.lock().values().cloned().collect()
    }

    /// Adds a printer, or puts a changed one in its place.
    pub fn insert(&self, printer: Arc<Printer>, view: PrinterView) {
        self.lock().insert(printer.settings.id.clone(), printer);
        self.views.send_modify(|views| {
            let mut next: Vec<_> =
                views.iter().filter(|other| other.id != view.id).cloned().collect();
            next.push(view);
            next.sort_by(|a, b| a.name.cmp(&b.name));
            *views = Arc::new(next);
        });
    }

    /// Takes a printer out.
    pub fn remove(&self, id: &PrinterId) -> Option<Arc<Printer>> {
        let removed = self.lock().remove(id);
        self.views.send_modify(|views| {
            *views = Arc::new(views.iter().filter(|view| view.id != *id).cloned().collect());
        });
        removed
    }

    /// Changes how a printer looks; nobody is woken where nothing changed.
    pub fn update(&self, id: &PrinterId, change: impl FnOnce(&mut PrinterView)) {
        self.views.send_if_modified(|views| {
            let Some(index) = views.iter().position(|view| view.id == *id) else { return false };
            let mut view = views[index].clone();
            change(&mut view);
            if view == views[index] {
                return false;
            }
            Arc::make_mut(views)[index] = view;
            true
        });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PrinterId, Arc<Printer>>> {
        // Every change under this lock is one insert or remove: a panic elsewhere leaves the map whole.
        self.printers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lower(name: &PrinterName) -> String {
    name.as_str().to_lowercase()
}
