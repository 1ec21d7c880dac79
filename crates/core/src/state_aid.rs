//! State aid: white, grey or black, by how many fast fixed networks there are or are planned.

use serde::{Deserialize, Serialize};

use crate::{
    fixed::{Fixed, Networks},
    goal::Source,
    service::Link,
};

/// The rule that makes a place white, grey or black.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateAid {
    /// Which networks count.
    #[serde(flatten)]
    pub fixed: Fixed,
    /// From so many independent networks a place is black; with fewer it is grey, with none white.
    pub black_from: u8,
    /// Where it stands.
    pub sources: Vec<Source>,
}

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Class {
    /// No network.
    White,
    /// Some, but fewer than make it black.
    Grey,
    /// As many as make it black, or more.
    Black,
    /// It cannot be said what reaches it.
    Unmatched,
}

impl Class {
    /// All of them, in the order of tables.
    pub const ALL: [Self; 4] = [Self::White, Self::Grey, Self::Black, Self::Unmatched];

    /// The keys that stand in files, in the same order.
    pub const KEYS: [&'static str; 4] = ["white", "grey", "black", "unmatched"];

    /// Its place in [`Class::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        Self::KEYS[self as usize]
    }
}

impl StateAid {
    /// The class of a place that these links reach; `None` stands for links of which it cannot be said.
    #[must_use]
    pub fn class(&self, links: Option<&[Link]>, networks: &Networks<'_>) -> Class {
        let Some(links) = links else { return Class::Unmatched };
        match networks.owners(links).len() {
            0 => Class::White,
            n if n < usize::from(self.black_from) => Class::Grey,
            _ => Class::Black,
        }
    }
}
