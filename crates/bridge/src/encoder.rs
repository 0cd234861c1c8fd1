//! Turns documents into printer bytes, away from everything else: on a thread of its own, for a bounded time, with a mark
//! that outlives the process.
//!
//! Whatever a document does, it is this one job's trouble: an error in the encoder aborts the job, a thread that does not end
//! is left to itself (a few of them, then no more documents are begun), and a document at which the process died is
//! tried again alone, so that no other job is blamed, and not more than a few times.

use crate::settings::Emulation;
use bytes::Bytes;
use platen_devices::PrintFormat;
use platen_escpos::{Marks, Profile};
use platen_job::{
    AbortReason, Document, JobId, JobNotes, Mark, Outcome, PrinterName, StateReasons,
};
use platen_spool::{JobRecord, LeaseSeq, Spool};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{RwLock, oneshot};

/// How long one document may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Threads that may be left to themselves before no further document is begun.
const MOST_STUCK: usize = 4;
/// Processes that may die at one document.
const MOST_DEATHS: u32 = 3;
/// Deeply nested documents need room; only what is used of it takes memory.
const STACK: usize = 8 * 1024 * 1024;

/// The way from documents to bytes, one for all printers.
pub struct Encoder {
    spool: Spool,
    /// Held shared by everybody, and alone by a job at which the process died before.
    turn: RwLock<()>,
    stuck: Stuck,
    patience: Duration,
}

/// What a document is made for.
#[derive(Debug, Clone)]
pub struct Target {
    /// The printer's model.
    pub profile: Arc<Profile>,
    /// What it understands.
    pub emulation: Emulation,
}

/// A document as its printer gets it.
#[derive(Debug, PartialEq)]
pub struct Prepared {
    /// The bytes of the whole job.
    pub bytes: Bytes,
    /// What they are.
    pub format: PrintFormat,
    /// What the paper does not show as the sender meant it.
    pub notes: JobNotes,
}

/// What has to stand on a job's paper beside its document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaperMarks {
    mark: Option<Mark>,
    backup_from: Option<PrinterName>,
}

impl From<&JobRecord> for PaperMarks {
    fn from(record: &JobRecord) -> Self {
        PaperMarks { mark: record.mark, backup_from: record.backup_from.clone() }
    }
}

impl<'a> From<&'a PaperMarks> for Marks<'a> {
    fn from(marks: &'a PaperMarks) -> Self {
        Marks { mark: marks.mark, backup_from: marks.backup_from.as_ref().map(PrinterName::as_str) }
    }
}

impl Encoder {
    /// An encoder that keeps its marks with that spool.
    pub fn new(spool: Spool) -> Self {
        Encoder { spool, turn: RwLock::default(), stuck: Stuck::default(), patience: PATIENCE }
    }

    /// A document's bytes for one printer, or what became of the job. Raw bytes without a mark are not copied. May be dropped at
    /// any time.
    pub async fn encode(
        &self,
        id: JobId,
        document: Document,
        target: &Target,
        marks: PaperMarks,
    ) -> Result<Prepared, Outcome> {
        let Target { profile, emulation } = target.clone();
        if emulation == Emulation::Documents {
            if let Some(whole) = as_it_is(&document, &marks) {
                return Ok(whole);
            }
            if matches!(document, Document::Drawer(_)) {
                return Err(Outcome::unprintable("an office printer has no cash drawer"));
            }
            return self.encode_carefully(id, move || picture(&document, &profile, &marks)).await;
        }
        match &document {
            Document::Raw(bytes) if !bytes.is_empty() && marks == PaperMarks::default() => {
                return Ok(whole(bytes, PrintFormat::Raw));
            }
            Document::Raw(_) | Document::Drawer(_) => {
                return commands(&document, &profile, &marks);
            }
            _ => {}
        }
        self.encode_carefully(id, move || commands(&document, &profile, &marks)).await
    }

    /// What a document looks like on a printer's paper: a PNG. As careful as [`Encoder::encode`].
    pub async fn picture(
        &self,
        id: JobId,
        document: Document,
        profile: Arc<Profile>,
        marks: PaperMarks,
    ) -> Result<Prepared, Outcome> {
        self.encode_carefully(id, move || picture(&document, &profile, &marks)).await
    }

    /// Does the work on a thread, unless the process has died of it too often.
    async fn encode_carefully(
        &self,
        id: JobId,
        work: impl FnOnce() -> Result<Prepared, Outcome> + Send + 'static,
    ) -> Result<Prepared, Outcome> {
        let deaths = self.spool.deaths(id);
        if deaths >= MOST_DEATHS {
            tracing::error!(job = %id, deaths, "the process died at this document again and again");
            // Forgotten with the job, which is settled now.
            drop(self.spool.encoding(id));
            return Err(aborted(AbortReason::EncodingDeadly));
        }
        if self.stuck.count() >= MOST_STUCK {
            return Err(aborted(AbortReason::EncodersStuck));
        }
        if deaths == 0 {
            let _turn = self.turn.read().await;
            self.run(id, work).await
        } else {
            let _turn = self.turn.write().await;
            self.run(id, work).await
        }
    }

    async fn run(
        &self,
        id: JobId,
        work: impl FnOnce() -> Result<Prepared, Outcome> + Send + 'static,
    ) -> Result<Prepared, Outcome> {
        let (answer, done) = oneshot::channel();
        let mark = self.spool.encoding(id);
        let life = Arc::new(());
        let watch = self.stuck.watch(&life);
        let thread = std::thread::Builder::new().name("encoder".into()).stack_size(STACK);
        let spawned = thread.spawn(move || {
            let _life = life;
            let said = work();
            drop(mark);
            // Whoever asked may be gone.
            let _ = answer.send(said);
        });
        if let Err(error) = spawned {
            tracing::error!(%error, "no thread can be started");
            return Err(aborted(AbortReason::EncodersStuck));
        }
        match tokio::time::timeout(self.patience, done).await {
            Ok(Ok(said)) => {
                watch.over();
                said
            }
            Ok(Err(_)) => {
                watch.over();
                tracing::error!(job = %id, "the encoder panicked at a document");
                Err(aborted(AbortReason::EncodingFailed))
            }
            Err(_) => {
                tracing::error!(job = %id, "a document takes too long to encode; it is given up");
                Err(aborted(AbortReason::EncodingTooSlow))
            }
        }
    }
}

/// The document as commands of that printer.
fn commands(
    document: &Document,
    profile: &Profile,
    marks: &PaperMarks,
) -> Result<Prepared, Outcome> {
    match platen_escpos::encode(document, profile, marks) {
        Ok(encoded) => Ok(Prepared {
            bytes: encoded.bytes.into(),
            format: PrintFormat::Raw,
            notes: encoded.notes.iter().map(ToString::to_string).collect(),
        }),
        Err(error) => Err(Outcome::unprintable(error.to_string())),
    }
}

/// The document as a picture of that printer's paper.
fn picture(
    document: &Document,
    profile: &Profile,
    marks: &PaperMarks,
) -> Result<Prepared, Outcome> {
    let Prepared { bytes, notes, .. } = commands(document, profile, marks)?;
    let bytes = platen_escpos::paper::picture(&bytes, profile).into();
    Ok(Prepared { bytes, format: PrintFormat::Png, notes })
}

/// A document that a spooler takes whole. Not where something has to stand beside it: a mark cannot be put into it.
fn as_it_is(document: &Document, marks: &PaperMarks) -> Option<Prepared> {
    if *marks != PaperMarks::default() {
        return None;
    }
    match document {
        Document::Pdf(pdf) => Some(whole(&pdf.bytes, PrintFormat::Pdf)),
        Document::Image(image) if image.bytes.starts_with(b"\x89PNG\r\n\x1a\n") => {
            Some(whole(&image.bytes, PrintFormat::Png))
        }
        Document::Image(image) if image.bytes.starts_with(b"\xff\xd8\xff") => {
            Some(whole(&image.bytes, PrintFormat::Jpeg))
        }
        _ => None,
    }
}

fn whole(bytes: &Bytes, format: PrintFormat) -> Prepared {
    Prepared { bytes: bytes.clone(), format, notes: JobNotes::default() }
}

fn aborted(reason: AbortReason) -> Outcome {
    Outcome::aborted(reason, StateReasons::none())
}

/// Threads that nobody waits for any more, as long as they live.
#[derive(Default)]
struct Stuck(Mutex<Vec<Weak<()>>>);

/// Watches a thread: dropped before [`Watch::over`], the thread is left to itself.
struct Watch<'a> {
    stuck: &'a Stuck,
    life: Option<Weak<()>>,
}

impl Stuck {
    fn watch(&self, life: &Arc<()>) -> Watch<'_> {
        Watch { stuck: self, life: Some(Arc::downgrade(life)) }
    }

    fn count(&self) -> usize {
        let mut lives = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lives.retain(|life| life.strong_count() > 0);
        lives.len()
    }
}

impl Watch<'_> {
    fn over(mut self) {
        self.life = None;
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if let Some(life) = self.life.take() {
            self.stuck.0.lock().unwrap_or_else(PoisonError::into_inner).push(life);
        }
    }
}

/// Four characters from 0x20 to 0x7E that name an attempt in the printer's confirmation.
pub fn token(seq: LeaseSeq) -> [u8; 4] {
    const CHARACTERS: u64 = 0x7E - 0x20 + 1;
    let mut rest = seq.0.unsigned_abs();
    std::array::from_fn(|_| {
        let digit = u8::try_from(rest % CHARACTERS).unwrap_or(0);
        rest /= CHARACTERS;
        0x20 + digit
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use platen_job::{DrawerPin, Picture, PictureOptions};
    use platen_spool::SpoolOptions;
    use std::sync::mpsc;

    const JOB: JobId = JobId(1);

    fn encoder(dir: &std::path::Path) -> Encoder {
        Encoder::new(Spool::open_now(dir, &SpoolOptions::default()).unwrap().0)
    }

    fn reason(said: Result<Prepared, Outcome>) -> AbortReason {
        match said {
            Err(Outcome::Aborted { reason, .. }) => reason,
            Err(other) => panic!("{other:?}"),
            Ok(_) => panic!("it was prepared"),
        }
    }

    fn empty() -> Result<Prepared, Outcome> {
        Ok(whole(&Bytes::from_static(b"x"), PrintFormat::Raw))
    }

    fn target() -> Target {
        let profile = Arc::new(Profile::builtin("generic-80").unwrap());
        Target { profile, emulation: Emulation::EscPos }
    }

    #[tokio::test]
    async fn an_office_printer_gets_documents_whole_and_anything_else_as_a_picture() {
        let dir = tempfile::tempdir().unwrap();
        let encoder = encoder(dir.path());
        let office = Target { emulation: Emulation::Documents, ..target() };
        let file = |bytes: &'static [u8]| {
            let (bytes, options) = (Bytes::from_static(bytes), PictureOptions::default());
            Box::new(Picture { bytes, options })
        };
        let encode = |document, marks| encoder.encode(JOB, document, &office, marks);
        for (document, format) in [
            (Document::Pdf(file(b"%PDF-1.7 whatever")), PrintFormat::Pdf),
            (Document::Image(file(b"\x89PNG\r\n\x1a\nwhatever")), PrintFormat::Png),
            (Document::Image(file(b"\xff\xd8\xffwhatever")), PrintFormat::Jpeg),
        ] {
            let (Document::Pdf(sent) | Document::Image(sent)) = document.clone() else { continue };
            let prepared = encode(document, PaperMarks::default()).await.unwrap();
            assert_eq!(prepared, whole(&sent.bytes, format));
        }
        let text = Document::Text("Two soups".into());
        let plain = encode(text.clone(), PaperMarks::default()).await.unwrap();
        assert_eq!(plain.format, PrintFormat::Png);
        assert!(plain.bytes.starts_with(b"\x89PNG"));
        let again = PaperMarks { mark: Some(Mark::Reprint), backup_from: None };
        let marked = encode(text, again.clone()).await.unwrap();
        assert!(marked.bytes.len() > plain.bytes.len(), "the mark is on the picture");
        let drawn = encode(Document::Pdf(file(b"no PDF at all")), again).await;
        assert!(drawn.is_err(), "what has to be marked is drawn by Platen: {drawn:?}");
        let drawer = encode(Document::Drawer(DrawerPin::Pin2), PaperMarks::default()).await;
        assert!(drawer.unwrap_err().message().contains("no cash drawer"));
    }

    #[tokio::test]
    async fn a_document_that_cannot_be_printed_says_why() {
        let dir = tempfile::tempdir().unwrap();
        let encoder = encoder(dir.path());
        let target = target();
        let said =
            encoder.encode(JOB, Document::Text(" ".into()), &target, PaperMarks::default()).await;
        let Err(outcome) = said else { panic!("nothing was prepared") };
        assert!(outcome.message().ends_with("there is nothing to print."), "{}", outcome.message());
    }

    #[tokio::test]
    async fn a_panic_is_one_jobs_trouble() {
        let dir = tempfile::tempdir().unwrap();
        let encoder = encoder(dir.path());
        let said = encoder.run(JOB, || panic!("as tested")).await;
        assert_eq!(reason(said), AbortReason::EncodingFailed);
        assert_eq!((encoder.stuck.count(), encoder.spool.deaths(JOB)), (0, 0));
        assert_eq!(encoder.run(JOB, empty).await.unwrap().bytes, b"x".as_slice());
    }

    #[tokio::test]
    async fn a_document_without_end_is_given_up_and_only_a_few_of_them_are_begun() {
        let dir = tempfile::tempdir().unwrap();
        let mut encoder = encoder(dir.path());
        encoder.patience = Duration::from_millis(1);
        let mut ends = Vec::new();
        for _ in 0..MOST_STUCK {
            let (end, wait) = mpsc::channel::<()>();
            let said = encoder
                .run(JOB, move || {
                    let _ = wait.recv();
                    empty()
                })
                .await;
            assert_eq!(reason(said), AbortReason::EncodingTooSlow);
            ends.push(end);
        }
        let target = target();
        let text = || Document::Text("later".into());
        let said = encoder.encode(JOB, text(), &target, PaperMarks::default()).await;
        assert_eq!(reason(said), AbortReason::EncodersStuck);
        assert!(
            encoder
                .encode(JOB, Document::Raw("raw".into()), &target, PaperMarks::default())
                .await
                .is_ok()
        );
        drop(ends);
        encoder.patience = PATIENCE;
        while encoder.stuck.count() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(encoder.encode(JOB, text(), &target, PaperMarks::default()).await.is_ok());
    }

    #[tokio::test]
    async fn a_document_at_which_the_process_dies_is_tried_alone_and_not_for_ever() {
        let dir = tempfile::tempdir().unwrap();
        let target = target();
        let text = || Document::Text("deadly".into());
        for _ in 0..MOST_DEATHS {
            let encoder = encoder(dir.path());
            // Never dropped: as if the process had died.
            std::mem::forget(encoder.spool.encoding(JOB));
            encoder.spool.clone().close().await;
        }
        let encoder = encoder(dir.path());
        let said = encoder.encode(JOB, text(), &target, PaperMarks::default()).await;
        assert_eq!(reason(said), AbortReason::EncodingDeadly);
        assert!(encoder.encode(JobId(2), text(), &target, PaperMarks::default()).await.is_ok());
    }

    #[test]
    fn neighbouring_attempts_have_different_printable_tokens() {
        let tokens: Vec<_> = (1..2000).map(|seq| token(LeaseSeq(seq))).collect();
        assert!(tokens.iter().flatten().all(|byte| (0x20..=0x7E).contains(byte)));
        assert!(tokens.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
