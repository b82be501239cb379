//! What happens: the stories of the house, one file a step.
//!
//! Each step reads what it needs, asks a pure decision of `domain`, and writes the answer: one function, one
//! transaction. A bank is called between two steps, never inside one.

pub mod bells;
pub mod bootstrap;
pub mod callback;
pub mod copy;
pub mod directory;
pub mod dispute;
pub mod event;
pub mod fund;
pub mod keyring;
pub mod merchant;
pub mod node;
pub mod payment;
pub mod payout;
mod reference;
pub mod refund;
pub mod retention;
pub mod verify;
pub mod webhook;

pub use bells::Bells;
pub use directory::Directory;
pub use keyring::Keyring;
use rokad_store::Store;

/// What every story needs: the store, and the bells that wake the jobs when there is work.
#[derive(Clone)]
pub struct House {
    /// What is remembered.
    pub store: Store,
    /// Who is woken.
    pub bells: Bells,
}

impl House {
    /// A house on this store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self {
            store,
            bells: Bells::default(),
        }
    }
}
