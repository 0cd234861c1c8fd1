//! How long until Odoo is asked again.

use super::answer::Trouble;
use super::settings::Rhythm;
use std::time::Duration;

/// The delays of one kind of call.
#[derive(Debug)]
pub(crate) struct Pace {
    rhythm: Rhythm,
    /// Troubles of a kind since the last answer.
    troubles: u32,
    was_refused: bool,
}

impl Pace {
    pub(crate) fn new(rhythm: Rhythm) -> Pace {
        Pace { rhythm, troubles: 0, was_refused: false }
    }

    /// Odoo has answered.
    pub(crate) fn answered(&mut self) -> Duration {
        self.troubles = 0;
        self.rhythm.poll
    }

    /// It has not. Doubles from the usual pause to its bound; refusals, which only a person changes, have their own.
    pub(crate) fn troubled(&mut self, trouble: &Trouble) -> Duration {
        let refused = trouble.needs_a_person();
        if refused != self.was_refused {
            self.troubles = 0;
        }
        self.was_refused = refused;
        let (first, most) = match refused {
            true => self.rhythm.refused,
            false => (self.rhythm.poll, self.rhythm.away),
        };
        let factor = 1_u32.checked_shl(self.troubles).unwrap_or(u32::MAX);
        self.troubles = self.troubles.saturating_add(1);
        first.saturating_mul(factor).min(most)
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::Refused;
    use super::*;

    #[test]
    fn it_backs_off_and_comes_back() {
        let mut pace = Pace::new(Rhythm::default());
        let away = Trouble::Away("gone".into());
        let refused = Trouble::Refused(Refused::Unauthorized);
        let seconds = |delay: Duration| delay.as_secs();
        let delays: Vec<u64> = (0..7).map(|_| seconds(pace.troubled(&away))).collect();
        assert_eq!(delays, [3, 6, 12, 24, 48, 60, 60]);
        let delays: Vec<u64> = (0..6).map(|_| seconds(pace.troubled(&refused))).collect();
        assert_eq!(delays, [30, 60, 120, 240, 300, 300]);
        assert_eq!(seconds(pace.answered()), 3);
        assert_eq!(seconds(pace.troubled(&away)), 3);
        for _ in 0..100 {
            pace.troubled(&away);
        }
        assert_eq!(seconds(pace.troubled(&away)), 60);
    }
}
