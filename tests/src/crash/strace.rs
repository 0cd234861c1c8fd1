//! Kills a running engine right before one of its system calls.

use crate::RunningTill;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A sort of step on the line, as the operating system sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The journal's writes and its waits for the disk.
    Journal,
    /// The mark that a job has started.
    Mark,
    /// Writes to the printer.
    Printer,
    /// Writes to the gateway.
    Gateway,
    /// Reads of what the printer and the gateway say.
    Heard,
    /// Wake-ups and lines of the log: what comes between the others.
    Between,
}

impl Step {
    /// All sorts.
    pub const ALL: [Step; 6] =
        [Step::Journal, Step::Mark, Step::Printer, Step::Gateway, Step::Heard, Step::Between];

    fn calls(self) -> &'static str {
        match self {
            Step::Journal => "pwrite64,fsync,fdatasync",
            Step::Mark => "pwrite64",
            Step::Printer => "writev,sendmsg",
            Step::Gateway => "sendto",
            Step::Heard => "read,readv,recvfrom,recvmsg",
            Step::Between => "write",
        }
    }

    fn files(self, home: &Path) -> Vec<PathBuf> {
        let spool = home.join("spool");
        match self {
            Step::Journal => vec![spool.join("spool.db"), spool.join("spool.db-wal")],
            Step::Mark => vec![spool.join("spool.marks")],
            _ => Vec::new(),
        }
    }
}

/// `strace`, attached to an engine.
pub struct Strace {
    child: Child,
    engine: u32,
}

/// Longest it may take to let an engine go.
const LETTING_GO: Duration = Duration::from_secs(5);

impl Strace {
    /// Fails, in words, where it cannot be used: a proof that was left out must not look like one that was given.
    pub fn demand() {
        let there = Command::new("strace").arg("-V").stdout(Stdio::null()).status();
        assert!(
            there.is_ok_and(|status| status.success()),
            "strace is missing, and without it nothing here is proved: apt-get install strace"
        );
    }

    /// From now on a thread of the engine that is about to make its `nth` call of that sort takes the engine down.
    pub fn attach(engine: &RunningTill, home: &Path, step: Step, nth: u32) -> Strace {
        let files = step.files(home);
        for file in &files {
            assert!(file.exists(), "{} is not where it was", file.display());
        }
        Strace::attach_to(engine, step.calls(), &files, nth)
    }

    /// The same for any system calls, on these files where there are any; they may come later.
    pub fn attach_to(engine: &RunningTill, calls: &str, files: &[PathBuf], nth: u32) -> Strace {
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-o", "/dev/null", "-e"]).arg(format!("trace={calls}"));
        command.arg("-e").arg(format!("inject={calls}:signal=KILL:when={nth}"));
        for file in files {
            command.arg("-P").arg(file);
        }
        command.arg("-p").arg(engine.pid().to_string());
        let child = command.stdin(Stdio::null()).spawn().unwrap();
        let mut strace = Strace { child, engine: engine.pid() };
        strace.wait_until_attached(engine.pid());
        strace
    }

    fn wait_until_attached(&mut self, pid: u32) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !is_traced(pid) {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("strace could not attach to process {pid} ({status}): may it trace here?");
            }
            assert!(Instant::now() < deadline, "strace did not attach to process {pid}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Lets the engine go on without it.
    #[allow(unsafe_code)]
    pub fn detach(mut self) {
        let pid = i32::try_from(self.child.id()).unwrap();
        // It ends by itself with its engine. One that is told to let go of a dying engine may wait for it for ever.
        if self.is_at_work() && !is_dead(self.engine) {
            // SAFETY: kill takes two numbers; the child is ours and not yet waited for, so the pid is its own.
            unsafe { libc::kill(pid, libc::SIGTERM) };
        }
        let deadline = Instant::now() + LETTING_GO;
        while self.is_at_work() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn is_at_work(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|ended| ended.is_none())
    }
}

impl Drop for Strace {
    fn drop(&mut self) {
        // Killing it would let the engine run on stopped threads; it ends by itself when the engine has.
        if self.is_at_work() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Whether a process has ended, also where nobody has asked for its end yet.
fn is_dead(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let state = status.lines().find_map(|line| line.strip_prefix("State:"));
    state.is_none_or(|state| state.trim_start().starts_with(['Z', 'X']))
}

/// Whether every thread of a process is traced.
fn is_traced(pid: u32) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return false };
    threads.flatten().all(|thread| {
        let status = std::fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
        tracer.is_some_and(|tracer| tracer.trim() != "0")
    })
}
