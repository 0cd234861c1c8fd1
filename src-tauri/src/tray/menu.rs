//! The tray's menu as a pure function of the state.

use platen_job::JobId;
use platen_window::state::{EngineState, JobRow, Snapshot, UpdateStep};
use platen_window::words::{Counted, Key};
use std::fmt;
use std::str::FromStr;

/// Waiting jobs that are listed; the window has them all.
const MOST_JOBS: usize = 8;

/// One line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Words to read.
    Line(String),
    /// A line between groups.
    Rule,
    /// Something to press.
    Press { label: String, action: Action },
    /// Something that is on or off.
    Switch { label: String, action: Action, is: Is },
    /// Entries behind one. Never empty.
    Folder { label: String, entries: Vec<Entry> },
}

/// Whether a switch is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// What pressing an entry does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Prints a test page on the printer of that id.
    TestPrint(String),
    /// Opens the drawer at the printer of that id.
    OpenDrawer(String),
    /// Keeps every printer from starting jobs.
    Pause,
    /// Lets them go on.
    Resume,
    /// Shows a job in the window.
    ShowJob(JobId),
    /// Shows the window.
    Open,
    /// Has Platen look whether there is an update, and shows what comes of it.
    LookForUpdate,
    /// Shows the settings.
    ShowSettings,
    /// Ends the program.
    Quit,
}

/// The menu for a state.
pub fn of(snapshot: &Snapshot) -> Vec<Entry> {
    let language = snapshot.language;
    let press = |key, action| Entry::Press { label: language.word(key).into(), action };
    let mut entries = vec![Entry::Line(plain(&snapshot.status.line)), Entry::Rule];
    if snapshot.engine == EngineState::Running {
        entries.extend(printing(snapshot));
        entries.extend(waiting(snapshot));
        if entries.last() != Some(&Entry::Rule) {
            entries.push(Entry::Rule);
        }
    }
    entries.push(press(Key::MenuOpen, Action::Open));
    entries.extend(updates(snapshot));
    entries.push(press(Key::MenuQuit, Action::Quit));
    entries
}

fn printing(snapshot: &Snapshot) -> Vec<Entry> {
    if snapshot.printers.is_empty() {
        return Vec::new();
    }
    let language = snapshot.language;
    let each = |key, action: fn(String) -> Action| Entry::Folder {
        label: language.word(key).into(),
        entries: snapshot
            .printers
            .iter()
            .map(|printer| Entry::Press {
                label: plain(&printer.name),
                action: action(printer.id.clone()),
            })
            .collect(),
    };
    let all_paused = snapshot.printers.iter().all(|printer| printer.paused);
    let (action, is) = if all_paused { (Action::Resume, Is::On) } else { (Action::Pause, Is::Off) };
    vec![
        each(Key::MenuTestPrint, Action::TestPrint),
        each(Key::MenuOpenDrawer, Action::OpenDrawer),
        Entry::Switch { label: language.word(Key::MenuPause).into(), action, is },
    ]
}

fn updates(snapshot: &Snapshot) -> Option<Entry> {
    let action = match snapshot.updates.step {
        UpdateStep::Off => return None,
        UpdateStep::Look => Action::LookForUpdate,
        UpdateStep::Busy | UpdateStep::Install | UpdateStep::Soon | UpdateStep::Trouble => {
            Action::ShowSettings
        }
    };
    Some(Entry::Press { label: plain(&snapshot.updates.label), action })
}

fn waiting(snapshot: &Snapshot) -> Option<Entry> {
    let language = snapshot.language;
    let entry = |job: &JobRow| Entry::Press {
        label: plain(&format!(
            "{} · {}",
            job.external_id.clone().unwrap_or_else(|| job.id.to_string()),
            job.printer.as_deref().unwrap_or("–")
        )),
        action: Action::ShowJob(job.id),
    };
    let open = snapshot.jobs.iter().filter(|job| job.open);
    let jobs: Vec<Entry> =
        snapshot.unconfirmed.iter().chain(open).take(MOST_JOBS).map(entry).collect();
    let count = snapshot.open_count + snapshot.unconfirmed_count;
    let label = language.count(Counted::MenuWaiting, count, &[]);
    (!jobs.is_empty()).then_some(Entry::Folder { label, entries: jobs })
}

/// A text as a menu shows it: `&` and `_` would mark a key, and what others send may be long.
fn plain(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut short: String = text.chars().take(LONGEST).collect();
    if text.chars().count() > LONGEST {
        short.push('…');
    }
    short.replace('&', "&&")
}

/// As the id of a menu entry.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::TestPrint(printer) => write!(f, "test-print {printer}"),
            Action::OpenDrawer(printer) => write!(f, "open-drawer {printer}"),
            Action::Pause => f.write_str("pause"),
            Action::Resume => f.write_str("resume"),
            Action::ShowJob(job) => write!(f, "show-job {job}"),
            Action::Open => f.write_str("open"),
            Action::LookForUpdate => f.write_str("look-for-update"),
            Action::ShowSettings => f.write_str("show-settings"),
            Action::Quit => f.write_str("quit"),
        }
    }
}

/// Not the id of an entry of ours.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownAction;

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(id: &str) -> Result<Self, Self::Err> {
        let (word, rest) = id.split_once(' ').unwrap_or((id, ""));
        Ok(match word {
            "test-print" => Action::TestPrint(rest.into()),
            "open-drawer" => Action::OpenDrawer(rest.into()),
            "pause" => Action::Pause,
            "resume" => Action::Resume,
            "show-job" => Action::ShowJob(rest.parse().map_err(|_| UnknownAction)?),
            "open" => Action::Open,
            "look-for-update" => Action::LookForUpdate,
            "show-settings" => Action::ShowSettings,
            "quit" => Action::Quit,
            _ => return Err(UnknownAction),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use platen_window::state::testing::{job, ready};
    use platen_window::words::Language;

    /// The menu as a person reads it.
    fn read(entries: &[Entry]) -> Vec<String> {
        entries
            .iter()
            .flat_map(|entry| match entry {
                Entry::Line(text) => vec![format!("({text})")],
                Entry::Rule => vec!["--".into()],
                Entry::Press { label, .. } => vec![label.clone()],
                Entry::Switch { label, is: Is::On, .. } => vec![format!("[x] {label}")],
                Entry::Switch { label, is: Is::Off, .. } => vec![format!("[ ] {label}")],
                Entry::Folder { label, entries } => {
                    let inner = read(entries).into_iter().map(|line| format!("  {line}"));
                    std::iter::once(format!("{label} ▸")).chain(inner).collect()
                }
            })
            .collect()
    }

    #[test]
    fn the_menu_of_a_shop_where_all_is_well() {
        let menu = of(&ready(&["Bar", "Kitchen"]));
        assert_eq!(
            read(&menu),
            [
                "(Ready · 2 printers)",
                "--",
                "Test print ▸",
                "  Bar",
                "  Kitchen",
                "Open drawer ▸",
                "  Bar",
                "  Kitchen",
                "[ ] Pause printing",
                "--",
                "Open Platen",
                "Quit"
            ]
        );
    }

    #[test]
    fn what_waits_is_listed_the_questions_first() {
        let mut shop = ready(&["Bar"]);
        shop.jobs = vec![job(7, "A-7", "held"), job(6, "A-6", "completed")];
        shop.unconfirmed = vec![job(5, "A-5", "unconfirmed")];
        (shop.open_count, shop.unconfirmed_count) = (1, 1);
        let menu = read(&of(&shop));
        let at = menu.iter().position(|line| line == "2 jobs waiting ▸").unwrap();
        assert_eq!(menu[at + 1..at + 4], ["  A-5 · Bar", "  A-7 · Bar", "--"]);
    }

    #[test]
    fn a_pause_shows_as_a_mark_and_is_taken_back_by_pressing_it() {
        let mut shop = ready(&["Bar"]);
        shop.printers[0].paused = true;
        let menu = of(&shop);
        let switch = menu.iter().find(|entry| matches!(entry, Entry::Switch { .. })).unwrap();
        assert!(matches!(switch, Entry::Switch { is: Is::On, action: Action::Resume, .. }));
    }

    #[test]
    fn without_an_engine_there_is_a_way_in_and_a_way_out() {
        let mut shop = ready(&["Bar"]);
        shop.engine = EngineState::Starting;
        assert_eq!(read(&of(&shop))[1..], ["--", "Open Platen", "Quit"]);
    }

    #[test]
    fn an_update_is_looked_for_or_read_about() {
        let mut shop = ready(&["Bar"]);
        shop.updates.label = "Check for updates".into();
        assert!(!read(&of(&shop)).contains(&shop.updates.label), "nobody can look here");
        for (step, does) in [
            (UpdateStep::Look, Action::LookForUpdate),
            (UpdateStep::Soon, Action::ShowSettings),
            (UpdateStep::Trouble, Action::ShowSettings),
        ] {
            shop.updates.step = step;
            let entry = Entry::Press { label: shop.updates.label.clone(), action: does };
            assert!(of(&shop).contains(&entry), "{step:?}");
        }
    }

    #[test]
    fn what_others_send_is_no_key_of_the_menu_and_not_too_long() {
        let mut shop = ready(&["Fish & Chips"]);
        assert!(read(&of(&shop)).contains(&"  Fish && Chips".to_owned()));
        shop.jobs = vec![job(1, &"9".repeat(300), "held")];
        let longest = read(&of(&shop)).iter().map(|line| line.chars().count()).max();
        assert!(longest < Some(90), "{longest:?}");
    }

    #[test]
    fn an_entry_is_recognised_when_it_is_pressed() {
        let every = [
            Action::TestPrint("id with space".into()),
            Action::OpenDrawer("b".into()),
            Action::Pause,
            Action::Resume,
            Action::ShowJob(JobId(7)),
            Action::Open,
            Action::LookForUpdate,
            Action::ShowSettings,
            Action::Quit,
        ];
        for action in every {
            assert_eq!(action.to_string().parse(), Ok(action));
        }
        assert_eq!("format-disk".parse::<Action>(), Err(UnknownAction));
    }

    #[test]
    fn every_language_has_its_own_menu() {
        let mut shop = ready(&["Bar"]);
        let mut menus = std::collections::BTreeSet::new();
        for language in Language::ALL {
            shop.language = language;
            menus.insert(read(&of(&shop)));
        }
        assert_eq!(menus.len(), 3);
    }
}
