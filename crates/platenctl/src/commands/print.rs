//! `platenctl print`, `test-print`, `drawer`: a job from this machine, followed to its end.

use super::files;
use crate::cli::Print;
use crate::failure::Failure;
use crate::listing;
use crate::reach::{Need, Reach};
use base64::Engine as _;
use platen_bridge::{Home, Request, Submission, TestPrint};
use platen_job::{DrawerPin, JobState, Priority};
use std::time::Duration;

/// How long a job is followed where nothing else is said.
pub const WAIT: Duration = Duration::from_secs(60);
pub async fn print(home: &Home, print: Print) -> Result<(), Failure> {
    let format = files::format(print.format, &print.file)?;
    let submission = Submission {
        printer: print.printer,
        format: format.into(),
        body: base64::engine::general_purpose::STANDARD.encode(files::read(&print.file)?),
        document_type: None,
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
