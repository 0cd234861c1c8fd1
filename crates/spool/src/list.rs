//! Looking things up: never on the writer's thread.

use crate::accept::read_document;
use crate::book::job;
use crate::record::StateName;
use crate::row::{COLUMNS, read_job};
use crate::{JobRecord, SpoolError};
use platen_job::{ConnectorId, Document, DocumentType, JobId, PrinterId, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use serde::Serialize;

/// Most records of one listing.
pub const LONGEST_LIST: usize = 1000;

/// Which jobs to list, newest first. Empty fields filter nothing.
#[derive(Debug, Clone, Default)]
pub struct ListFilter {
    /// In one of these states; none: in any.
    pub states: Vec<StateName>,
    /// For this printer.
    pub printer: Option<PrinterId>,
    /// From this connector.
    pub connector: Option<ConnectorId>,
    /// What somebody looks for. Documents are not searched.
    pub search: Option<JobSearch>,
    /// Of this kind.
    pub document_type: Option<DocumentType>,
    /// Stored at this time or later.
    pub from: Option<Timestamp>,
    /// Stored before this time.
    pub until: Option<Timestamp>,
    /// Older than this job: the last one of the page before.
    pub before: Option<JobId>,
    /// At most so many; 0 and anything above [`LONGEST_LIST`] mean [`LONGEST_LIST`].
    pub limit: usize,
}

/// What somebody looks for: a job that any of these fits.
#[derive(Debug, Clone, Default)]
pub struct JobSearch {
    /// In the sender's id (ASCII case ignored), or the job's number.
    pub text: String,
    /// For one of these printers: those whose names fit.
    pub printers: Vec<PrinterId>,
}

/// How many jobs of one printer are in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StateCount {
    /// The printer.
    pub printer: PrinterId,
    /// The state.
    pub state: StateName,
    /// How many.
    pub jobs: u64,
}

/// The jobs of that filter, newest first.
pub(crate) fn list(db: &Connection, filter: &ListFilter) -> Result<Vec<JobRecord>, SpoolError> {
    let (conditions, values) = conditions(filter);
    let limit = match filter.limit {
        0 => LONGEST_LIST,
        limit => limit.min(LONGEST_LIST),
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM jobs {} WHERE {conditions} ORDER BY id DESC LIMIT {limit}",
        way(filter)
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut jobs = Vec::new();
    while let Some(row) = rows.next()? {
        jobs.push(read_job(row)?.record);
    }
    Ok(jobs)
}

/// How many jobs there are of that filter, whatever its limit.
pub(crate) fn count(db: &Connection, filter: &ListFilter) -> Result<u64, SpoolError> {
    let (conditions, values) = conditions(filter);
    let sql = format!("SELECT count(*) FROM jobs {} WHERE {conditions}", way(filter));
    let mut statement = db.prepare_cached(&sql)?;
    let count: i64 = statement.query_row(params_from_iter(values), |row| row.get(0))?;
    Ok(count.cast_unsigned())
}

/// Rare states are found by their index and sorted; otherwise the newest rows are walked until the page is full. An index
/// for each way of looking would be written with every job; walking 10,000 rows takes some milliseconds, on the reader's thread.
fn way(filter: &ListFilter) -> &'static str {
    if filter.states.iter().all(|state| is_rare(*state)) && !filter.states.is_empty() {
        "INDEXED BY jobs_by_state"
    } else {
        "NOT INDEXED"
    }
}

fn is_rare(state: StateName) -> bool {
    matches!(
        state,
        StateName::Pending | StateName::Held | StateName::Processing | StateName::Unconfirmed
    )
}

/// What the rows have to fulfil, and the values that stand in it.
#[derive(Default)]
struct Conditions {
    all: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    /// The place of a value in the statement.
    fn value(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }

    fn compare<T: Into<Value>>(&mut self, column_and_operator: &str, value: Option<T>) {
        if let Some(value) = value {
            let place = self.value(value);
            self.all.push(format!("{column_and_operator} {place}"));
        }
    }

    fn search(&mut self, search: &JobSearch) {
        let escaped = search.text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let place = self.value(format!("%{escaped}%"));
        let mut any = vec![format!("external_id LIKE {place} ESCAPE '\\'")];
        if let Ok(number) = search.text.parse::<i64>() {
            any.push(format!("id = {}", self.value(number)));
        }
        for printer in &search.printers {
            any.push(format!("printer = {}", self.value(printer.as_str().to_owned())));
        }
        self.all.push(format!("({})", any.join(" OR ")));
    }
}

fn conditions(filter: &ListFilter) -> (String, Vec<Value>) {
    let mut conditions = Conditions { all: vec!["1".to_owned()], values: Vec::new() };
    if !filter.states.is_empty() {
        let words: Vec<_> =
            filter.states.iter().map(|state| format!("'{}'", state.as_str())).collect();
        conditions.all.push(format!("state IN ({})", words.join(", ")));
    }
    let text = |word: &str| word.to_owned();
    conditions.compare("printer =", filter.printer.as_ref().map(|printer| text(printer.as_str())));
    conditions.compare("connector =", filter.connector.map(|connector| text(connector.as_str())));
    conditions.compare("document_type =", filter.document_type.map(|kind| text(kind.as_str())));
    conditions.compare("accepted_at >=", filter.from.map(|from| from.0));
    conditions.compare("accepted_at <", filter.until.map(|until| until.0));
    conditions.compare("id <", filter.before.map(|before| before.0));
    if let Some(search) = &filter.search {
        conditions.search(search);
    }
    (conditions.all.join(" AND "), conditions.values)
}

/// A job's record, where there is one.
pub(crate) fn get(db: &Connection, id: JobId) -> Result<Option<JobRecord>, SpoolError> {
    match job(db, id) {
        Ok(row) => Ok(Some(row.record)),
        Err(SpoolError::UnknownJob(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A job's document.
pub(crate) fn document(db: &Connection, id: JobId) -> Result<Document, SpoolError> {
    read_document(db, &job(db, id)?.record)
}

/// How many jobs there are for each printer and state, counted on the index alone.
pub(crate) fn counts(db: &Connection) -> Result<Vec<StateCount>, SpoolError> {
    let mut statement = db.prepare_cached(
        "SELECT printer, state, count(*) FROM jobs INDEXED BY jobs_by_state
         GROUP BY state, printer",
    )?;
    let mut rows = statement.query([])?;
    let mut counts = Vec::new();
    while let Some(row) = rows.next()? {
        let wrong = || SpoolError::damaged("a job has an unknown word");
        counts.push(StateCount {
            printer: PrinterId::new(row.get::<_, String>(0)?).map_err(|_| wrong())?,
            state: StateName::parse(&row.get::<_, String>(1)?).ok_or_else(wrong)?,
            jobs: row.get::<_, i64>(2)?.cast_unsigned(),
        });
    }
    Ok(counts)
}
