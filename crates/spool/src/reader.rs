//! The reader: a second thread and connection, so that a long listing never delays a job.

use crate::SpoolError;
use crate::home::Home;
use crate::request::Answer;
use crate::thread::Message;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

/// Something to be read; it carries its own way back.
pub(crate) type Question = Box<dyn FnOnce(&Connection) + Send>;

/// Answers questions until it is closed, or until nobody can ask any more.
pub(crate) fn work(db: &Connection, inbox: &mut mpsc::Receiver<Message<Question>>) {
    while let Some(Message::Work(question)) = inbox.blocking_recv() {
        question(db);
    }
}

/// Packs a question with its way back. Damage met on the way is noted, as the writer does.
pub(crate) fn question<T: Send + 'static>(
    home: Home,
    ask: impl FnOnce(&Connection) -> Result<T, SpoolError> + Send + 'static,
) -> (Question, Answer<T>) {
    let (caller, answer) = oneshot::channel();
    let question: Question = Box::new(move |db| {
        let said = ask(db);
        if let Err(damage @ SpoolError::Corrupt { .. }) = &said {
            tracing::error!(%damage, "the spool cannot be read");
            home.note_damage();
        }
        // A caller that went away does not want to know.
        let _ = caller.send(said);
    });
    (question, answer)
}

/// Copies the log into the database as far as nobody is in the way. Returns its frames, and how many are copied.
pub(crate) fn checkpoint(db: &Connection) -> Result<(i64, i64), SpoolError> {
    Ok(db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| Ok((row.get(1)?, row.get(2)?)))?)
}
