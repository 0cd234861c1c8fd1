//! Writing at the printer's pace while listening to it.

use super::connection::{Connection, Woken};
use super::link::Interest;
use super::outgoing::Outgoing;
use crate::{DeviceOptions, PrintRequest};
use platen_job::StopCause;
use tokio::time::Instant;

/// Hands everything to the link, or says why not; `outgoing` knows how far it came.
pub(super) async fn transmit(
    connection: &mut Connection,
    outgoing: &mut Outgoing,
    options: &DeviceOptions,
    request: &PrintRequest<'_>,
) -> Result<(), StopCause> {
    let mut now = Instant::now();
    let mut bucket = connection.take_bucket(options.pace, now);
    let mut stall = Stall::new(now);
    while !outgoing.is_done() {
        connection.listen();
        connection.show_reasons(request.reasons);
        if request.cancel.is_cancelled() {
            return Err(StopCause::Canceled);
        }
        if connection.is_closed() {
            return Err(StopCause::ConnectionLost);
        }
        now = Instant::now();
        let allowance = bucket.allowance(now);
        let woken = if allowance == 0 {
            stall = Stall::new(now);
            connection.wait(Interest::Read, bucket.next(now), &request.cancel).await
        } else {
            let taken = connection
                .write(&outgoing.next(allowance))
                .map_err(|_closed| StopCause::ConnectionLost)?;
            if taken > 0 {
                bucket.take(outgoing.advance(taken));
                stall = Stall::new(now);
                continue;
            }
            let until = stall.until(connection, options, now)?;
            connection.wait(Interest::ReadOrWrite, until, &request.cancel).await
        };
        if woken == Woken::Canceled {
            return Err(StopCause::Canceled);
        }
    }
    connection.keep_bucket(bucket);
    Ok(())
}

/// How long the printer has not taken a byte.
struct Stall {
    since: Instant,
    in_trouble: bool,
}

impl Stall {
    fn new(now: Instant) -> Stall {
        Stall { since: now, in_trouble: false }
    }

    /// Until when to wait on, or why not. A printer whose trouble is over gets its time anew.
    fn until(
        &mut self,
        connection: &Connection,
        options: &DeviceOptions,
        now: Instant,
    ) -> Result<Instant, StopCause> {
        let in_trouble = connection.stops_printing();
        if in_trouble != self.in_trouble {
            *self = Stall { since: now, in_trouble };
        }
        let (patience, cause) = if in_trouble {
            (options.trouble_patience, StopCause::NotReady)
        } else {
            (options.write_stall, StopCause::TimedOut)
        };
        let until = self.since + patience;
        if now < until { Ok(until) } else { Err(cause) }
    }
}
