//! The virtual printer and the embedded gateway, for development and tests.
