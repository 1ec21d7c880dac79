//! The page that lists the areas that have a page.

use nittio_core::assessment::Verdict;

use super::{frame, link, parents, sources};
use crate::{
    compose::{Scene, opening},
    report::{Block, Link, Report, Section},
};

/// The list of all areas, under the areas that they lie in where there are several.
pub(super) fn page(scene: &Scene<'_>, names: &[String]) -> Report {
    let t = &scene.t;
    let mut groups: Vec<(Option<usize>, Vec<Link>)> = Vec::new();
    let mut over: Vec<Option<usize>> = scene.areas.iter().map(|&area| parents(scene, area).first().copied()).collect();
    over.sort_by_cached_key(|parent| parent.map(|parent| (scene.locale.sort_key(&scene.area_name(parent)), parent)));
    over.dedup();
    for parent in over {
        let links = scene
            .areas
            .iter()
            .zip(names)
            .filter(|(area, _)| parents(scene, **area).first().copied() == parent)
            .map(|(&area, name)| Link { note: summary(scene, area), ..link(scene.area_name(area), name) });
        groups.push((parent, links.collect()));
    }
    let several = groups.len() > 1;
    let mut blocks = vec![Block::Text(t.say(
        "kommun.list-text",
        &[("units", &scene.main_all()), ("property", &scene.property()), ("area", &scene.areas_word(1))],
    ))];
    for (parent, links) in groups {
        if several {
            blocks.push(Block::Heading(parent.map_or_else(|| t.get("kommun.no-parent"), |p| scene.area_name(p))));
        }
        blocks.push(Block::Links(links));
    }
    let (lead, facts) = opening::opening(scene);
    let heading = t.say(
        "kommun.list-heading",
        &[("n", &scene.whole(scene.areas.len())), ("areas", &scene.areas_word(scene.areas.len()))],
    );
    let list = Section { id: "list", short: heading.clone(), heading, blocks };
    Report {
        title: t.say("kommun.index-title", &[("study", &scene.out.name)]),
        lead,
        facts,
        sections: vec![list, sources(scene)],
        links: vec![link(t.get("kommun.to-report"), "../report.html")],
        ..frame(scene)
    }
}

/// "93,4 %, når målet".
fn summary(scene: &Scene<'_>, area: usize) -> String {
    let mut said = vec![scene.share(&scene.main(area))];
    let verdict = scene.goal.and_then(|goal| scene.assessment(goal, area)).map(|assessment| assessment.joint);
    said.extend(verdict.and_then(|verdict| match verdict {
        Verdict::Met => Some(scene.t.get("kommun.met")),
        Verdict::Missed { .. } => Some(scene.t.get("kommun.missed")),
        Verdict::NotMeasured | Verdict::Withheld => None,
    }));
    said.join(", ")
}
