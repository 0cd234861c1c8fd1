//! What pressing an entry of the menu does. What comes to nothing is told: whoever pressed sees no window.

use super::menu::Action;
use crate::calls::{Call, show};
use platen_window::state::JobRow;
use platen_window::words::{Key, Language};
use platen_window::{Room, WindowCommand, WindowReply};
use std::sync::Arc;
use tokio::sync::Notify;

/// Carries it out. `redraw`: has the menu drawn as the state is.
pub fn carry_out(room: Arc<Room>, action: Action, redraw: Arc<Notify>) {
    match action {
        Action::Open => room.show(None),
        Action::ShowJob(job) => room.show(Some(format!("jobs/{job}"))),
        Action::LookForUpdate => {
            room.orders().look();
            room.show(Some("settings".into()));
        }
        Action::ShowSettings => room.show(Some("settings".into())),
        Action::Quit => room.leave(),
        Action::TestPrint(printer) => {
            let command = WindowCommand::TestPrint { printer: printer.clone() };
            tauri::async_runtime::spawn(print(room, Key::MenuTestPrint, printer, command));
        }
        Action::OpenDrawer(printer) => {
            let command = WindowCommand::OpenDrawer { printer: printer.clone() };
            tauri::async_runtime::spawn(print(room, Key::MenuOpenDrawer, printer, command));
        }
        Action::Pause => {
            let pause = |printer| WindowCommand::Pause { printer };
            tauri::async_runtime::spawn(switch(room, pause, redraw));
        }
        Action::Resume => {
            let resume = |printer| WindowCommand::Resume { printer };
            tauri::async_runtime::spawn(switch(room, resume, redraw));
        }
    }
}

/// Has one printer do something, and follows it.
async fn print(room: Arc<Room>, what: Key, printer: String, command: WindowCommand) {
    let name = name_of(&room, &printer);
    let missed = match room.answer(command).await {
        Ok(WindowReply::Outcome(Some(job))) => missed(&job),
        Ok(_) => None,
        Err(why) => Some(why),
    };
    if let Some(why) = missed {
        show(call(room.language(), &name, what, why)).await;
    }
}

/// Why a job is not on paper; none where it is, or where it is told of in another way.
fn missed(job: &JobRow) -> Option<String> {
    match job.state.as_str() {
        // It takes longer than whoever pressed waits; or its question, or its lateness, calls by itself.
        "completed" | "processing" | "unconfirmed" | "expired" => None,
        _ => Some(job.message.clone()),
    }
}

/// Every printer, one after the other. The desktop has set the mark by itself: where a printer is left out, it is wrong.
async fn switch(room: Arc<Room>, command: fn(String) -> WindowCommand, redraw: Arc<Notify>) {
    let printers: Vec<String> =
        room.snapshots().borrow().printers.iter().map(|printer| printer.id.clone()).collect();
    let mut wrong = None;
    for printer in printers {
        let name = name_of(&room, &printer);
        if let Err(why) = room.answer(command(printer)).await {
            wrong.get_or_insert((name, why));
        }
    }
    if let Some((name, why)) = wrong {
        redraw.notify_one();
        show(call(room.language(), &name, Key::MenuPause, why)).await;
    }
}

fn call(language: Language, printer: &str, pressed: Key, why: String) -> Call {
    let values = [("printer", printer), ("what", language.word(pressed))];
    Call { title: language.say(Key::StatusTrouble, &values), body: why }
}

fn name_of(room: &Room, id: &str) -> String {
    let snapshots = room.snapshots();
    let snapshot = snapshots.borrow();
    let printer = snapshot.printers.iter().find(|printer| printer.id == id);
    printer.map_or_else(|| id.to_owned(), |printer| printer.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use platen_window::state::testing::job;

    #[test]
    fn what_did_not_come_out_is_told_in_the_words_of_the_job() {
        let told = |state| {
            let message = "The printer does not answer.".into();
            missed(&JobRow { message, ..job(1, "A-1", state) })
        };
        for state in ["aborted", "held", "pending", "canceled"] {
            assert_eq!(told(state).as_deref(), Some("The printer does not answer."), "{state}");
        }
        for state in ["completed", "processing", "unconfirmed", "expired"] {
            assert_eq!(told(state), None, "{state}");
        }
        let call = call(Language::En, "Bar", Key::MenuOpenDrawer, "Why.".into());
        assert_eq!((&*call.title, &*call.body), ("Bar: Open drawer", "Why."));
    }
}
