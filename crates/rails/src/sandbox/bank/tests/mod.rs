//! The promises of the bank and its client, at the level where they are made: HTTP on a real socket, a real journal, and
//! a clock that only the test moves.

mod book;
mod durable;
mod hearing;
mod once;
mod page;
mod scripts;
mod silence;
mod world;
