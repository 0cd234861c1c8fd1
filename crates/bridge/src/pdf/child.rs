//! The process that draws.

use super::{Answer, PageSize, Request};
use platen_escpos::pdf::pages;
use std::io::{self, BufRead, Write};

/// Draws one document from `input` to `output`, within the limits of this process. Nothing else is to run in it.
///
/// # Errors
/// The request cannot be read, or the answer not be written: the parent is gone.
pub fn draw_for_parent(mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    limit();
    let mut line = String::new();
    input.read_line(&mut line)?;
    let request: Request = serde_json::from_str(&line)?;
    let mut document = Vec::new();
    input.read_to_end(&mut document)?;
    let drawn = pages(&document, request.halftone, request.dots);
    let answer: Answer = drawn.as_ref().map_err(|reason| *reason).map(|pages| {
        pages.iter().map(|page| PageSize { width: page.width(), height: page.height() }).collect()
    });
    serde_json::to_writer(&mut output, &answer)?;
    output.write_all(b"\n")?;
    for page in drawn.unwrap_or_default() {
        output.write_all(page.packed())?;
    }
    output.flush()
}

/// Lets this process end at too much work, and leave no picture of its memory behind.
#[cfg(unix)]
fn limit() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    /// Seconds on the processor, should the watch not do its work: the system counts whole ones.
    const WORK: u64 = 2;
    /// Bytes that may be written to, beside those that the program's libraries have set aside before: for a window they are
    /// more than this.
    #[cfg(target_os = "linux")]
    const MEMORY: u64 = 144 << 20;
    let limits = [
        (Resource::Cpu, WORK),
        (Resource::Core, 0),
        #[cfg(target_os = "linux")]
        (Resource::Data, set_aside() + MEMORY),
    ];
    for (resource, limit) in limits {
        let set = Rlimit { current: Some(limit), maximum: Some(limit) };
        if let Err(error) = setrlimit(resource, set) {
            tracing::warn!(%error, ?resource, "a limit cannot be set");
        }
    }
    if let Err(error) = std::thread::Builder::new().name("watch".into()).spawn(watch) {
        tracing::warn!(%error, "nothing watches how long a PDF is drawn");
    }
}

/// Ends this process when it has worked for too long. On a busy machine it may wait for the processor as long as it has to.
#[cfg(unix)]
fn watch() {
    use rustix::time::{ClockId, clock_gettime};
    use std::time::Duration;
    /// Time on the processor: with the start of two processes, a refusal takes less than two seconds. A receipt takes a tenth of one.
    const WORK: Duration = Duration::from_millis(1_600);
    loop {
        let worked = Duration::try_from(clock_gettime(ClockId::ProcessCPUTime));
        match WORK.checked_sub(worked.unwrap_or_default()) {
            // One thread draws: it does not work faster than the clock goes.
            Some(left) if !left.is_zero() => std::thread::sleep(left),
            _ => std::process::exit(1),
        }
    }
}

/// Bytes that may be written to now.
#[cfg(target_os = "linux")]
fn set_aside() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmData:"));
    let kib: Option<u64> = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kib.unwrap_or(0) << 10
}

/// The parent stops it in time; nothing here bounds its memory.
#[cfg(not(unix))]
fn limit() {}
