//! How a connection ends without cutting anything off.

use super::{Connection, Interest, Unsent};
use crate::DeviceOptions;
use crate::talk::link::OnClose;
use platen_job::StopCause;
use std::future::poll_fn;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

/// How long an attempt that stopped waits for the bytes it has handed over.
const LAST_BYTES: Duration = Duration::from_millis(500);
/// How long the link may take to say what was left.
const ABANDON: Duration = Duration::from_secs(3);
/// How fast a printer of which nothing is known prints its buffer, and for how long at most it is waited for.
const GUESSED_PACE: u32 = 16 * 1024;
const GUESSED_WAIT: Duration = Duration::from_secs(10);

impl Connection {
    /// Some printers throw away what they have not processed when the connection closes. Returns when that can do no
    /// more harm: at once after an answered fence, else after the time a slow printer needs (10 s at most).
    pub(in crate::talk) async fn wait_until_safe_to_close(
        &mut self,
        on_close: OnClose,
        options: &DeviceOptions,
    ) {
        if self.closed || (self.unproven == 0 && self.all_fences_answered()) {
            return;
        }
        self.wait_until_taken(GUESSED_WAIT).await;
        if on_close == OnClose::Printed {
            self.unproven = 0;
            return;
        }
        let pace = options.pace.bound().unwrap_or(GUESSED_PACE).max(1);
        let printing = Duration::from_secs_f64(self.unproven as f64 / f64::from(pace));
        let settled = self.written_at + (Duration::from_secs(1) + printing).min(GUESSED_WAIT);
        let never = CancellationToken::new();
        self.listen();
        // A confirmed job's fence may still be on its way: cut off, it would leave the printer inside a command.
        let proven =
            |it: &Self| it.unproven == 0 && it.fences_asked > 0 && it.all_fences_answered();
        while Instant::now() < settled && !self.closed && !proven(self) {
            self.wait(Interest::Read, settled, &never).await;
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
            self.wait(Interest::Read, now, &never).await;
            self.listen();
            pause = (pause * 2).min(Duration::from_millis(50));
        }
    }

    /// Ends a connection after an attempt that stopped. What the printer has taken stays with it; what is still on our
    /// side after a short wait is thrown away, or it would come out on paper long after the job was given up. Gives the
    /// number of bytes that were written and that the printer certainly did not get.
    pub(in crate::talk) async fn abandon(mut self, cause: StopCause) -> u64 {
        if cause == StopCause::Canceled {
            self.wait_until_taken(LAST_BYTES).await;
        }
        timeout(ABANDON, poll_fn(|cx| self.link.poll_abandon(cx))).await.unwrap_or(0)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if !self.closed {
            let _ = self.listen_now();
        }
    }
}
