//! `nittio bench`: how long a run takes on this machine, phase by phase.

use std::{
    fs,
    io::IsTerminal,
    path::{Path, PathBuf},
};

use nittio_io::{
    bench::{
        self, BenchError, Settings, Subject,
        compare::{Change, Verdict, compare},
        csv,
        record::{Phase, Record},
    },
    study_file,
};
use nittio_report::timing::{self, Bar, Kind, Timing};
use nittio_synth::{order::Order, write as synth};

use crate::{
    Answer,
    args::{BenchArgs, BenchFormat, Preset, StudyArgs},
    command::{generate::Bars, print},
    failure::{Failure, note},
    measured,
    progress::Terminal,
    project::{self, Project},
};

/// What --growth measures: one in so many places.
const GROWTH: [usize; 3] = [10, 3, 1];

/// Measures, or takes what was measured, prints it, and holds it against an earlier measurement.
pub(crate) fn bench(args: &BenchArgs) -> Result<Answer, Failure> {
    // What cannot be read or written is better known before the work than after.
    let before = args.compare.as_deref().map(|path| Ok::<_, Failure>((path, read(path)?))).transpose()?;
    if let Some(folder) = &args.output {
        fs::create_dir_all(folder).map_err(|source| Failure::File { path: folder.clone(), source })?;
    }
    let record = match &args.measured {
        Some(path) => read(path)?,
        None => measure(args, before.as_ref())?,
    };
    if let Some(folder) = &args.output {
        write(folder, &record)?;
    }
    let against = |(path, before): (&Path, Record)| {
        compare(&before, &record).map_err(|e| Failure::Said(format!("{}: {e}", path.display())))
    };
    let changes = before.map(against).transpose()?;
    print(&printed(args, &record, changes.as_deref())?)?;
    let slower = changes.iter().flatten().any(|change| change.verdict == Verdict::Slower);
    Ok(if slower { Answer::No } else { Answer::Yes })
}

fn measure(args: &BenchArgs, before: Option<&(&Path, Record)>) -> Result<Record, Failure> {
    let studies = match args.preset {
        Some(preset) => made_up(args, preset)?,
        None => {
            let study = StudyArgs { project: args.project.clone(), example: None, threads: None };
            vec![Study { project: project::load(&study)?, scale: None }]
        }
    };
    // The sizes of a made-up country are countries of their own.
    let parts: &[usize] = if args.growth && args.preset.is_none() { &GROWTH } else { &[1] };
    let subjects: Vec<Subject<'_>> = studies
        .iter()
        .flat_map(|study| {
            parts.iter().map(|&one_in| Subject { loaded: &study.project.loaded, one_in, scale: study.scale })
        })
        .collect();
    let all_cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut threads: Vec<usize> = args.threads.iter().copied().map(usize::from).collect();
    threads.sort_unstable();
    threads.dedup();
    let settings = Settings {
        repeat: usize::from(args.repeat),
        threads: if threads.is_empty() { vec![all_cores] } else { threads },
        held_bytes: args.memory.for_places(),
        preset: args.preset.map(|preset| format!("{}, seed {}", preset.of().0, args.seed.unwrap_or(1))),
    };
    let spinner = Terminal::new().spinner("measuring");
    let begin = |run: usize, of: usize| spinner.set_message(format!("run {} of {of}", run + 1));
    let record = bench::measure(&subjects, &settings, before.map(|(_, record)| record), &begin);
    let record = record.map_err(|error| match (error, before) {
        (BenchError::Compare(error), Some((path, _))) => Failure::Said(format!("{}: {error}", path.display())),
        (error, _) => error.into(),
    })?;
    spinner.finish_and_clear();
    Ok(record)
}

/// A study to measure.
struct Study {
    project: Project,
    scale: Option<f64>,
}

/// A country for every size and scale that is asked for.
fn made_up(args: &BenchArgs, preset: Preset) -> Result<Vec<Study>, Failure> {
    let (_, places, scale) = preset.of();
    let places = args.places.unwrap_or(places);
    let scales = if args.scale.is_empty() { vec![scale] } else { args.scale.clone() };
    let mut sizes: Vec<u64> =
        if args.growth { GROWTH.iter().map(|&one_in| (places / one_in as u64).max(1)).collect() } else { vec![places] };
    sizes.dedup();
    let mut studies = Vec::new();
    for &scale in &scales {
        for &places in &sizes {
            let folder = tempfile::tempdir().map_err(|source| Failure::File { path: std::env::temp_dir(), source })?;
            let settings = synth::Settings {
                places,
                seed: args.seed.unwrap_or(1),
                scale,
                order: Order::Register,
                format: synth::Format::Parquet,
                places_only: false,
                force: false,
            };
            synth::generate(folder.path(), &settings, &Bars::new())?;
            let loaded = study_file::load::load(&folder.path().join("nittio.toml"))?;
            studies.push(Study { project: Project { loaded, _folder: Some(folder) }, scale: Some(scale) });
        }
    }
    Ok(studies)
}

fn read(path: &Path) -> Result<Record, Failure> {
    let text = fs::read_to_string(path).map_err(|source| Failure::File { path: path.to_owned(), source })?;
    Record::from_json(&text)
        .map_err(|e| Failure::Said(format!("{}: this is no bench.json that nittio bench wrote: {e}", path.display())))
}

fn printed(args: &BenchArgs, record: &Record, changes: Option<&[Change]>) -> Result<String, Failure> {
    let terminal = std::io::stdout().is_terminal();
    let format = args.format.unwrap_or(if terminal { BenchFormat::Table } else { BenchFormat::Csv });
    let said = |e: &dyn std::fmt::Display| Failure::Said(e.to_string());
    Ok(match format {
        BenchFormat::Table => measured::table(record, changes),
        BenchFormat::Csv => csv::text(record, changes).map_err(|e| said(&e))?,
        BenchFormat::Json => {
            let mut value = serde_json::to_value(record).map_err(|e| said(&e))?;
            if let (Some(fields), Some(changes)) = (value.as_object_mut(), changes) {
                let changes = serde_json::to_value(changes).map_err(|e| said(&e))?;
                fields.insert("comparison".to_owned(), changes);
            }
            format!("{value:#}\n")
        }
    })
}

/// Writes `bench.json` and `bench.svg`.
fn write(folder: &Path, record: &Record) -> Result<(), Failure> {
    let json = record.to_json().map_err(|e| Failure::Said(e.to_string()))?;
    let picture = timing::picture(&picture(record))?;
    for (name, text) in [("bench.json", json), ("bench.svg", picture.svg)] {
        replace(&folder.join(name), text.as_bytes())?;
    }
    note(&format!("Wrote bench.json and bench.svg to {}", folder.display()));
    Ok(())
}

/// Puts a file into place whole.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let part: PathBuf = path.with_extension("part");
    fs::write(&part, bytes)
        .and_then(|()| fs::rename(&part, path))
        .map_err(|source| Failure::File { path: path.to_owned(), source })
}

/// The parts of a bar, in the order of work, and what kind of work each is.
const PARTS: [(Phase, Kind); 10] = [
    (Phase::Polygons, Kind::Prepare),
    (Phase::Index, Kind::Prepare),
    (Phase::Open, Kind::Read),
    (Phase::Read, Kind::Read),
    (Phase::Join, Kind::Join),
    (Phase::Tally, Kind::Count),
    (Phase::Merge, Kind::Count),
    (Phase::Evaluate, Kind::Count),
    (Phase::Sort, Kind::Write),
    (Phase::Write, Kind::Write),
];

fn picture(record: &Record) -> Timing {
    let total = |case: &bench::record::Case| case.spread(Phase::Total).map_or(0.0, |spread| spread.median_s);
    let mut cases: Vec<_> = record.cases.iter().collect();
    // The longest first: its parts have most room for their names.
    if cases.first().map(|case| total(case)) < cases.last().map(|case| total(case)) {
        cases.reverse();
    }
    let bars = cases.iter().map(|case| {
        let seconds = case.on_the_clock();
        Bar {
            label: measured::label(record, case).join(", "),
            seconds: PARTS.map(|(phase, _)| seconds.get(&phase).copied().unwrap_or_default()).to_vec(),
            note: case.peak_bytes.map(measured::bytes).unwrap_or_default(),
        }
    });
    let bars: Vec<Bar> = bars.collect();
    let spoken: Vec<String> = cases.iter().map(|case| format!("{case}: {:.3} s", total(case))).collect();
    Timing {
        title: measured::finding(record),
        subtitle: format!("Seconds by phase, {}, and the most memory held. {}.", measured::runs(record), record.machine),
        caption: "While places stream through, they are read, joined, counted and put in order by all threads at once. These \
                  parts share the stream's seconds as they share the threads' time."
            .to_owned(),
        source: format!("{}, nittio bench; {}", record.program, record.study.name),
        description: spoken.join(". "),
        phases: PARTS.map(|(phase, kind)| timing::Phase { name: phase.name().to_owned(), kind }).to_vec(),
        bars,
    }
}
