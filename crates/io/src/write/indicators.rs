//! `indicators.csv` and `indicators.parquet`: every figure of a run.
//!
//! One row per level × area × settlement class × category × definition × unit × measure, sorted by the text of the
//! columns from left to right, in byte order. Both files have the same rows, columns and values.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use nittio_core::{
    indicator::{AreaRef, At, Figure, Indicators},
    settlement::Settlement,
};
use polars::{
    error::{PolarsError, PolarsResult},
    prelude::{
        ChunkedBuilder as _, Column, DataFrame, Float64Type, Int64Type, IntoSeries as _, PrimitiveChunkedBuilder,
        StringChunkedBuilder,
    },
};

use super::{error, number, parquet};

/// The columns, in order.
pub const COLUMNS: [&str; 14] = [
    "as_of",
    "level",
    "code",
    "name",
    "settlement",
    "category",
    "profile",
    "unit",
    "measure",
    "total",
    "covered",
    "missing",
    "unmatched",
    "share",
];

/// The key that stands for all settlement classes and for all categories.
pub const ALL: &str = "all";

/// How many of the columns are text.
const TEXTS: usize = 9;

/// Writes all figures as CSV after RFC 4180.
///
/// # Errors
/// When writing fails.
pub fn csv(out: impl Write, indicators: &Indicators, as_of: jiff::civil::Date) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(COLUMNS).map_err(error::of_csv)?;
    let axes = Axes::new(indicators, as_of);
    let mut digits = String::new();
    axes.each(indicators, |texts, figure| {
        for text in texts {
            writer.write_field(text).map_err(error::of_csv)?;
        }
        for count in counts(&figure) {
            digits.clear();
            if let Some(count) = count {
                let _ = write!(digits, "{count}");
            }
            writer.write_field(&digits).map_err(error::of_csv)?;
        }
        digits.clear();
        if figure.has_share() {
            number::write_share(&mut digits, figure.covered, figure.total);
        }
        writer.write_field(&digits).map_err(error::of_csv)?;
        writer.write_record(None::<&[u8]>).map_err(error::of_csv)
    })?;
    writer.flush()
}

/// Writes all figures as Parquet.
///
/// # Errors
/// When writing fails.
pub fn parquet(out: impl Write, indicators: &Indicators, as_of: jiff::civil::Date) -> io::Result<()> {
    let axes = Axes::new(indicators, as_of);
    let empty = Rows::new(0).frame().map_err(error::of_polars)?;
    parquet::write(out, &empty, |write| {
        let mut rows = Rows::new(parquet::ROW_GROUP);
        axes.each(indicators, |texts, figure| {
            rows.push(texts, figure);
            if rows.len == parquet::ROW_GROUP {
                write(&std::mem::replace(&mut rows, Rows::new(parquet::ROW_GROUP)).frame()?)?;
            }
            Ok::<_, PolarsError>(())
        })?;
        if rows.len > 0 { write(&rows.frame()?) } else { Ok(()) }
    })
}

/// The counts of a figure, in the order of the columns; `None` where it is kept back.
fn counts(figure: &Figure) -> [Option<u64>; 4] {
    let Figure { total, covered, missing, unmatched, hides } = *figure;
    [(total, hides.total), (covered, hides.covered), (missing, hides.missing), (unmatched, hides.unmatched)]
        .map(|(count, hidden)| (!hidden).then_some(count))
}

/// Every axis with its texts, each sorted by them: their product is then sorted too.
struct Axes<'a> {
    as_of: String,
    areas: Vec<(&'a AreaRef, usize)>,
    settlements: Vec<(&'a str, usize)>,
    categories: Vec<(&'a str, usize)>,
    profiles: Vec<(&'a str, usize)>,
    units: Vec<(&'a str, usize)>,
    measures: Vec<(String, usize)>,
}

impl<'a> Axes<'a> {
    fn new(indicators: &'a Indicators, as_of: jiff::civil::Date) -> Self {
        let settlement = |s: &Option<Settlement>| s.map_or(ALL, Settlement::key);
        let mut areas: Vec<_> = indicators.areas.iter().zip(0..).collect();
        areas.sort_by_key(|&(area, i)| (area.level.as_str(), area.code.as_str(), area.name.as_str(), i));
        Self {
            as_of: as_of.to_string(),
            areas,
            settlements: sorted(indicators.settlements.iter().map(settlement)),
            categories: sorted(indicators.categories.iter().map(|c| c.as_deref().unwrap_or(ALL))),
            profiles: sorted(indicators.profiles.iter().map(|p| p.key.as_str())),
            units: sorted(indicators.units.iter().map(|u| u.unit.key())),
            measures: sorted(indicators.measures.iter().map(ToString::to_string)),
        }
    }

    /// Calls for every row in order.
    fn each<E>(
        &self,
        indicators: &Indicators,
        mut row: impl FnMut([&str; TEXTS], Figure) -> Result<(), E>,
    ) -> Result<(), E> {
        for &(AreaRef { level, code, name, .. }, area) in &self.areas {
            for &(s, settlement) in &self.settlements {
                for &(c, category) in &self.categories {
                    for &(p, profile) in &self.profiles {
                        for &(u, unit) in &self.units {
                            for &(ref m, measure) in &self.measures {
                                let at = At { area, settlement, category, profile, unit, measure };
                                row([&self.as_of, level, code, name, s, c, p, u, m], indicators.figure(at))?;
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

fn sorted<T: Ord>(texts: impl Iterator<Item = T>) -> Vec<(T, usize)> {
    let mut axis: Vec<_> = texts.zip(0..).collect();
    axis.sort();
    axis
}

/// Rows on their way into a row group.
struct Rows {
    texts: [StringChunkedBuilder; TEXTS],
    counts: [PrimitiveChunkedBuilder<Int64Type>; 4],
    share: PrimitiveChunkedBuilder<Float64Type>,
    len: usize,
}

impl Rows {
    fn new(capacity: usize) -> Self {
        Self {
            texts: std::array::from_fn(|i| StringChunkedBuilder::new(COLUMNS[i].into(), capacity)),
            counts: std::array::from_fn(|i| PrimitiveChunkedBuilder::new(COLUMNS[TEXTS + i].into(), capacity)),
            share: PrimitiveChunkedBuilder::new(COLUMNS[TEXTS + 4].into(), capacity),
            len: 0,
        }
    }

    fn push(&mut self, texts: [&str; TEXTS], figure: Figure) {
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.append_value(text);
        }
        for (column, count) in self.counts.iter_mut().zip(counts(&figure)) {
            column.append_option(count.map(number::signed));
        }
        self.share.append_option(number::share(figure.covered, figure.total).filter(|_| figure.has_share()));
        self.len += 1;
    }

    fn frame(self) -> PolarsResult<DataFrame> {
        let mut columns: Vec<Column> = Vec::with_capacity(COLUMNS.len());
        columns.extend(self.texts.into_iter().map(|c| c.finish().into_series().into()));
        columns.extend(self.counts.into_iter().map(|c| c.finish().into_series().into()));
        columns.push(self.share.finish().into_series().into());
        DataFrame::new(self.len, columns)
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{ParquetReader, SerReader as _};

    use super::*;
    use crate::write::sample;

    fn text(sample: &sample::Sample) -> String {
        let mut out = Vec::new();
        csv(&mut out, &sample.outcome.indicators, sample.outcome.frame.as_of).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// Counted by hand from the drawing in the sample: all settlement classes and categories, first definition.
    const COUNTED: &str = "\
2024-12-31,county,,,all,all,connected+passed,places,covered,2,0,0,2,0.000000
2024-12-31,county,,,all,all,connected+passed,places,down>=100 Mbit/s,2,0,0,2,0.000000
2024-12-31,county,,,all,all,connected+passed,population,covered,7,0,0,7,0.000000
2024-12-31,county,,,all,all,connected+passed,population,down>=100 Mbit/s,7,0,0,7,0.000000
2024-12-31,county,01,Norrlän,all,all,connected+passed,places,covered,5,5,0,0,1.000000
2024-12-31,county,01,Norrlän,all,all,connected+passed,places,down>=100 Mbit/s,5,4,1,0,0.800000
2024-12-31,county,01,Norrlän,all,all,connected+passed,population,covered,10,10,0,0,1.000000
2024-12-31,county,01,Norrlän,all,all,connected+passed,population,down>=100 Mbit/s,10,6,4,0,0.600000
2024-12-31,county,02,Söderlän,all,all,connected+passed,places,covered,5,2,3,0,0.400000
2024-12-31,county,02,Söderlän,all,all,connected+passed,places,down>=100 Mbit/s,5,1,4,0,0.200000
2024-12-31,county,02,Söderlän,all,all,connected+passed,population,covered,7,5,2,0,0.714286
2024-12-31,county,02,Söderlän,all,all,connected+passed,population,down>=100 Mbit/s,7,0,7,0,0.000000
2024-12-31,municipality,,,all,all,connected+passed,places,covered,2,0,0,2,0.000000
2024-12-31,municipality,,,all,all,connected+passed,places,down>=100 Mbit/s,2,0,0,2,0.000000
2024-12-31,municipality,,,all,all,connected+passed,population,covered,7,0,0,7,0.000000
2024-12-31,municipality,,,all,all,connected+passed,population,down>=100 Mbit/s,7,0,0,7,0.000000
2024-12-31,municipality,0101,Åby,all,all,connected+passed,places,covered,5,5,0,0,1.000000
2024-12-31,municipality,0101,Åby,all,all,connected+passed,places,down>=100 Mbit/s,5,4,1,0,0.800000
2024-12-31,municipality,0101,Åby,all,all,connected+passed,population,covered,10,10,0,0,1.000000
2024-12-31,municipality,0101,Åby,all,all,connected+passed,population,down>=100 Mbit/s,10,6,4,0,0.600000
2024-12-31,municipality,0202,\"Östra \"\"Sund\"\", norra\",all,all,connected+passed,places,covered,5,2,3,0,0.400000
2024-12-31,municipality,0202,\"Östra \"\"Sund\"\", norra\",all,all,connected+passed,places,down>=100 Mbit/s,5,1,4,0,0.200000
2024-12-31,municipality,0202,\"Östra \"\"Sund\"\", norra\",all,all,connected+passed,population,covered,7,5,2,0,0.714286
2024-12-31,municipality,0202,\"Östra \"\"Sund\"\", norra\",all,all,connected+passed,population,down>=100 Mbit/s,7,0,7,0,0.000000
2024-12-31,total,,,all,all,connected+passed,places,covered,12,7,3,2,0.583333
2024-12-31,total,,,all,all,connected+passed,places,down>=100 Mbit/s,12,5,5,2,0.416667
2024-12-31,total,,,all,all,connected+passed,population,covered,24,15,2,7,0.625000
2024-12-31,total,,,all,all,connected+passed,population,down>=100 Mbit/s,24,6,11,7,0.250000
";

    #[test]
    fn the_csv_is_what_was_counted_by_hand() {
        let text = text(&sample::sample());
        let main = |line: &&str| line.contains(",all,all,connected+passed,p");
        let found: Vec<&str> = text.split("\r\n").filter(main).collect();
        assert_eq!(found, COUNTED.lines().collect::<Vec<_>>());
        assert!(text.starts_with("as_of,level,code,name,settlement,category,profile,unit,measure,total,"));
        // 7 areas × 3 categories × 2 definitions × 3 units × 2 measures, a header, and nothing after the last line end.
        assert_eq!(text.split("\r\n").count(), 7 * 3 * 2 * 3 * 2 + 2);
        for line in [
            // Under plans, h07 is reached too.
            "2024-12-31,county,02,Söderlän,all,home,plans-2027,population,down>=100 Mbit/s,7,2,5,0,0.285714",
            // Tenths: h01 has 5, h02 125.
            "2024-12-31,total,,,all,home,connected+passed,\"Yta å, m²\",covered,130,130,0,0,1.000000",
            // No workplace has a population: nothing to share.
            "2024-12-31,total,,,all,workplace,connected+passed,population,covered,0,0,0,0,",
        ] {
            assert!(text.contains(&format!("\r\n{line}\r\n")), "{line}");
        }
    }

    #[test]
    fn rows_are_sorted_by_the_text_of_their_columns() {
        for sample in [sample::sample(), sample::with_locality()] {
            let text = text(&sample);
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let rows: Vec<Vec<String>> =
                reader.records().map(|row| row.unwrap().iter().take(TEXTS).map(str::to_owned).collect()).collect();
            assert!(rows.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn the_parquet_file_has_the_rows_of_the_csv() {
        let sample = sample::sample();
        let mut out = Vec::new();
        parquet(&mut out, &sample.outcome.indicators, sample.outcome.frame.as_of).unwrap();
        let frame = ParquetReader::new(io::Cursor::new(&out)).finish().unwrap();
        let names: Vec<&str> = frame.get_column_names().into_iter().map(|name| name.as_str()).collect();
        assert_eq!(names, COLUMNS);
        let text = text(&sample);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let mut rows = 0;
        for (row, record) in reader.records().enumerate() {
            let record = record.unwrap();
            for (column, field) in frame.columns().iter().zip(&record) {
                match column.get(row).unwrap() {
                    polars::prelude::AnyValue::String(text) => assert_eq!(text, field),
                    polars::prelude::AnyValue::Int64(count) => assert_eq!(count.to_string(), field),
                    polars::prelude::AnyValue::Float64(share) => assert_eq!(Ok(share), field.parse()),
                    polars::prelude::AnyValue::Null => assert_eq!(field, ""),
                    other => panic!("{other:?}"),
                }
            }
            rows += 1;
        }
        assert_eq!(frame.height(), rows);
        let mut again = Vec::new();
        parquet(&mut again, &sample::reversed().outcome.indicators, sample.outcome.frame.as_of).unwrap();
        assert_eq!(out, again, "same study, same bytes");
    }

    #[test]
    fn a_full_disk_is_an_error_that_says_so() {
        let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else { return };
        let sample = sample::sample();
        let (indicators, as_of) = (&sample.outcome.indicators, sample.outcome.frame.as_of);
        assert_eq!(csv(&full, indicators, as_of).unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(parquet(&full, indicators, as_of).unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
