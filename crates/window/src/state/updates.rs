//! What people are told of updates, with what to do.

use crate::words::{Key, Language};
use jiff::civil::DateTime;
use platen_job::Timestamp;
use platen_updates::{InstallTrouble, Leave, Off, Refusal, Report, State, Trouble, Version, Wait};
use serde::Serialize;
#[cfg(test)]
use ts_rs::TS;

/// How it is with updates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Updates {
    /// What a person may do.
    pub step: UpdateStep,
    /// In a few words, for the menu.
    pub label: String,
    /// In words, with what to do.
    pub words: String,
    /// Which versions the till takes: a key `updates.channel-…`.
    pub channel: String,
    /// When a server last answered, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub looked: Option<Timestamp>,
}

/// What a person may do about updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case")]
pub enum UpdateStep {
    /// Nothing: Platen does not look for any.
    #[default]
    Off,
    /// Have it look.
    Look,
    /// Wait a moment.
    Busy,
    /// Have the one installed that waits.
    Install,
    /// Nothing: the one that waits comes by itself.
    Soon,
    /// Read what went wrong, and have it look again.
    Trouble,
}

impl Updates {
    /// What is said in that language.
    pub fn of(report: &Report, language: Language) -> Updates {
        let step = step(&report.state);
        Updates {
            step,
            label: label(&report.state, step, language),
            words: words(&report.state, language),
            channel: report.channel.to_string(),
            looked: report.looked,
        }
    }
}

fn step(state: &State) -> UpdateStep {
    match state {
        State::Off(_) => UpdateStep::Off,
        State::Idle | State::Current | State::Left(..) => UpdateStep::Look,
        State::Looking | State::Fetching(_) | State::Installing(_) => UpdateStep::Busy,
        State::Waiting(_, Wait::Person) => UpdateStep::Install,
        State::Waiting(..) => UpdateStep::Soon,
        State::Trouble(_) => UpdateStep::Trouble,
    }
}

fn label(state: &State, step: UpdateStep, language: Language) -> String {
    match (state, step) {
        (State::Waiting(version, _), _) => with_version(language, Key::UpdatesLabelWaits, version),
        (State::Trouble(Trouble::Refused(version, _)), _) => {
            with_version(language, Key::UpdatesLabelRefused, version)
        }
        (State::Left(version, Leave::NotInstalled), _) => {
            with_version(language, Key::UpdatesLabelNotInstalled, version)
        }
        (_, UpdateStep::Busy) => language.word(Key::UpdatesLabelBusy).into(),
        (_, UpdateStep::Trouble) => language.word(Key::UpdatesLabelTrouble).into(),
        _ => language.word(Key::MenuUpdates).into(),
    }
}

fn words(state: &State, language: Language) -> String {
    let word = |key| language.word(key).to_owned();
    match state {
        State::Idle => word(Key::UpdatesIdle),
        State::Looking => word(Key::UpdatesLooking),
        State::Current => word(Key::UpdatesCurrent),
        State::Off(Off::Settings) => word(Key::UpdatesOffSettings),
        State::Off(_) => word(Key::UpdatesOffElsewhere),
        State::Left(version, why) => with_version(language, left(*why), version),
        State::Fetching(version) => with_version(language, Key::UpdatesFetching, version),
        State::Installing(version) => with_version(language, Key::UpdatesInstalling, version),
        State::Waiting(version, Wait::Hours(Some(free))) => language.say(
            Key::UpdatesWaitsHours,
            &[("version", &version.to_string()), ("time", &clock(*free))],
        ),
        State::Waiting(version, why) => with_version(language, waiting(why), version),
        State::Trouble(trouble) => troubled(trouble, language),
    }
}

fn left(why: Leave) -> Key {
    match why {
        Leave::NotNewer => Key::UpdatesCurrent,
        Leave::OtherChannel => Key::UpdatesLeftChannel,
        Leave::RolledBack => Key::UpdatesLeftRolledBack,
        Leave::Refused => Key::UpdatesRefusedBefore,
        Leave::NotInstalled => Key::UpdatesLeftNotInstalled,
        Leave::NotYet => Key::UpdatesLeftNotYet,
    }
}

fn waiting(why: &Wait) -> Key {
    match why {
        Wait::Person => Key::UpdatesWaitsPerson,
        Wait::Elsewhere => Key::UpdatesWaitsElsewhere,
        Wait::Hours(_) => Key::UpdatesWaitsAlways,
        Wait::Queues => Key::UpdatesWaitsQueues,
    }
}

fn troubled(trouble: &Trouble, language: Language) -> String {
    let (key, version) = match trouble {
        Trouble::Unreachable => (Key::UpdatesTroubleUnreachable, None),
        Trouble::OtherAnswer => (Key::UpdatesTroubleOtherAnswer, None),
        Trouble::NoList => (Key::UpdatesTroubleNoList, None),
        Trouble::NoPackage => (Key::UpdatesTroubleNoPackage, None),
        Trouble::Broken(version) => (Key::UpdatesTroubleBroken, Some(version)),
        Trouble::Refused(version, why) => (refused(why), Some(version)),
        Trouble::NotInstalled(version, why) => (not_installed(*why), Some(version)),
    };
    match version {
        Some(version) => with_version(language, key, version),
        None => language.word(key).into(),
    }
}

fn refused(why: &Refusal) -> Key {
    match why {
        Refusal::NotSigned | Refusal::NoVersion => Key::UpdatesRefusedNotSigned,
        Refusal::NotGenuine | Refusal::TooLarge => Key::UpdatesRefusedNotGenuine,
        Refusal::OtherVersion(_) => Key::UpdatesRefusedOtherVersion,
    }
}

fn not_installed(why: InstallTrouble) -> Key {
    match why {
        InstallTrouble::NoPassword => Key::UpdatesTroubleNoPassword,
        InstallTrouble::ReadOnly => Key::UpdatesTroubleReadOnly,
        InstallTrouble::NoRoom => Key::UpdatesTroubleNoRoom,
        InstallTrouble::System => Key::UpdatesTroubleSystem,
        InstallTrouble::Failed => Key::UpdatesTroubleFailed,
    }
}

fn with_version(language: Language, key: Key, version: &Version) -> String {
    language.say(key, &[("version", &version.to_string())])
}

fn clock(at: DateTime) -> String {
    at.strftime("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn of(state: State) -> Updates {
        Updates::of(&Report { state, ..Report::default() }, Language::En)
    }

    fn version() -> Version {
        Version::new(0, 2, 0)
    }

    #[test]
    fn a_refused_package_says_that_the_till_prints_on_and_whom_to_tell() {
        for why in [
            Refusal::NotSigned,
            Refusal::NotGenuine,
            Refusal::NoVersion,
            Refusal::OtherVersion("0.0.9".into()),
        ] {
            let said = of(State::Trouble(Trouble::Refused(version(), why)));
            assert_eq!(
                (said.step, &*said.label),
                (UpdateStep::Trouble, "Update 0.2.0 was refused")
            );
            assert!(
                said.words.contains("0.2.0")
                    && said.words.contains("prints on")
                    && said.words.contains("Tell"),
                "{}",
                said.words
            );
        }
    }

    #[test]
    fn what_could_not_be_installed_is_in_the_menu_and_can_be_tried_there() {
        let said = of(State::Left(version(), Leave::NotInstalled));
        let label = "Update 0.2.0 could not be installed";
        assert_eq!((said.step, &*said.label), (UpdateStep::Look, label));
        assert!(said.words.contains("0.2.0") && said.words.contains("once a day"));
        assert!(said.words.contains("prints on") && said.words.contains("Check now"));
    }

    #[test]
    fn what_waits_says_until_when() {
        let free = date(2026, 11, 28).at(14, 30, 0, 0);
        let said = of(State::Waiting(version(), Wait::Hours(Some(free))));
        assert!(said.words.contains("0.2.0") && said.words.contains("14:30"), "{}", said.words);
        assert_eq!((said.step, &*said.label), (UpdateStep::Soon, "Update 0.2.0 waits"));
        assert_eq!(of(State::Waiting(version(), Wait::Person)).step, UpdateStep::Install);
    }

    #[test]
    fn every_language_has_words_of_its_own() {
        let report = Report { state: State::Current, ..Report::default() };
        let said: std::collections::BTreeSet<String> =
            Language::ALL.iter().map(|one| Updates::of(&report, *one).words).collect();
        assert_eq!(said.len(), 3, "{said:?}");
    }
}
