//! Rules about the tree itself, so that running the tests is the whole truth.
//!
//! - `arrows`  which crate may know which (ARCHITECTURE.md, the map)
//! - `sources` what may stand in which file
//! - `papers`  documents that name tests, dependencies and decisions name what exists
//!
//! The needles are spelt in two parts (`concat!`), or these files would find themselves.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a file that cannot be read fails the test"
)]

mod arrows;
mod files;
mod papers;
mod sources;
