//! Looking things up: never on the writer's thread.

use crate::accept::read_document;
use crate::book::job;
use crate::record::StateName;
use crate::row::{COLUMNS, read_job};
use crate::{JobRecord, SpoolError};
use platen_job::{ConnectorId, Document, JobId, PrinterId};
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
    /// With this text in the sender's id (ASCII case ignored), or with this number. Documents are not searched.
    pub text: Option<String>,
    /// Older than this job: the last one of the page before.
    pub before: Option<JobId>,
    /// At most so many; 0 and anything above [`LONGEST_LIST`] mean [`LONGEST_LIST`].
    pub limit: usize,
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
    // Rare states are found by their index and sorted; otherwise the newest rows are walked until the page is full.
    let way = if filter.states.iter().all(|state| is_rare(*state)) && !filter.states.is_empty() {
        "INDEXED BY jobs_by_state"
    } else {
        "NOT INDEXED"
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM jobs {way} WHERE {conditions} ORDER BY id DESC LIMIT {limit}"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut jobs = Vec::new();
    while let Some(row) = rows.next()? {
        jobs.push(read_job(row)?.record);
    }
    Ok(jobs)
}

fn is_rare(state: StateName) -> bool {
    matches!(
        state,
        StateName::Pending | StateName::Held | StateName::Processing | StateName::Unconfirmed
    )
}

fn conditions(filter: &ListFilter) -> (String, Vec<Value>) {
    let mut conditions = vec!["1".to_owned()];
    let mut values: Vec<Value> = Vec::new();
    if !filter.states.is_empty() {
        let words: Vec<_> =
            filter.states.iter().map(|state| format!("'{}'", state.as_str())).collect();
        conditions.push(format!("state IN ({})", words.join(", ")));
    }
    if let Some(printer) = &filter.printer {
        values.push(printer.as_str().to_owned().into());
        conditions.push(format!("printer = ?{}", values.len()));
    }
    if let Some(connector) = filter.connector {
        values.push(connector.as_str().to_owned().into());
        conditions.push(format!("connector = ?{}", values.len()));
    }
    if let Some(before) = filter.before {
        values.push(before.0.into());
        conditions.push(format!("id < ?{}", values.len()));
    }
    if let Some(text) = &filter.text {
        let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        values.push(format!("%{escaped}%").into());
        values.push(text.parse::<i64>().map_or(Value::Null, Value::from));
        conditions.push(format!(
            "(external_id LIKE ?{} ESCAPE '\\' OR id = ?{})",
            values.len() - 1,
            values.len()
        ));
    }
    (conditions.join(" AND "), values)
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
