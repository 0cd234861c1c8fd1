//! The start at login: `platen --supervise --minimized`, once the till is set up, unless a person wants it otherwise.

use crate::arguments::Arguments;
use crate::shell::Failure;
use platen_bridge::Settings;
use platen_window::Room;
use std::sync::Arc;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager, Wry};
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

/// What the program is started with: supervised, and with the home that it has now.
#[derive(Debug, Clone)]
pub struct StartedWith(Vec<String>);

impl StartedWith {
    /// For a program that was itself started with those.
    pub fn of(arguments: &Arguments) -> StartedWith {
        let mut started = vec!["--supervise".to_owned(), "--minimized".to_owned()];
        if let Some(home) = &arguments.home {
            let home = std::path::absolute(home).unwrap_or_else(|_| home.clone());
            started.extend(["--home".to_owned(), quoted(&home.display().to_string())]);
        }
        StartedWith(started)
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
            Wish::Start => {
                autostart.enable().map_err(|e| e.to_string())?;
                mend(&app).map_err(|e| e.to_string())
            }
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

/// The plugin writes the program's path into the session's entry as it is: with a space in it, another program would be started,
/// or none. So the entry is put right after it.
#[cfg(target_os = "linux")]
fn mend(app: &AppHandle) -> Result<(), Failure> {
    let entry = format!(".config/autostart/{}.desktop", app.package_info().name);
    let entry = app.path().home_dir()?.join(entry);
    let written = std::fs::read_to_string(&entry)?;
    let put_right = mended(&written, &app.state::<StartedWith>().0.join(" "));
    if put_right != written {
        std::fs::write(&entry, put_right)?;
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn mend(_: &AppHandle) -> Result<(), Failure> {
    Ok(())
}

/// An entry whose program is one word, however it is called. `arguments`: what stands after it, as it stands there.
#[cfg(any(target_os = "linux", test))]
fn mended(entry: &str, arguments: &str) -> String {
    let line = |line: &str| {
        let program = line.strip_prefix("Exec=").and_then(|rest| rest.strip_suffix(arguments));
        match program {
            Some(program) => format!("Exec={} {arguments}", quoted(program.trim_end())),
            None => line.to_owned(),
        }
    };
    entry.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// One word of a command line, for desktop entries (where quotes, backslashes, `$` and backquotes are escaped inside quotes,
/// backslashes of a value once more, and `%` is doubled: Desktop Entry Specification 1.5, "The Exec key").
#[cfg(not(windows))]
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+:@,=".contains(c);
    if word.chars().all(is_plain) {
        return word.to_owned();
    }
    let mut quoted = String::from('"');
    for letter in word.chars() {
        match letter {
            '"' | '`' | '$' => quoted.extend(["\\\\", letter.encode_utf8(&mut [0; 4])]),
            '\\' => quoted.push_str("\\\\\\\\"),
            '%' => quoted.push_str("%%"),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// One word of a command line of Windows. No path there has a quote in it.
#[cfg(windows)]
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

    #[test]
    #[cfg(not(windows))]
    fn what_a_desktop_would_take_for_its_own_is_escaped() {
        assert_eq!(quoted("/srv/a$b`c\"d"), r#""/srv/a\\$b\\`c\\"d""#);
        assert_eq!(quoted(r"/srv/a\b 100%"), r#""/srv/a\\\\b 100%%""#);
    }

    #[test]
    #[cfg(not(windows))]
    fn a_program_with_a_space_is_one_word_in_the_sessions_entry() {
        let entry = "[Desktop Entry]\nType=Application\nExec=/opt/Our Shop/platen --supervise --minimized\nTerminal=false";
        let put_right = mended(entry, "--supervise --minimized");
        let exec = "\nExec=\"/opt/Our Shop/platen\" --supervise --minimized\n";
        assert!(put_right.contains(exec), "{put_right}");
        assert_eq!(put_right.lines().count(), entry.lines().count());
        let plain = entry.replace("Our Shop", "platen");
        assert_eq!(mended(&plain, "--supervise --minimized"), plain);
    }
}
