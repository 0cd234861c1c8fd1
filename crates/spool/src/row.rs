//! Rows to records and back.

use crate::record::{Origin, Payload, Told};
use crate::{JobRecord, SpoolError};
use platen_job::{
    ConnectorId, DocumentFormat, DocumentType, ExternalId, JobId, JobState, Mark, OnTrouble,
    Outcome, PrinterId, PrinterName, Priority, ReplyContext, StateReasons, Timestamp,
};
use rusqlite::Row;

/// What [`read_job`] reads, in its order.
pub(crate) const COLUMNS: &str = "id, connector, external_id, printer, document_type, document_format, priority, \
     on_trouble, mark, reply, fingerprint, payload_bytes, payload_gone, state, reasons, outcome, lease_seq, \
     accepted_at, started_at, settled_at, expires_at, origin, sender_job, report_id, reported_at, backup_from";

/// How many columns that are.
pub(crate) const WIDTH: usize = 26;

/// A job's row: the record, and what only the spool itself needs.
#[derive(Debug, Clone)]
pub(crate) struct JobRow {
    pub(crate) record: JobRecord,
    /// The lease that it holds. Processing without one: it may have started in an earlier run.
    pub(crate) lease: Option<crate::LeaseSeq>,
    pub(crate) report: Option<i64>,
}

/// Reads the columns of [`COLUMNS`], from the first one on.
pub(crate) fn read_job(row: &Row<'_>) -> Result<JobRow, SpoolError> {
    let outcome = outcome(row.get_ref(15)?.as_str_or_null().map_err(wrong)?)?;
    let state = state(text(row, 13)?, text(row, 14)?, outcome.as_ref())?;
    let report: Option<i64> = row.get(23)?;
    let told = match (report, row.get(24)?) {
        (Some(_), _) => Told::Owed,
        (None, Some(at)) => Told::At { at: Timestamp(at) },
        (None, None) => Told::Nothing,
    };
    let origin = row.get::<_, Option<i64>>(21)?;
    let sender_job = row.get::<_, Option<i64>>(22)?.map(JobId);
    let record = JobRecord {
        id: job_id(row.get(0)?)?,
        connector: known(ConnectorId::parse(text(row, 1)?))?,
        external_id: row
            .get::<_, Option<String>>(2)?
            .map(ExternalId::new)
            .transpose()
            .map_err(wrong)?,
        printer: PrinterId::new(text(row, 3)?).map_err(wrong)?,
        document_type: known(DocumentType::parse(text(row, 4)?))?,
        document_format: known(DocumentFormat::parse(text(row, 5)?))?,
        priority: Priority::from_rank(row.get(6)?),
        on_trouble: known(on_trouble(text(row, 7)?))?,
        mark: match row.get_ref(8)?.as_str_or_null().map_err(wrong)? {
            Some(word) => Some(known(mark(word))?),
            None => None,
        },
        reply: ReplyContext(row.get(9)?),
        fingerprint: row.get::<_, i64>(10)?.cast_unsigned(),
        state,
        outcome,
        accepted_at: Timestamp(row.get(17)?),
        started_at: row.get::<_, Option<i64>>(18)?.map(Timestamp),
        settled_at: row.get::<_, Option<i64>>(19)?.map(Timestamp),
        expires_at: row.get::<_, Option<i64>>(20)?.map(Timestamp),
        origin: origin.map(|job| Origin { job: JobId(job), sender_job }),
        backup_from: row
            .get::<_, Option<String>>(25)?
            .map(PrinterName::new)
            .transpose()
            .map_err(wrong)?,
        payload_bytes: row.get::<_, i64>(11)?.cast_unsigned(),
        payload: if row.get(12)? { Payload::Retired } else { Payload::Kept },
        told,
    };
    Ok(JobRow { record, lease: row.get::<_, Option<i64>>(16)?.map(crate::LeaseSeq), report })
}

/// Highest number of a job: every JSON reader can hold it.
const HIGHEST_ID: i64 = 1 << 53;

/// A stored number of a job; one that was never given is damage, and counting on from it would not end well.
pub(crate) fn job_id(number: i64) -> Result<JobId, SpoolError> {
    if (1..HIGHEST_ID).contains(&number) {
        Ok(JobId(number))
    } else {
        Err(SpoolError::damaged("a job's number is impossible"))
    }
}

/// An outcome from its stored form.
pub(crate) fn outcome(json: Option<&str>) -> Result<Option<Outcome>, SpoolError> {
    json.map(serde_json::from_str).transpose().map_err(wrong)
}

/// An outcome's stored form.
pub(crate) fn outcome_json(outcome: &Outcome) -> Result<String, SpoolError> {
    serde_json::to_string(outcome)
        .map_err(|_| SpoolError::Io { what: "an outcome could not be written as JSON".into() })
}

fn state(word: &str, reasons: &str, outcome: Option<&Outcome>) -> Result<JobState, SpoolError> {
    Ok(match (word, outcome) {
        ("pending", _) => JobState::Pending,
        ("held", _) => JobState::Held { reasons: StateReasons::from_keywords(reasons) },
        ("processing", _) => JobState::Processing,
        ("completed", Some(Outcome::Completed { evidence })) => {
            JobState::Completed { evidence: *evidence }
        }
        ("aborted", Some(_)) => JobState::Aborted,
        ("canceled", Some(_)) => JobState::Canceled,
        ("expired", Some(_)) => JobState::Expired,
        ("unconfirmed", Some(_)) => JobState::Unconfirmed,
        ("reprinted", Some(_)) => JobState::Reprinted,
        _ => return Err(SpoolError::damaged("a job's state is unknown")),
    })
}

/// What a held job's printer lacks, as it is stored; empty in every other state.
pub(crate) fn reasons_of(state: &JobState) -> String {
    match state {
        JobState::Held { reasons } => reasons.to_keywords(),
        _ => String::new(),
    }
}

pub(crate) fn on_trouble_word(on_trouble: OnTrouble) -> &'static str {
    match on_trouble {
        OnTrouble::Hold => "hold",
        OnTrouble::Abort => "abort",
    }
}

fn on_trouble(word: &str) -> Option<OnTrouble> {
    [OnTrouble::Hold, OnTrouble::Abort].into_iter().find(|known| on_trouble_word(*known) == word)
}

pub(crate) fn mark_word(mark: Mark) -> &'static str {
    match mark {
        Mark::Reprint => "reprint",
        Mark::PossibleDuplicate => "possible-duplicate",
    }
}

fn mark(word: &str) -> Option<Mark> {
    [Mark::Reprint, Mark::PossibleDuplicate].into_iter().find(|known| mark_word(*known) == word)
}

fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str, SpoolError> {
    row.get_ref(column)?.as_str().map_err(wrong)
}

fn known<T>(value: Option<T>) -> Result<T, SpoolError> {
    value.ok_or_else(|| SpoolError::damaged("a job has an unknown word"))
}

fn wrong<E>(_: E) -> SpoolError {
    SpoolError::damaged("a job's row is not readable")
}
