//! Platen without a desktop: the same engine for tests, demos and headless tills.
//!
//! Its output is for people and scripts: listings on stdout (`--json` for scripts), errors as one line on stderr with
//! exit status 1, wrong usage with 2.

/// One line of the answer on stdout. Where nobody reads it any more (`platenctl jobs | head`), nothing is said.
macro_rules! say {
    ($($words:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stdout(), $($words)*);
    }};
}

/// One line about what is wrong on stderr.
macro_rules! complain {
    ($($words:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), $($words)*);
    }};
}

mod cli;
mod commands;
mod failure;
mod listing;
mod pages;
mod reach;

use clap::Parser;
use platen_bridge::{DRAW_PDF, draw_for_parent, draw_pdfs_apart};
use std::process::ExitCode;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        // Where, not what: the message of a panic may quote the text that it choked on.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        complain!("platenctl: an error in the program at {place}");
        tracing::error!(place, "an error in the program");
    }));
    // The engine calls its own program this way, once for each PDF.
    if std::env::args_os().nth(1).is_some_and(|first| first == DRAW_PDF) {
        return drawn();
    }
    draw_pdfs_apart();
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return wrong_usage(&error),
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let result = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(commands::carry_out(cli));
            // A thread that hangs in a device or a name look-up must not keep the program from ending.
            runtime.shutdown_timeout(std::time::Duration::from_secs(1));
            result
        }
        Err(error) => Err(failure::Failure::from(error)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain!("platenctl: {failure}");
            ExitCode::from(failure.status())
        }
    }
}

fn drawn() -> ExitCode {
    match draw_for_parent(std::io::stdin().lock(), std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Help is shown as it is; what was called wrongly is told in one line.
fn wrong_usage(error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if !error.use_stderr() || error.kind() == DisplayHelpOnMissingArgumentOrSubcommand {
        error.exit();
    }
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let mut parts =
        text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let what = parts.next().unwrap_or_default();
    let usage = parts.find(|part| part.starts_with("Usage: "));
    let usage = usage
        .map_or_else(|| "see platenctl --help".into(), |part| part.replacen("Usage", "usage", 1));
    let failure = failure::Failure::usage(format!("{what}; {usage}"));
    complain!("platenctl: {failure}");
    ExitCode::from(failure.status())
}
