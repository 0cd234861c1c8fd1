//! The start at login as desktops of Linux and macOS have it, through Tauri's plugin.

use super::By;
#[cfg(target_os = "linux")]
use super::entry::{Entries, Said};
use crate::shell::Failure;
use tauri::AppHandle;
use tauri_plugin_autostart::ManagerExt;

/// Starts Platen at login; not where somebody has switched that off in the desktop's own settings, unless a person asks.
///
/// # Errors
/// Why not.
pub fn enable(app: &AppHandle, by: By) -> Result<(), Failure> {
    #[cfg(target_os = "linux")]
    if by == By::Itself && entries(app)?.said() == Said::OffByAPerson {
        return Ok(());
    }
    #[cfg(not(target_os = "linux"))]
    let _ = by;
    app.autolaunch().enable()?;
    mend(app)
}

/// Does not.
///
/// # Errors
/// Why not.
pub fn disable(app: &AppHandle) -> Result<(), Failure> {
    app.autolaunch().disable()?;
    #[cfg(target_os = "linux")]
    entries(app)?.switch_off()?;
    Ok(())
}

/// Whether the session starts Platen.
#[cfg(target_os = "linux")]
pub fn is_on(app: &AppHandle) -> bool {
    entries(app).is_ok_and(|entries| entries.said() == Said::Start)
}

/// Whether the session starts Platen.
#[cfg(not(target_os = "linux"))]
pub fn is_on(app: &AppHandle) -> bool {
    app.autolaunch().is_enabled().unwrap_or(false)
}

#[cfg(target_os = "linux")]
fn entries(app: &AppHandle) -> Result<Entries, Failure> {
    use tauri::Manager;
    Ok(Entries::of(&app.package_info().name, &app.path().home_dir()?))
}

/// The plugin writes the program's path into the session's entry as it is: with a space in it, another program would be started,
/// or none. So the entry is put right after it.
#[cfg(target_os = "linux")]
fn mend(app: &AppHandle) -> Result<(), Failure> {
    use tauri::Manager;
    let entry = entries(app)?.own;
    let written = std::fs::read_to_string(&entry)?;
    let put_right = mended(&written, &app.state::<super::StartedWith>().arguments());
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
pub fn quoted(word: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_with_a_space_is_one_word() {
        assert_eq!(quoted("/srv/till 1"), "\"/srv/till 1\"");
        assert_eq!(quoted("/srv/till"), "/srv/till");
    }

    #[test]
    fn what_a_desktop_would_take_for_its_own_is_escaped() {
        assert_eq!(quoted("/srv/a$b`c\"d"), r#""/srv/a\\$b\\`c\\"d""#);
        assert_eq!(quoted(r"/srv/a\b 100%"), r#""/srv/a\\\\b 100%%""#);
    }

    #[test]
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
