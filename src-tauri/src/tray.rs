//! The icon in the tray and its menu, kept as the state is.

pub mod icon;
pub mod menu;
mod pressed;

use icon::Shade;
use menu::{Entry, Is};
use platen_window::Room;
use platen_window::state::Snapshot;
use platen_window::state::status::Mood;
use std::sync::Arc;
use tauri::menu::{CheckMenuItem, IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Wry};
use tokio::sync::Notify;

/// What the tray shows; nothing is touched while it stays the same.
#[derive(PartialEq)]
struct Shown {
    mood: Mood,
    line: String,
    menu: Vec<Entry>,
}

impl Shown {
    fn of(snapshot: &Snapshot) -> Shown {
        Shown {
            mood: snapshot.status.mood,
            line: snapshot.status.line.clone(),
            menu: menu::of(snapshot),
        }
    }
}

/// Puts the icon into the tray and keeps it as the state is. Where there is no tray it waits for one.
///
/// # Errors
/// Where the system lets no icon be made.
pub fn put(app: &AppHandle, room: Arc<Room>) -> tauri::Result<()> {
    let mut snapshots = room.snapshots();
    let mut shown = Shown::of(&snapshots.borrow_and_update());
    let shade = Shade::of_session();
    let redraw = Arc::new(Notify::new());
    let redraws = redraw.clone();
    let tray = TrayIconBuilder::with_id("platen")
        .icon(icon::of(shown.mood, shade))
        .tooltip(&shown.line)
        .menu(&build(app, &shown.menu)?)
        .on_menu_event(move |_, event| {
            if let Ok(action) = event.id().as_ref().parse() {
                pressed::carry_out(room.clone(), action, redraw.clone());
            }
        })
        .build(app)?;
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        loop {
            let asked = tokio::select! {
                changed = snapshots.changed() => if changed.is_ok() { None } else { return },
                // The menu may show what is not so: it is drawn whatever is known of it.
                () = redraws.notified() => Some(()),
            };
            let next = Shown::of(&snapshots.borrow_and_update());
            if next == shown && asked.is_none() {
                continue;
            }
            let mood = (next.mood != shown.mood).then_some(next.mood);
            let (tray, entries, line) = (tray.clone(), next.menu.clone(), next.line.clone());
            shown = next;
            let for_menu = app.clone();
            // Menus belong to the thread of the user interface.
            let told = app.run_on_main_thread(move || {
                if let Err(error) = change(&for_menu, &tray, mood, shade, &entries, &line) {
                    tracing::warn!(%error, "the tray could not be changed");
                }
            });
            if told.is_err() {
                return;
            }
        }
    });
    Ok(())
}

fn change(
    app: &AppHandle,
    tray: &TrayIcon,
    mood: Option<Mood>,
    shade: Shade,
    entries: &[Entry],
    line: &str,
) -> tauri::Result<()> {
    tray.set_menu(Some(build(app, entries)?))?;
    tray.set_tooltip(Some(line))?;
    match mood {
        Some(mood) => tray.set_icon(Some(icon::of(mood, shade))),
        None => Ok(()),
    }
}

fn build(app: &AppHandle, entries: &[Entry]) -> tauri::Result<Menu<Wry>> {
    let menu = Menu::new(app)?;
    for entry in entries {
        menu.append(item(app, entry)?.as_ref())?;
    }
    Ok(menu)
}

fn item(app: &AppHandle, entry: &Entry) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    let none = None::<&str>;
    Ok(match entry {
        Entry::Line(text) => Box::new(MenuItem::with_id(app, "line", text, false, none)?),
        Entry::Rule => Box::new(PredefinedMenuItem::separator(app)?),
        Entry::Press { label, action } => {
            Box::new(MenuItem::with_id(app, action.to_string(), label, true, none)?)
        }
        Entry::Switch { label, action, is } => Box::new(CheckMenuItem::with_id(
            app,
            action.to_string(),
            label,
            true,
            *is == Is::On,
            none,
        )?),
        Entry::Folder { label, entries } => {
            let folder = Submenu::new(app, label, true)?;
            for entry in entries {
                folder.append(item(app, entry)?.as_ref())?;
            }
            Box::new(folder)
        }
    })
}
