//! HTTP around the APIs: connections, limits, who is asking, and how an answer looks.

pub mod answer;
pub mod call;
pub mod listen;
pub mod source;

/// Milliseconds that a client has for the head, and again for the body, of a request. Source: contract.md §1.
pub const CLIENT_TIMEOUT_MS: u64 = 10_000;

/// Header fields that a request may have. Source: contract.md §1.
pub const HEADERS_MAX: usize = 100;

/// Bytes that one header may have. Source: contract.md §1.
pub const HEADER_BYTES_MAX: usize = 8 * 1024;
