//! Where a home is unless somebody says otherwise, and where a person looks for a file that was made for them.

use std::path::{Path, PathBuf};

/// The folder for settings, spool and logs of the person who is logged in; none where the system does not name one.
pub fn usual_home() -> Option<PathBuf> {
    let base = if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        variable("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        variable("XDG_DATA_HOME").or_else(|| variable("HOME").map(|home| home.join(".local/share")))
    };
    base.map(|base| base.join("platen"))
}

/// The folder in which the person who is logged in looks for files that came from somewhere; none where the system has none.
pub fn downloads() -> Option<PathBuf> {
    let person = variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" })?;
    let named = std::fs::read_to_string(person.join(".config/user-dirs.dirs")).ok();
    let named = named.and_then(|text| named_in(&text, &person));
    let usual = named.unwrap_or_else(|| person.join("Downloads"));
    [usual, person].into_iter().find(|folder| folder.is_dir())
}

/// The folder as the session names it: `XDG_DOWNLOAD_DIR="$HOME/…"` (xdg-user-dirs).
fn named_in(text: &str, person: &Path) -> Option<PathBuf> {
    let value = text.lines().find_map(|line| line.trim().strip_prefix("XDG_DOWNLOAD_DIR="))?;
    let value = value.trim_matches('"');
    match value.strip_prefix("$HOME/") {
        Some(rest) => Some(person.join(rest)),
        None => Some(PathBuf::from(value)).filter(|path| path.is_absolute()),
    }
}

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

// Windows' paths are others, and it has no such file.
#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_session_names_the_folder_in_its_language() {
        let person = Path::new("/home/zoe");
        let of = |text: &str| named_in(text, person);
        let french =
            "# …\nXDG_DESKTOP_DIR=\"$HOME/Bureau\"\nXDG_DOWNLOAD_DIR=\"$HOME/Téléchargements\"\n";
        assert_eq!(of(french), Some("/home/zoe/Téléchargements".into()));
        assert_eq!(of("XDG_DOWNLOAD_DIR=\"/srv/files\""), Some("/srv/files".into()));
        assert_eq!(of("XDG_DOWNLOAD_DIR=\"files\""), None);
        assert_eq!(of(""), None);
    }
}
