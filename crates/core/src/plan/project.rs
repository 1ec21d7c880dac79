//! Projects: what may be built, and what that costs.

use serde::{Deserialize, Serialize};

use crate::quantity::{Kronor, Metres, Share};

/// A build-out project: the services that name it, and what they cost to build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// The name that its services give as their project.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// What it costs.
    pub cost: Cost,
    /// What others pay of it, for example a state scheme or those who are connected.
    pub contribution: Kronor,
    /// The support that is sought for it, where that is said; otherwise what is left when others have paid.
    pub sought: Option<Kronor>,
    /// The first year in which it can be built.
    pub earliest: Option<i16>,
    /// Whether there is a choice.
    pub build: Build,
}

/// Whether a project may be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Build {
    /// It may.
    #[default]
    Maybe,
    /// It is in every plan.
    Must,
    /// It is in none.
    Never,
}

/// What a project costs, part by part; a part that is not said is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cost {
    /// Whatever it reaches.
    pub fixed: Kronor,
    /// For each place that it reaches and that lacked the speed before.
    pub per_passed: Kronor,
    /// For each of those places that is connected.
    pub per_connected: Kronor,
    /// How large a share of them is connected.
    pub connected: Share,
    /// For each metre that is built.
    pub per_metre: Kronor,
    /// How long it is.
    pub length: Metres,
}

impl Cost {
    /// What it all comes to, with so many places passed. Places that are connected are rounded up, and so are öre.
    #[must_use]
    pub fn total(&self, passed: u64) -> Kronor {
        let along = u128::from(self.per_metre.ore()) * u128::from(self.length.millimetres());
        let along = Kronor::from_ore(u64::try_from(along.div_ceil(1000)).unwrap_or(u64::MAX));
        let connected = self.per_connected.times(self.connected.of(passed));
        Kronor::sum([self.fixed, self.per_passed.times(passed), connected, along])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_the_sum_of_its_parts() {
        let cost = Cost {
            fixed: Kronor::from_kronor(1_000),
            per_passed: Kronor::from_kronor(10),
            per_connected: Kronor::from_kronor(100),
            connected: Share::from_percent(60),
            per_metre: Kronor::from_kronor(3),
            length: Metres::from_millimetres(1_500),
        };
        // 1 000 + 7 × 10 + 5 × 100 (60 % of 7 is 4.2, so 5) + 4.50
        assert_eq!(cost.total(7), Kronor::from_ore(157_450));
        assert_eq!(Cost::default().total(1_000_000), Kronor::default());
    }
}
