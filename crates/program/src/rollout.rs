//! Where roll-out files lie.

use platen_bridge::{Home, RolloutError, take_in};
use std::path::PathBuf;

/// Names another file, and no other place is looked at.
const VARIABLE: &str = "PLATEN_ROLLOUT";
const NAME: &str = "platen.toml";

/// Sets a till up that is not, where there is a roll-out file: the one that is named, or one beside the program, or one in the
/// machine's own folder. Says in the log which. For a blocking thread.
///
/// # Errors
/// [`RolloutError`]; nothing is set up then.
pub fn roll_out(home: &Home) -> Result<(), RolloutError> {
    if let Some(file) = take_in(home, &places())? {
        tracing::info!(file = %file.display(), "set up from a roll-out file");
    }
    Ok(())
}

fn places() -> Vec<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        return vec![named.into()];
    }
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join(NAME)));
    beside.into_iter().chain(of_the_machine()).collect()
}

fn of_the_machine() -> Option<PathBuf> {
    if cfg!(windows) {
        let folder = std::env::var_os("ProgramData").map(PathBuf::from)?;
        Some(folder.join("Platen").join(NAME))
    } else if cfg!(target_os = "macos") {
        Some(PathBuf::from("/Library/Application Support/Platen").join(NAME))
    } else {
        Some(PathBuf::from("/etc/platen").join(NAME))
    }
}
