//! Odoo's "TW Possible Print Driver".

pub mod pull;
