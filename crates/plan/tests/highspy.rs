//! HiGHS, as others have built it, finds no better answer to our programmes, and the same where there is one best.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::{fs, path::Path, process::Command};

use nittio_core::{
    plan::{Aim, Model, Problem, Slot, greedy},
    quantity::Kronor,
};
use nittio_plan::{Engine, Limits};

mod made;

/// What a number comes to that stands in the JSON of `highs.py` after a key.
fn number(json: &str, key: &str) -> f64 {
    let (_, rest) = json.split_once(&format!("\"{key}\": ")).unwrap();
    rest.split([',', '}']).next().unwrap().trim().parse().unwrap()
}

#[test]
fn one_programme_has_one_best_answer_by_microlp_and_by_highs() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let python = folder.parent().unwrap().join("tools/venv/bin/python");
    assert!(python.exists(), "{} is not there: run `cargo xtask tools`", python.display());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/foreign/highs.py");
    let mut files = Vec::new();
    let mut ours = Vec::new();
    for seed in 1..=3 {
        let (projects, found) = made::country(30, 3, &mut made::Random(seed));
        let all = Kronor::sum(projects.iter().map(|project| project.cost.fixed));
        let budget = |part: u64| Some(Kronor::from_ore(all.ore() / part));
        let once = vec![Slot { year: None, budget: budget(3) }];
        let years = [2027, 2028].map(|year| Slot { year: Some(year), budget: budget(6) }).to_vec();
        for (aim, slots) in [(Aim::EveryArea, vec![]), (Aim::Whole, vec![]), (Aim::Most, once), (Aim::Most, years)] {
            let ask = made::ask(aim, slots);
            let problem = Problem::new(&ask, &projects, &found);
            for model in Model::of(&problem, greedy(&problem).as_ref()) {
                let limits = Limits { time: std::time::Duration::from_secs(120), gap: 0.0 };
                let solved = Engine::Microlp.solve(&model, &limits).unwrap();
                assert!(solved.gap <= 0.0, "it is proven");
                let worth = solved.values.iter().zip(&model.variables).map(|(value, of)| value * of.objective);
                ours.push(worth.sum::<f64>());
                let path = folder.join(format!("programme-{}.lp", files.len()));
                fs::write(&path, made::lp(&model)).unwrap();
                files.push(path);
            }
        }
    }
    assert!(files.len() > 12, "{}", files.len());
    let ran = Command::new(python).arg(script).args(["60", "0"]).args(&files).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let said = String::from_utf8(ran.stdout).unwrap();
    let parts: Vec<&str> = said.split("\"status\": ").skip(1).collect();
    assert_eq!(parts.len(), ours.len());
    for ((part, ours), file) in parts.into_iter().zip(ours).zip(files) {
        assert!(part.starts_with("\"Optimal\""), "{}: {part}", file.display());
        let theirs = number(part, "objective");
        assert!((ours - theirs).abs() <= 1e-6 * ours.abs().max(1.0), "{}: {ours} and {theirs}", file.display());
    }
}
