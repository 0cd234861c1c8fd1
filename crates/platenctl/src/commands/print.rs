//! `platenctl print`, `test-print`, `drawer`: a job from this machine, followed to its end.

use crate::cli::{Format, Print};
use crate::failure::Failure;
use crate::listing;
use crate::reach::{Need, Reach};
use base64::Engine as _;
use platen_bridge::{Home, Request, Submission, SubmissionFormat, TestPrint};
use platen_job::{DocumentType, DrawerPin, JobState, Priority};
use std::io::Read;
use std::path::Path;
use std::time::Duration;

/// How long a job is followed where nothing else is said.
pub const WAIT: Duration = Duration::from_secs(60);
/// Longest file.
const LONGEST: u64 = 16 * 1024 * 1024;

pub async fn print(home: &Home, print: Print) -> Result<(), Failure> {
    let body = read(&print.file)?;
    let (format, document_type) = match print.format {
        Format::Raw => (SubmissionFormat::Raw, DocumentType::Other),
        Format::Text => (SubmissionFormat::Text, DocumentType::Other),
        Format::Receipt => (SubmissionFormat::Receipt, DocumentType::Receipt),
    };
    let submission = Submission {
        printer: print.printer,
        format,
        body: base64::engine::general_purpose::STANDARD.encode(body),
        document_type,
        priority: Priority::Normal,
        key: print.key,
    };
    follow(home, Request::Submit(submission), Duration::from_secs(print.wait)).await
}

pub async fn test_print(home: &Home, printer: String) -> Result<(), Failure> {
    follow(home, Request::TestPrint(TestPrint { printer }), WAIT).await
}

pub async fn drawer(home: &Home, printer: String, second: bool) -> Result<(), Failure> {
    let pin = if second { DrawerPin::Pin5 } else { DrawerPin::Pin2 };
    follow(home, Request::Drawer { printer, pin }, WAIT).await
}

/// Makes a job and says what became of it; fails where it did not come out.
pub async fn follow(home: &Home, request: Request, at_most: Duration) -> Result<(), Failure> {
    let mut reach = Reach::open(home, Need::Print).await?;
    let result = follow_in(&mut reach, request, at_most).await;
    reach.close().await;
    result
}

async fn follow_in(reach: &mut Reach, request: Request, at_most: Duration) -> Result<(), Failure> {
    let job = reach.ask_job(request).await?;
    if at_most.is_zero() {
        say!("{}", listing::job(&job));
        return Ok(());
    }
    let at_most_ms = u64::try_from(at_most.as_millis()).unwrap_or(u64::MAX);
    let job = reach.ask_job(Request::Wait { id: job.id, at_most_ms }).await?;
    match job.state {
        JobState::Completed { .. } => {
            say!("{}", listing::job(&job));
            Ok(())
        }
        JobState::Processing => Err(Failure::new(format!("job {} is still being printed", job.id))),
        _ if job.state.is_open() => {
            Err(Failure::new(format!("job {} is kept and waits: {}", job.id, job.message)))
        }
        _ => Err(Failure::new(format!("job {} is {}: {}", job.id, job.state, job.message))),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let named = |error: std::io::Error| Failure::new(format!("{}: {error}", path.display()));
    let mut body = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().take(LONGEST + 1).read_to_end(&mut body).map_err(named)?;
    } else {
        std::fs::File::open(path)
            .map_err(named)?
            .take(LONGEST + 1)
            .read_to_end(&mut body)
            .map_err(named)?;
    }
    if body.len() as u64 > LONGEST {
        return Err(Failure::new(format!("{} is larger than 16 MiB", path.display())));
    }
    Ok(body)
}
