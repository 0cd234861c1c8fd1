//! The window's pages, as they were when this program was built; empty where they were not built then.

use platen_connectors::web::Page;
use platen_window::Pages;

/// Each file with its path.
pub const PAGES: Pages = include!(concat!(env!("OUT_DIR"), "/pages.rs"));
