//! The bits by which Windows says how printers and jobs are (winspool.h), and our words for them. Several are set at once.

use crate::spooler::port::{
    Cleanly, Intake, JobView, Phase, QueueState, SpoolerError, Stage, Touched,
};
use platen_job::{StateReason, StateReasons};

/// PRINTER_STATUS_* that stop a queue by somebody's will.
const PAUSED: u32 = 0x0000_0001;
const PENDING_DELETION: u32 = 0x0000_0004;
/// PRINTER_STATUS_BUSY, _PRINTING, _PROCESSING: it is at work.
const AT_WORK: u32 = 0x0000_0200 | 0x0000_0400 | 0x0000_4000;
/// PRINTER_ATTRIBUTE_WORK_OFFLINE: a person, or the port, took the queue off line.
const WORK_OFFLINE: u32 = 0x0000_0400;

/// PRINTER_STATUS_* and what they mean at the till.
const PRINTER_BITS: [(u32, StateReason); 16] = [
    (0x0000_0002, StateReason::DeviceError), // ERROR
    (0x0000_0008, StateReason::MediaJam),    // PAPER_JAM
    (0x0000_0010, StateReason::MediaEmpty),  // PAPER_OUT
    (0x0000_0020, StateReason::MediaEmpty),  // MANUAL_FEED
    (0x0000_0040, StateReason::DeviceError), // PAPER_PROBLEM
    (0x0000_0080, StateReason::Offline),     // OFFLINE
    (0x0000_0800, StateReason::DeviceError), // OUTPUT_BIN_FULL
    (0x0000_1000, StateReason::Offline),     // NOT_AVAILABLE
    (0x0004_0000, StateReason::DeviceError), // NO_TONER
    (0x0008_0000, StateReason::DeviceError), // PAGE_PUNT
    (0x0010_0000, StateReason::DeviceError), // USER_INTERVENTION
    (0x0020_0000, StateReason::DeviceError), // OUT_OF_MEMORY
    (0x0040_0000, StateReason::CoverOpen),   // DOOR_OPEN
    (0x0080_0000, StateReason::Offline),     // SERVER_UNKNOWN
    (0x0200_0000, StateReason::Offline),     // SERVER_OFFLINE
    (PENDING_DELETION, StateReason::QueueMissing),
];

/// JOB_STATUS_* and what they say of the printer.
const JOB_BITS: [(u32, StateReason); 5] = [
    (0x0000_0002, StateReason::DeviceError), // ERROR
    (0x0000_0020, StateReason::Offline),     // OFFLINE
    (0x0000_0040, StateReason::MediaEmpty),  // PAPEROUT
    (0x0000_0200, StateReason::DeviceError), // BLOCKED_DEVQ: its driver cannot print it
    (0x0000_0400, StateReason::DeviceError), // USER_INTERVENTION
];
const JOB_PAUSED: u32 = 0x0000_0001;
const JOB_DELETING: u32 = 0x0000_0004;
const JOB_PRINTING: u32 = 0x0000_0010;
const JOB_PRINTED: u32 = 0x0000_0080;
const JOB_DELETED: u32 = 0x0000_0100;
const JOB_COMPLETE: u32 = 0x0000_1000;

/// How a queue is, from PRINTER_INFO_2's `Status` and `Attributes`.
pub(in crate::spooler) fn queue_state(status: u32, attributes: u32) -> QueueState {
    let reasons = named(status, &PRINTER_BITS);
    let phase = if status & PAUSED != 0 {
        Phase::Stopped
    } else if attributes & WORK_OFFLINE != 0 {
        Phase::OffLine
    } else if status & AT_WORK != 0 {
        Phase::Printing
    } else {
        Phase::Idle
    };
    let intake = if status & PENDING_DELETION != 0 { Intake::Closed } else { Intake::Open };
    QueueState { phase, intake, reasons }
}

/// How a job is, from JOB_INFO_1's `Status`.
pub(in crate::spooler) fn job_view(status: u32) -> JobView {
    // Printed beats deleted: a spooler deletes what it has printed.
    let stage = if status & (JOB_PRINTED | JOB_COMPLETE) != 0 {
        Stage::Completed(if status & 0x0000_0002 == 0 { Cleanly::Yes } else { Cleanly::No })
    } else if status & (JOB_DELETED | JOB_DELETING) != 0 {
        Stage::Canceled
    } else if status & JOB_PAUSED != 0 {
        Stage::Held
    } else if status & JOB_PRINTING != 0 || !named(status, &JOB_BITS).is_empty() {
        Stage::Printing
    } else {
        Stage::Waiting
    };
    // Nothing but "paused" may be said of it: the spooler prints while it is still being written to (SPOOLING), begins
    // anew (RESTART), keeps what it has printed (RETAINED).
    let untouched = status & !JOB_PAUSED == 0;
    JobView {
        stage,
        touched: if untouched { Touched::Never } else { Touched::Perhaps },
        reasons: named(status, &JOB_BITS),
    }
}

/// What is seen of a job that was paused, looked at, and deleted before it had begun: Windows says of a deleted job
/// neither that nor, soon, anything.
pub(in crate::spooler) fn withdrawn(
    seen: Result<JobView, SpoolerError>,
) -> Result<JobView, SpoolerError> {
    match seen {
        Ok(JobView { stage: Stage::Canceled, .. }) | Err(SpoolerError::JobGone) => Ok(JobView {
            stage: Stage::Canceled,
            touched: Touched::Never,
            reasons: StateReasons::none(),
        }),
        seen => seen,
    }
}

fn named(status: u32, bits: &[(u32, StateReason)]) -> StateReasons {
    bits.iter().filter(|(bit, _)| status & bit != 0).map(|(_, reason)| *reason).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use StateReason::{CoverOpen, DeviceError, MediaEmpty, MediaJam, Offline, QueueMissing};

    #[test]
    fn printer_bits_become_reasons() {
        for (status, expected) in [
            (0, StateReasons::none()),
            (0x10, MediaEmpty.into()),
            (0x08, MediaJam.into()),
            (0x80, Offline.into()),
            (0x0040_0000, CoverOpen.into()),
            (0x02, DeviceError.into()),
            (0x04, QueueMissing.into()),
            // Toner low and warming up keep nobody from printing.
            (0x0003_0000, StateReasons::none()),
            (0x0040_0012, [CoverOpen, MediaEmpty, DeviceError].into_iter().collect()),
        ] {
            assert_eq!(queue_state(status, 0).reasons, expected, "{status:#x}");
        }
    }

    #[test]
    fn a_queue_that_works_off_line_is_off_line_now() {
        assert_eq!(queue_state(0, WORK_OFFLINE).phase, Phase::OffLine);
        assert_eq!(queue_state(0x0400, WORK_OFFLINE).phase, Phase::OffLine);
        assert_eq!(queue_state(0x01, WORK_OFFLINE).phase, Phase::Stopped);
    }

    #[test]
    fn a_paused_queue_is_stopped_whatever_else_it_is() {
        assert_eq!(queue_state(0x01, 0).phase, Phase::Stopped);
        assert_eq!(queue_state(0x0401, 0).phase, Phase::Stopped);
        assert_eq!(queue_state(0x0400, 0).phase, Phase::Printing);
        assert_eq!(queue_state(0, 0).phase, Phase::Idle);
        assert_eq!(queue_state(0x04, 0).intake, Intake::Closed);
    }

    #[test]
    fn job_bits_are_a_mask() {
        let stage = |status| job_view(status).stage;
        assert_eq!(stage(0), Stage::Waiting);
        assert_eq!(stage(0x08), Stage::Waiting);
        assert_eq!(stage(0x01), Stage::Held);
        assert_eq!(stage(0x10), Stage::Printing);
        assert_eq!(stage(0x10 | 0x40), Stage::Printing);
        assert_eq!(stage(0x80), Stage::Completed(Cleanly::Yes));
        assert_eq!(stage(0x80 | 0x100), Stage::Completed(Cleanly::Yes));
        assert_eq!(stage(0x1000 | 0x02), Stage::Completed(Cleanly::No));
        assert_eq!(stage(0x04), Stage::Canceled);
        assert_eq!(stage(0x04 | 0x10), Stage::Canceled);
        assert_eq!(job_view(0x10 | 0x40).reasons, MediaEmpty.into());
        assert_eq!(job_view(0x20).reasons, Offline.into());
    }

    #[test]
    fn only_a_job_that_waits_is_known_not_to_have_begun() {
        for (status, touched) in [
            (0, Touched::Never),
            (0x01, Touched::Never),
            (0x08, Touched::Perhaps),
            (0x0800, Touched::Perhaps),
            (0x2000, Touched::Perhaps),
            (0x0801, Touched::Perhaps),
            (0x11, Touched::Perhaps),
            (0x10, Touched::Perhaps),
            (0x40, Touched::Perhaps),
            (0x04, Touched::Perhaps),
            (0x80, Touched::Perhaps),
        ] {
            assert_eq!(job_view(status).touched, touched, "{status:#x}");
        }
    }

    #[test]
    fn a_job_that_was_withdrawn_in_time_never_began() {
        let never = Ok(JobView {
            stage: Stage::Canceled,
            touched: Touched::Never,
            reasons: StateReasons::none(),
        });
        assert_eq!(withdrawn(Ok(job_view(0x05))), never);
        assert_eq!(withdrawn(Err(SpoolerError::JobGone)), never);
        assert_eq!(withdrawn(Ok(job_view(0x80))), Ok(job_view(0x80)));
        assert_eq!(withdrawn(Err(SpoolerError::Down)), Err(SpoolerError::Down));
    }

    #[cfg(windows)]
    #[test]
    fn the_numbers_are_those_of_the_windows_headers() {
        use windows::Win32::Graphics::Printing as headers;
        assert_eq!(PAUSED, headers::PRINTER_STATUS_PAUSED);
        assert_eq!(WORK_OFFLINE, headers::PRINTER_ATTRIBUTE_WORK_OFFLINE);
        let at_work = headers::PRINTER_STATUS_BUSY
            | headers::PRINTER_STATUS_PRINTING
            | headers::PRINTER_STATUS_PROCESSING;
        assert_eq!(AT_WORK, at_work);
        let printer = [
            headers::PRINTER_STATUS_ERROR,
            headers::PRINTER_STATUS_PAPER_JAM,
            headers::PRINTER_STATUS_PAPER_OUT,
            headers::PRINTER_STATUS_MANUAL_FEED,
            headers::PRINTER_STATUS_PAPER_PROBLEM,
            headers::PRINTER_STATUS_OFFLINE,
            headers::PRINTER_STATUS_OUTPUT_BIN_FULL,
            headers::PRINTER_STATUS_NOT_AVAILABLE,
            headers::PRINTER_STATUS_NO_TONER,
            headers::PRINTER_STATUS_PAGE_PUNT,
            headers::PRINTER_STATUS_USER_INTERVENTION,
            headers::PRINTER_STATUS_OUT_OF_MEMORY,
            headers::PRINTER_STATUS_DOOR_OPEN,
            headers::PRINTER_STATUS_SERVER_UNKNOWN,
            headers::PRINTER_STATUS_SERVER_OFFLINE,
            headers::PRINTER_STATUS_PENDING_DELETION,
        ];
        assert_eq!(PRINTER_BITS.map(|(bit, _)| bit), printer);
        let job = [
            headers::JOB_STATUS_ERROR,
            headers::JOB_STATUS_OFFLINE,
            headers::JOB_STATUS_PAPEROUT,
            headers::JOB_STATUS_BLOCKED_DEVQ,
            headers::JOB_STATUS_USER_INTERVENTION,
        ];
        assert_eq!(JOB_BITS.map(|(bit, _)| bit), job);
        for (ours, theirs) in [
            (JOB_PAUSED, headers::JOB_STATUS_PAUSED),
            (JOB_DELETING, headers::JOB_STATUS_DELETING),
            (JOB_PRINTING, headers::JOB_STATUS_PRINTING),
            (JOB_PRINTED, headers::JOB_STATUS_PRINTED),
            (JOB_DELETED, headers::JOB_STATUS_DELETED),
            (JOB_COMPLETE, headers::JOB_STATUS_COMPLETE),
        ] {
            assert_eq!(ours, theirs);
        }
    }
}
