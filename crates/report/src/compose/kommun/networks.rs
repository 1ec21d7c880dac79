//! Which networks an area has, and how many there are to choose among.

use nittio_core::measure::Measure;

use super::{beside, note, said, share_bars, share_heads, share_row};
use crate::{
    compose::Scene,
    report::{Block, Figure, Section, Table},
};

pub(super) fn section(scene: &Scene<'_>, area: usize) -> Option<Section> {
    let t = &scene.t;
    let name = |measure: Measure| match measure {
        Measure::Technology(_)
        | Measure::Operators(_)
        | Measure::Owners(_)
        | Measure::OpenAccess
        | Measure::SingleOwner => Some(scene.measure_name(measure)),
        _ => None,
    };
    let measures: Vec<(String, usize)> =
        scene.ind.measures.iter().enumerate().filter_map(|(i, &measure)| Some((name(measure)?, i))).collect();
    if measures.is_empty() {
        return None;
    }
    let areas = beside(scene, area);
    let here = scene.area_name(area);
    let values = [("units", scene.main_all()), ("area", here)];
    let values = values.each_ref().map(|(key, value)| (*key, value.as_str()));
    let figure = Figure {
        id: "networks-chart",
        title: t.say("kommun.networks-title", &values),
        subtitle: scene.short_subtitle(),
        caption: t.get("kommun.networks-caption"),
        source: scene.source(),
        description: format!("{} {}.", t.say("kommun.bars", &values), said(scene, area, &measures)),
        chart: share_bars(scene, area, &measures),
        table: Some(Table {
            id: "networks-table".to_owned(),
            caption: t.say("kommun.share-caption", &values),
            heads: share_heads(scene, t.get("kommun.networks-what"), &areas),
            rows: measures.iter().map(|(label, m)| share_row(scene, label.clone(), *m, &areas)).collect(),
            note: note(scene),
            ..Table::default()
        }),
    };
    Some(Section {
        id: "networks",
        short: t.get("kommun.networks-short"),
        heading: t.get("kommun.networks"),
        blocks: vec![Block::Figure(Box::new(figure))],
    })
}
