//! The country beside the study: an official share of what the figures show, where the study file has one. Nothing is made up where
//! it has none.

use nittio_core::{
    indicator::At,
    official::{Counts, Published},
    reconcile::Comparison,
    settlement::SettlementGroup,
};

use super::{Scene, reconciliation};
use crate::{
    chart::bars::{Bar, Tone},
    report::{Cell, Row, Source},
};

/// An official share of the whole country.
pub(super) struct Country<'a> {
    comparison: &'a Comparison,
    value: Published,
}

/// The country's share of the main measure; of several, one that is counted in the figures' own unit.
pub(super) fn country<'a>(scene: &Scene<'a>) -> Option<Country<'a>> {
    let measure = scene.ind.measures.get(scene.measure);
    let unit = &scene.scaled().unit;
    let fits = |comparison: &&Comparison| {
        let official = &comparison.official;
        official.definition.counts == Counts::Share
            && official.measure.as_ref() == measure
            && official.profile == At::default().profile
            && official.settlement == SettlementGroup::All
    };
    let found = scene.out.reconciliation.comparisons.iter().filter(fits);
    let mut found: Vec<Country<'a>> =
        found.filter_map(|comparison| Some(Country { comparison, value: comparison.official.country? })).collect();
    found.sort_by_key(|country| country.comparison.official.definition.unit.as_ref() != Some(unit));
    found.into_iter().next()
}

impl Country<'_> {
    #[expect(clippy::cast_precision_loss, reason = "for drawing only")]
    pub(super) fn bar(&self, scene: &Scene<'_>) -> Bar {
        let year = self.comparison.official.year.map(|year| year.to_string());
        let tail = year
            .map_or_else(|| scene.t.get("country.tail"), |year| scene.t.say("country.tail-year", &[("year", &year)]));
        Bar {
            label: scene.t.get("reconciliation.country"),
            value: self.share(scene),
            // Of more than a share, or less, the length is as good as it gets.
            share: Some(self.value.value as f64 / 1e6),
            planned: None,
            upper: None,
            tail,
            tone: Tone::Official,
        }
    }

    fn share(&self, scene: &Scene<'_>) -> String {
        reconciliation::published(scene, Counts::Share, self.value)
    }

    /// What is counted, by whom and for when, in sentences.
    pub(super) fn caption(&self, scene: &Scene<'_>) -> String {
        let t = &scene.t;
        let definition = &self.comparison.official.definition;
        let (name, day) = (reconciliation::name(scene, self.comparison), reconciliation::day(scene, self.comparison));
        let said = t.say(
            "country.caption",
            &[("name", &name), ("publisher", &definition.publisher), ("day", &day), ("share", &self.share(scene))],
        );
        let unit = match &definition.unit {
            Some(unit) if *unit == scene.scaled().unit => return said,
            Some(unit) => t.say("country.unit", &[("units", &scene.units(unit))]),
            None => t.get("country.unit-unknown"),
        };
        format!("{said} {unit}")
    }

    /// The figures' source with the country's before it.
    pub(super) fn source(&self, scene: &Scene<'_>) -> Source {
        reconciliation::source(scene, self.comparison)
    }

    /// A row of a table of so many columns, of which one has shares.
    pub(super) fn row(&self, scene: &Scene<'_>, columns: usize, share: usize) -> Row {
        let cell = |at| Cell::number(if at == share { self.share(scene) } else { "–".to_owned() });
        Row { head: scene.t.get("reconciliation.country"), cells: (0..columns).map(cell).collect() }
    }
}
