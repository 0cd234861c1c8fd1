//! `platen --supervise`: starts the program, and starts it again when it crashes. The spool does the rest.

use crate::arguments::Arguments;
use crate::updates::{is_on_trial, put_back};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::process::{ExitCode, ExitStatus};
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// The third crash within this is shown.
const MINUTE: Duration = Duration::from_secs(60);
const SHOWN: usize = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Exit statuses with which the program ends by itself: well, in words, and called wrongly.
const ON_PURPOSE: [i32; 3] = [0, 1, 2];
/// Exit status with which the program asks to be started again at once, as another version of it is in its place.
pub const REPLACED: u8 = 75;

/// The crashes of the last minute. Knows no clock.
#[derive(Debug, Default)]
struct Crashes {
    at: VecDeque<Instant>,
    in_a_row: u32,
}

/// What a crash leads to.
#[derive(Debug, PartialEq, Eq)]
struct Consequence {
    /// How long to wait before the next start.
    pause: Duration,
    /// How many crashes to tell of: none before the third within a minute.
    tell: u32,
}

impl Crashes {
    fn note(&mut self, started: Instant, now: Instant) -> Consequence {
        // A program that lasted is not on its way down.
        self.in_a_row = if now - started > MINUTE { 0 } else { self.in_a_row };
        let pause = (FIRST_PAUSE * 2u32.saturating_pow(self.in_a_row)).min(LONGEST_PAUSE);
        self.in_a_row += 1;
        self.at.push_back(now);
        self.at.retain(|crash| now - *crash <= MINUTE);
        let tell = if self.at.len() >= SHOWN { self.at.len() } else { 0 };
        Consequence { pause, tell: u32::try_from(tell).unwrap_or(u32::MAX) }
    }
}

/// Runs the program until it ends on purpose; gives its exit status.
///
/// # Errors
/// Where the program cannot be started at all.
pub async fn run(arguments: &Arguments) -> std::io::Result<ExitCode> {
    let home = arguments.home.clone().or_else(platen_program::usual_home);
    let program = std::env::current_exe()?;
    let arguments = handed_on(std::env::args_os().skip(1));
    let mut stop = platen_program::Stop::new()?;
    let (mut crashes, mut tell) = (Crashes::default(), 0);
    loop {
        let started = Instant::now();
        let mut command = Command::new(&program);
        command.args(&arguments).arg("--crashes").arg(tell.to_string());
        let mut child = match command.spawn() {
            Ok(child) => child,
            // What was just installed is no program for this machine.
            Err(_) if home.as_ref().is_some_and(|home| put_back(home, &program)) => continue,
            Err(error) => return Err(error),
        };
        let ended = tokio::select! {
            ended = child.wait() => ended?,
            () = stop.asked() => {
                ask_to_end(&child);
                return Ok(status(child.wait().await?));
            }
        };
        // A version that was just installed may not find what it needs here; it has no time to call that a crash.
        let has_to_prove_itself =
            !ended.success() && home.as_ref().is_some_and(|home| is_on_trial(home));
        if ended.code().is_some_and(|code| ON_PURPOSE.contains(&code)) && !has_to_prove_itself {
            return Ok(status(ended));
        }
        if ended.code() == Some(i32::from(REPLACED)) {
            (crashes, tell) = (Crashes::default(), 0);
            continue;
        }
        let consequence = crashes.note(started, Instant::now());
        tell = consequence.tell;
        if tell > 0 && home.as_ref().is_some_and(|home| put_back(home, &program)) {
            (crashes, tell) = (Crashes::default(), 0);
        }
        tokio::select! {
            () = tokio::time::sleep(consequence.pause) => {}
            () = stop.asked() => return Ok(ExitCode::SUCCESS),
        }
    }
}

/// What the program is started with: what this one was, but for what a supervisor says itself.
fn handed_on(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let (mut handed_on, mut arguments) = (Vec::new(), arguments);
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--supervise") => {}
            // Windows' installers start a new version with the arguments of the one before.
            Some("--crashes") => drop(arguments.next()),
            _ => handed_on.push(argument),
        }
    }
    handed_on
}

fn status(ended: ExitStatus) -> ExitCode {
    ended.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}

#[cfg(unix)]
fn ask_to_end(child: &Child) {
    let pid =
        child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
    if let Some(pid) = pid {
        // It may have ended at this moment.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
}

/// Windows tells every program of the session itself.
#[cfg(not(unix))]
fn ask_to_end(_child: &Child) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn the_program_is_told_nothing_twice() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        let given = words("--supervise --minimized --crashes 0 --home /srv/till");
        assert_eq!(handed_on(given.into_iter()), words("--minimized --home /srv/till"));
    }

    #[test]
    fn the_third_crash_within_a_minute_is_told() {
        let (mut crashes, start) = (Crashes::default(), Instant::now());
        let tell = |crashes: &mut Crashes, at| crashes.note(start, start + seconds(at)).tell;
        assert_eq!(tell(&mut crashes, 1), 0);
        assert_eq!(tell(&mut crashes, 20), 0);
        assert_eq!(tell(&mut crashes, 40), 3);
    }

    #[test]
    fn crashes_hours_apart_are_not_told() {
        let (mut crashes, mut now) = (Crashes::default(), Instant::now());
        for _ in 0..5 {
            let started = now;
            now += seconds(3600);
            let consequence = crashes.note(started, now);
            assert_eq!(consequence, Consequence { pause: FIRST_PAUSE, tell: 0 });
        }
    }

    #[test]
    fn the_pause_grows_and_has_an_end() {
        let (mut crashes, now) = (Crashes::default(), Instant::now());
        let pauses: Vec<Duration> = (0..40).map(|_| crashes.note(now, now).pause).collect();
        assert!(pauses.is_sorted(), "{pauses:?}");
        assert_eq!((pauses[0], pauses[39]), (FIRST_PAUSE, LONGEST_PAUSE));
    }
}
