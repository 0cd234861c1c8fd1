//! Room for connections: systems start programs with few file descriptors, and let them ask for more.

/// Asks for as many as every door needs that is full, with the spool, the printers and the programs that are started beside
/// them. Where the system has fewer, what cannot be opened is tried again.
#[cfg(unix)]
pub(crate) fn make_room() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    const WANTED: u64 = 8192;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= WANTED) {
        return;
    }
    let current = Some(maximum.map_or(WANTED, |most| most.min(WANTED)));
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current, maximum }) {
        tracing::warn!(%error, "the system gives no more file descriptors; a full door may keep others waiting");
    }
}

/// Windows has no such bound.
#[cfg(not(unix))]
pub(crate) fn make_room() {}
