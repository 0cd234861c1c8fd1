//! A printer's last answer, which holds while a look from outside finds nothing new.

use super::connection::Connection;
use super::{Dial, Glance, Talker};
use crate::{PrinterStatus, Reachability};
use std::time::Duration;
use tokio::time::Instant;

/// The longest that an answer holds: not every port tells everything.
const HOLDS: Duration = Duration::from_secs(30);

/// An answer without trouble.
pub(super) struct Kept {
    status: PrinterStatus,
    /// What the port said when it was given.
    port: Option<u8>,
    at: Instant,
}

#[expect(private_bounds, reason = "the transports are this crate's; others only name the devices")]
impl<D: Dial> Talker<D> {
    /// The last answer, where a look from outside shows that it still holds. With a link open the printer is asked.
    pub(super) async fn still_holds(&self) -> Option<PrinterStatus> {
        let kept = self.kept.as_ref()?;
        if self.connection.is_some() || kept.at.elapsed() > HOLDS {
            return None;
        }
        let seen = self.dial.glance(kept.port).await;
        (seen == Glance::Unchanged).then(|| kept.status.clone())
    }

    pub(super) fn keep(&mut self, status: &PrinterStatus) {
        let well = status.reachable != Reachability::Away && status.reasons.stopping().is_empty();
        let port = self.connection.as_ref().and_then(Connection::port_word);
        let kept = || Kept { status: status.clone(), port, at: Instant::now() };
        self.kept = well.then(kept);
    }
}
