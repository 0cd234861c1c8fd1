//! The durable journal: never loses an accepted job or an unreported outcome.
