//! Updates, as the desktop fetches and installs them. When and whether is decided in `platen-updates`; this carries it out.

mod download;
mod kind;
mod part;
mod place;
mod server;
mod successor;
mod system;
mod till;

pub use place::{is_on_trial, put_back};
pub use successor::Successor;

use platen_updates::Keeper;
use platen_window::Room;
use std::sync::Arc;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Wry};
use tauri_plugin_updater::{Builder, Config};
use tokio_util::sync::CancellationToken;

/// What packages have to be signed with, as `tauri signer generate` writes it; given when a release is built. Programs for
/// development take what the tests sign.
const KEY: Option<&str> = match option_env!("PLATEN_UPDATE_KEY") {
    None if cfg!(debug_assertions) => Some(include_str!("../../tests/data/update-test.pub")),
    given => given,
};

/// What fetches and checks.
pub fn plugin() -> TauriPlugin<Wry, Config> {
    Builder::new().pubkey(KEY.unwrap_or_default().trim()).build()
}

/// Keeps this till up to date, as long as the program runs.
pub fn keep(app: AppHandle, room: Arc<Room>, successor: Arc<Successor>) {
    tauri::async_runtime::spawn(room.clone().show_updates());
    tauri::async_runtime::spawn(async move {
        let till = Arc::new(till::Here::new(&app, room.home().clone()));
        let server = Arc::new(server::Server::new(app, room.clone(), successor));
        let keeper = Keeper::new(till, server, room.orders(), room.queues(), room.updates());
        // The runtime ends it with the program.
        keeper.keep(CancellationToken::new()).await;
    });
}
