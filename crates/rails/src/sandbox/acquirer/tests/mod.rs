//! The promises of the acquirer and its client, at the level where they are made: HTTP on a real socket, a real journal,
//! and a clock that only the test moves.

mod beside;
mod customer;
mod disputes;
mod durable;
mod once;
mod refunds;
mod scripts;
mod silence;
mod world;
