//! What both programs do first.

use platen_bridge::{DRAW_PDF, draw_for_parent, draw_pdfs_apart};
use std::ffi::OsStr;
use std::io::Write;
use std::process::ExitCode;

/// Has panics told in one line, under the name of the program. `argument`: its first one. Gives an exit status where the engine has
/// called its own program to draw a PDF, which is done then; otherwise PDFs are drawn in processes of their own from now on.
pub fn first(program: &'static str, argument: Option<&OsStr>) -> Option<ExitCode> {
    std::panic::set_hook(Box::new(move |panic| {
        // Where, not what: the message of a panic may quote the text that it choked on.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(std::io::stderr(), "{program}: an error in the program at {place}");
        tracing::error!(place, "an error in the program");
    }));
    // The engine calls its own program this way, once for each PDF.
    if argument.is_some_and(|argument| argument == DRAW_PDF) {
        let drawn = draw_for_parent(std::io::stdin().lock(), std::io::stdout().lock());
        return Some(if drawn.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    draw_pdfs_apart();
    None
}
