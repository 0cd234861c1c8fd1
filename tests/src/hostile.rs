//! Files made to hurt: each is to be refused with its reason, or printed, in little time and memory.

use crate::Till;
use crate::process::{Measured, run_measured};

mod html;
mod pdf;
mod picture;
mod receipt;

/// A file as somebody could send it in a job.
pub struct HostileFile {
    /// What is hostile about it, fit for a file's name.
    pub name: String,
    /// How it is to be read: a word for `--as`.
    pub format: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl HostileFile {
    fn new(name: impl Into<String>, format: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        HostileFile { name: name.into(), format, bytes: bytes.into() }
    }
}

/// Gives the file to `platenctl encode`.
pub fn encode(till: &Till, file: &HostileFile) -> Measured {
    let path = till.home().join("hostile");
    std::fs::write(&path, &file.bytes).unwrap();
    let (path, out) = (path.to_str().unwrap(), till.home().join("out.bin"));
    let out = out.to_str().unwrap();
    run_measured(&mut till.command(&["encode", path, "--as", file.format, "--out", out]))
}

/// All of them.
pub fn files() -> Vec<HostileFile> {
    [html::files(), picture::files(), pdf::files(), receipt::files()]
        .into_iter()
        .flatten()
        .collect()
}
