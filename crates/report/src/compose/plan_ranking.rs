//! In which order projects would be given support by the Swedish scheme.

use nittio_core::plan::{Ranked, Ranking};

use super::{Scene, plans::kronor};
use crate::report::{Block, Cell, Head, Row, Table};

/// More projects than so many are shown only when asked for.
const SHOWN: usize = 30;

pub(super) fn blocks(scene: &Scene<'_>, ranking: &Ranking) -> Vec<Block> {
    let t = &scene.t;
    let percent = |share: nittio_core::quantity::Share| scene.locale.percent(&scene.locale.plain(share.percent()));
    let nothing = || "–".to_owned();
    let row = |of: &Ranked| Row {
        head: scene.out.plans.projects.get(of.project).map(|project| project.name.clone()).unwrap_or_default(),
        cells: vec![
            Cell::number(of.rank.map_or_else(nothing, |rank| rank.to_string())),
            Cell::number(scene.locale.whole(of.counted)),
            Cell::number(scene.locale.whole(of.prioritised)),
            Cell::number(kronor(scene, of.sought)),
            Cell::number(of.each.map_or_else(nothing, |each| kronor(scene, each))),
            Cell::number(percent(of.discount)),
            Cell::number(of.compared.map_or_else(nothing, |sum| kronor(scene, sum))),
        ],
    };
    let rule = &ranking.rule;
    let values = [("each", percent(rule.per_prioritised)), ("most", percent(rule.at_most))];
    let said = t.say("plans.ranking", &values.each_ref().map(|(key, value)| (*key, value.as_str())));
    let counted = t.get(if ranking.buildings { "plans.ranking-buildings" } else { "plans.ranking-places" });
    // What a study changes itself is no document.
    let documents = rule.sources.iter().filter(|source| source.link.is_some());
    let titles = documents.map(|source| source.title.clone()).collect::<Vec<_>>().join("; ");
    let keys = ["place", "counted", "prioritised", "sought", "each", "discount", "compared"];
    let heads = keys.map(|key| {
        let head = Head::number(t.get(&format!("plans.ranking-{key}")));
        if ["place", "compared"].contains(&key) { head } else { head.aside() }
    });
    vec![
        Block::Heading(t.get("plans.ranking-heading")),
        Block::Text(format!("{said} {counted}")),
        Block::Table(Table {
            id: "support-ranking".to_owned(),
            caption: t.get("plans.ranking-caption"),
            folded: ranking.ranked.len() > SHOWN,
            heads: std::iter::once(Head::text(t.get("plans.project"))).chain(heads).collect(),
            rows: ranking.ranked.iter().map(row).collect(),
            note: t.say("plans.ranking-note", &[("sources", &titles)]),
            ..Table::default()
        }),
    ]
}
