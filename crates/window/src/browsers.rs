//! The window in browsers: the pages, and a room that answers.

use crate::commands::WindowCommand;
use crate::room::{Look, Room};
use crate::state::Snapshot;
use async_trait::async_trait;
use futures_util::stream::{BoxStream, StreamExt, unfold};
use platen_connectors::web::{NotDone, Page, Window};
use serde_json::Value;
use std::sync::{Arc, Weak};

/// The files of the pages: the path of each, such as `/index.html`, and what is in it.
pub type Pages = &'static [(&'static str, Page)];

/// What browsers see of a room.
pub(crate) struct Browsers {
    /// The room holds the engine, which holds this.
    room: Weak<Room>,
    pages: Pages,
}

impl Browsers {
    pub(crate) fn new(room: &Arc<Room>, pages: Pages) -> Browsers {
        Browsers { room: Arc::downgrade(room), pages }
    }
}

#[async_trait]
impl Window for Browsers {
    fn page(&self, path: &str) -> Option<Page> {
        self.pages.iter().find(|(known, _)| *known == path).map(|(_, page)| *page)
    }

    fn states(&self) -> BoxStream<'static, String> {
        let Some(room) = self.room.upgrade() else {
            return futures_util::stream::empty().boxed();
        };
        let states = unfold(Seen::Nothing(room), |seen| async {
            let (look, state) = match seen {
                Seen::Nothing(room) => {
                    let mut look = room.look();
                    let first = look.first().await;
                    (look, first)
                }
                Seen::Before(mut look) => {
                    let next = look.next().await?;
                    (look, next)
                }
            };
            Some((written(&state), Seen::Before(look)))
        });
        states.boxed()
    }

    async fn answer(&self, command: Value) -> Result<Value, NotDone> {
        let room = self.room.upgrade().ok_or(NotDone::NoCommand)?;
        // The reason might quote what was sent, a licence key too.
        let command: WindowCommand =
            serde_json::from_value(command).map_err(|_| NotDone::NoCommand)?;
        let reply = room.answer(command).await.map_err(NotDone::Words)?;
        Ok(serde_json::to_value(reply).unwrap_or_default())
    }
}

/// How far somebody has looked.
enum Seen {
    Nothing(Arc<Room>),
    Before(Look),
}

fn written(state: &Snapshot) -> String {
    serde_json::to_string(state).unwrap_or_default()
}
