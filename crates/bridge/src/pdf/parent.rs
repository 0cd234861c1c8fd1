//! The process that waits for the pages.

use super::{Answer, DRAW_PDF, Request};
use platen_escpos::Bitmap;
use platen_escpos::images::Halftone;
use platen_escpos::pdf::{PdfError, draw_pages_by};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a document may take by the clock; less than the encoder waits.
const PATIENCE: Duration = Duration::from_secs(8);
/// Bytes that an answer may have: 20 m of paper, 2,048 dots wide, and its first line.
const ANSWER: u64 = 42 << 20;

/// Lets PDF documents be drawn by another process of this program from now on. Its `main` has to call
/// [`draw_for_parent`](super::draw_for_parent) where its first argument is [`DRAW_PDF`].
pub fn draw_pdfs_apart() {
    draw_pages_by(draw);
}

fn draw(bytes: &[u8], halftone: Halftone, dots: usize) -> Result<Vec<Bitmap>, PdfError> {
    let mut child = start().map_err(|error| {
        tracing::error!(%error, "the process that draws PDF pages cannot be started");
        PdfError::NoDrawer
    })?;
    let request = Request { halftone, dots };
    let said = talk(&mut child, &request, bytes);
    let ended = child.wait();
    match said {
        Some(answer) => answer,
        None => {
            let status = ended.map(|status| status.to_string()).unwrap_or_default();
            tracing::warn!(status, "drawing a PDF took too much time or memory");
            Err(PdfError::Costly)
        }
    }
}

fn start() -> io::Result<Child> {
    Command::new(program()?)
        .arg(DRAW_PDF)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
}

/// This program, even where an update has put another file in its place.
#[cfg(target_os = "linux")]
fn program() -> io::Result<PathBuf> {
    Ok("/proc/self/exe".into())
}

#[cfg(not(target_os = "linux"))]
fn program() -> io::Result<PathBuf> {
    std::env::current_exe()
}

/// What the child answers; `None` if it ends or takes too long before it has. It is ended then, whatever it said.
fn talk(
    child: &mut Child,
    request: &Request,
    document: &[u8],
) -> Option<Result<Vec<Bitmap>, PdfError>> {
    let pipes = child.stdin.take().zip(child.stdout.take());
    let (answer, answered) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            let said =
                pipes.and_then(|(stdin, stdout)| exchange(stdin, stdout, request, document).ok());
            // Whoever asked may have given up.
            let _ = answer.send(said);
        });
        let said = answered.recv_timeout(PATIENCE).ok().flatten();
        // It is done, or has to be. Its pipes break with it, so that the thread above ends.
        let _ = child.kill();
        said
    })
}

fn exchange(
    mut stdin: ChildStdin,
    stdout: ChildStdout,
    request: &Request,
    document: &[u8],
) -> io::Result<Result<Vec<Bitmap>, PdfError>> {
    serde_json::to_writer(&mut stdin, request)?;
    stdin.write_all(b"\n")?;
    stdin.write_all(document)?;
    drop(stdin);
    let mut stdout = BufReader::new(stdout.take(ANSWER));
    let mut line = String::new();
    stdout.read_line(&mut line)?;
    let answer: Answer = serde_json::from_str(&line)?;
    match answer {
        Err(reason) => Ok(Err(reason)),
        Ok(sizes) => {
            let page = |size: &super::PageSize| {
                let mut rows = vec![0; size.width.div_ceil(8) * size.height];
                stdout.read_exact(&mut rows)?;
                Ok(Bitmap::from_packed(size.width, size.height, rows))
            };
            sizes.iter().map(page).collect::<io::Result<_>>().map(Ok)
        }
    }
}
