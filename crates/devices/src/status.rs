//! What a receipt printer can be asked, and what its answers mean. Shared by every transport that can read.

mod condition;
mod questions;
mod replies;

pub(crate) use condition::Condition;
pub(crate) use questions::{AUTO_STATUS_ON, FENCE, Question, confirmation, own_questions};
pub(crate) use replies::{Replies, Reply};
