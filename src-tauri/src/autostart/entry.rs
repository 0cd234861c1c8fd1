//! Entries of a session for the start at login, as desktops of Linux read them (Desktop Application Autostart Specification 0.5):
//! a person's own takes the place of the computer's, which the package of a branch brings.

use std::path::{Path, PathBuf};

/// What switches the start off against an entry of the computer's. It says that nobody but Platen wrote it.
const OFF: &str = "[Desktop Entry]\nType=Application\nName=Platen\n# Written by Platen, whose settings say so.\nHidden=true\n";

/// What the entries say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// There is none.
    Nothing,
    /// Platen is started.
    Start,
    /// Platen has switched it off.
    OffByPlaten,
    /// Somebody has, in the settings of the desktop.
    OffByAPerson,
}

/// Where the entries are.
pub struct Entries {
    /// The person's own.
    pub own: PathBuf,
    /// Those of the computer.
    pub computers: Vec<PathBuf>,
}

impl Entries {
    /// Of that name (without `.desktop`), for whoever has that home.
    pub fn of(name: &str, home: &Path) -> Entries {
        let file = format!("autostart/{name}.desktop");
        let folders = std::env::var_os("XDG_CONFIG_DIRS").filter(|folders| !folders.is_empty());
        let folders = folders.unwrap_or_else(|| "/etc/xdg".into());
        let computers = std::env::split_paths(&folders).map(|folder| folder.join(&file)).collect();
        Entries { own: home.join(".config").join(&file), computers }
    }

    /// What they say.
    pub fn said(&self) -> Said {
        let Some(entry) =
            read(&self.own).or_else(|| self.computers.iter().find_map(|one| read(one)))
        else {
            return Said::Nothing;
        };
        match (entry == OFF, is_off(&entry)) {
            (true, _) => Said::OffByPlaten,
            (false, true) => Said::OffByAPerson,
            (false, false) => Said::Start,
        }
    }

    /// Says no where an entry of the computer's would start it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn switch_off(&self) -> std::io::Result<()> {
        if self.said() != Said::Start {
            return Ok(());
        }
        if let Some(folder) = self.own.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&self.own, OFF)
    }
}

fn read(file: &Path) -> Option<String> {
    std::fs::read_to_string(file).ok()
}

fn is_off(entry: &str) -> bool {
    entry.lines().any(|line| {
        let said = line.split_once('=').map(|(name, value)| (name.trim(), value.trim()));
        matches!(said, Some(("Hidden", "true") | ("X-GNOME-Autostart-enabled", "false")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON: &str =
        "[Desktop Entry]\nType=Application\nExec=/usr/bin/platen --supervise --minimized\n";

    struct Session(tempfile::TempDir);

    impl Session {
        fn new() -> Session {
            let session = Session(tempfile::tempdir().unwrap());
            std::fs::create_dir(session.0.path().join("xdg")).unwrap();
            session
        }

        fn entries(&self) -> Entries {
            let place = |folder: &str| self.0.path().join(folder).join("Platen.desktop");
            Entries { own: place("own"), computers: vec![place("nowhere"), place("xdg")] }
        }
    }

    #[test]
    fn the_computers_entry_is_switched_off_by_one_of_the_persons_own() {
        let session = Session::new();
        let entries = session.entries();
        assert_eq!(entries.said(), Said::Nothing);
        entries.switch_off().unwrap();
        assert!(!entries.own.exists(), "there is nothing to switch off");
        std::fs::write(&entries.computers[1], ON).unwrap();
        assert_eq!(entries.said(), Said::Start);
        entries.switch_off().unwrap();
        assert_eq!(entries.said(), Said::OffByPlaten);
        assert_eq!(std::fs::read_to_string(&entries.computers[1]).unwrap(), ON);
    }

    #[test]
    fn what_a_person_has_switched_off_in_the_desktops_settings_is_known_as_that() {
        let session = Session::new();
        let entries = session.entries();
        std::fs::create_dir(entries.own.parent().unwrap()).unwrap();
        for off in ["Hidden=true", "X-GNOME-Autostart-enabled = false"] {
            std::fs::write(&entries.own, format!("{ON}{off}\n")).unwrap();
            assert_eq!(entries.said(), Said::OffByAPerson);
        }
        std::fs::write(&entries.own, format!("{ON}Hidden=false\n")).unwrap();
        assert_eq!(entries.said(), Said::Start);
    }
}
