//! What the window may ask for: what any window may, and what only a desktop has. Errors are in words, in the language
//! that is shown.

use crate::autostart::By;
use crate::{autostart, folder};
use platen_window::words::Key;
use platen_window::{Room, WindowCommand, WindowReply};
use std::sync::Arc;
use tauri::{AppHandle, State};

type Here<'a> = State<'a, Arc<Room>>;

/// Forwards one command. Later states come as the event `state`.
#[tauri::command]
pub async fn ask(room: Here<'_>, command: WindowCommand) -> Result<WindowReply, String> {
    room.answer(command).await
}

/// The page that was asked for with the window, once.
#[tauri::command]
pub fn wanted_page(room: Here<'_>) -> Option<String> {
    room.take_page()
}

/// Shows the folder of logs in the desktop's own way.
#[tauri::command]
pub async fn open_logs(room: Here<'_>) -> Result<(), String> {
    let opened = folder::open(&room.home().logs()).await;
    opened.map_err(|error| room.language().say(Key::ErrorFailed, &[("why", &error.to_string())]))
}

/// Whether the system starts Platen at login.
#[tauri::command]
pub async fn starts_at_login(app: AppHandle) -> Result<bool, String> {
    let asked = tokio::task::spawn_blocking(move || autostart::is_on(&app)).await;
    Ok(asked.unwrap_or(false))
}

#[tauri::command]
pub async fn start_at_login(app: AppHandle, room: Here<'_>, on: bool) -> Result<(), String> {
    platen_window::start_at_login(&room, on).await?;
    let done = autostart::apply(&app, &room, By::APerson).await;
    done.map_err(|why| room.language().say(Key::ErrorFailed, &[("why", &why)]))
}
