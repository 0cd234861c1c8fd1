//! The commands that ask a printer something (Epson's ESC/POS reference).

/// GS a: tell every change of online state, errors and paper unasked. Most models also tell the present state at once.
/// A job's own ESC @ turns it off again.
pub(crate) const AUTO_STATUS_ON: [u8; 3] = [0x1D, 0x61, 0x0E];

/// GS r 1: answered with one byte when everything before it has been processed.
pub(crate) const FENCE: [u8; 3] = [0x1D, 0x72, 0x01];

/// A real-time question (DLE EOT n): answered at once, also while off line. Never sent inside job data, where it could
/// be part of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question {
    Printer,
    OfflineCause,
    ErrorCause,
    Paper,
}

impl Question {
    pub(crate) const ALL: [Question; 4] =
        [Question::Printer, Question::OfflineCause, Question::ErrorCause, Question::Paper];

    pub(crate) fn command(self) -> [u8; 3] {
        let n = match self {
            Question::Printer => 1,
            Question::OfflineCause => 2,
            Question::ErrorCause => 3,
            Question::Paper => 4,
        };
        [0x10, 0x04, n]
    }
}

/// GS ( H fn 48: answered with the same token when printing is complete.
pub(crate) fn confirmation(token: [u8; 4]) -> [u8; 11] {
    let [a, b, c, d] = token;
    [0x1D, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, a, b, c, d]
}

/// What a job may make the printer say by itself, which could be taken for answers to our questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct OwnQuestions {
    /// How many GS r there are at most. Image data may look like one.
    pub(crate) fences: usize,
    /// Whether there may be a DLE EOT.
    pub(crate) real_time: bool,
}

/// Looks for questions of the job's own.
pub(crate) fn own_questions(job: &[u8]) -> OwnQuestions {
    let mut found = OwnQuestions::default();
    for (index, &byte) in job.iter().enumerate() {
        if byte != 0x1D && byte != 0x10 {
            continue;
        }
        match (byte, job.get(index + 1), job.get(index + 2)) {
            (0x1D, Some(0x72), Some(1 | 2 | 4 | 49 | 50 | 52)) => found.fences += 1,
            (0x10, Some(0x04), _) => found.real_time = true,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jobs_own_questions_are_found() {
        assert_eq!(own_questions(b"\x1B@Hello\n\x1DV\x00"), OwnQuestions::default());
        let asking = own_questions(b"\x1Dr\x01text\x1Dr2\x1Dr\x07\x10\x04\x01\x1Dr");
        assert_eq!(asking, OwnQuestions { fences: 2, real_time: true });
    }
}
