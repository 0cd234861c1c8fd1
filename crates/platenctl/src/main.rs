//! `platenctl` as a program of its own, without the desktop's libraries.

use std::process::ExitCode;

fn main() -> ExitCode {
    platen_ctl::main(std::env::args_os())
}
