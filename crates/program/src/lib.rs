//! What `platenctl` and the desktop do alike as programs: where the home is, where the log goes, how the engine is kept
//! running, and how they are asked to end.

pub mod log;
pub mod memory;
mod place;
mod rollout;
mod running;
mod stop;

pub use place::usual_home;
pub use rollout::roll_out;
pub use running::keep_running;
pub use stop::Stop;
