//! Takes the window's pages in, where they were built (`make window`). A program built without them is whole all the same:
//! its door for browsers stays closed and says why.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a build script speaks to cargo, and ends the build by a panic"
)]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    // Two megabytes of addresses become a few kilobytes; needs glibc 2.36, as Debian 12 has it.
    if env::var("TARGET").is_ok_and(|target| target.ends_with("linux-gnu")) {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let dist = root.join("../../ui/dist");
    // Where it is missing, cargo looks again at the next build.
    println!("cargo:rerun-if-changed={}", dist.display());
    let mut pages = String::from("&[\n");
    for (folder, prefix) in [(dist.clone(), "/"), (dist.join("assets"), "/assets/")] {
        for (name, path) in files(&folder) {
            let Some(kind) = kind_of(&path) else { continue };
            let _ = writeln!(
                pages,
                "({:?}, Page {{ kind: {kind:?}, bytes: include_bytes!({path:?}) }}),",
                format!("{prefix}{name}")
            );
        }
    }
    pages.push_str("]\n");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("pages.rs"), pages).expect("the build folder can be written");
}

/// The files of a folder by name; none where there is no such folder.
fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .filter(|entry| entry.path().is_file())
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
        .collect();
    files.sort();
    files
}

/// The media type of the kinds of files that the pages have.
fn kind_of(path: &Path) -> Option<&'static str> {
    match path.extension()?.to_str()? {
        "html" => Some("text/html; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        _ => None,
    }
}
