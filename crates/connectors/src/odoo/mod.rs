//! Odoo's "TW Possible Print Driver".

pub mod pull;
mod push;

pub use push::{OdooPushSettings, push};
