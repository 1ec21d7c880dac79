//! The opening: the main finding in one sentence, and the numbers beside it.

use nittio_core::measure::Measure;

use super::Scene;
use crate::{messages::sentence, report::Fact};

/// The lead and the facts.
pub(super) fn opening(scene: &Scene<'_>) -> (String, Vec<Fact>) {
    let t = &scene.t;
    let figure = scene.main(0);
    let units = scene.main_units();
    let property = scene.property();
    let values = [("units", units.as_str()), ("property", property.as_str())];
    let mut lead = vec![hundred(scene, 0, "lead.")];
    let mut facts = Vec::new();
    if figure.has_share() {
        facts.push(Fact {
            value: scene.share(&figure),
            text: t.say("fact.share", &[("units", &scene.main_all()), ("property", &property)]),
        });
    }
    if let (Some(goal), Some(step)) = (scene.main_goal(), scene.main_step()) {
        let (met, known) = scene.met();
        let words = if goal.steps.len() > 1 { scene.goal_words(goal) } else { scene.step_words(step) };
        let counted = scene.areas.len();
        let (met_word, all_word) = (scene.whole(met), scene.whole(known));
        let values =
            [("met", met_word.as_str()), ("all", &all_word), ("areas", &scene.areas_word(known)), ("goal", &words)];
        if known == 0 {
            let lacking: Vec<String> =
                goal.units.iter().filter(|u| scene.ind.unit(u.key()).is_none()).map(|u| scene.units(u)).collect();
            if !lacking.is_empty() {
                lead.push(t.say("lead.goal-unmeasured", &[("goal", &words), ("units", &scene.list(lacking))]));
            }
        } else if counted == 1 {
            lead.push(t.say(if met == 1 { "lead.goal-one-met" } else { "lead.goal-one-missed" }, &values));
        } else {
            let key = match met {
                0 => "lead.goal-none",
                met if met == known => "lead.goal-all",
                _ => "lead.goal-some",
            };
            lead.push(t.say(key, &values));
            facts.push(Fact {
                value: format!("{met_word} / {all_word}"),
                text: t.say("fact.goal", &[("areas", &scene.areas_word(known)), ("goal", &words)]),
            });
        }
    }
    let hides = figure.hides;
    if hides.missing && !hides.covered && figure.total > figure.covered {
        // Those of whom it cannot be said are too few to be told apart.
        let rest = figure.total - figure.covered;
        let n = scene.locale.count(rest, scene.scaled());
        let units = scene.units_for(rest);
        lead.push(t.say("lead.missing-or-unmatched", &[("n", &n), ("units", &units)]));
        facts.push(Fact { value: n, text: t.say("fact.missing-or-unmatched", &[("units", &units), values[1]]) });
    }
    if figure.missing > 0 {
        let n = scene.locale.count(figure.missing, scene.scaled());
        let units = scene.units_for(figure.missing);
        lead.push(t.say("lead.missing", &[("n", &n), ("units", &units)]));
        facts.push(Fact { value: n, text: t.say("fact.missing", &[("units", &units), values[1]]) });
    }
    if figure.unmatched > 0 {
        facts.push(Fact {
            value: scene.locale.count(figure.unmatched, scene.scaled()),
            text: t.say("fact.unmatched", &[("units", &scene.units_for(figure.unmatched))]),
        });
    }
    (lead.join(" "), facts)
}

/// "Drygt 92 av 100 invånare har tillgång till minst 100 Mbit/s." `words` is the group of texts that says it.
pub(super) fn hundred(scene: &Scene<'_>, area: usize, words: &str) -> String {
    let figure = scene.main(area);
    let (covered, total) = (u128::from(figure.covered), u128::from(figure.total));
    let units = scene.main_units();
    let (key, n) = if figure.hides.total || figure.hides.covered {
        ("lead.hidden", 0)
    } else if total == 0 {
        ("lead.empty", 0)
    } else if covered == 0 {
        ("lead.none", 0)
    } else if covered == total {
        ("lead.all", 0)
    } else {
        let (whole, rest) = (covered * 100 / total, covered * 100 % total);
        match (whole, rest * 2 >= total) {
            (99, _) => ("lead.above-99", 0),
            (0, _) => ("lead.below-1", 0),
            _ if rest == 0 => ("lead.exact", whole),
            (_, true) => ("lead.near", whole + 1),
            (_, false) => ("lead.over", whole),
        }
    };
    sentence(&scene.t.say(
        &key.replace("lead.", words),
        &[("n", &n.to_string()), ("units", &units), ("property", &scene.property())],
    ))
}

/// Unit, property, area, date and method in one line.
pub(super) fn definition(scene: &Scene<'_>) -> String {
    let down = matches!(scene.ind.measures.get(scene.measure), Some(Measure::Down(_)));
    let profile = scene.ind.profiles.first().map(|p| scene.profile_name(p)).unwrap_or_default();
    let method = scene.t.say("definition.method", &[("profile", &profile.to_lowercase())]);
    scene.t.say(
        if down { "definition.line" } else { "definition.line-covered" },
        &[
            ("units", &scene.main_all()),
            ("property", &scene.property()),
            ("area", &scene.area_name(0).to_lowercase()),
            ("date", &scene.date()),
            ("method", &method),
        ],
    )
}
