//! A study: everything that a run needs, read and ready.

use jiff::civil::Date;

use crate::{
    aid::AidRules, area::Level, category::Listing, footprint::Footprint, goal::Goal, measure::Measure, near::Near,
    offer::Offers, place::Places, profile::Profile, quantity::Speed, service::Services, settlement::SettlementArea,
    unit::Unit,
};

/// Everything that a run needs: who, where, what reaches them, and what is asked.
#[derive(Debug, Clone)]
pub struct Study {
    /// The axes that every count is made along.
    pub frame: Frame,
    /// Homes, workplaces and others, with their units.
    pub places: Places,
    /// Services by place id.
    pub offers: Offers,
    /// Services by area.
    pub footprints: Vec<Footprint>,
    /// The borders of localities and smaller localities; empty when the study has none.
    pub settlements: Vec<SettlementArea>,
    /// Definitions of access, evaluated side by side; the first is the study's main one.
    pub profiles: Vec<Profile>,
    /// Speed thresholds that indicators are computed for, in addition to the goals' own.
    pub speeds: Vec<Speed>,
    /// Measures that indicators are computed for because the study asks for them.
    pub measures: Vec<Measure>,
    /// The goals that areas are held against.
    pub goals: Vec<Goal>,
    /// The rules about public money that the study asks for.
    pub aid: AidRules,
    /// Which places are listed when they lack a speed.
    pub listing: Listing,
}

/// The axes that every count is made along: day, areas, categories, units, services.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The day the figures are for.
    pub as_of: Date,
    /// The kinds of areas, in the study's order.
    pub levels: Vec<Level>,
    /// The places' categories, sorted.
    pub categories: Vec<String>,
    /// The units, in their order, [`Unit::Places`] first.
    pub units: Vec<ScaledUnit>,
    /// The distinct services, sorted.
    pub services: Services,
    /// Whether the study has settlement polygons.
    pub settlements: bool,
    /// When a place is near a service; `None` when that is not asked.
    pub near: Option<Near>,
}

/// A unit, and how many counted parts make one of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScaledUnit {
    /// The unit.
    pub unit: Unit,
    /// 1 for whole numbers; 100 when a weight column has two decimals and counts are hundredths.
    pub scale: u64,
}
