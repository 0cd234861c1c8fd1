//! How a connection ends without cutting anything off.

use super::{Connection, Unsent};
use crate::DeviceOptions;
use platen_job::StopCause;
use socket2::SockRef;
use std::time::Duration;
use tokio::io::Interest;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::debug;

/// How long an attempt that stopped waits for the bytes it has handed over.
const LAST_BYTES: Duration = Duration::from_millis(500);
/// How fast a printer of which nothing is known prints its buffer, and for how long at most it is waited for.
const GUESSED_PACE: u32 = 16 * 1024;
const GUESSED_WAIT: Duration = Duration::from_secs(10);
impl Connection {
    /// Some printers throw away what they have not processed when the connection closes. Returns when that can do no
    /// more harm: at once after an answered fence, else after the time a slow printer needs (10 s at most).
    pub(in crate::network) async fn wait_until_safe_to_close(&mut self, options: &DeviceOptions) {
        if self.closed || (self.unproven == 0 && self.all_fences_answered()) {
            return;
        }
        self.wait_until_taken(GUESSED_WAIT).await;
        let pace = options.pace.bound().unwrap_or(GUESSED_PACE).max(1);
        let printing = Duration::from_secs_f64(self.unproven as f64 / f64::from(pace));
        let settled = self.written_at + (Duration::from_secs(1) + printing).min(GUESSED_WAIT);
        let never = CancellationToken::new();
        self.listen();
        // A confirmed job's fence may still be on its way: cut off, it would leave the printer inside a command.
        let proven =
            |it: &Self| it.unproven == 0 && it.fences_asked > 0 && it.all_fences_answered();
        while Instant::now() < settled && !self.closed && !proven(self) {
            self.wait(Interest::READABLE, settled, &never).await;
            self.listen();
        }
        self.unproven = 0;
    }

    /// Waits until the printer's side has acknowledged everything, as far as this system tells.
    async fn wait_until_taken(&mut self, limit: Duration) {
        let deadline = Instant::now() + limit;
        let never = CancellationToken::new();
        let mut pause = Duration::from_millis(1);
        while !self.closed && matches!(self.unsent(), Unsent::Bytes(1..)) {
            let now = Instant::now();
            if now >= deadline {
                return;
            }
            sleep_until(deadline.min(now + pause)).await;
            // Keeps the receive buffer empty: closing with unread bytes in it would cut off what is still to be sent.
            self.wait(Interest::READABLE, now, &never).await;
            self.listen();
            pause = (pause * 2).min(Duration::from_millis(50));
        }
    }

    /// Ends a connection after an attempt that stopped. What the printer has taken stays with it; what still lies in
    /// the kernel after a short wait is thrown away, or it would come out on paper long after the job was given up.
    pub(in crate::network) async fn abandon(mut self, cause: StopCause) {
        if cause == StopCause::Canceled {
            self.wait_until_taken(LAST_BYTES).await;
        }
        if !self.closed && matches!(self.unsent(), Unsent::Bytes(1..)) {
            debug!("the connection is reset: the printer did not take everything");
            let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if !self.closed {
            let _ = self.listen_now();
        }
    }
}
