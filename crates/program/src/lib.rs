//! What `platenctl` and the desktop do alike as programs: where the home is, where the log goes, how the engine is kept
//! running, how they are asked to end, and what is wrong where something is.

mod descriptors;
pub mod doctor;
mod first;
pub mod log;
pub mod memory;
mod place;
mod rollout;
mod running;
mod stop;
mod text;

pub use first::first;
pub use place::{downloads, usual_home};
pub use rollout::roll_out;
pub use running::keep_running;
pub use stop::Stop;
pub use text::one_line;
