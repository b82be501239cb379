//! The load generator: HTTP/1.1 over plain TCP, by hand, so that it costs little and hides nothing.
//!
//! - `closed`: N connections, each sends its next request when it has its answer. For throughput.
//! - `open`: requests fall due at a fixed rate whether or not answers come. For latency, counted from the moment a
//!   request was *due*, so that a server which stalls cannot hide behind a client that politely waits for it.

pub mod closed;
pub mod connection;
pub mod http;
pub mod open;
pub mod payment;
pub mod random;
pub mod request;
pub mod tally;
