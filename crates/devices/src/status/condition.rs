//! What a printer last said of itself.

use super::Question;
use platen_job::{StateReason, StateReasons};

/// A printer's own words, put together from whatever it said. Starts as "nothing wrong".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Condition {
    offline: bool,
    cover_open: bool,
    stopped_for_paper: bool,
    paper_end: bool,
    paper_low: bool,
    cutter: bool,
    error: bool,
    error_cause: bool,
    port: Option<StateReason>,
}

impl Condition {
    /// Takes in what the port says of the printer (USB printer class 1.1, GET_PORT_STATUS). Holds until the printer says
    /// something itself, which is truer. Zero comes from ports that know nothing.
    pub(crate) fn port(&mut self, status: u8) {
        let (no_error, selected, paper_empty) =
            (status & 0x08 != 0, status & 0x10 != 0, status & 0x20 != 0);
        self.port = match (no_error, selected) {
            _ if status == 0 => None,
            _ if paper_empty => Some(StateReason::MediaEmpty),
            (true, _) => None,
            (false, false) => Some(StateReason::Offline),
            (false, true) => Some(StateReason::DeviceError),
        };
    }

    /// Takes in the answer to a real-time question.
    pub(crate) fn answer(&mut self, question: Question, reply: u8) {
        self.port = None;
        match question {
            Question::Printer => self.offline = reply & 0x08 != 0,
            Question::OfflineCause => {
                self.cover_open = reply & 0x04 != 0;
                self.stopped_for_paper = reply & 0x20 != 0;
                self.error = reply & 0x40 != 0;
            }
            Question::ErrorCause => self.error_bits(reply),
            Question::Paper => {
                self.paper_low = reply & 0x0C != 0;
                self.paper_end = reply & 0x60 != 0;
            }
        }
    }

    /// Takes in four bytes of automatic status.
    pub(crate) fn automatic(&mut self, status: [u8; 4]) {
        let [printer, error, paper, _] = status;
        self.port = None;
        self.offline = printer & 0x08 != 0;
        self.cover_open = printer & 0x20 != 0;
        self.error = false;
        self.error_bits(error);
        self.paper_bits(paper);
    }

    /// Takes in the answer to a fence (GS r 1), which tells the paper's state.
    pub(crate) fn fence(&mut self, reply: u8) {
        self.port = None;
        self.paper_bits(reply);
    }

    fn error_bits(&mut self, bits: u8) {
        self.cutter = bits & 0x08 != 0;
        self.error_cause = bits & 0x64 != 0;
    }

    fn paper_bits(&mut self, bits: u8) {
        self.paper_low = bits & 0x03 != 0;
        self.paper_end = bits & 0x0C != 0;
        self.stopped_for_paper = self.stopped_for_paper && self.paper_end;
    }

    /// The same in the house's words. "Off line" is named only where nothing says why.
    pub(crate) fn reasons(&self) -> StateReasons {
        let mut reasons = StateReasons::none();
        if self.cover_open {
            reasons.insert(StateReason::CoverOpen);
        }
        if self.paper_end || self.stopped_for_paper {
            reasons.insert(StateReason::MediaEmpty);
        } else if self.paper_low {
            reasons.insert(StateReason::MediaLow);
        }
        if self.cutter {
            reasons.insert(StateReason::MediaJam);
        } else if self.error || self.error_cause {
            reasons.insert(StateReason::DeviceError);
        }
        if self.offline && reasons.stopping().is_empty() {
            reasons.insert(StateReason::Offline);
        }
        if let Some(port) = self.port
            && reasons.stopping().is_empty()
        {
            reasons.insert(port);
        }
        reasons
    }

    /// Whether it says that it cannot print now.
    pub(crate) fn stops_printing(&self) -> bool {
        let Condition { paper_low: _, offline, cover_open, cutter, error, error_cause, .. } = *self;
        let paper = self.paper_end || self.stopped_for_paper;
        let port = self.port.is_some();
        offline || cover_open || paper || cutter || error || error_cause || port
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use StateReason::{CoverOpen, DeviceError, MediaEmpty, MediaJam, MediaLow, Offline};

    fn asked(replies: [u8; 4]) -> StateReasons {
        let mut condition = Condition::default();
        for (question, reply) in Question::ALL.into_iter().zip(replies) {
            condition.answer(question, reply);
        }
        let reasons = condition.reasons();
        assert_eq!(condition.stops_printing(), !reasons.stopping().is_empty());
        reasons
    }

    fn told(status: [u8; 4]) -> StateReasons {
        let mut condition = Condition::default();
        condition.automatic(status);
        let reasons = condition.reasons();
        assert_eq!(condition.stops_printing(), !reasons.stopping().is_empty());
        reasons
    }

    #[test]
    fn answers_become_reasons() {
        assert_eq!(asked([0x12, 0x12, 0x12, 0x12]), StateReasons::none());
        assert_eq!(
            asked([0x16, 0x12, 0x12, 0x12]),
            StateReasons::none(),
            "an open drawer is no trouble"
        );
        assert_eq!(asked([0x1A, 0x12, 0x12, 0x12]), Offline.into());
        assert_eq!(asked([0x1A, 0x16, 0x12, 0x12]), CoverOpen.into());
        assert_eq!(asked([0x1A, 0x32, 0x12, 0x7E]), MediaEmpty.into());
        assert_eq!(asked([0x12, 0x12, 0x12, 0x1E]), MediaLow.into());
        assert_eq!(asked([0x1A, 0x52, 0x1A, 0x12]), MediaJam.into());
        assert_eq!(asked([0x1A, 0x52, 0x32, 0x12]), DeviceError.into());
    }

    #[test]
    fn automatic_status_becomes_reasons() {
        assert_eq!(told([0x10, 0, 0, 0]), StateReasons::none());
        assert_eq!(told([0x38, 0, 0, 0]), CoverOpen.into());
        assert_eq!(told([0x18, 0, 0x0F, 0]), MediaEmpty.into());
        assert_eq!(told([0x10, 0, 0x03, 0]), MediaLow.into());
        assert_eq!(told([0x18, 0x08, 0, 0]), MediaJam.into());
        assert_eq!(told([0x18, 0, 0, 0]), Offline.into());
    }

    #[test]
    fn a_ports_word_counts_until_the_printer_speaks() {
        for (status, expected) in [
            (0x18, StateReasons::none()),
            (0x38, MediaEmpty.into()),
            (0x20, MediaEmpty.into()),
            (0x10, DeviceError.into()),
            (0x08, StateReasons::none()),
            (0x01, Offline.into()),
            (0x00, StateReasons::none()),
        ] {
            let mut condition = Condition::default();
            condition.port(status);
            assert_eq!(condition.reasons(), expected, "{status:02x}");
            assert_eq!(condition.stops_printing(), !expected.is_empty(), "{status:02x}");
            condition.answer(Question::Printer, 0x12);
            assert_eq!(condition.reasons(), StateReasons::none(), "{status:02x}");
        }
    }

    #[test]
    fn good_news_clears_old_trouble() {
        let mut condition = Condition::default();
        condition.answer(Question::OfflineCause, 0x32);
        condition.automatic([0x10, 0, 0, 0]);
        assert_eq!(condition.reasons(), StateReasons::none());
        condition.answer(Question::Paper, 0x7E);
        condition.fence(0x00);
        assert_eq!(condition.reasons(), StateReasons::none());
    }
}
