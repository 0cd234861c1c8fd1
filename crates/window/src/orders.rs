//! The requests that a printer's commands are.

use platen_bridge::{Request, TestPrint};
use platen_job::DrawerPin;

/// A test page.
pub(crate) fn test_print(printer: String) -> Request {
    Request::TestPrint(TestPrint { printer })
}

/// A kick of the first drawer.
pub(crate) fn open_drawer(printer: String) -> Request {
    Request::Drawer { printer, pin: DrawerPin::default() }
}

/// Keeps a printer from starting jobs.
pub(crate) fn pause(printer: String) -> Request {
    Request::Pause { printer }
}

/// Lets it go on.
pub(crate) fn resume(printer: String) -> Request {
    Request::Resume { printer }
}
