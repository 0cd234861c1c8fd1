//! Whether an offer is for this till, and whether now is the time. Pure: the keeper carries it out.

use crate::busy::BusyHours;
use crate::memory::Memory;
use crate::offer::Offer;
use crate::settings::{Channel, UpdateMode, UpdateSettings};
use jiff::Zoned;
use jiff::civil::DateTime;
use platen_job::Timestamp;
use semver::Version;

/// Everything that a decision rests on.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The version that runs.
    pub running: &'a Version,
    /// This till's own id.
    pub till: &'a str,
    /// What the shop wants.
    pub settings: &'a UpdateSettings,
    /// What this till remembers.
    pub memory: &'a Memory,
    /// What installing takes here.
    pub way: Way,
    /// Whether a person asked.
    pub asked: Asked,
    /// Whether anything is printed.
    pub queues: Queues,
    /// The till's own clock.
    pub now: &'a Zoned,
}

/// What installing takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Nobody.
    Alone,
    /// An administrator's password: a package of the system.
    Administrator,
    /// The system's package manager, or whoever put the program where it is: Platen may not write there.
    Elsewhere,
}

/// What a person asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Asked {
    /// Nothing; the clock did.
    #[default]
    Nothing,
    /// Whether there is an update.
    Look,
    /// To install it.
    Install,
}

/// Whether anything is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queues {
    /// No job waits or is being printed.
    Idle,
    /// One does.
    Busy,
}

/// What is to be done with an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Install it now.
    Install,
    /// It is for this till, but not now.
    Wait(Wait),
    /// It is not for this till.
    Leave(Leave),
}

/// What an offer waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wait {
    /// A person who has it installed.
    Person,
    /// Whoever looks after the computer.
    Elsewhere,
    /// The end of the busy hours; none where they have none.
    Hours(Option<DateTime>),
    /// The last job.
    Queues,
}

/// Why an offer is not for this till.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// What runs is as new.
    NotNewer,
    /// It is not out yet, and this till takes what is.
    OtherChannel,
    /// It did not run here.
    RolledBack,
    /// Its package was refused.
    Refused,
    /// It could not be installed, and is tried again once a day.
    NotInstalled,
    /// Other tills come first.
    NotYet,
}

/// What is to be done with an offer.
pub fn decide(offer: &Offer, situation: &Situation<'_>) -> Decision {
    match leave(offer, situation) {
        Some(why) => Decision::Leave(why),
        None => wait(situation).map_or(Decision::Install, Decision::Wait),
    }
}

fn leave(offer: &Offer, situation: &Situation<'_>) -> Option<Leave> {
    let Situation { running, till, settings, memory, asked, now, .. } = situation;
    // Also what a person asks for: these would break the till, or were never meant for it.
    if offer.version <= **running {
        return Some(Leave::NotNewer);
    }
    if settings.channel == Channel::Stable && !offer.version.pre.is_empty() {
        return Some(Leave::OtherChannel);
    }
    if memory.rolled_back.contains(&offer.version) {
        return Some(Leave::RolledBack);
    }
    if *asked != Asked::Nothing {
        return None;
    }
    if memory.has_refused(offer) {
        return Some(Leave::Refused);
    }
    if memory.has_just_failed(&offer.version, Timestamp(now.timestamp().as_millisecond())) {
        return Some(Leave::NotInstalled);
    }
    (!offer.reach.has(till, &offer.version)).then_some(Leave::NotYet)
}

fn wait(situation: &Situation<'_>) -> Option<Wait> {
    let Situation { settings, way, asked, queues, now, .. } = situation;
    if *way == Way::Elsewhere {
        return Some(Wait::Elsewhere);
    }
    let by_itself = settings.mode == UpdateMode::Automatic && *way == Way::Alone;
    if !by_itself && *asked != Asked::Install {
        return Some(Wait::Person);
    }
    let now = now.datetime();
    let free = BusyHours::free_from(&settings.busy_hours, now);
    if free != Some(now) {
        return Some(Wait::Hours(free));
    }
    (*queues == Queues::Busy).then_some(Wait::Queues)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Refused;
    use crate::offer::{Fingerprint, Reach};
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use serde_json::json;

    /// A till where everything is as an update wants it; each test changes one thing.
    struct Shop {
        running: Version,
        settings: UpdateSettings,
        memory: Memory,
        way: Way,
        asked: Asked,
        queues: Queues,
        hour: i8,
    }

    impl Default for Shop {
        fn default() -> Self {
            Shop {
                running: Version::new(0, 1, 0),
                settings: UpdateSettings::default(),
                memory: Memory::default(),
                way: Way::Alone,
                asked: Asked::Nothing,
                queues: Queues::Idle,
                hour: 4,
            }
        }
    }

    impl Shop {
        fn decide(&self, offer: &Offer) -> Decision {
            let Shop { running, settings, memory, way, asked, queues, hour } = self;
            let now = date(2026, 11, 28).at(*hour, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap();
            decide(
                offer,
                &Situation {
                    running,
                    settings,
                    memory,
                    now: &now,
                    till: "till-1",
                    way: *way,
                    asked: *asked,
                    queues: *queues,
                },
            )
        }

        fn with_lunch(mut self) -> Shop {
            self.settings.busy_hours = vec!["11:30-14:30".parse().unwrap()];
            self
        }
    }

    fn offer(version: &str) -> Offer {
        Offer {
            version: version.parse().unwrap(),
            reach: Reach::ALL,
            package: Fingerprint::of(version),
        }
    }

    #[test]
    fn a_newer_version_is_installed_when_nothing_is_printed() {
        let mut shop = Shop::default();
        assert_eq!(shop.decide(&offer("0.2.0")), Decision::Install);
        shop.queues = Queues::Busy;
        assert_eq!(shop.decide(&offer("0.2.0")), Decision::Wait(Wait::Queues));
    }

    #[test]
    fn a_job_that_waits_holds_it_up_whoever_asks() {
        let shop = Shop { queues: Queues::Busy, asked: Asked::Install, ..Shop::default() };
        assert_eq!(shop.decide(&offer("0.2.0")), Decision::Wait(Wait::Queues));
    }

    #[test]
    fn busy_hours_hold_it_up_whoever_asks() {
        for asked in [Asked::Nothing, Asked::Look, Asked::Install] {
            let shop = Shop { hour: 12, asked, ..Shop::default().with_lunch() };
            let free = date(2026, 11, 28).at(14, 30, 0, 0);
            assert_eq!(shop.decide(&offer("0.2.0")), Decision::Wait(Wait::Hours(Some(free))));
            let shop = Shop { hour: 15, ..shop };
            assert_eq!(shop.decide(&offer("0.2.0")), Decision::Install);
        }
    }

    #[test]
    fn never_an_older_one_nor_the_same() {
        let shop = Shop { asked: Asked::Install, ..Shop::default() };
        for version in ["0.1.0", "0.0.9", "0.1.0-beta.1"] {
            assert_eq!(shop.decide(&offer(version)), Decision::Leave(Leave::NotNewer));
        }
    }

    #[test]
    fn what_is_not_out_yet_is_for_those_who_want_it() {
        let mut shop = Shop::default();
        let beta = offer("0.2.0-beta.1");
        assert_eq!(shop.decide(&beta), Decision::Leave(Leave::OtherChannel));
        shop.settings.channel = Channel::Beta;
        assert_eq!(shop.decide(&beta), Decision::Install);
    }

    #[test]
    fn a_version_that_did_not_run_here_is_never_tried_again() {
        let mut shop = Shop { asked: Asked::Install, ..Shop::default() };
        shop.memory.roll_back("0.2.0".parse().unwrap());
        assert_eq!(shop.decide(&offer("0.2.0")), Decision::Leave(Leave::RolledBack));
        assert_eq!(shop.decide(&offer("0.2.1")), Decision::Install);
    }

    #[test]
    fn a_refused_package_is_tried_again_only_by_a_person_or_when_it_is_another_one() {
        let mut shop = Shop::default();
        let refused = offer("0.2.0");
        shop.memory.refused =
            Some(Refused { package: refused.package.clone(), version: refused.version.clone() });
        assert_eq!(shop.decide(&refused), Decision::Leave(Leave::Refused));
        let mended = Offer { package: Fingerprint::of("signed anew"), ..refused.clone() };
        assert_eq!(shop.decide(&mended), Decision::Install);
        shop.asked = Asked::Look;
        assert_eq!(shop.decide(&refused), Decision::Install);
    }

    #[test]
    fn a_version_that_is_held_back_is_for_those_who_ask() {
        let held = Offer { reach: Reach::of(&json!({"rollout": 0})), ..offer("0.2.0") };
        let mut shop = Shop::default();
        assert_eq!(shop.decide(&held), Decision::Leave(Leave::NotYet));
        shop.asked = Asked::Look;
        assert_eq!(shop.decide(&held), Decision::Install);
    }

    #[test]
    fn who_wants_to_be_asked_is_asked() {
        let mut shop = Shop::default();
        shop.settings.mode = UpdateMode::Ask;
        for asked in [Asked::Nothing, Asked::Look] {
            shop.asked = asked;
            assert_eq!(shop.decide(&offer("0.2.0")), Decision::Wait(Wait::Person));
        }
        shop.asked = Asked::Install;
        assert_eq!(shop.decide(&offer("0.2.0")), Decision::Install);
    }

    #[test]
    fn nobody_is_asked_for_a_password_at_night() {
        let mut shop = Shop { way: Way::Administrator, ..Shop::default() };
        assert_eq!(shop.decide(&offer("0.2.0")), Decision::Wait(Wait::Person));
        shop.asked = Asked::Install;
        assert_eq!(shop.decide(&offer("0.2.0")), Decision::Install);
        shop.way = Way::Elsewhere;
        assert_eq!(shop.decide(&offer("0.2.0")), Decision::Wait(Wait::Elsewhere));
    }
}
