//! The outcome of a run: all that a report is made from. It holds no place.

use serde::{Deserialize, Serialize};

use crate::{
    aid::Aid,
    assessment::Assessment,
    comparison::Comparison,
    diagnostic::DiagnosticCount,
    goal::Goal,
    indicator::Indicators,
    network::Networks,
    plan::{Ask, Curve, Plan, Project, Ranking, Sensitivity, Unplanned},
    reconcile::Reconciliation,
    safety::Safety,
    secrecy::Secrecy,
    study::Frame,
    suppress::Rule,
    timetable::Timetable,
};

/// All that a report is made from: figures, verdicts and where they come from. It holds no place.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The study's name.
    pub name: String,
    /// A sentence that the study wants every reader to see first, for example that its data are synthetic.
    pub notice: Option<String>,
    /// The axes; the areas' borders are in its levels.
    pub frame: Frame,
    /// The figures.
    pub indicators: Indicators,
    /// The goals that areas were held against.
    pub goals: Vec<Goal>,
    /// What came of that.
    pub assessments: Vec<Assessment>,
    /// What the rules about public money come to; nothing in the public edition.
    pub aid: Aid,
    /// What was found in the input.
    pub diagnostics: Vec<DiagnosticCount>,
    /// What the denominators are made of, and official figures beside the study's.
    pub reconciliation: Reconciliation,
    /// Per source of borders of localities: the year they were drawn for, where the study file says it.
    pub settlement_vintages: Vec<Option<i16>>,
    /// How safe the verdicts are.
    pub safety: Safety,
    /// What the study's scenarios come to; nothing in the public edition.
    pub scenarios: Comparison,
    /// What the study's plans come to; nothing in the public edition.
    pub plans: Plans,
    /// Which networks reach what; nothing in the public edition.
    pub networks: Networks,
    /// From when units have a speed, by what is planned; nothing in the public edition.
    pub timetable: Timetable,
    /// Where everything came from.
    pub provenance: Provenance,
    /// By which rule small counts are kept back: the public edition. `None` for the internal one, which keeps nothing back.
    pub edition: Option<Rule>,
}

/// What a study's plans come to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Plans {
    /// The projects that they choose among.
    pub projects: Vec<Project>,
    /// What was asked for, and what came of it.
    pub asked: Vec<(Ask, Result<Plan, Unplanned>)>,
    /// What the solver is called.
    pub solver: String,
    /// The cost curves of those of them that were asked for one, by index.
    pub curves: Vec<(usize, Curve)>,
    /// What they would be with other costs, where that was asked, by index.
    pub sensitivities: Vec<(usize, Sensitivity)>,
    /// In which order the projects would be given support, where that was asked.
    pub ranking: Option<Ranking>,
}

impl Plans {
    /// The cost curve of a plan, by its index.
    #[must_use]
    pub fn curve(&self, plan: usize) -> Option<&Curve> {
        self.curves.iter().find(|(of, _)| *of == plan).map(|(_, curve)| curve)
    }

    /// What a plan would be with other costs, by its index.
    #[must_use]
    pub fn sensitivity(&self, plan: usize) -> Option<&Sensitivity> {
        self.sensitivities.iter().find(|(of, _)| *of == plan).map(|(_, found)| found)
    }
}

/// Where the figures came from: enough to make them again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// Program and version, for example `nittio 0.1.0`.
    pub program: String,
    /// The working CRS, for example `EPSG:3006`, or `as-is`.
    pub crs: String,
    /// The files that were read, in the order of the study file.
    pub inputs: Vec<Input>,
}

/// One file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// The path as the study file writes it.
    pub path: String,
    /// What it was read for: `study`, `places`, `footprints`, `offers`, `review`, `areas`, `settlements`, `official`.
    pub role: String,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Rows or features in the file.
    pub rows: u64,
    /// Rows or features that are in the result.
    pub used: u64,
    /// The CRS of its coordinates, where it has any.
    pub crs: Option<String>,
    /// Who made it, as the study file says.
    pub source: Option<String>,
    /// Under which licence, as the study file says.
    pub licence: Option<String>,
    /// Who may see its rows.
    pub secrecy: Secrecy,
}
