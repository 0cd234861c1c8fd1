//! The icon in the tray and its menu, kept as the state is.

pub mod icon;
pub mod menu;

use icon::Shade;
use menu::{Action, Entry, Is};
use platen_window::Room;
use platen_window::state::Snapshot;
use platen_window::state::status::Mood;
use std::sync::Arc;
use tauri::menu::{CheckMenuItem, IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager, Wry};

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
    let tray = TrayIconBuilder::with_id("platen")
        .icon(icon::of(shown.mood, shade))
        .tooltip(&shown.line)
        .menu(&build(app, &shown.menu)?)
        .on_menu_event(|app, event| {
            if let Ok(action) = event.id().as_ref().parse() {
                carry_out(app, action);
            }
        })
        .build(app)?;
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        while snapshots.changed().await.is_ok() {
            let next = Shown::of(&snapshots.borrow_and_update());
            if next == shown {
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

fn carry_out(app: &AppHandle, action: Action) {
    let room = app.state::<Arc<Room>>().inner().clone();
    match action {
        Action::Open => room.show(None),
        Action::ShowJob(job) => room.show(Some(format!("jobs/{job}"))),
        Action::LookForUpdate => {
            room.orders().look();
            room.show(Some("settings".into()));
        }
        Action::ShowSettings => room.show(Some("settings".into())),
        Action::Quit => room.leave(),
        Action::TestPrint(printer) => forward(room, platen_window::orders::test_print(printer)),
        Action::OpenDrawer(printer) => forward(room, platen_window::orders::open_drawer(printer)),
        Action::Pause => gate(room, platen_window::orders::pause),
        Action::Resume => gate(room, platen_window::orders::resume),
    }
}

fn forward(room: Arc<Room>, request: platen_bridge::Request) {
    tauri::async_runtime::spawn(async move {
        if let Err(why) = room.ask(request).await {
            tracing::warn!(why, "what was chosen in the tray could not be done");
        }
    });
}

/// Every printer, one after the other.
fn gate(room: Arc<Room>, request: fn(String) -> platen_bridge::Request) {
    let printers: Vec<String> =
        room.snapshots().borrow().printers.iter().map(|printer| printer.id.clone()).collect();
    for printer in printers {
        forward(room.clone(), request(printer));
    }
}
