//! The test page that callers of doors ask for.

use crate::{PrinterView, clock};
use platen_job::Document;

/// A test page for that printer; `by` is who asks for it.
pub(crate) fn test_page(printer: &PrinterView, by: &str) -> Document {
    let lines = vec![
        format!("Printer: {}", printer.name),
        format!("Asked for by: {by}"),
        format!("Time: {}", clock::on_paper()),
        format!("Platen {}", env!("CARGO_PKG_VERSION")),
    ];
    Document::TestPage { lines }
}
