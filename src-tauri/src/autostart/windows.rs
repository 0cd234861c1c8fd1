//! The start at login of Windows: a value of the person's own Run key. Written here and not by Tauri's plugin, which forgets the quotes
//! around the program, writes for every person of the computer where it may, and overrules what was said in Windows' own settings.

use super::{By, StartedWith};
use crate::shell::Failure;
use std::path::Path;
use tauri::{AppHandle, Manager};
use windows_registry::CURRENT_USER;

const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
/// What people switched off in Windows' settings or its Task Manager: in the first byte of a value, an odd number.
const SAID: &str = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run";

/// Starts Platen at login. What somebody said in Windows' own settings stays, unless a person says otherwise here.
///
/// # Errors
/// Why not.
pub fn enable(app: &AppHandle, by: By) -> Result<(), Failure> {
    let program = std::env::current_exe()?;
    let line = line(&program, &app.state::<StartedWith>().arguments());
    CURRENT_USER.create(RUN)?.set_string(name(app), &line)?;
    if by == By::APerson {
        forget(SAID, name(app));
    }
    Ok(())
}

/// Does not.
///
/// # Errors
/// Why not.
pub fn disable(app: &AppHandle) -> Result<(), Failure> {
    if is_written(app) {
        CURRENT_USER.create(RUN)?.remove_value(name(app))?;
    }
    Ok(())
}

/// Whether Windows starts Platen.
pub fn is_on(app: &AppHandle) -> bool {
    let said = CURRENT_USER.open(SAID).and_then(|key| key.get_value(name(app)));
    let is_off = said.is_ok_and(|value| value.first().is_some_and(|first| first % 2 == 1));
    is_written(app) && !is_off
}

fn is_written(app: &AppHandle) -> bool {
    CURRENT_USER.open(RUN).is_ok_and(|key| key.get_string(name(app)).is_ok())
}

/// The value's name, as the installer has it.
fn name(app: &AppHandle) -> &str {
    &app.package_info().name
}

/// It need not be there.
fn forget(key: &str, name: &str) {
    if let Ok(key) = CURRENT_USER.options().write().open(key) {
        let _ = key.remove_value(name);
    }
}

/// A command line whose program is one word, however its folders are called.
fn line(program: &Path, arguments: &str) -> String {
    format!("\"{}\" {arguments}", program.display())
}

/// One word of a command line. No path of Windows has a quote in it.
pub fn quoted(word: &str) -> String {
    if word.contains(char::is_whitespace) { format!("\"{word}\"") } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_with_a_space_is_one_word() {
        let program = Path::new(r"C:\Users\Zoë Till\Platen\platen.exe");
        let expected = r#""C:\Users\Zoë Till\Platen\platen.exe" --supervise"#;
        assert_eq!(line(program, "--supervise"), expected);
        assert_eq!(quoted(r"C:\till 1"), r#""C:\till 1""#);
    }
}
