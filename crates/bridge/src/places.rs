//! Which job each printer has in the operating system's spooler, in a file that outlives the process and a power cut: after a
//! crash the job's fate can be asked for there, where otherwise it would be in doubt.

use crate::home::{Home, write_private};
use platen_devices::SpoolerJob;
use platen_job::{JobId, PrinterId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The last job of each printer that went to the spooler. As many entries as printers that ever did.
pub struct Places {
    path: PathBuf,
    known: Mutex<BTreeMap<PrinterId, Place>>,
    /// Held over a write, which takes its time; `known` is not.
    writing: Mutex<()>,
}

/// A job, and where it stands in the spooler.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Our number of it.
    pub job: JobId,
    /// The spooler's.
    pub spooler: SpoolerJob,
    /// What was last done about it.
    #[serde(default)]
    pub standing: Standing,
}

/// What was done about a job in the spooler.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It was brought there.
    #[default]
    Left,
    /// It was about to be taken out of there by Platen itself: that it is canceled there is nobody's wish.
    TakenBack,
}

impl Places {
    /// What an earlier run left. A file that cannot be read counts as none: its jobs are in doubt then.
    pub fn load(home: &Home) -> Places {
        let path = home.places();
        let read = std::fs::read(&path).map(|bytes| serde_json::from_slice(&bytes));
        let known = match read {
            Ok(Ok(known)) => known,
            Ok(Err(_)) => {
                tracing::warn!(path = %path.display(), "the file of jobs in the system's spooler is damaged");
                BTreeMap::new()
            }
            Err(_) => BTreeMap::new(),
        };
        Places { path, known: Mutex::new(known), writing: Mutex::default() }
    }

    /// The place of a printer's last job there.
    pub fn of(&self, printer: &PrinterId) -> Option<Place> {
        self.known().get(printer).cloned()
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<PrinterId, Place>> {
        // Every change is one assignment: a panic elsewhere leaves it whole.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a place; durable when it returns. Blocks on the disk.
    ///
    /// # Errors
    /// The file cannot be written: the document must not go out.
    pub fn keep(&self, printer: &PrinterId, place: Place) -> io::Result<()> {
        let _alone = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = self.known().clone();
        next.insert(printer.clone(), place);
        write_private(&self.path, &serde_json::to_vec(&next)?)?;
        *self.known() = next;
        Ok(())
    }
}
