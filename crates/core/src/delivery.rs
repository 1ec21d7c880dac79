//! A delivery of an operator held against the last one: what has changed, and what should be looked at.
//!
//! `docs/methods/delivery-check.md` says the rules in words.

use jiff::civil::Date;

use crate::{
    quantity::{Metres, Share, Speed},
    service::Technology,
};

/// From where on something is worth a remark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Of what was there last time, gained or lost.
    pub jump: Share,
    /// And at least so many places.
    pub least: u64,
    /// How far outside a footprint a place is a near miss.
    pub near_miss: Metres,
    /// The part of a footprint that is worth a remark when it lies over water.
    pub over_water: Share,
}

impl Default for Settings {
    /// Nobody has published such limits; these are ours, and every output prints what was used.
    fn default() -> Self {
        Self {
            jump: Share::from_percent(10),
            least: 10,
            near_miss: Metres::from_metres(25),
            over_water: Share::from_percent(50),
        }
    }
}

impl Settings {
    /// Whether a change of places is a jump.
    #[must_use]
    pub fn is_jump(&self, before: u64, changed: u64) -> bool {
        changed > 0 && changed >= self.least && changed >= self.jump.of(before)
    }

    /// Whether so much of a footprint lies over water that it should be looked at.
    #[must_use]
    pub fn is_over_water(&self, square_metres: u64, of: u64) -> bool {
        square_metres > 0 && square_metres >= self.over_water.of(of)
    }

    /// Whether a change of area is a jump; there is no least of it.
    #[must_use]
    pub fn is_area_jump(&self, before: u64, now: u64) -> bool {
        let changed = now.abs_diff(before);
        before > 0 && changed > 0 && changed >= self.jump.of(before)
    }
}

/// A delivery, held against the last one.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The study's name.
    pub study: String,
    /// The day its figures are for.
    pub as_of: Date,
    /// The last delivery, as it was named.
    pub last: String,
    /// Whether offer lists are compared too, and not one file of footprints alone.
    pub offers: bool,
    /// What was used.
    pub settings: Settings,
    /// The file of water that footprints were held against; `None` when none was given.
    pub water: Option<String>,
    /// The level that places are counted by; `None` when the study has none.
    pub level: Option<String>,
    /// The operators, by name.
    pub operators: Vec<Operator>,
}

/// What one operator has delivered, now and then.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Operator {
    /// The operator.
    pub name: String,
    /// Last time.
    pub before: Amount,
    /// This time.
    pub now: Amount,
    /// Polygons that are gone.
    pub gone: Amount,
    /// Polygons that are new.
    pub new: Amount,
    /// Places gained, everywhere.
    pub gained: u64,
    /// Places lost, everywhere.
    pub lost: u64,
    /// By area; those where nothing has changed are left out.
    pub changes: Vec<Change>,
    /// What should be looked at, in the order of files and rows.
    pub remarks: Vec<Remark>,
}

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amount {
    /// Polygons.
    pub polygons: u64,
    /// Their area, one by one, so that what overlaps counts twice.
    ///
    /// # Units
    /// Whole square metres, each polygon rounded.
    pub square_metres: u64,
    /// Places that are reached.
    pub places: u64,
}

/// What has changed in an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its code; empty for what is in no area.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Places reached last time.
    pub before: u64,
    /// Places reached this time.
    pub now: u64,
    /// Places reached now and not then.
    pub gained: u64,
    /// Places reached then and not now.
    pub lost: u64,
    /// Area of polygons that are new, in square metres; a polygon is where a point inside it is.
    pub new_square_metres: u64,
    /// Area of polygons that are gone, in square metres.
    pub gone_square_metres: u64,
    /// Whether places jump.
    pub jump: bool,
}

/// Something that should be looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// The file and the row, where it is about one.
    pub at: Option<(String, u32)>,
    /// The footprint's own name, where it has one.
    pub name: Option<String>,
    /// The area that it is about or lies in: code and name.
    pub area: Option<(String, String)>,
    /// What it is.
    pub what: What,
}

/// What a remark is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Many places are gained.
    Gained {
        /// So many.
        places: u64,
        /// Reached last time.
        before: u64,
    },
    /// Many places are lost.
    Lost {
        /// So many.
        places: u64,
        /// Reached last time.
        before: u64,
    },
    /// The area of all footprints has changed much.
    Area {
        /// Square metres last time.
        before: u64,
        /// Square metres this time.
        now: u64,
    },
    /// Polygons of the last delivery that are gone and that nothing stands for. The row is the last delivery's.
    LostArea {
        /// Square metres.
        square_metres: u64,
        /// Places in them that the operator no longer reaches.
        places: u64,
    },
    /// A footprint that holds no place.
    Empty {
        /// Square metres.
        square_metres: u64,
    },
    /// A footprint of which much lies over water.
    Water {
        /// Square metres over water.
        square_metres: u64,
        /// Of so many.
        of: u64,
    },
    /// Places just outside a footprint, which the operator does not reach.
    NearMiss {
        /// So many.
        places: u64,
        /// How far away the nearest is, in millimetres.
        nearest: u64,
    },
    /// A speed beyond what the technology can give.
    Implausible {
        /// The technology.
        technology: Technology,
        /// The download speed.
        down: Option<Speed>,
        /// The upload speed.
        up: Option<Speed>,
        /// The document with the limit.
        limit: &'static str,
    },
    /// The geometry stands on an earlier row.
    Duplicate {
        /// The file and the row of the first.
        first: (String, u32),
        /// Whether the service is the same too.
        same_service: bool,
    },
    /// What reading found, by its key in `rejects.csv`.
    Finding {
        /// The key.
        key: &'static str,
        /// What is wrong and what would be right.
        message: String,
    },
}

impl What {
    /// The stable key, as in the reject file.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Gained { .. } => "places-gained",
            Self::Lost { .. } => "places-lost",
            Self::Area { .. } => "area-changed",
            Self::LostArea { .. } => "lost-area",
            Self::Empty { .. } => "no-place",
            Self::Water { .. } => "over-water",
            Self::NearMiss { .. } => "near-miss",
            Self::Implausible { .. } => "implausible-speed",
            Self::Duplicate { .. } => "duplicate-footprint",
            Self::Finding { key, .. } => key,
        }
    }
}

impl Delivery {
    /// Whether anything should be looked at.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        self.operators.iter().any(|operator| !operator.remarks.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_is_at_least_the_share_and_at_least_so_many_places() {
        let settings = Settings::default();
        assert!(settings.is_jump(100, 10) && !settings.is_jump(101, 10), "10 is less than a tenth of 101");
        assert!(!settings.is_jump(20, 9), "almost half, and too few");
        assert!(settings.is_jump(0, 10), "something of nothing");
        assert!(!Settings { least: 0, ..settings }.is_jump(0, 0), "nothing has changed");
        assert!(
            settings.is_area_jump(1000, 900) && settings.is_area_jump(1000, 1100) && !settings.is_area_jump(1000, 1099)
        );
    }
}
