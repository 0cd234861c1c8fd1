//! The ways a server loses its clients.

use std::sync::Arc;

use serde::Deserialize;

use super::{
    line::{Cut, let_writers_run},
    shared::Shared,
};

/// How clients are thrown out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kick {
    /// Out of the namespace; the transport stays open (`disconnect(false)`, NestJS's default).
    Namespace,
    /// Out of the namespace, and the websocket is closed (`disconnect(true)`).
    Close,
    /// The TCP connection ends without a word.
    Fin,
    /// The TCP connection is reset.
    Reset,
}

/// Kicks every client, desktop or not, and says how many there were.
pub(super) async fn kick(shared: &Arc<Shared>, how: Kick) -> usize {
    let clients: Vec<_> = {
        let clients = shared.clients();
        clients.values().map(|c| (c.socket.clone(), shared.line_of(c))).collect()
    };
    let kicked = clients.len();
    let lines: Vec<_> =
        clients.iter().filter_map(|(_, line)| shared.board.line((*line)?)).collect();
    match how {
        Kick::Fin => lines.iter().for_each(|line| line.cut(Cut::Fin)),
        Kick::Reset => lines.iter().for_each(|line| line.cut(Cut::Reset)),
        Kick::Namespace | Kick::Close => {
            for (socket, _) in clients {
                let _ = socket.disconnect();
            }
            let_writers_run().await;
        }
    }
    if how == Kick::Close {
        lines.iter().for_each(|line| line.close_websocket());
    }
    kicked
}
