//! A measurement as a table, for eyes on a terminal.

use nittio_io::bench::{
    compare::{Change, LEAST_CHANGE},
    record::{Case, Counted, Phase, Record, Spread},
};
use nittio_report::Locale::En;

/// The figures of all cases; then how time grows, and what became of each phase, where there is something to say.
pub(crate) fn table(record: &Record, changes: Option<&[Change]>) -> String {
    let mut out = format!(
        "{}\n{}; {} ({} build); {}\n",
        head(record),
        record.machine,
        record.program,
        record.build,
        runs(record)
    );
    if record.build == "debug" {
        out.push_str("This program was built without optimisation: its times say nothing about a release build.\n");
    }
    out.push('\n');
    match record.cases.as_slice() {
        [case] => one(case, &mut out),
        cases => several(record, cases, &mut out),
    }
    out.push_str("\nΣ: seconds of work, summed over threads, inside the stream; all else is seconds on the clock.\n");
    growth(record, &mut out);
    if let Some(changes) = changes {
        comparison(record, changes, &mut out);
    }
    out
}

/// What was measured, in one line.
fn head(record: &Record) -> String {
    let name = &record.study.name;
    let preset = record.study.preset.as_ref().map(|preset| format!(" (preset {preset})")).unwrap_or_default();
    let Some(largest) = largest(record) else { return format!("{name}{preset}") };
    format!(
        "{name}{preset}: {} places, {} footprints, {} vertices",
        En.whole(largest.places),
        En.whole(largest.footprints),
        En.whole(largest.vertices)
    )
}

fn largest(record: &Record) -> Option<&Case> {
    record.cases.iter().max_by_key(|case| (case.places, case.vertices, case.threads))
}

/// The main figure as a sentence.
pub(crate) fn finding(record: &Record) -> String {
    let quickest = |case: &&Case| case.spread(Phase::Total).map(|s| s.median_s).unwrap_or(f64::INFINITY);
    let size = largest(record).map(|case| (case.places, case.vertices));
    let alike = record.cases.iter().filter(|case| Some((case.places, case.vertices)) == size);
    let Some(case) = alike.min_by(|a, b| quickest(a).total_cmp(&quickest(b))) else { return String::new() };
    format!("{} places in {} s on {}", En.whole(case.places), rounded(quickest(&case)), threads(case.threads))
}

/// How many runs a figure is of.
pub(crate) fn runs(record: &Record) -> String {
    match record.cases.first().map_or(0, |case| case.runs.len()) {
        1 => "one run".to_owned(),
        runs => format!("median of {runs} runs"),
    }
}

/// What sets a case apart from the others of the record.
pub(crate) fn label(record: &Record, case: &Case) -> Vec<String> {
    let differ = |of: fn(&Case) -> u64| record.cases.iter().any(|other| of(other) != of(case));
    let mut label = Vec::new();
    if differ(|case| case.places) {
        label.push(format!("{} places", En.whole(case.places)));
    }
    if differ(|case| case.vertices) {
        label.push(format!("{} vertices", En.whole(case.vertices)));
    }
    if label.is_empty() || differ(|case| case.threads as u64) {
        label.insert(0, threads(case.threads));
    }
    label
}

fn threads(threads: usize) -> String {
    if threads == 1 { "1 thread".to_owned() } else { format!("{threads} threads") }
}

/// One case, with the spread of its runs.
fn one(case: &Case, out: &mut String) {
    let head = ["phase", "", "seconds", "shortest", "longest", "ns/place"].map(str::to_owned).to_vec();
    let mut rows = vec![head];
    for (phase, spread) in phases(case) {
        let mut row = named(phase);
        row.extend([spread.median_s, spread.min_s, spread.max_s].map(seconds));
        row.push(nanoseconds(spread));
        rows.push(row);
    }
    let last = rows.len() - 1;
    lay_out(&rows, 2, &[0, last - 1], out);
    out.push_str(&format!(
        "\n{}: {} places/s through the stream; peak memory {}; index {}\n",
        threads(case.threads),
        whole(case.places_per_second),
        peak(case),
        bytes(case.index_bytes)
    ));
}

/// Several cases side by side, in medians.
fn several(record: &Record, cases: &[Case], out: &mut String) {
    let labels: Vec<Vec<String>> = cases.iter().map(|case| label(record, case)).collect();
    let lines = labels.iter().map(Vec::len).max().unwrap_or(0);
    let mut rows: Vec<Vec<String>> = (0..lines)
        .map(|line| {
            let first = if line + 1 == lines { "median seconds" } else { "" };
            let cells = labels.iter().map(|label| label.get(line).cloned().unwrap_or_default());
            [first.to_owned(), String::new()].into_iter().chain(cells).collect()
        })
        .collect();
    let mut rules = vec![lines - 1];
    for phase in Phase::ALL {
        if phase == Phase::Total {
            rules.push(rows.len() - 1);
        }
        let cells = cases.iter().map(|case| case.spread(phase).map_or_else(dash, |spread| seconds(spread.median_s)));
        rows.push(named(phase).into_iter().chain(cells).collect());
    }
    rules.push(rows.len() - 1);
    let mut add = |name: &str, of: &dyn Fn(&Case) -> String| {
        rows.push([name.to_owned(), String::new()].into_iter().chain(cases.iter().map(of)).collect());
    };
    add("total, ns/place", &|case| case.spread(Phase::Total).map_or_else(dash, nanoseconds));
    add("stream, places/s", &|case| whole(case.places_per_second));
    if cases.iter().any(|case| record.speedup(case).is_some()) {
        add("times as fast", &|case| record.speedup(case).map_or_else(dash, |times| format!("{times:.2}")));
    }
    add("peak memory", &peak);
    add("index", &|case| bytes(case.index_bytes));
    lay_out(&rows, 2, &rules, out);
}

fn growth(record: &Record, out: &mut String) {
    for growth in &record.growth {
        let sizes: Vec<String> = growth.sizes.iter().map(|&size| En.whole(size)).collect();
        out.push_str(&format!(
            "\nGrowth with {} ({}) on {}: time grows as that to the power of\n",
            growth.with.name(),
            sizes.join(" → "),
            threads(growth.threads)
        ));
        let rows: Vec<Vec<String>> = Phase::ALL
            .into_iter()
            .map(|phase| {
                let exponent = growth.exponents.get(&phase);
                [named(phase), vec![exponent.map_or_else(|| "too short to tell".to_owned(), |e| format!("{e:.2}"))]]
                    .concat()
            })
            .collect();
        lay_out(&rows, 2, &[], out);
    }
}

fn comparison(record: &Record, changes: &[Change], out: &mut String) {
    for case in &record.cases {
        let of_case = |c: &&Change| (c.threads, c.places, c.vertices) == (case.threads, case.places, case.vertices);
        let changes: Vec<&Change> = changes.iter().filter(of_case).collect();
        let label = label(record, case).join(", ");
        if changes.is_empty() {
            out.push_str(&format!("\n{label}: not measured before\n"));
            continue;
        }
        out.push_str(&format!("\n{label}: before and now, median (shortest–longest)\n"));
        let rows: Vec<Vec<String>> = changes
            .iter()
            .map(|change| {
                let spread =
                    |s: &Spread| format!("{} ({}–{})", seconds(s.median_s), seconds(s.min_s), seconds(s.max_s));
                let percent = format!("{:+.1}%", change.change * 100.0);
                let verdict = change.verdict.key().to_owned();
                [named(change.phase), vec![spread(&change.before), spread(&change.now), percent, verdict]].concat()
            })
            .collect();
        lay_out(&rows, 2, &[], out);
    }
    out.push_str(&format!(
        "\nFaster or slower: medians differ by more than {:.0} % (and 1 ms), and the runs of one are all beyond those of the other.\n",
        LEAST_CHANGE * 100.0
    ));
}

fn phases(case: &Case) -> impl Iterator<Item = (Phase, &Spread)> {
    Phase::ALL.into_iter().filter_map(|phase| Some((phase, case.spread(phase)?)))
}

/// A phase's name and mark; stages of the stream stand under it.
fn named(phase: Phase) -> Vec<String> {
    match phase.counted() {
        Counted::Threads => vec![format!("  {}", phase.name()), "Σ".to_owned()],
        Counted::Wall => vec![phase.name().to_owned(), String::new()],
    }
}

fn seconds(seconds: f64) -> String {
    format!("{seconds:.4}")
}

/// Seconds with three digits that count, for sentences.
fn rounded(seconds: f64) -> String {
    let decimals = if seconds < 0.995 {
        3
    } else if seconds < 9.95 {
        2
    } else {
        1
    };
    format!("{seconds:.decimals$}")
}

fn nanoseconds(spread: &Spread) -> String {
    if spread.ns_per_place < 9.95 { format!("{:.1}", spread.ns_per_place) } else { whole(spread.ns_per_place) }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float to integer cast saturates")]
fn whole(number: f64) -> String {
    En.whole(number.round() as u64)
}

fn peak(case: &Case) -> String {
    case.peak_bytes.map_or_else(|| "-".to_owned(), bytes)
}

/// An amount of memory.
pub(crate) fn bytes(bytes: u64) -> String {
    match bytes {
        b if b < 10_000_000 => format!("{}.{} MB", b / 1_000_000, b / 100_000 % 10),
        b => format!("{} MB", En.whole(b / 1_000_000)),
    }
}

fn dash() -> String {
    "–".to_owned()
}

/// Columns side by side, the first `left` of them to the left, a rule after these rows.
fn lay_out(rows: &[Vec<String>], left: usize, rules: &[usize], out: &mut String) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |c: usize| rows.iter().filter_map(|row| row.get(c)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for (r, row) in rows.iter().enumerate() {
        let cells =
            row.iter().zip(&widths).enumerate().map(|(c, (cell, &width))| {
                if c < left { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            });
        out.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
        if rules.contains(&r) {
            out.push_str(&"─".repeat(widths.iter().sum::<usize>() + 2 * (columns - 1)));
            out.push('\n');
        }
    }
}
