//! What the program is started with.

use clap::Parser;
use std::path::PathBuf;

/// Platen at the till: an icon in the tray, a window on demand. Without a desktop run `platenctl run` instead.
#[derive(Debug, Clone, Parser)]
#[command(name = "platen", version)]
pub struct Arguments {
    /// Where settings, receipts and logs are kept.
    #[arg(long, env = "PLATEN_HOME", value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Stay in the tray, also where the till is not set up yet (for the start at login).
    #[arg(long)]
    pub minimized: bool,
    /// Start Platen again when it crashes (for the start at login).
    #[arg(long)]
    pub supervise: bool,
    /// How often it crashed within a minute; said by the supervisor, and by nobody where there is none.
    #[arg(long, hide = true)]
    pub crashes: Option<u32>,
    /// Asked by an installer: whether this version may take the place of that one.
    #[arg(long, hide = true, value_name = "VERSION")]
    pub replaces: Option<semver::Version>,
}
