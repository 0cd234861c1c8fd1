//! What the system says of a process.

use std::fs;
use std::time::Duration;

/// Memory that it holds now, in MiB.
pub fn resident(pid: u32) -> f64 {
    field(pid, "VmRSS:")
}

/// The most memory that it has held, in MiB.
pub fn most_resident(pid: u32) -> f64 {
    field(pid, "VmHWM:")
}

fn field(pid: u32, name: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
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
