//! The caller's side of the control door.

use super::{Answer, Call, Door, LONGEST_LINE};
use crate::home::Home;
use crate::view::{Request, RequestError, Response};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const CONNECT: Duration = Duration::from_secs(2);

/// A line to the engine that runs in a home.
pub struct Client {
    stream: BufReader<TcpStream>,
    token: String,
}

/// Why the running engine could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No engine runs in this home.
    #[error("Platen is not running")]
    NotRunning,
    /// It runs, and does not answer as it should.
    #[error("the running Platen does not answer: {0}")]
    NoAnswer(String),
    /// It answered: no.
    #[error(transparent)]
    Refused(#[from] RequestError),
}

impl Client {
    /// Reaches the engine of a home.
    ///
    /// # Errors
    /// [`ControlError::NotRunning`] where there is none.
    pub async fn connect(home: &Home) -> Result<Client, ControlError> {
        let text = tokio::fs::read(home.control()).await.map_err(|_| ControlError::NotRunning)?;
        let door: Door = serde_json::from_slice(&text).map_err(|_| ControlError::NotRunning)?;
        let connecting = TcpStream::connect(("127.0.0.1", door.port));
        match tokio::time::timeout(CONNECT, connecting).await {
            Ok(Ok(stream)) => Ok(Client { stream: BufReader::new(stream), token: door.token }),
            _ => Err(ControlError::NotRunning),
        }
    }

    /// Asks one thing, and waits at most that long for the answer.
    ///
    /// # Errors
    /// [`ControlError`].
    pub async fn ask(
        &mut self,
        request: Request,
        at_most: Duration,
    ) -> Result<Response, ControlError> {
        match tokio::time::timeout(at_most, self.exchange(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(ControlError::NoAnswer("it took too long".into())),
        }
    }

    async fn exchange(&mut self, request: Request) -> Result<Response, ControlError> {
        let gone = |error: std::io::Error| ControlError::NoAnswer(error.to_string());
        let call = Call { token: self.token.clone(), request };
        let mut line =
            serde_json::to_vec(&call).map_err(|error| ControlError::NoAnswer(error.to_string()))?;
        line.push(b'\n');
        self.stream.get_mut().write_all(&line).await.map_err(gone)?;
        line.clear();
        let mut bounded = (&mut self.stream).take(LONGEST_LINE);
        bounded.read_until(b'\n', &mut line).await.map_err(gone)?;
        match serde_json::from_slice(&line) {
            Ok(Answer::Ok(response)) => Ok(response),
            Ok(Answer::Refused(error)) => Err(ControlError::Refused(error)),
            // The file is older than the engine: whoever wrote it is gone, and its port is another program's now.
            Ok(Answer::WrongToken) => Err(ControlError::NotRunning),
            Ok(Answer::Unreadable) => Err(ControlError::NoAnswer("it is another version".into())),
            Err(_) => Err(ControlError::NotRunning),
        }
    }
}
