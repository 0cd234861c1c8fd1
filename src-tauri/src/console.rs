//! The console of whoever called, for a program that Windows starts without one.

/// Writes where the caller writes, and hears its Ctrl+C. Where it has no console there is nothing to join.
#[cfg(windows)]
#[allow(unsafe_code)]
pub fn join() {
    use windows::Win32::System::Console::{ATTACH_PARENT_PROCESS, AttachConsole};
    // SAFETY: takes a number, and keeps nothing of ours.
    let _ = unsafe { AttachConsole(ATTACH_PARENT_PROCESS) };
}

/// Elsewhere it is there.
#[cfg(not(windows))]
pub fn join() {}
