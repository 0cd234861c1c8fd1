//! The engine's side of the control door.

use super::{Answer, Call, Door, LONGEST_LINE};
use crate::engine::Asked;
use crate::home::{Home, write_private};
use crate::view::{Request, RequestError, Response};
use rand::Rng;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Connections served at once; a further one waits for its turn.
const MOST_CONNECTIONS: usize = 16;
/// A caller that is silent for longer is let go.
const IDLE: Duration = Duration::from_secs(60);

/// A door that could not be opened is tried again after this.
const AGAIN: Duration = Duration::from_secs(5);

/// Answers callers with what an attempt to open the door came to, until `cancel`. Where it could not be opened, as on a full
/// disk, it is tried until it can: no job waits for it.
pub async fn keep_open(
    mut door: io::Result<OpenDoor>,
    home: Home,
    engine: Arc<dyn Asked>,
    cancel: CancellationToken,
) {
    loop {
        match door {
            Ok(door) => return door.serve(engine, cancel).await,
            Err(error) => {
                tracing::warn!(%error, "the control door cannot be opened; printing goes on, and it is tried again");
            }
        }
        tokio::select! {
            () = cancel.cancelled() => return,
            () = tokio::time::sleep(AGAIN) => {}
        }
        door = OpenDoor::open(&home).await;
    }
}

/// The engine's open door.
pub struct OpenDoor {
    listener: TcpListener,
    token: String,
    file: PathBuf,
}

impl OpenDoor {
    /// Opens the door of a home and says in its file how to reach it.
    ///
    /// # Errors
    /// Where no port or no file can be had.
    pub async fn open(home: &Home) -> io::Result<OpenDoor> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let token = fresh_token();
        let door = Door {
            port: listener.local_addr()?.port(),
            token: token.clone(),
            pid: std::process::id(),
        };
        let (path, json) = (home.control(), serde_json::to_vec(&door)?);
        tokio::task::spawn_blocking(move || write_private(&path, &json))
            .await
            .map_err(io::Error::other)??;
        Ok(OpenDoor { listener, token, file: home.control() })
    }

    /// Answers until `cancel`; then takes the file away.
    pub async fn serve(self, engine: Arc<dyn Asked>, cancel: CancellationToken) {
        let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        loop {
            let Ok(place) = places.clone().acquire_owned().await else { break };
            let accepted = tokio::select! {
                () = cancel.cancelled() => break,
                accepted = self.listener.accept() => accepted,
            };
            let (engine, token, cancel) = (engine.clone(), self.token.clone(), cancel.clone());
            match accepted {
                Ok((stream, _)) => drop(tokio::spawn(async move {
                    let _place = place;
                    tokio::select! {
                        () = cancel.cancelled() => {}
                        result = converse(stream, &token, engine) => if let Err(error) = result {
                            tracing::debug!(%error, "a caller of the control door went away");
                        }
                    }
                })),
                Err(error) => {
                    tracing::warn!(%error, "the control door cannot accept a caller");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        let _ = tokio::fs::remove_file(self.file).await;
    }
}

async fn converse(stream: TcpStream, token: &str, engine: Arc<dyn Asked>) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut bounded = (&mut lines).take(LONGEST_LINE);
        let reading = tokio::time::timeout(IDLE, bounded.read_until(b'\n', &mut line)).await;
        if !matches!(reading, Ok(Ok(length)) if length > 0) {
            return Ok(());
        }
        let answer = match serde_json::from_slice::<Call>(&line) {
            Err(_) => Answer::Unreadable,
            Ok(call) if !same(call.token.as_bytes(), token.as_bytes()) => Answer::WrongToken,
            Ok(Call { request: request @ Request::Wait { .. }, .. }) => {
                // It may wait for an hour: a caller that has gone must not keep the place so long. Nothing else is
                // given up half-way.
                tokio::select! {
                    said = engine.ask(request) => said.into(),
                    () = hung_up(&mut lines) => return Ok(()),
                }
            }
            Ok(call) => engine.ask(call.request).await.into(),
        };
        let mut text = serde_json::to_vec(&answer)?;
        text.push(b'\n');
        tokio::time::timeout(IDLE, write.write_all(&text)).await??;
        if !matches!(answer, Answer::Ok(_) | Answer::Refused(_)) {
            return Ok(());
        }
    }
}

impl From<Result<Response, RequestError>> for Answer {
    fn from(said: Result<Response, RequestError>) -> Self {
        match said {
            Ok(response) => Answer::Ok(response),
            Err(error) => Answer::Refused(error),
        }
    }
}

/// Ready once the caller has closed the connection; never where it has said more instead.
async fn hung_up(lines: &mut BufReader<OwnedReadHalf>) {
    if lines.fill_buf().await.is_ok_and(|more| !more.is_empty()) {
        std::future::pending::<()>().await;
    }
}

/// Compares without telling by its duration where two texts differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

fn fresh_token() -> String {
    let mut bytes = [0u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
