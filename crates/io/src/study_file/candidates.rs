//! How candidates are made, as a study file says it.

use std::str::FromStr;

use nittio_core::{
    candidate::Rules,
    quantity::{Metres, Speed},
    service::Technology,
};
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::{FileSource, check::Check, defaults, load::At, schema, technologies::TechnologyList};

/// What holds unless the study file says otherwise: metres and numbers of places.
const REACH: u32 = 300;
const MARGIN: u32 = 50;
const LEAST: u64 = 10;
const MOST: u64 = 500;

/// Projects that `nittio candidates` proposes where nobody has drawn any.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CandidateSettings {
    /// The speed that places lack. Default: the first of the goal that the report puts first.
    #[schemars(with = "Option<schema::SpeedText>")]
    pub lacks: Option<Spanned<Speed>>,
    /// The key of the profile that says what counts as access. Default: the study's main one.
    #[schemars(with = "Option<String>")]
    pub base: Option<Spanned<String>>,
    /// The key of the level whose borders no project crosses. Default: the report's.
    #[schemars(with = "Option<String>")]
    pub level: Option<Spanned<String>>,
    /// Whether a project may cross those borders. Default: false.
    pub across_borders: bool,
    /// Whether a project has places of one settlement class only. Default: false.
    pub by_settlement: bool,
    /// Places that lie at most so far apart belong to one project. Default: 300 m.
    #[schemars(with = "Option<schema::DistanceText>")]
    pub reach: Option<Metres>,
    /// Fewer places than this are no project; they are counted as left out. Default: 10.
    #[schemars(range(min = 1))]
    pub least: Option<u64>,
    /// More places than this are several projects. Default: 500.
    #[schemars(range(min = 2))]
    pub most: Option<u64>,
    /// How far beyond places and routes an outline goes, at most half of `reach`. Default: 50 m, or half of `reach` if that is less.
    #[schemars(with = "Option<schema::DistanceText>")]
    pub margin: Option<Metres>,
    /// How long a route is, in per cent of the straight lines in it: `"130 %"`. Default: 100 %, straight lines, which is as short
    /// as it can be; the result says so. What is on `roads` is as long as they are.
    #[schemars(with = "Option<String>")]
    pub detour: Option<Spanned<String>>,
    /// Routes begin at the nearest place that has the speed by one of these technologies. Default: `["fibre"]`.
    #[schemars(with = "Option<Vec<schema::TechnologyWord>>")]
    pub network_technologies: Option<TechnologyList>,
    /// A file of points that routes begin at instead, for example nodes with room left: any format with geometry.
    #[schemars(with = "Option<String>")]
    pub network: Option<Spanned<String>>,
    /// A file of roads that routes follow, with straight lines only to them and where none leads: lines, in any format with geometry.
    /// Default: routes are straight lines.
    #[schemars(with = "Option<String>")]
    pub roads: Option<Spanned<String>>,
    /// The layer of `roads`, where a GeoPackage has several, or the file inside a zip that has several.
    #[schemars(with = "Option<String>")]
    pub roads_layer: Option<Spanned<String>>,
    /// The CRS of `roads`, where the file does not say it or says it wrong: `"EPSG:3006"`.
    #[schemars(with = "Option<String>")]
    pub roads_crs: Option<Spanned<String>>,
    /// The technology that candidates are written with. Default: `fibre`.
    #[schemars(with = "Option<schema::OneTechnologyWord>")]
    pub technology: Option<Technology>,
    /// The download speed that candidates are written with. Default: the speed that places lack.
    #[schemars(with = "Option<schema::SpeedText>")]
    pub down: Option<Spanned<Speed>>,
    /// A TOML file with unit costs by kind, as for `[[projects]]`. Default: nothing is said of costs.
    #[schemars(with = "Option<String>")]
    pub unit_costs: Option<Spanned<String>>,
    /// Which of the unit costs candidates have.
    #[schemars(with = "Option<String>")]
    pub kind: Option<Spanned<String>>,
}

impl CandidateSettings {
    /// The rules, with what is not said filled in.
    #[must_use]
    pub fn rules(&self) -> Rules {
        let reach = self.reach.unwrap_or(Metres::from_metres(REACH));
        let half = Metres::from_millimetres(reach.millimetres() / 2);
        Rules {
            reach,
            least: self.least.unwrap_or(LEAST),
            most: self.most.unwrap_or(MOST),
            within_areas: !self.across_borders,
            by_class: self.by_settlement,
            margin: self.margin.unwrap_or(Metres::from_metres(MARGIN).min(half)),
            detour: self.detour.as_ref().and_then(|text| percent(text.get_ref())).unwrap_or(100),
        }
    }

    /// The file of roads, where one is named.
    #[must_use]
    pub fn road_file(&self) -> Option<FileSource> {
        let path = self.roads.clone()?;
        let (layer, crs) = (self.roads_layer.clone(), self.roads_crs.clone());
        Some(FileSource { layer, crs, ..FileSource::of_path(path) })
    }

    /// The technologies of the network that routes begin at.
    #[must_use]
    pub fn network_technologies(&self) -> Vec<Technology> {
        self.network_technologies.as_ref().map_or(vec![Technology::Fibre], |list| list.0.iter().copied().collect())
    }
}

/// Whole per cent, a hundred or more.
fn percent(text: &str) -> Option<u64> {
    let number = u64::from_str(text.trim().strip_suffix('%')?.trim()).ok()?;
    (100..=100_000).contains(&number).then_some(number)
}

impl Check<'_> {
    pub(super) fn candidates(&mut self) {
        let file = self.file;
        let Some(asked) = &file.candidates else { return };
        let at = |key: &'static str| [At::Key("candidates"), At::Key(key)];
        let rules = asked.rules();
        if let Some(base) = &asked.base {
            let known: Vec<String> = defaults::profiles(file).into_iter().map(|profile| profile.key).collect();
            if !known.contains(base.get_ref()) {
                self.unknown(base, "profile of this study", &known.iter().map(String::as_str).collect::<Vec<_>>());
            }
        }
        if let Some(level) = asked.level.as_ref().filter(|level| !file.areas.contains_key(level.get_ref())) {
            self.unknown(level, "level of this study", &file.areas.keys().map(String::as_str).collect::<Vec<_>>());
        }
        if rules.reach == Metres::default() {
            self.wrong_at(
                &at("reach"),
                "with no reach, no places are together",
                "write, for example: reach = \"300 m\"",
            );
        }
        if rules.margin == Metres::default() || rules.margin.millimetres() > rules.reach.millimetres() / 2 {
            let message = "an outline goes some way beyond its places, but no further than half of `reach`, or others would lie inside";
            let half = Metres::from_millimetres(rules.reach.millimetres() / 2);
            self.wrong_at(&at("margin"), message, format!("write at most: margin = \"{half}\""));
        }
        if rules.least == 0 || rules.most / 2 < rules.least {
            let message = "`most` must be at least twice `least`, so that what is too large can be split into projects";
            self.wrong_at(
                &at("most"),
                message,
                format!("write, for example: most = {}", rules.least.max(1).saturating_mul(10)),
            );
        }
        if let Some(detour) = asked.detour.as_ref().filter(|text| percent(text.get_ref()).is_none()) {
            self.wrong(
                detour.span(),
                format!("{:?} is not how long a route can be", detour.get_ref()),
                "write whole per cent of the straight lines, 100 or more, for example: detour = \"130 %\"",
            );
        }
        if asked.network_technologies.as_ref().is_some_and(|list| list.0.is_empty()) {
            self.wrong_at(
                &at("network_technologies"),
                "without a technology there is no network",
                "write, for example: network_technologies = [\"fibre\"]",
            );
        }
        match asked.road_file() {
            Some(roads) => self.file_source(&roads),
            None => {
                for (said, what) in [(&asked.roads_layer, "layer"), (&asked.roads_crs, "CRS")] {
                    let Some(said) = said else { continue };
                    let message = format!("no file of roads is named that could have this {what}");
                    self.wrong(said.span(), message, "write, for example: roads = \"vagar.gpkg\"");
                }
            }
        }
        match (&asked.unit_costs, &asked.kind) {
            (Some(costs), None) => self.wrong(
                costs.span(),
                "unit costs are by kind, and nothing says which kind candidates are",
                "write, for example: kind = \"countryside\"",
            ),
            (None, Some(kind)) => self.wrong(
                kind.span(),
                "no file says what this kind costs",
                "write, for example: unit_costs = \"unit-costs.toml\"",
            ),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::study_file::least;

    #[test]
    fn settings_that_cannot_be_followed_are_refused() {
        let errors = |more: &str| {
            let more = format!("[areas.municipality]\n[candidates]\n{more}\n");
            least::study_of("codes = { municipality = \"k\" }\n", &more).err().unwrap_or_default()
        };
        for (more, said) in [
            ("roads_layer = \"r\"", "no file of roads is named that could have this layer"),
            ("roads_crs = \"EPSG:3006\"", "no file of roads is named that could have this CRS"),
            ("roads = \"r.shp\"\nroads_crs = \"SWEREF\"", "write EPSG: and a number"),
            ("base = \"fibre\"", "profile of this study"),
            ("level = \"ward\"", "level of this study"),
            ("reach = \"0 m\"", "no places are together"),
            ("reach = \"80 m\"\nmargin = \"50 m\"", "write at most: margin = \"40 m\""),
            ("least = 300", "at least twice"),
            ("least = 0", "at least twice"),
            ("detour = \"90 %\"", "100 or more"),
            ("unit_costs = \"c.toml\"", "which kind"),
            ("kind = \"land\"", "no file says"),
            ("roads_layer = \"vag\"", "no file of roads"),
        ] {
            let found = errors(more);
            assert!(found.contains(said), "{more}: {found}");
        }
        assert_eq!(errors("reach = \"80 m\"\ndetour = \"130 %\""), "");
    }
}
