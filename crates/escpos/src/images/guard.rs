//! Other people's code at arm's length.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Why code on a guarded thread gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GuardError {
    /// It panicked.
    Panicked,
    /// The system had no thread to give.
    NoThread,
}

/// The stack of a guarded thread. Memory that is not used is not taken. SVG trees are walked by recursion 1,024 deep, PDF objects 512
/// deep; both take less than a tenth of this.
const STACK: usize = 64 << 20;

/// Runs a decoder on a thread with a large stack, so that recursion which its own limits allow cannot overflow the caller's, and
/// catches its panics. It is the last belt: size and depth are bounded before.
pub(crate) fn guarded<T: Send>(run: impl FnOnce() -> T + Send) -> Result<T, GuardError> {
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("guarded".into())
            .stack_size(STACK)
            .spawn_scoped(scope, run)
            .map_err(|_| GuardError::NoThread)?
            .join()
            .map_err(|_| GuardError::Panicked)
    })
}

/// Catches a decoder's panics on this thread, for decoders that do not recurse.
pub(crate) fn caught<T>(run: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(run)).ok()
}
