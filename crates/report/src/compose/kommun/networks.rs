//! Which networks an area has, and how many there are to choose among.

use std::cmp::Reverse;

use nittio_core::{measure::Measure, network::Presence};

use super::{beside, network_name, note, said, share_bars, share_heads, share_row};
use crate::{
    compose::Scene,
    messages::sentence,
    report::{self, Block, Cell, Figure, Head, Section, Table},
};

/// Above this many networks, only the largest stand first.
const MANY: usize = 15;
/// How many those are.
const SHOWN: usize = 10;

pub(super) fn section(scene: &Scene<'_>, area: usize) -> Option<Section> {
    let t = &scene.t;
    let blocks: Vec<Block> = by_name(scene, area).into_iter().chain(choice(scene, area)).collect();
    let heading = t.get("kommun.networks");
    (!blocks.is_empty()).then(|| Section { id: "networks", short: t.get("kommun.networks-short"), heading, blocks })
}

/// Who has networks here, and how much of the area each reaches.
fn by_name(scene: &Scene<'_>, area: usize) -> Vec<Block> {
    let t = &scene.t;
    let here = scene.area_name(area);
    if scene.out.edition.is_some() {
        return vec![Block::Text(t.say("kommun.networks-kept-back", &[("units", &scene.main_units())]))];
    }
    let networks = &scene.out.networks;
    let Some(now) = networks.now.get(area) else { return Vec::new() };
    if now.is_empty() {
        return vec![Block::Text(t.say("kommun.networks-none", &[("area", &here)]))];
    }
    let mut sorted: Vec<_> = now.iter().collect();
    sorted.sort_by_cached_key(|presence| {
        (Reverse(presence.units[scene.unit]), scene.locale.sort_key(&networks.list[presence.network].owner))
    });
    let total = scene.main(area).total;
    let row = |presence: &Presence| {
        let units = presence.units[scene.unit];
        let operators: Vec<&str> = presence.operators.iter().map(String::as_str).collect();
        let open = match presence.open {
            Some(true) => "kommun.network-open-yes",
            Some(false) => "kommun.network-open-no",
            None => "kommun.network-open-unknown",
        };
        let cells = vec![
            Cell::number(scene.locale.count(units, scene.scaled())),
            Cell::number(scene.locale.share(units, total, None).unwrap_or_else(|| "–".to_owned())),
            Cell::text(scene.technology(networks.list[presence.network].technology)),
            Cell::text(presence.down.map_or_else(|| "–".to_owned(), |speed| scene.locale.speed(speed))),
            Cell::text(t.get(open)),
            Cell::text(operators.join(", ")),
        ];
        report::Row { head: network_name(scene, presence), cells }
    };
    // A village may have a network of its own, and a kommun many villages.
    let (first, others) = sorted.split_at(if sorted.len() > MANY { SHOWN } else { sorted.len() });
    let values = [("units", scene.main_units()), ("area", here.clone()), ("date", scene.date())];
    let values = values.each_ref().map(|(key, value)| (*key, value.as_str()));
    let table = |id: &str, caption: &str, presences: &[&Presence]| Table {
        id: id.to_owned(),
        caption: t.say(caption, &values),
        rows: presences.iter().map(|presence| row(presence)).collect(),
        heads: vec![
            Head::text(t.get("kommun.network-owner")),
            Head::number(sentence(&scene.main_units())),
            Head::number(t.get("column.share")),
            Head::text(t.get("kommun.network-technology")),
            Head::text(t.get("kommun.network-down")),
            Head::text(t.get("kommun.network-open")),
            Head::text(t.get("kommun.network-operators")),
        ],
        note: t.get("kommun.network-note"),
        ..Table::default()
    };
    let mut blocks = vec![
        Block::Text(t.say("kommun.networks-text", &values)),
        Block::Table(table("owners-table", "kommun.network-caption", first)),
    ];
    if !others.is_empty() {
        blocks.push(Block::Text(t.say("kommun.networks-others-text", &[("n", &scene.whole(others.len()))])));
        let others = table("other-owners-table", "kommun.network-others-caption", others);
        blocks.push(Block::Table(Table { folded: true, note: String::new(), ..others }));
    }
    blocks
}

/// Technologies, and how many there are to choose among.
fn choice(scene: &Scene<'_>, area: usize) -> Option<Block> {
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
    Some(Block::Figure(Box::new(figure)))
}
