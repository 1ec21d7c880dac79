//! A measurement as CSV: one row per case and phase.

use super::{
    compare::Change,
    record::{Phase, Record},
};

const COLUMNS: [&str; 15] = [
    "threads",
    "places",
    "footprints",
    "vertices",
    "scale",
    "phase",
    "counted",
    "runs",
    "median_s",
    "min_s",
    "max_s",
    "ns_per_place",
    "places_per_second",
    "index_bytes",
    "peak_bytes",
];

/// The columns that a comparison adds.
const COMPARED: [&str; 5] = ["before_median_s", "before_min_s", "before_max_s", "change", "verdict"];

/// The text; with the columns of a comparison when there is one. What is not known is empty.
///
/// # Errors
/// Never in practice: the text is made in memory.
pub fn text(record: &Record, changes: Option<&[Change]>) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS.iter().chain(changes.map_or(&[][..], |_| &COMPARED)))?;
    for case in &record.cases {
        for phase in Phase::ALL {
            let Some(spread) = case.spread(phase) else { continue };
            let mut row = vec![
                case.threads.to_string(),
                case.places.to_string(),
                case.footprints.to_string(),
                case.vertices.to_string(),
                case.scale.map(|scale| scale.to_string()).unwrap_or_default(),
                phase.key().to_owned(),
                spread.counted.key().to_owned(),
                case.runs.len().to_string(),
                seconds(spread.median_s),
                seconds(spread.min_s),
                seconds(spread.max_s),
                format!("{:.1}", spread.ns_per_place),
                format!("{:.0}", case.places_per_second),
                case.index_bytes.to_string(),
                case.peak_bytes.map(|bytes| bytes.to_string()).unwrap_or_default(),
            ];
            if let Some(changes) = changes {
                let size = (case.threads, case.places, case.vertices, phase);
                let change = changes.iter().find(|c| (c.threads, c.places, c.vertices, c.phase) == size);
                row.extend(change.map_or_else(Default::default, |change| {
                    let before = change.before;
                    let numbers = [before.median_s, before.min_s, before.max_s].map(seconds);
                    let [median, min, max] = numbers;
                    [median, min, max, format!("{:.4}", change.change), change.verdict.key().to_owned()]
                }));
            }
            writer.write_record(row)?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn seconds(seconds: f64) -> String {
    format!("{seconds:.6}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::{
        compare::compare,
        record::tests::{case, record},
    };

    #[test]
    fn every_row_has_the_columns_of_the_head_compared_or_not() {
        let before = record(vec![case(1, 10, &[1.0, 1.1])]);
        let now = record(vec![case(1, 10, &[2.0, 2.2]), case(2, 10, &[1.0, 1.0])]);
        let changes = compare(&before, &now).unwrap();
        for (changes, columns) in [(None, 15), (Some(changes.as_slice()), 20)] {
            let text = text(&now, changes).unwrap();
            let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
            assert_eq!(rows.len(), 1 + 2 * Phase::ALL.len());
            assert!(rows.iter().all(|row| row.len() == columns));
            assert_eq!(rows[1][..10], ["1", "10", "3", "40", "", "polygons", "wall", "2", "2.100000", "2.000000"]);
            assert_eq!(rows[5][5..7], ["read", "threads"]);
            assert_eq!(*rows[1].last().unwrap(), if changes.is_some() { "slower" } else { "" });
            assert_eq!(*rows[13].last().unwrap(), "", "a case that is new has no verdict");
        }
    }
}
