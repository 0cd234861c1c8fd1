//! Platen without a desktop: the same engine for tests, demos and headless tills.
//!
//! Its output is for people and scripts: listings on stdout (`--json` for scripts), errors as one line on stderr with
//! exit status 1, wrong usage with 2.
//!
//! It is a program of its own, and a second one in the file of the desktop ([`called`]): packages bring the engine once.

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
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitCode;

/// How the program is called, and what it calls itself.
pub const NAME: &str = "platenctl";

/// The arguments of `platenctl`, its name first, where a file that holds more than one program was called for it: by a link
/// of that name, or with that name as its first argument.
#[must_use]
pub fn called(arguments: impl IntoIterator<Item = OsString>) -> Option<Vec<OsString>> {
    let mut arguments: Vec<_> = arguments.into_iter().collect();
    let by_link =
        arguments.first().is_some_and(|name| Path::new(name).file_stem() == Some(OsStr::new(NAME)));
    if !by_link && arguments.get(1).is_some_and(|first| first == NAME) {
        arguments.remove(0);
        return Some(arguments);
    }
    by_link.then_some(arguments)
}

/// The whole program. `arguments`: as the system gives them, the program's name first.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<_> = arguments.into_iter().collect();
    if let Some(ended) = platen_program::first(NAME, arguments.get(1).map(OsString::as_os_str)) {
        return ended;
    }
    let cli = match cli::Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return wrong_usage(&error),
    };
    carry_out(cli)
}

fn carry_out(cli: cli::Cli) -> ExitCode {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn called_as(arguments: &[&str]) -> Option<Vec<String>> {
        let called = called(arguments.iter().map(OsString::from))?;
        Some(called.into_iter().map(|argument| argument.into_string().unwrap()).collect())
    }

    #[test]
    fn is_called_by_a_link_or_by_its_name() {
        let run = Some(vec!["platenctl".to_owned(), "run".to_owned()]);
        assert_eq!(called_as(&["platenctl", "run"]), run);
        assert_eq!(called_as(&["platen", "platenctl", "run"]), run);
        let by_path = called_as(&["/usr/bin/platenctl", "platenctl"]).unwrap();
        assert_eq!(by_path, ["/usr/bin/platenctl", "platenctl"]);
        assert!(called_as(&["C:\\platenctl.exe"]).is_some() == cfg!(windows));
        for other in
            [&["platen"][..], &["platen", "--minimized"], &["platen", "run", "platenctl"], &[]]
        {
            assert_eq!(called_as(other), None);
        }
    }
}
