//! What is said: the two published contracts, parsed, checked, sealed, signed and rendered.
//!
//! Everything here is pure: no I/O, no async, no clock; only [`chance`] asks the machine for something.
//! Rokad's server reads requests with [`Fields`], [`collect`] and [`payout`]; a merchant's Rust program uses the same crate,
//! alone, for the other end of the line:
//!
//! ```
//! use rokad_wire::payout::{Status, sign_poll, verify_callback};
//!
//! // Ask what became of a payout: post this as JSON to /payout/api/status_polling.php.
//! let poll = sign_poll("2323232323", "77bf…", "s3cr3t-key-001");
//! assert_eq!(poll.post_hash.len(), 128);
//!
//! // Take a callback: act on it only when its seal fits.
//! let body = br#"{"order_id":"6876mhnytg","requested_amount":8128,"processed_amount":8128,"status":"Approved",
//!     "post_hash":"oKGio6SlpqeoqaqrrK2ur1Yw1R89VS7qNnD2ieM6GFEN8w54KjVUqZdUGLy+EmRtKVLSiT2uQgyuwH41U1eUmsTKeqV\/uHMrOtNMM4yxc9OONFvRpeZAHLx9ZIb09muQ"}"#;
//! let callback = verify_callback(body, "s3cr3t-key-001")?;
//! assert_eq!(callback.status, Status::Approved);
//! assert_eq!(callback.processed.whole_rupees(), 8128);
//! # Ok::<(), rokad_wire::payout::NotVerified>(())
//! ```

pub mod chance;
pub mod collect;
pub mod date;
pub mod evidence;
pub mod fields;
mod json;
mod mac;
pub mod payout;
mod text;
pub mod webhook;

pub use fields::{Fields, FieldsError};
pub use payout::{Refusal, Retry, Wire};
