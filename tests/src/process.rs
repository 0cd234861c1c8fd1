//! What the system says of a process.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Memory that it holds now, in MiB.
pub fn resident(pid: u32) -> f64 {
    field(pid, "VmRSS:").unwrap()
}

/// Memory that it holds now, in MiB; what others use too counts by its share.
pub fn proportional(pid: u32) -> f64 {
    let sums = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
    let line = sums.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}

/// The most memory that it has held, in MiB.
pub fn most_resident(pid: u32) -> f64 {
    field(pid, "VmHWM:").unwrap()
}

/// `None` once the process has ended.
fn field(pid: u32, name: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().trim_end_matches(" kB").parse::<f64>().ok()? / 1024.0)
}

/// Time on the processor since its start, of all its threads that live now.
pub fn processor_time(pid: u32) -> Duration {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let nanos = threads.map(|thread| {
        // A thread may end between the listing and the look.
        let said = fs::read_to_string(thread.unwrap().path().join("schedstat")).unwrap_or_default();
        said.split(' ').next().and_then(|nanos| nanos.parse::<u64>().ok()).unwrap_or(0)
    });
    Duration::from_nanos(nanos.sum())
}

/// A process that has ended.
pub struct Measured {
    /// What it said, and how it ended.
    pub output: Output,
    /// The most memory that it was seen to hold, and its children beside the program that they share, in MiB. (What the system tells of a process that has ended counts the memory of the
    /// one that started it.)
    pub memory: f64,
    /// From its start to its end, in seconds.
    pub time: f64,
}

/// Runs a command to its end; what it says on its channels must fit into a pipe.
pub fn run_measured(command: &mut Command) -> Measured {
    let began = Instant::now();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut memory = 0.0_f64;
    let name = command.get_program().to_string_lossy().rsplit('/').next().unwrap().to_owned();
    while child.try_wait().unwrap().is_none() {
        // For a moment after its start a process is still seen with the memory of the one that started it.
        let comm = fs::read_to_string(format!("/proc/{}/comm", child.id())).unwrap_or_default();
        if comm.trim_end() != name {
            continue;
        }
        let own = children(child.id()).into_iter().filter_map(|pid| field(pid, "RssAnon:"));
        let sum = own.sum::<f64>() + field(child.id(), "VmHWM:").unwrap_or(0.0);
        memory = sum.max(memory);
        std::thread::sleep(Duration::from_millis(2));
    }
    let time = began.elapsed().as_secs_f64();
    Measured { output: child.wait_with_output().unwrap(), memory, time }
}

/// The processes that it started and that live.
pub fn children(pid: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = tasks.map(|task| fs::read_to_string(task.path().join("children")));
    let lists: String = lists.map(Result::unwrap_or_default).collect();
    lists.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

/// The processes whose program is in a folder, or was until it was replaced.
pub fn running_from(folder: &Path) -> Vec<u32> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|process| process.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| is_from(*pid, folder)).collect()
}

/// Whether a process is one of those.
pub fn is_from(pid: u32, folder: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|program| program.starts_with(folder))
}

/// Kills a process of a test's own.
#[allow(unsafe_code)]
pub fn kill(pid: u32) {
    let pid = i32::try_from(pid).unwrap();
    // SAFETY: kill takes two numbers.
    unsafe { libc::kill(pid, libc::SIGKILL) };
}
