//! A job that has been checked and may be stored.

use crate::{
    ConnectorId, Document, DocumentType, ExternalId, JobNotes, PrinterId, Priority, Timestamp,
};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// A print job as a connector hands it over: complete, checked, not yet stored.
#[derive(Debug, Clone)]
pub struct Job {
    /// Who sent it.
    pub connector: ConnectorId,
    /// The sender's id, where it has one. `None` is never deduplicated: two copies may be meant.
    pub external_id: Option<ExternalId>,
    /// Where to print it.
    pub printer: PrinterId,
    /// What is on it, for time-outs and policy.
    pub document_type: DocumentType,
    /// What to print.
    pub document: Document,
    /// How urgent it is.
    pub priority: Priority,
    /// What to do when the printer is in trouble before the first byte.
    pub on_trouble: OnTrouble,
    /// Print it before this moment or never. `None`: the engine's setting for the document type applies.
    pub expires_at: Option<Timestamp>,
    /// What has to stand on the paper because this is not the first copy.
    pub mark: Option<Mark>,
    /// The connector's own note, given back with the outcome. At most 4 KiB; never holds receipt text.
    pub reply: ReplyContext,
    /// A digest of what the sender sent, to notice the same id with other content.
    pub fingerprint: u64,
    /// What of the sender's message is not in the document, such as fields that are not known.
    pub notes: JobNotes,
}

/// What a connector needs to answer later, also after a restart: its own JSON, opaque to everyone else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReplyContext(pub String);

/// What happens to a job whose printer cannot print before the first byte is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnTrouble {
    /// It is held until the printer is back or its time is over.
    #[default]
    Hold,
    /// It is aborted at once, and its sender told why (a test print: nobody waits for it).
    Abort,
}

/// A mark on paper that tells a copy from the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// A person asked for another copy.
    Reprint,
    /// The first copy may already be on paper.
    PossibleDuplicate,
}

impl Mark {
    /// The words on paper.
    pub fn text(self) -> &'static str {
        match self {
            Mark::Reprint => "REPRINT",
            Mark::PossibleDuplicate => "POSSIBLE DUPLICATE",
        }
    }
}

/// Bounds on what a job may be.
#[derive(Debug, Clone, Copy)]
pub struct JobLimits {
    /// Most bytes of one document.
    pub document_bytes: usize,
}

impl Default for JobLimits {
    fn default() -> Self {
        JobLimits { document_bytes: 16 * 1024 * 1024 }
    }
}

impl Job {
    /// A job as most are: without an id of its sender's, of usual urgency, held while its printer is in trouble, the first copy,
    /// with nothing to be given back and no digest. What is different is said in place of these.
    pub fn new(
        connector: ConnectorId,
        printer: PrinterId,
        document_type: DocumentType,
        document: Document,
    ) -> Job {
        Job {
            connector,
            external_id: None,
            printer,
            document_type,
            document,
            priority: Priority::Normal,
            on_trouble: OnTrouble::Hold,
            expires_at: None,
            mark: None,
            reply: ReplyContext::default(),
            fingerprint: 0,
            notes: JobNotes::default(),
        }
    }

    /// A digest of a document as it came (FNV-1a, 64 bit): equal content gives an equal digest on every platform.
    pub fn fingerprint_of(parts: &[&[u8]]) -> u64 {
        let mut digest: u64 = 0xcbf2_9ce4_8422_2325;
        for byte in parts.iter().flat_map(|part| part.iter()) {
            digest = (digest ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        digest
    }

    /// The document's stored form, for size limits and the spool.
    ///
    /// # Errors
    /// [`crate::DocumentError`] where it cannot be written as JSON.
    pub fn payload(&self) -> Result<Bytes, crate::DocumentError> {
        self.document.to_payload()
    }
}
