//! The method: what was counted, by which rules, against which goals.

use nittio_core::{category::are_told_apart, goal::Goal, measure::Measure, unit::Unit};

use super::Scene;
use crate::{
    messages::sentence,
    report::{Block, Line, Section, Term},
};

pub(super) fn section(scene: &Scene<'_>) -> Section {
    let t = &scene.t;
    let mut terms = vec![
        term(scene, "method.unit", units(scene)),
        term(scene, "method.property", vec![t.say("method.property-text", &[("property", &scene.property())])]),
    ];
    for (i, profile) in scene.ind.profiles.iter().enumerate() {
        let mut lines = vec![plain(scene.profile_sentences(profile))];
        if i == 0 {
            lines.push(plain(t.get("method.main-profile")));
        }
        terms.push(Term { term: format!("{}: {}", t.get("method.profile"), scene.profile_name(profile)), lines });
    }
    if let Some(near) = &scene.out.frame.near {
        terms.push(term(scene, "method.near", vec![scene.near_sentences(near)]));
    }
    if networks(scene) {
        terms.push(term(scene, "method.owners", vec![t.get("method.owners-text")]));
    }
    terms.extend(super::aid::terms(scene));
    let settlement = if scene.ind.settlements.len() > 1 {
        vec![t.get("method.settlement-text"), super::settlements::vintage(scene)]
    } else {
        vec![t.get("method.settlement-none")]
    };
    let crs = &scene.out.provenance.crs;
    let crs = if crs == "as-is" { t.get("method.crs-as-is") } else { t.say("method.crs-text", &[("crs", crs)]) };
    terms.extend([
        term(scene, "method.border", vec![t.get("method.border-text")]),
        term(scene, "method.unmatched", vec![t.get("method.unmatched-text")]),
        term(scene, "method.settlement", settlement),
        term(scene, "method.rounding", vec![t.get("method.rounding-text")]),
    ]);
    if !are_told_apart(scene.ind) {
        terms.push(term(scene, "method.categories", vec![t.get("method.categories-none")]));
    }
    if let Some(rule) = scene.out.edition {
        let most = scene.locale.whole(rule.threshold - 1);
        terms.push(term(scene, "method.edition", vec![t.say("method.edition-text", &[("most", &most)])]));
    }
    if !scene.out.goals.is_empty() {
        let lines = scene.out.goals.iter().flat_map(|goal| goal_lines(scene, goal)).collect();
        terms.push(Term { term: t.get("method.goals"), lines });
    }
    terms.extend([
        term(scene, "method.crs", vec![crs]),
        term(
            scene,
            "method.version",
            vec![t.say("method.version-text", &[("program", &scene.out.provenance.program)])],
        ),
    ]);
    Section {
        id: "method",
        short: t.get("method.short"),
        heading: t.get("method.heading"),
        blocks: vec![Block::Terms(terms)],
    }
}

/// Whether owners of networks are counted.
fn networks(scene: &Scene<'_>) -> bool {
    scene.ind.measures.iter().any(|measure| matches!(measure, Measure::Owners(_) | Measure::SingleOwner))
}

fn plain(text: String) -> Line {
    Line { text, link: None }
}

fn term(scene: &Scene<'_>, key: &str, lines: Vec<String>) -> Term {
    Term { term: scene.t.get(key), lines: lines.into_iter().map(plain).collect() }
}

fn units(scene: &Scene<'_>) -> Vec<String> {
    let known = |own: bool| -> Vec<String> {
        let units = scene.ind.units.iter().map(|u| &u.unit);
        units.filter(|u| matches!(u, Unit::Weight(_)) == own).map(|u| scene.units(u)).collect()
    };
    let main = scene.main_units();
    let mut lines =
        vec![sentence(&scene.t.say("method.unit-text", &[("units", &scene.list(known(false))), ("main", &main)]))];
    let own = known(true);
    if !own.is_empty() {
        lines.push(scene.t.say("method.weights-text", &[("units", &scene.list(own))]));
    }
    lines
}

fn goal_lines(scene: &Scene<'_>, goal: &Goal) -> Vec<Line> {
    let t = &scene.t;
    let steps = goal
        .steps
        .iter()
        .map(|step| {
            let speed = scene.locale.speed(step.down);
            t.say("goal.step", &[("share", &scene.share_word(step)), ("speed", &speed)])
        })
        .collect();
    let units = goal.units.iter().map(|unit| scene.units(unit)).collect();
    let mut lines = vec![plain(t.say(
        "method.goal-text",
        &[
            ("name", scene.text(&goal.name)),
            ("year", &goal.year.to_string()),
            ("steps", &scene.list(steps)),
            ("units", &scene.list(units)),
        ],
    ))];
    if let Some(source) = &goal.source {
        lines.push(Line { text: t.say("method.goal-source", &[("title", &source.title)]), link: source.link.clone() });
    }
    lines
}
