//! What the window may ask for. Each command forwards one request and gives what came back; errors are in words, in the
//! language that is shown. None gives a secret back.

use crate::changing::{self, NewPrinter, PrinterChange};
use crate::connection::{self, Connection};
use crate::orders;
use crate::room::Room;
use crate::signpost::{self, Offer};
use crate::state::{JobRow, JobsWanted, Snapshot};
use crate::support;
use crate::words::Language;
use platen_bridge::{JobQuery, Request, Resolution, Response, Search, SecretPlace};
use platen_job::JobId;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
#[cfg(test)]
use ts_rs::TS;

/// How long the outcome of a test page or a drawer kick is waited for, in milliseconds.
const OUTCOME: u64 = 15_000;
/// Most jobs on a page of the list.
const LONGEST_PAGE: usize = 200;

/// One thing that the window asks for, such as `{"do": "test-print", "printer": "…"}`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum WindowCommand {
    /// The state as it is now: [`WindowReply::Snapshot`].
    Snapshot,
    /// Where the licence key is kept: [`WindowReply::KeyPlace`].
    KeyPlace,
    /// Sets the server up.
    SetUpServer {
        /// Its address.
        url: String,
        /// The licence key, where a new one is given.
        #[cfg_attr(test, ts(type = "string | null"))]
        key: Option<SecretString>,
    },
    /// The server that the network names, for a till without one: [`WindowReply::Offer`]. Takes up to 3 s.
    FindServer,
    /// Nobody wants to know that any more.
    StopFindingServer,
    /// How the server is reached, beside its address: [`WindowReply::Connection`].
    Connection,
    /// Changes how the server is reached.
    ChangeConnection(Connection),
    /// How many days receipts are kept: [`WindowReply::Days`].
    ReceiptDays,
    /// Keeps them for so many days.
    KeepReceipts {
        /// From 0 to 3650.
        days: u32,
    },
    /// Makes the file that support asks for: [`WindowReply::File`].
    MakeBundle,
    /// Chooses a language.
    SetLanguage {
        /// Which; none for that of the session.
        language: Option<Language>,
    },
    /// Looks whether there is an update. How that goes is part of the state.
    LookForUpdate,
    /// Installs the update that waits.
    InstallUpdate,
    /// Looks for printers on the network.
    SearchDevices,
    /// Adds a printer under a name that no other has.
    AddPrinter(NewPrinter),
    /// Changes what a printer is and is there for.
    ChangePrinter(PrinterChange),
    /// The models that Platen knows: [`WindowReply::Models`].
    Models,
    /// Takes a printer out.
    RemovePrinter {
        /// Its id.
        printer: String,
    },
    /// Prints a test page and gives what became of it: [`WindowReply::Outcome`].
    TestPrint {
        /// The printer's id.
        printer: String,
    },
    /// Opens the drawer and gives what became of it: [`WindowReply::Outcome`].
    OpenDrawer {
        /// The printer's id.
        printer: String,
    },
    /// Keeps a printer from starting jobs.
    Pause {
        /// Its id.
        printer: String,
    },
    /// Lets it go on.
    Resume {
        /// Its id.
        printer: String,
    },
    /// A page of jobs, newest first: [`WindowReply::Jobs`].
    Jobs {
        /// Which.
        wanted: JobsWanted,
        /// Older than this one only, where one is named.
        #[cfg_attr(test, ts(type = "number | null"))]
        before: Option<JobId>,
        /// At most so many, and at most 200.
        limit: usize,
    },
    /// How many jobs there are on all pages: [`WindowReply::Count`].
    CountJobs {
        /// Which.
        wanted: JobsWanted,
    },
    /// One job: [`WindowReply::Outcome`].
    Job {
        /// Which.
        #[cfg_attr(test, ts(type = "number"))]
        id: JobId,
    },
    /// What a job looks like on paper: [`WindowReply::Paper`].
    Paper {
        /// Which.
        #[cfg_attr(test, ts(type = "number"))]
        id: JobId,
    },
    /// Prints a job again, marked.
    Reprint {
        /// Which.
        #[cfg_attr(test, ts(type = "number"))]
        id: JobId,
    },
    /// Cancels a job.
    Cancel {
        /// Which.
        #[cfg_attr(test, ts(type = "number"))]
        id: JobId,
    },
    /// Says what a person saw of an unconfirmed job.
    Resolve {
        /// Which.
        #[cfg_attr(test, ts(type = "number"))]
        id: JobId,
        /// What was seen, or is wanted.
        #[cfg_attr(test, ts(type = "\"printed\" | \"reprint\""))]
        resolution: Resolution,
    },
}

/// What comes back; as JSON it is the value alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum WindowReply {
    /// It was done.
    Done,
    /// The state.
    Snapshot(Arc<Snapshot>),
    /// Where the licence key is kept; none where there is none. Never the key.
    KeyPlace(Option<SecretPlace>),
    /// The server that the network names; none where it names none.
    Offer(Option<Offer>),
    /// How the server is reached; none where none is set up. Without passwords.
    Connection(Option<Connection>),
    /// So many.
    Days(u32),
    /// Where a file was put.
    File(String),
    /// The name of each profile, and what people call it.
    Models(Vec<(String, String)>),
    /// What became of a job; none where it is not known.
    Outcome(Option<Box<JobRow>>),
    /// Jobs, newest first.
    Jobs(Vec<JobRow>),
    /// How many there are.
    Count(u64),
    /// An address for a picture, with the picture in it.
    Paper(String),
}

impl Room {
    /// Does what the window asks for.
    ///
    /// # Errors
    /// Why it was not done, in words for a person, in the language that is shown.
    pub async fn answer(self: &Arc<Self>, command: WindowCommand) -> Result<WindowReply, String> {
        match command {
            WindowCommand::Snapshot => Ok(WindowReply::Snapshot(self.snapshots().borrow().clone())),
            WindowCommand::KeyPlace => Ok(WindowReply::KeyPlace(changing::key_place(self).await)),
            WindowCommand::SetUpServer { url, key } => {
                done(changing::set_up_server(self, &url, key).await)
            }
            WindowCommand::FindServer => signpost::look(self).await.map(WindowReply::Offer),
            WindowCommand::StopFindingServer => {
                self.look_away();
                Ok(WindowReply::Done)
            }
            WindowCommand::Connection => {
                connection::connection(self).await.map(WindowReply::Connection)
            }
            WindowCommand::ChangeConnection(change) => {
                done(connection::change_connection(self, change).await)
            }
            WindowCommand::ReceiptDays => changing::receipt_days(self).await.map(WindowReply::Days),
            WindowCommand::KeepReceipts { days } => done(changing::keep_receipts(self, days).await),
            WindowCommand::MakeBundle => support::make_bundle(self).await.map(WindowReply::File),
            WindowCommand::SetLanguage { language } => {
                done(changing::set_language(self, language).await)
            }
            WindowCommand::LookForUpdate => {
                self.orders().look();
                Ok(WindowReply::Done)
            }
            WindowCommand::InstallUpdate => {
                self.orders().install();
                Ok(WindowReply::Done)
            }
            WindowCommand::SearchDevices => {
                self.told(Request::Devices { search: Search::Scan }).await
            }
            WindowCommand::AddPrinter(printer) => done(changing::add_printer(self, printer).await),
            WindowCommand::ChangePrinter(change) => {
                done(changing::change_printer(self, change).await)
            }
            WindowCommand::Models => changing::models(self).await.map(WindowReply::Models),
            WindowCommand::RemovePrinter { printer } => {
                done(changing::remove_printer(self, printer).await)
            }
            WindowCommand::TestPrint { printer } => {
                self.followed(orders::test_print(printer)).await
            }
            WindowCommand::OpenDrawer { printer } => {
                self.followed(orders::open_drawer(printer)).await
            }
            WindowCommand::Pause { printer } => self.told(orders::pause(printer)).await,
            WindowCommand::Resume { printer } => self.told(orders::resume(printer)).await,
            WindowCommand::Jobs { wanted, before, limit } => self.jobs(wanted, before, limit).await,
            WindowCommand::CountJobs { wanted } => self.count_jobs(wanted).await,
            WindowCommand::Job { id } => self.job(Request::Job { id }).await,
            WindowCommand::Paper { id } => self.paper(id).await,
            WindowCommand::Reprint { id } => self.told(Request::Reprint { id }).await,
            WindowCommand::Cancel { id } => self.told(Request::Cancel { id }).await,
            WindowCommand::Resolve { id, resolution } => {
                self.told(Request::Resolve { id, resolution }).await
            }
        }
    }

    async fn told(&self, request: Request) -> Result<WindowReply, String> {
        self.ask(request).await.map(|_| WindowReply::Done)
    }

    async fn followed(&self, request: Request) -> Result<WindowReply, String> {
        let Response::Job(job) = self.ask(request).await? else {
            return Ok(WindowReply::Outcome(None));
        };
        self.job(Request::Wait { id: job.id, at_most_ms: OUTCOME }).await
    }

    async fn job(&self, request: Request) -> Result<WindowReply, String> {
        match self.ask(request).await? {
            Response::Job(job) => {
                let row = JobRow::of(*job, self.language());
                Ok(WindowReply::Outcome(Some(Box::new(row))))
            }
            _ => Ok(WindowReply::Outcome(None)),
        }
    }

    async fn jobs(
        &self,
        wanted: JobsWanted,
        before: Option<JobId>,
        limit: usize,
    ) -> Result<WindowReply, String> {
        let limit = limit.clamp(1, LONGEST_PAGE);
        let query = JobQuery { before, limit, ..wanted.into() };
        let jobs = match self.ask(Request::Jobs(query)).await? {
            Response::Jobs(jobs) => {
                jobs.into_iter().map(|job| JobRow::of(job, self.language())).collect()
            }
            _ => Vec::new(),
        };
        Ok(WindowReply::Jobs(jobs))
    }

    async fn count_jobs(&self, wanted: JobsWanted) -> Result<WindowReply, String> {
        match self.ask(Request::CountJobs(wanted.into())).await? {
            Response::Count(count) => Ok(WindowReply::Count(count)),
            _ => Ok(WindowReply::Count(0)),
        }
    }

    async fn paper(&self, id: JobId) -> Result<WindowReply, String> {
        let address = match self.ask(Request::Picture { id }).await? {
            Response::Picture(png) => format!("data:image/png;base64,{png}"),
            _ => String::new(),
        };
        Ok(WindowReply::Paper(address))
    }
}

fn done(result: Result<(), String>) -> Result<WindowReply, String> {
    result.map(|()| WindowReply::Done)
}
