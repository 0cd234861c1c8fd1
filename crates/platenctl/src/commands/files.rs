//! Files that commands read and write; `-` is standard input and output.

use crate::cli::Format;
use crate::failure::Failure;
use std::io::{Read, Write};
use std::path::Path;

/// Longest file.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Reads a whole file.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    let source: Box<dyn Read> = if is_standard(path) {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(path).map_err(|error| named(path, &error))?)
    };
    source.take(LONGEST + 1).read_to_end(&mut body).map_err(|error| named(path, &error))?;
    if body.len() as u64 > LONGEST {
        return Err(Failure::new(format!("{} is larger than 16 MiB", path.display())));
    }
    Ok(body)
}

/// Writes a whole file.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let written = if is_standard(path) {
        let mut out = std::io::stdout();
        out.write_all(bytes).and_then(|()| out.flush())
    } else {
        std::fs::write(path, bytes)
    };
    written.map_err(|error| named(path, &error))
}

/// How a file is to be read: as it was said, or as the end of its name says.
pub fn format(said: Option<Format>, path: &Path) -> Result<Format, Failure> {
    let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
    said.or_else(|| Format::of_extension(end)).ok_or_else(|| {
        Failure::usage(format!(
            "the name of {} does not say what it is: use --as raw|text|receipt|image|html|pdf",
            path.display()
        ))
    })
}

fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn named(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}
