//! The window: made when it is asked for, gone when it is closed. The engine notices neither.

use crate::webview;
use platen_window::Room;
use std::sync::Arc;
use tauri::{AppHandle, Emitter, Manager, WebviewUrl, WebviewWindowBuilder};

const LABEL: &str = "main";

/// Shows the window whenever somebody asks for it, and tells it what is to be shown.
pub fn serve(app: AppHandle, room: Arc<Room>) {
    let (mut shows, for_shows, for_page) = (room.shows(), app.clone(), room.clone());
    tauri::async_runtime::spawn(async move {
        // What was asked for before is not forgotten.
        if *shows.borrow_and_update() > 0 {
            show_soon(&for_shows, &for_page);
        }
        while shows.changed().await.is_ok() {
            show_soon(&for_shows, &for_page);
        }
    });
    let mut snapshots = room.paced();
    tauri::async_runtime::spawn(async move {
        while let Some(snapshot) = snapshots.next().await {
            let Some(window) = app.get_webview_window(LABEL) else { continue };
            let _ = window.emit("state", snapshot.as_ref());
        }
    });
}

fn show_soon(app: &AppHandle, room: &Arc<Room>) {
    let (on_main, room) = (app.clone(), room.clone());
    let _ = app.run_on_main_thread(move || {
        if let Err(error) = show(&on_main) {
            tracing::error!(%error, "the window cannot be shown");
            webview::tell_if_missing(room.language());
        }
    });
}

fn show(app: &AppHandle) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(LABEL) {
        // A window that is still being loaded does not hear it; it takes the page that is wanted once it has been.
        window.emit("page", ())?;
        window.unminimize()?;
        window.show()?;
        return window.set_focus();
    }
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Platen")
        .inner_size(920.0, 640.0)
        .min_inner_size(360.0, 420.0)
        .build()
        .map(drop)
}
