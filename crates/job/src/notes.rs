//! What is worth knowing about a job beside its outcome.

use serde::{Deserialize, Serialize};

/// What was left out of a job's paper, or stands on it otherwise than its sender meant it: a line for each. Never text of the
/// document. It has a bound, so that a hostile document costs no room.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobNotes(Vec<String>);

impl JobNotes {
    /// Most lines; where there are more, the last one says so.
    pub const MOST: usize = 32;
    /// Most bytes of a line; a longer one ends with `…`.
    pub const LONGEST: usize = 120;

    /// Adds a line, unless it is there already.
    pub fn add(&mut self, line: &str) {
        let line = shortened(line);
        if line.is_empty() || self.0.contains(&line) {
            return;
        }
        if self.0.len() < Self::MOST {
            self.0.push(line);
        } else if let Some(last) = self.0.last_mut() {
            *last = "there is more that is not listed".into();
        }
    }

    /// Adds those of another.
    pub fn add_all(&mut self, more: &JobNotes) {
        more.0.iter().for_each(|line| self.add(line));
    }

    /// The lines.
    pub fn lines(&self) -> &[String] {
        &self.0
    }

    /// Whether there is nothing to know.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: AsRef<str>> FromIterator<T> for JobNotes {
    fn from_iter<I: IntoIterator<Item = T>>(lines: I) -> Self {
        let mut notes = JobNotes::default();
        lines.into_iter().for_each(|line| notes.add(line.as_ref()));
        notes
    }
}

/// On one line, without control characters, no longer than a note may be.
fn shortened(line: &str) -> String {
    let clean: String = line.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if clean.len() <= JobNotes::LONGEST {
        return clean;
    }
    let end = clean.floor_char_boundary(JobNotes::LONGEST - '…'.len_utf8());
    format!("{}…", &clean[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_have_a_bound_and_no_line_twice() {
        let mut notes: JobNotes = ["one", "one", " ", "two\nlines"].into_iter().collect();
        assert_eq!(notes.lines(), ["one", "two lines"]);
        notes.add(&"é".repeat(100));
        let longest = notes.lines().last().unwrap();
        assert!(longest.len() <= JobNotes::LONGEST && longest.ends_with("é…"), "{longest}");
        (0..100).for_each(|number| notes.add(&format!("note {number}")));
        assert_eq!(notes.lines().len(), JobNotes::MOST);
        assert_eq!(notes.lines().last().unwrap(), "there is more that is not listed");
    }
}
