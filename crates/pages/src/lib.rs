//! What is seen: pages, rendered from values. Pure: no I/O, no clock, no database.
//!
//! A page is a struct with everything that it shows, and one function that renders it into HTML. Templates and assets lie
//! in `web/`, checked by the compiler and built into the program. Views are not `Debug`: none is ever logged by accident.

pub mod assets;
pub mod checkout;
pub mod csp;
pub mod lang;
pub mod link;
mod qr;
pub mod shop;

pub use lang::Lang;
pub use link::{PageUrl, UpiLink};
