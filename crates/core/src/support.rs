//! Support: which places the Swedish scheme for broadband (bredbandsstöd) is for, and why others are not.

use serde::{Deserialize, Serialize};

use crate::{
    fixed::{Fixed, Networks, When},
    goal::Source,
    service::Link,
    settlement::Settlement,
};

/// The rule that says which places are eligible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Support {
    /// Which networks count as reliable, and which plans as decided.
    #[serde(flatten)]
    pub fixed: Fixed,
    /// Whether places in localities (tätorter) are left out.
    pub outside_localities: bool,
    /// Where it stands.
    pub sources: Vec<Source>,
}

/// Whether a place is eligible, and why, or why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is, for these reasons, sorted.
    Eligible(Vec<Reason>),
    /// It is not, because of these, sorted; the first one is what it is counted under.
    Not(Vec<Obstacle>),
}

/// What an eligible place lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Nothing at all reaches it.
    Nothing,
    /// What reaches it is slower than the threshold.
    Slow,
    /// Something is sold with the speed, but not reliably: by a technology that does not count, or not in the busy hour.
    NotReliable,
    /// There is a plan, but it is too late, not dated or not decided.
    LatePlan,
}

/// Why a place is not eligible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// It lies in a locality.
    Locality,
    /// It has the speed reliably.
    Served,
    /// A decided plan gives it the speed in time.
    Planned,
    /// It is not known whether it lies in a locality.
    UnknownSettlement,
    /// It cannot be said what reaches it.
    Unmatched,
}

impl Reason {
    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Slow => "slow",
            Self::NotReliable => "not-reliable",
            Self::LatePlan => "late-plan",
        }
    }
}

impl Obstacle {
    /// The key that stands in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        Standing::KEYS[1 + self as usize]
    }
}

impl Standing {
    /// The keys of what places are counted under, in the order of tables.
    pub const KEYS: [&'static str; 6] =
        ["eligible", "locality", "served", "planned", "unknown-settlement", "unmatched"];

    /// Its place in [`Standing::KEYS`].
    #[must_use]
    pub fn index(&self) -> usize {
        match self {
            Self::Eligible(_) => 0,
            Self::Not(obstacles) => obstacles.first().map_or(Self::KEYS.len() - 1, |&first| 1 + first as usize),
        }
    }
}

impl Support {
    /// How a place stands that lies so and that these links reach; `None` stands for links of which it cannot be said.
    #[must_use]
    pub fn standing(&self, settlement: Settlement, links: Option<&[Link]>, networks: &Networks<'_>) -> Standing {
        let Some(links) = links else { return Standing::Not(vec![Obstacle::Unmatched]) };
        let mut obstacles = Vec::new();
        if self.outside_localities && settlement == Settlement::Locality {
            obstacles.push(Obstacle::Locality);
        }
        let any = |when: When| links.iter().any(|&link| networks.when(link) == Some(when));
        if any(When::Now) {
            obstacles.push(Obstacle::Served);
        }
        if any(When::Planned) {
            obstacles.push(Obstacle::Planned);
        }
        if obstacles.is_empty() && self.outside_localities && settlement == Settlement::Unknown {
            obstacles.push(Obstacle::UnknownSettlement);
        }
        if !obstacles.is_empty() {
            return Standing::Not(obstacles);
        }
        let there = || links.iter().copied().filter(|&link| networks.is_there(link));
        let first = if there().next().is_none() {
            Reason::Nothing
        } else if there().any(|link| networks.is_sold_as_fast(link)) {
            Reason::NotReliable
        } else {
            Reason::Slow
        };
        let late = any(When::Later).then_some(Reason::LatePlan);
        Standing::Eligible(std::iter::once(first).chain(late).collect())
    }
}
