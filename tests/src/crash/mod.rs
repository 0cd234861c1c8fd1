//! What the crash tests share: a shop that sends orders and never gives up on one, printers and a gateway that misbehave,
//! and the judgement of what is on paper at the end.

mod books;
mod chance;
mod day;
mod death;
mod log;
mod order;
mod outage;
mod paper;
mod sender;
mod strace;
mod trial;
mod trouble;
mod update;
mod verdict;
mod wired;

pub use books::Books;
pub use chance::Chance;
pub use day::Day;
pub use death::{Death, Signs};
pub use log::{lines_about, our_number};
pub use order::{Form, Kind, Order};
pub use outage::GatewayTrouble;
pub use paper::{Copy, Paper};
pub use sender::{Manners, Sender, Sent, Told, Word};
pub use strace::{Step, Strace};
pub use trial::{Lives, Plan, Printers};
pub use trouble::{Misfortune, PrinterTrouble};
pub use update::UpdateTrial;
pub use verdict::{Known, judge};
pub use wired::Wired;
