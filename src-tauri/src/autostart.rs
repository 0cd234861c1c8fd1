//! The start at login: `platen --supervise --minimized`, once the till is set up, unless a person wants it otherwise.

use crate::arguments::Arguments;
use platen_bridge::Settings;
use platen_window::Room;
use std::sync::Arc;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Wry};
use tauri_plugin_autostart::{Builder, ManagerExt};

/// What is to be done about the start at login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Platen starts at login. Written anew at every start, as the program may have moved.
    Start,
    /// It does not.
    DoNotStart,
    /// The till is not set up, and nobody has said anything.
    LeaveAsItIs,
}

impl Wish {
    /// What these settings want.
    pub fn of(settings: &Settings) -> Wish {
        match settings.desktop.start_at_login {
            Some(true) => Wish::Start,
            Some(false) => Wish::DoNotStart,
            None if settings.has_a_sender() && !settings.printers.is_empty() => Wish::Start,
            None => Wish::LeaveAsItIs,
        }
    }
}

/// What the system starts: this program, with the home that it has now.
pub fn plugin(arguments: &Arguments) -> TauriPlugin<Wry> {
    let mut started = vec!["--supervise".to_owned(), "--minimized".to_owned()];
    if let Some(home) = &arguments.home {
        let home = std::path::absolute(home).unwrap_or_else(|_| home.clone());
        started.extend(["--home".to_owned(), quoted(&home.display().to_string())]);
    }
    Builder::new().args(started).build()
}

/// Does what the settings want, now and whenever the till gets or loses its server or its last printer.
pub async fn follow(app: AppHandle, room: Arc<Room>) {
    let (mut snapshots, mut done) = (room.snapshots(), None);
    loop {
        let now = {
            let snapshot = snapshots.borrow_and_update();
            (snapshot.has_a_sender(), snapshot.printers.is_empty())
        };
        if done != Some(now) {
            done = Some(now);
            if let Err(why) = apply(&app, &room).await {
                tracing::warn!(%why, "the start at login cannot be changed");
            }
        }
        if snapshots.changed().await.is_err() {
            return;
        }
    }
}

/// Does what the settings want.
///
/// # Errors
/// Why not, in the words of the system.
pub async fn apply(app: &AppHandle, room: &Arc<Room>) -> Result<(), String> {
    let (app, room) = (app.clone(), room.clone());
    let done = tokio::task::spawn_blocking(move || {
        let (settings, _) = Settings::load(&room.home().settings()).map_err(|e| e.to_string())?;
        let autostart = app.autolaunch();
        match Wish::of(&settings) {
            Wish::Start => autostart.enable().map_err(|e| e.to_string()),
            Wish::DoNotStart => autostart.disable().map_err(|e| e.to_string()),
            Wish::LeaveAsItIs => Ok(()),
        }
    });
    done.await.unwrap_or_else(|error| Err(error.to_string()))
}

/// Whether the system starts Platen now.
pub fn is_on(app: &AppHandle) -> bool {
    app.autolaunch().is_enabled().unwrap_or(false)
}

/// One word of a command line, for desktop entries and Windows alike.
fn quoted(word: &str) -> String {
    if word.contains(char::is_whitespace) { format!("\"{word}\"") } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use platen_bridge::GatewaySettings;
    use platen_job::PrinterName;

    #[test]
    fn it_starts_at_login_once_the_till_is_set_up_unless_a_person_says_no() {
        let mut settings = Settings::default();
        assert_eq!(Wish::of(&settings), Wish::LeaveAsItIs);
        settings.gateway = Some(GatewaySettings::new("https://print.example.com".parse().unwrap()));
        assert_eq!(Wish::of(&settings), Wish::LeaveAsItIs);
        let name = PrinterName::new("Bar").unwrap();
        settings.put_printer(name, "tcp://192.0.2.10".into(), None, None);
        assert_eq!(Wish::of(&settings), Wish::Start);
        settings.desktop.start_at_login = Some(false);
        assert_eq!(Wish::of(&settings), Wish::DoNotStart);
        let said = Settings::default();
        let desktop =
            platen_bridge::DesktopSettings { start_at_login: Some(true), ..said.desktop.clone() };
        assert_eq!(Wish::of(&Settings { desktop, ..said }), Wish::Start);
    }

    #[test]
    fn a_home_with_a_space_is_one_word() {
        assert_eq!(quoted("/srv/till 1"), "\"/srv/till 1\"");
        assert_eq!(quoted("/srv/till"), "/srv/till");
    }
}
