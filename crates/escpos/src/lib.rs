//! Documents to printer bytes, and printer bytes to what a person reads.
