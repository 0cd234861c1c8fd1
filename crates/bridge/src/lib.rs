//! The engine: printers, queues, policy, settings, secrets, supervision.
