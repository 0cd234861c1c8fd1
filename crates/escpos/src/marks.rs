//! What tells a piece of paper from the one that was asked for.

use crate::locale::Writing;
use crate::words::Word;
use platen_job::Mark;

/// What has to stand on paper beside the document. `None` and a [`Mark`] turn into it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks<'a> {
    /// It is not the first copy.
    pub mark: Option<Mark>,
    /// The name of the printer that it was meant for, where it comes out of another one.
    pub backup_from: Option<&'a str>,
}

impl From<Option<Mark>> for Marks<'_> {
    fn from(mark: Option<Mark>) -> Self {
        Marks { mark, backup_from: None }
    }
}

impl Marks<'_> {
    /// The lines on paper, in the document's language.
    pub(crate) fn texts(&self, writing: &Writing) -> Vec<String> {
        let mark = self.mark.map(|mark| writing.words().of_mark(mark).to_owned());
        let backup = self
            .backup_from
            .map(|printer| format!("{} {}", writing.word(Word::BackupFrom), printer.trim()));
        mark.into_iter().chain(backup).collect()
    }
}
