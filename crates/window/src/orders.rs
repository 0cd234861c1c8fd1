//! The requests that tray and window share.

use platen_bridge::{Request, TestPrint};
use platen_job::DrawerPin;

/// A test page.
pub fn test_print(printer: String) -> Request {
    Request::TestPrint(TestPrint { printer })
}

/// A kick of the first drawer.
pub fn open_drawer(printer: String) -> Request {
    Request::Drawer { printer, pin: DrawerPin::default() }
}

/// Keeps a printer from starting jobs.
pub fn pause(printer: String) -> Request {
    Request::Pause { printer }
}

/// Lets it go on.
pub fn resume(printer: String) -> Request {
    Request::Resume { printer }
}
