//! Secrecy: who may see the rows of a source.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Who may see the rows of a source; the order is from the least secret to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Secrecy {
    /// Anyone: its rows may stand in the public edition.
    #[default]
    Open,
    /// Those who work with the study; what is counted from it is public, its rows are not.
    Internal,
    /// As `Internal`, and nothing public says which file it is or singles out what came from it.
    Secret,
}

impl Secrecy {
    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Internal => "internal",
            Self::Secret => "secret",
        }
    }
}

impl fmt::Display for Secrecy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
