//! A computer that sleeps, for one program: it is stopped, and its clocks have gone on when it wakes up.

use crate::{RunningTill, workspace};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The clocks of a program.
pub struct Clocks {
    library: PathBuf,
    slept: PathBuf,
}

impl Clocks {
    /// Clocks that nobody has slept by; a library and a file in that folder.
    pub fn new(folder: &Path) -> Clocks {
        let (source, library) =
            (workspace().join("tests/rigs/sleep/slept.c"), folder.join("slept.so"));
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(&source).arg("-ldl");
        let status = compiler.status().expect("there is no C compiler: cc");
        assert!(status.success(), "{compiler:?}");
        let slept = folder.join("slept");
        fs::write(&slept, "0").unwrap();
        Clocks { library, slept }
    }

    /// Has a program go by them.
    pub fn give(&self, command: &mut Command) {
        command.env("LD_PRELOAD", &self.library).env("PLATEN_TEST_SLEPT", &self.slept);
    }

    /// Stops the program as a sleeping computer does, and wakes it up that much later. `meanwhile` happens in between.
    pub fn sleep(&self, running: &RunningTill, span: Duration, meanwhile: impl FnOnce()) {
        running.signal(libc::SIGSTOP);
        meanwhile();
        fs::write(&self.slept, span.as_secs().to_string()).unwrap();
        running.signal(libc::SIGCONT);
    }
}
