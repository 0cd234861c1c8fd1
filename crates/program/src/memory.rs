//! Gives back what the start or a burst of jobs needed.

use std::time::Duration;

/// How often to look.
const EVERY: Duration = Duration::from_secs(5);
/// Pages of growth since the last time that are worth the trouble: 2 MiB of the heap, 4 MiB of code.
const HEAP_GROWN: u64 = 512;
const CODE_GROWN: u64 = 1024;
/// Looks after which the start, or what follows a letting go, is over.
const SETTLES: u32 = 2;
/// Fewest looks between two.
const SELDOM: u32 = 12;

/// Where the process has grown, what the allocator keeps for later goes back to the system, and code that is not run any more
/// leaves memory. Runs for ever, or ends at once where the system does not say how large the process is.
pub async fn keep_small() {
    let mut clock = tokio::time::interval(EVERY);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut least = u64::MAX;
    let (mut code, mut looks) = (Code::Starting, 0);
    loop {
        clock.tick().await;
        let Some(pages) = Pages::now() else { return };
        if pages.heap > least.saturating_add(HEAP_GROWN) {
            trim();
            least = Pages::now().map_or(pages.heap, |after| after.heap);
        } else {
            least = least.min(pages.heap);
        }
        looks += 1;
        match code {
            Code::Starting if looks > SETTLES => {}
            Code::Settled(floor) if looks > SELDOM && pages.code > floor + CODE_GROWN => {}
            Code::Settling if looks > SETTLES => {
                code = Code::Settled(pages.code);
                continue;
            }
            _ => continue,
        }
        let _ = tokio::task::spawn_blocking(code::let_go).await;
        (code, looks) = (Code::Settling, 0);
    }
}

/// How much of the program's code is in memory.
#[derive(Clone, Copy)]
enum Code {
    /// What the start needs.
    Starting,
    /// It comes back as it is run.
    Settling,
    /// So many pages were run within ten seconds.
    Settled(u64),
}

/// Pages in memory.
struct Pages {
    /// The process's own.
    heap: u64,
    /// Those of files: the program and its libraries.
    code: u64,
}

impl Pages {
    /// Where the system says so at no cost.
    fn now() -> Option<Pages> {
        let said = std::fs::read_to_string("/proc/self/statm").ok()?;
        let mut numbers = said.split(' ').skip(1).map(str::parse::<u64>);
        let (resident, code) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        Some(Pages { heap: resident.saturating_sub(code), code })
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn trim() {
    // SAFETY: malloc_trim takes a number and may be called at any time, from any thread.
    #[allow(unsafe_code)]
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn trim() {}

#[cfg(target_os = "linux")]
mod code {
    /// Lets go of every page of the program and its libraries that is as it stands in their files; those that are run come
    /// back from there, without a disk as long as the system keeps them.
    pub(super) fn let_go() {
        let Ok(maps) = std::fs::read_to_string("/proc/self/smaps") else { return };
        for map in unchanged(&maps) {
            let length = map.end - map.start;
            // SAFETY: a private, read-only mapping of a file of which no page was changed: each comes back as it was.
            #[allow(unsafe_code)]
            unsafe {
                libc::madvise(map.start as *mut libc::c_void, length, libc::MADV_DONTNEED);
            }
        }
    }

    #[derive(Debug, PartialEq, Eq)]
    struct Map {
        start: usize,
        end: usize,
    }

    /// The mappings of files that are only read, and have no page that differs from the file.
    fn unchanged(maps: &str) -> Vec<Map> {
        let (mut found, mut last) = (Vec::new(), None);
        for line in maps.lines() {
            if let Some(rest) = line.strip_prefix("Anonymous:") {
                found.extend(last.take().filter(|_| rest.trim() == "0 kB"));
            } else if let Some(map) = file(line) {
                last = map;
            }
        }
        found
    }

    /// Outer `None`: the line is not a mapping's first; inner: it is not one of a file that is only read.
    fn file(line: &str) -> Option<Option<Map>> {
        let mut words = line.split_ascii_whitespace();
        let (start, end) = words.next()?.split_once('-')?;
        let number = |text| usize::from_str_radix(text, 16).ok();
        let map = Map { start: number(start)?, end: number(end)? };
        let (rights, inode) = (words.next()?, words.nth(2)?);
        let is_read_only = matches!(rights, "r-xp" | "r--p");
        Some((is_read_only && inode != "0").then_some(map))
    }

    #[cfg(test)]
    #[test]
    fn only_unchanged_read_only_files_are_let_go() {
        let map = |first: &str, changed: u32| {
            format!("{first}\nSize: 8 kB\nRss: 8 kB\nAnonymous: {changed} kB\nVmFlags: rd ex\n")
        };
        let maps = [
            map("1000-3000 r--p 00000000 fe:00 77 /opt/platen", 0),
            map("3000-5000 r-xp 00002000 fe:00 77 /opt/platen", 0),
            map("5000-7000 r--p 00004000 fe:00 77 /opt/platen", 8),
            map("7000-9000 rw-p 00006000 fe:00 77 /opt/platen", 0),
            map("9000-b000 r--p 00000000 00:00 0 [vvar]", 0),
            map("b000-d000 r--s 00000000 fe:00 78 /opt/spool.db-shm", 0),
        ];
        let found = unchanged(&maps.concat());
        assert_eq!(found, [Map { start: 0x1000, end: 0x3000 }, Map { start: 0x3000, end: 0x5000 }]);
        assert!(file("VmFlags: rd ex").is_none());
    }
}

#[cfg(not(target_os = "linux"))]
mod code {
    pub(super) fn let_go() {}
}
