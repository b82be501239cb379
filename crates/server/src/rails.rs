//! The rails of this process, by name.

use rokad_rails::PayoutRail;
use std::{collections::HashMap, sync::Arc};

/// Every rail that this process can reach. Clones share them.
#[derive(Clone, Default)]
pub struct Rails(HashMap<String, Arc<dyn PayoutRail>>);

impl Rails {
    /// Adds a rail.
    pub fn add(&mut self, name: &str, rail: Arc<dyn PayoutRail>) {
        self.0.insert(name.to_owned(), rail);
    }

    /// The rail of this name.
    pub fn get(&self, name: &str) -> Option<&Arc<dyn PayoutRail>> {
        self.0.get(name)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Arc<dyn PayoutRail>)> {
        self.0.iter()
    }
}
