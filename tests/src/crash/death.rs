//! When an engine dies: at a random moment, or in the middle of something that it does.

use super::Chance;
use std::time::{Duration, Instant};

/// What has happened so far because the engine does its work.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signs {
    /// Bytes that its printers have received.
    pub bytes: u64,
    /// Sheets that they have cut off.
    pub sheets: u64,
    /// What it has told its senders.
    pub news: u64,
    /// What they have sent it.
    pub sends: u64,
}

/// The end of an engine that has begun to live.
pub struct Death {
    moment: Moment,
    latest: Instant,
}

enum Moment {
    At(Instant),
    After(fn(&Signs) -> u64, u64, Duration),
}

impl Death {
    /// Longest life of an engine before it is killed, on a usual machine.
    const LONGEST: Duration = Duration::from_millis(1700);

    /// Somewhere in a life that begins now, on a machine that is so many times slower than a usual one.
    pub fn plan(chance: &mut Chance, slower: u32, now: &Signs) -> Death {
        let began = Instant::now();
        let soon = chance.millis(0..4) * slower;
        let some = u64::from(chance.number(1..6));
        let moment = match chance.number(0..100) {
            0..12 => Moment::At(began + chance.millis(0..350) * slower),
            12..40 => Moment::At(began + chance.millis(150..1200) * slower),
            40..60 => {
                let bytes = u64::from(chance.number(1..3000));
                Moment::After(|signs| signs.bytes, now.bytes + bytes, soon)
            }
            60..70 => Moment::After(|signs| signs.sheets, now.sheets + some, soon),
            70..85 => Moment::After(|signs| signs.news, now.news + some, soon),
            _ => {
                let soon = chance.millis(0..40) * slower;
                Moment::After(|signs| signs.sends, now.sends + some, soon)
            }
        };
        Death { moment, latest: began + Death::LONGEST * slower }
    }

    /// After that time, whatever happens.
    pub fn after(span: Duration) -> Death {
        let at = Instant::now() + span;
        Death { moment: Moment::At(at), latest: at }
    }

    /// Whether it is time.
    pub fn is_due(&mut self, signs: &Signs) -> bool {
        if let Moment::After(sign, wanted, delay) = self.moment
            && sign(signs) >= wanted
        {
            self.moment = Moment::At(Instant::now() + delay);
        }
        let now = Instant::now();
        now >= self.latest || matches!(self.moment, Moment::At(at) if now >= at)
    }
}
