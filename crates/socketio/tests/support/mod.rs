//! What the tests share: a real gateway to talk to, and a line to it.
#![allow(dead_code)]

pub mod gateway;
pub mod line;
pub mod raw;

use std::time::Duration;

/// How long a test waits for something that is going to happen.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Waits for `future`, with the usual deadline.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("waited in vain for {what}"),
    }
}
