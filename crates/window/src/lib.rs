//! What the window shows and what it may ask for, whoever draws it: the desktop's tray and window, or a browser.
//!
//! ```text
//! engine ─▶ state/publish ─▶ Snapshot ─▶ who shows it           people ─▶ WindowCommand ─▶ Room::answer ─▶ engine
//! ```

mod browsers;
mod changing;
mod commands;
mod connection;
mod orders;
mod paced;
mod room;
mod signpost;
pub mod state;
mod support;
#[cfg(test)]
mod types;
mod wanted;
pub mod words;

pub use browsers::Pages;
pub use changing::{NewPrinter, PrinterChange, start_at_login};
pub use commands::{WindowCommand, WindowReply};
pub use connection::{Connection, ProxyChoice};
pub use paced::Paced;
pub use room::{Left, Look, Room};
pub use signpost::Offer;
