//! What the window may ask for. Each command forwards one request and gives what came back; errors are in words, in the
//! language that is shown. None gives a secret back.

use crate::autostart;
use crate::changing::{self, NewPrinter, PrinterChange};
use crate::orders;
use crate::room::Room;
use crate::state::{JobRow, Snapshot};
use crate::words::{Key, Language};
use platen_bridge::{JobQuery, Request, Resolution, Response, Search, SecretPlace};
use platen_job::{JobId, Role};
use std::sync::Arc;
use tauri::{AppHandle, State};

/// How long the outcome of a test page or a drawer kick is waited for, in milliseconds.
const OUTCOME: u64 = 15_000;
/// Jobs on a page of the list.
const PAGE: usize = 200;

type Here<'a> = State<'a, Arc<Room>>;

/// The state as it is now; later ones come as the event `state`.
#[tauri::command]
pub fn snapshot(room: Here<'_>) -> Snapshot {
    room.snapshots().borrow().as_ref().clone()
}

/// The page that was asked for with the window, once.
#[tauri::command]
pub fn wanted_page(room: Here<'_>) -> Option<String> {
    room.take_page()
}

#[tauri::command]
pub async fn key_place(room: Here<'_>) -> Result<Option<SecretPlace>, String> {
    Ok(changing::key_place(&room).await)
}

#[tauri::command]
pub async fn set_up_server(room: Here<'_>, url: String, key: Option<String>) -> Result<(), String> {
    changing::set_up_server(&room, &url, key).await
}

#[tauri::command]
pub async fn set_language(room: Here<'_>, language: Option<Language>) -> Result<(), String> {
    changing::set_language(&room, language).await
}

/// Whether the system starts Platen at login.
#[tauri::command]
pub async fn starts_at_login(app: AppHandle) -> Result<bool, String> {
    let asked = tokio::task::spawn_blocking(move || autostart::is_on(&app)).await;
    Ok(asked.unwrap_or(false))
}

#[tauri::command]
pub async fn start_at_login(app: AppHandle, room: Here<'_>, on: bool) -> Result<(), String> {
    changing::start_at_login(&room, on).await?;
    let done = autostart::apply(&app, &room).await;
    done.map_err(|why| room.language().say(Key::ErrorFailed, &[("why", &why)]))
}

#[tauri::command]
pub async fn search_devices(room: Here<'_>) -> Result<(), String> {
    room.ask(Request::Devices { search: Search::Scan }).await.map(drop)
}

#[tauri::command]
pub async fn add_printer(
    room: Here<'_>,
    name: String,
    uri: String,
    profile: Option<String>,
    role: Option<Role>,
) -> Result<(), String> {
    changing::add_printer(&room, NewPrinter { name, uri, profile, role }).await
}

#[tauri::command]
pub async fn change_printer(room: Here<'_>, change: PrinterChange) -> Result<(), String> {
    changing::change_printer(&room, change).await
}

/// The models that Platen knows, each as the name of its profile and what people call it.
#[tauri::command]
pub async fn models(room: Here<'_>) -> Result<Vec<(String, String)>, String> {
    changing::models(&room).await
}

#[tauri::command]
pub async fn remove_printer(room: Here<'_>, printer: String) -> Result<(), String> {
    changing::remove_printer(&room, printer).await
}

/// Prints a test page and gives what became of it.
#[tauri::command]
pub async fn test_print(room: Here<'_>, printer: String) -> Result<Option<JobRow>, String> {
    followed(&room, orders::test_print(printer)).await
}

/// Opens the drawer and gives what became of it.
#[tauri::command]
pub async fn open_drawer(room: Here<'_>, printer: String) -> Result<Option<JobRow>, String> {
    followed(&room, orders::open_drawer(printer)).await
}

#[tauri::command]
pub async fn pause(room: Here<'_>, printer: String) -> Result<(), String> {
    room.ask(orders::pause(printer)).await.map(drop)
}

#[tauri::command]
pub async fn resume(room: Here<'_>, printer: String) -> Result<(), String> {
    room.ask(orders::resume(printer)).await.map(drop)
}

/// Jobs, newest first: of one state where one is named, and older than one where that is named.
#[tauri::command]
pub async fn jobs(
    room: Here<'_>,
    state: Option<String>,
    before: Option<JobId>,
) -> Result<Vec<JobRow>, String> {
    let query = JobQuery { state, before, limit: PAGE, printer: None };
    match room.ask(Request::Jobs(query)).await? {
        Response::Jobs(jobs) => Ok(jobs.into_iter().map(JobRow::from).collect()),
        _ => Ok(Vec::new()),
    }
}

/// What a job looks like on paper, as an address for a picture.
#[tauri::command]
pub async fn paper(room: Here<'_>, id: JobId) -> Result<String, String> {
    match room.ask(Request::Picture { id }).await? {
        Response::Picture(png) => Ok(format!("data:image/png;base64,{png}")),
        _ => Ok(String::new()),
    }
}

#[tauri::command]
pub async fn reprint(room: Here<'_>, id: JobId) -> Result<(), String> {
    room.ask(Request::Reprint { id }).await.map(drop)
}

#[tauri::command]
pub async fn cancel(room: Here<'_>, id: JobId) -> Result<(), String> {
    room.ask(Request::Cancel { id }).await.map(drop)
}

/// Says what a person saw of an unconfirmed job.
#[tauri::command]
pub async fn resolve(room: Here<'_>, id: JobId, resolution: Resolution) -> Result<(), String> {
    room.ask(Request::Resolve { id, resolution }).await.map(drop)
}

async fn followed(room: &Room, request: Request) -> Result<Option<JobRow>, String> {
    let Response::Job(job) = room.ask(request).await? else { return Ok(None) };
    match room.ask(Request::Wait { id: job.id, at_most_ms: OUTCOME }).await? {
        Response::Job(job) => Ok(Some(JobRow::from(*job))),
        _ => Ok(None),
    }
}
