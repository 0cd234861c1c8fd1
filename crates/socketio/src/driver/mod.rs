//! The drivers.

pub(crate) mod native;
pub(crate) mod rust_socketio;

use crate::endpoint::{DriverKind, Endpoint};
use crate::limits::Limits;
use crate::port::Driver;
use std::sync::Arc;

/// The driver of that kind for this endpoint.
pub(crate) fn of_kind(kind: DriverKind, endpoint: Endpoint, limits: Limits) -> Arc<dyn Driver> {
    match kind {
        DriverKind::Native => Arc::new(native::NativeDriver::new(endpoint, limits)),
        DriverKind::RustSocketio => {
            Arc::new(rust_socketio::RustSocketioDriver::new(endpoint, limits))
        }
    }
}
