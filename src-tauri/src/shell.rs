//! The desktop around the engine: tray, window, and the ways in which the program ends.

use crate::arguments::Arguments;
use crate::complain;
use crate::updates::Successor;
use crate::{autostart, calls, commands, display, tray, updates, window};
use platen_bridge::{Client, ControlError, Home, Request, RequestError, Settings};
use platen_program::{Stop, log, memory, roll_out, usual_home};
use platen_window::{Left, Room};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tauri::{AppHandle, RunEvent};
use tokio_util::sync::CancellationToken;

/// Longest the running Platen may take to show its window.
const SHOW: Duration = Duration::from_secs(5);
/// Longest the engine may take to end once the display is gone; sessions wait 90 seconds for theirs.
const LONGEST_END: Duration = Duration::from_secs(60);

/// Why the program does not run, in words.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs the program until somebody quits it, or the system does; gives its exit status.
///
/// # Errors
/// Why it does not run, in words for a person.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    display::open()?;
    let home = arguments.home.clone().or_else(usual_home);
    let home = Home::open(home.ok_or("say where to keep things: --home DIR")?)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    tauri::async_runtime::set(runtime.handle().clone());
    if runtime.block_on(shows_its_window(&home))? {
        return Ok(0);
    }
    let rolled_out = roll_out(&home);
    let (settings, _) = Settings::load(&home.settings()).unwrap_or_default();
    // A till prints without a log, too; what keeps a log from being written keeps most engines from starting, which the tray shows.
    let log = log::to_file(&home, &settings.log).map_err(|why| complain(&why.to_string())).ok();
    if let Err(error) = rolled_out {
        // The window sets the till up instead.
        tracing::error!(%error, "this till is not set up");
    }
    let crashes = arguments.crashes.unwrap_or(0);
    let room = Room::on_desktop(home, crashes);
    let is_new = !settings.has_a_sender() && settings.printers.is_empty();
    if (is_new && !arguments.minimized) || crashes > 0 {
        room.show(None);
    }
    let left = CancellationToken::new();
    let app = build(room.clone(), left.clone(), arguments)?;
    // Whoever ends the program closes the log.
    let log = Arc::new(Mutex::new(log));
    let close_log = move || drop(log.lock().unwrap_or_else(PoisonError::into_inner).take());
    let leave = move || {
        room.leave();
        wait_until(&left);
        close_log();
    };
    let leave_at_once = leave.clone();
    display::when_lost(move || {
        tracing::info!("the display is gone");
        leave_at_once();
    });
    let status = app.run_return(move |_, event| match event {
        // Closing the window is no reason to go.
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        // Where Windows ends the session, the program is ended as soon as this is done.
        RunEvent::Exit => leave(),
        _ => {}
    });
    // A thread that hangs in a device or a name look-up must not keep the program from ending.
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(u8::try_from(status).unwrap_or(1))
}

/// Whether a Platen runs in this home already and shows its window now.
async fn shows_its_window(home: &Home) -> Result<bool, Failure> {
    let mut client = match Client::connect(home).await {
        Ok(client) => client,
        Err(ControlError::NotRunning) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    match client.ask(Request::Show, SHOW).await {
        Ok(_) => Ok(true),
        Err(ControlError::NotRunning) => Ok(false),
        Err(ControlError::Refused(RequestError::NoWindow)) => Err(format!(
            "Platen already runs in {} without a window (platenctl run); stop it first",
            home.root().display()
        )
        .into()),
        Err(error) => Err(error.into()),
    }
}

fn build(
    room: Arc<Room>,
    left: CancellationToken,
    arguments: &Arguments,
) -> tauri::Result<tauri::App> {
    let successor = Successor::of(arguments);
    let for_setup = room.clone();
    let started_with = autostart::StartedWith::of(arguments);
    tauri::Builder::default()
        .plugin(started_with.plugin())
        .manage(started_with)
        .plugin(updates::plugin())
        .manage(room)
        .invoke_handler(tauri::generate_handler![
            commands::ask,
            commands::wanted_page,
            commands::open_logs,
            commands::starts_at_login,
            commands::start_at_login,
        ])
        .setup(move |app| {
            let app = app.handle();
            tray::put(app, for_setup.clone())?;
            window::serve(app.clone(), for_setup.clone());
            tauri::async_runtime::spawn(end_when_asked(for_setup.clone()));
            tauri::async_runtime::spawn(memory::keep_small());
            tauri::async_runtime::spawn(calls::follow(for_setup.clone()));
            tauri::async_runtime::spawn(autostart::follow(app.clone(), for_setup.clone()));
            updates::keep(app.clone(), for_setup.clone(), successor.clone());
            tauri::async_runtime::spawn(live(app.clone(), for_setup, left.clone(), successor));
            Ok(())
        })
        .build(tauri::generate_context!())
}

/// Keeps the engine, and ends the program after it; `left` once the engine is no more.
async fn live(app: AppHandle, room: Arc<Room>, left: CancellationToken, successor: Arc<Successor>) {
    let home = room.home().clone();
    let kept = tauri::async_runtime::spawn(room.keep()).await;
    left.cancel();
    let status = match kept {
        Ok(Left::Asked) => successor.start(),
        // It started at the same moment.
        Ok(Left::Taken) => i32::from(!shows_its_window(&home).await.unwrap_or(false)),
        // A panic: whoever supervises starts the program again.
        Err(_) => 101,
    };
    app.exit(status);
}

/// Waits on a thread that nothing else will ever run on again.
fn wait_until(left: &CancellationToken) {
    let deadline = Instant::now() + LONGEST_END;
    while !left.is_cancelled() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The system's ways of asking a program to end.
async fn end_when_asked(room: Arc<Room>) {
    match Stop::new() {
        Ok(mut stop) => stop.asked().await,
        Err(error) => {
            tracing::error!(%error, "the system's request to end will not be heard");
            return;
        }
    }
    room.leave();
}
