//! The file that support asks for.

use crate::changing::{failed, on_disk};
use crate::room::Room;
use platen_bridge::{JobQuery, Request, Response};
use platen_program::doctor::{self, Finding, JOBS, Told};
use platen_program::downloads;
use std::sync::Arc;

/// Makes the file where the person looks for files, or else in the home; gives its path.
pub async fn make_bundle(room: &Arc<Room>) -> Result<String, String> {
    let diagnosis = doctor::diagnose(room.home(), ask(room).await).await;
    on_disk(room, move |room| {
        let folder = downloads().unwrap_or_else(|| room.home().root().to_owned());
        let path = folder.join(doctor::bundle_name());
        doctor::bundle(room.home(), &diagnosis, &path).map_err(failed(room))?;
        Ok(path.display().to_string())
    })
    .await
}

async fn ask(room: &Room) -> Told {
    let (status, engine) = match room.ask(Request::Status).await {
        Ok(Response::Status(status)) => (Some(*status), Finding::good("engine", "running")),
        Ok(_) => (None, Finding::attention("engine", "it answers something else")),
        Err(words) => (None, Finding::attention("engine", words)),
    };
    let query = JobQuery { limit: JOBS, ..JobQuery::default() };
    let jobs = match room.ask(Request::Jobs(query)).await {
        Ok(Response::Jobs(jobs)) => jobs,
        _ => Vec::new(),
    };
    Told { engine, status, jobs }
}
