//! The start at login: `platen --supervise --minimized`, once the till is set up, unless a person wants it otherwise.

#[cfg(target_os = "linux")]
mod entry;
#[cfg(not(windows))]
mod session;
#[cfg(windows)]
mod windows;

#[cfg(not(windows))]
use self::session as system;
#[cfg(windows)]
use self::windows as system;

use crate::arguments::Arguments;
use platen_bridge::Settings;
use platen_window::Room;
use std::sync::Arc;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Wry};
use tauri_plugin_autostart::Builder;

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

/// Who wants something done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The program, at its start and when its settings change.
    Itself,
    /// A person, in the window.
    APerson,
}

/// What the program is started with: supervised, and with the home that it has now.
#[derive(Debug, Clone)]
pub struct StartedWith(Vec<String>);

impl StartedWith {
    /// For a program that was itself started with those.
    pub fn of(arguments: &Arguments) -> StartedWith {
        let mut started = vec!["--supervise".to_owned(), "--minimized".to_owned()];
        if let Some(home) = &arguments.home {
            let home = std::path::absolute(home).unwrap_or_else(|_| home.clone());
            started.extend(["--home".to_owned(), system::quoted(&home.display().to_string())]);
        }
        StartedWith(started)
    }

    /// As one stands after the program.
    fn arguments(&self) -> String {
        self.0.join(" ")
    }

    /// What has the system start this program with them.
    pub fn plugin(&self) -> TauriPlugin<Wry> {
        Builder::new().args(self.0.clone()).build()
    }
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
            if let Err(why) = apply(&app, &room, By::Itself).await {
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
pub async fn apply(app: &AppHandle, room: &Arc<Room>, by: By) -> Result<(), String> {
    let (app, room) = (app.clone(), room.clone());
    let done = tokio::task::spawn_blocking(move || {
        let (settings, _) = Settings::load(&room.home().settings()).map_err(|e| e.to_string())?;
        let done = match Wish::of(&settings) {
            Wish::Start => system::enable(&app, by),
            Wish::DoNotStart => system::disable(&app),
            Wish::LeaveAsItIs => Ok(()),
        };
        done.map_err(|e| e.to_string())
    });
    done.await.unwrap_or_else(|error| Err(error.to_string()))
}

/// Whether the system starts Platen now.
pub fn is_on(app: &AppHandle) -> bool {
    system::is_on(app)
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
}
