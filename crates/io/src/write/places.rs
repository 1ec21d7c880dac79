//! `places.parquet`: every place with what reaches it. For the internal edition only.
//!
//! One row per place, sorted by id in byte order, so that the order of the input does not show.

use std::io::{self, Write};

use nittio_core::{
    coverage::{Coverage, Kind},
    measure::Best,
    place::MISSING,
    profile::Profile,
    study::Study,
};
use polars::{
    error::PolarsResult,
    prelude::{
        BooleanChunked, Column, DataFrame, DataType, Float64Chunked, Int64Chunked, IntoSeries, ListBuilderTrait as _,
        ListChunked, ListPrimitiveChunkedBuilder, NewChunkedArray as _, StringChunked, UInt32Chunked, UInt32Type,
    },
};
use rayon::prelude::*;

use super::{error, number, parquet, services};

/// Writes all places as Parquet.
///
/// # Errors
/// When writing fails.
pub fn parquet(out: impl Write, study: &Study, coverage: &Coverage) -> io::Result<()> {
    let mut order: Vec<u32> = (0..u32::try_from(study.places.len()).unwrap_or(u32::MAX)).collect();
    order.par_sort_unstable_by_key(|&place| study.places.ids[place as usize].as_bytes());
    let table = Table::new(study, coverage);
    let empty = table.frame(&[]).map_err(error::of_polars)?;
    parquet::write(out, &empty, |write| {
        order.chunks(parquet::ROW_GROUP).try_for_each(|rows| write(&table.frame(rows)?))
    })
}

/// What is asked about a kind of place under one definition.
struct Answer {
    down_mbps: Option<f64>,
    up_mbps: Option<f64>,
    operators: u32,
}

/// Places, and what each kind of place amounts to: answered once, used by every place.
struct Table<'a> {
    study: &'a Study,
    coverage: &'a Coverage,
    /// Shape: profile × kind; `None` where it cannot be said.
    answers: Vec<Vec<Option<Answer>>>,
    /// By kind; `None` where it cannot be said.
    services: Vec<Option<Vec<u32>>>,
}

impl<'a> Table<'a> {
    fn new(study: &'a Study, coverage: &'a Coverage) -> Self {
        let answers = study.profiles.iter().map(|profile| answers(study, coverage, profile)).collect();
        Self { study, coverage, answers, services: services::of_kinds(coverage) }
    }

    /// The rows of some places.
    fn frame(&self, rows: &[u32]) -> PolarsResult<DataFrame> {
        let Study { frame, places, profiles, .. } = self.study;
        let each = || rows.iter().map(|&place| place as usize);
        let mut columns = Columns::default();

        columns.add("id", StringChunked::from_iter_values("".into(), each().map(|p| places.ids[p].as_ref())));
        columns.add("easting", reals(each().map(|p| Some(places.position(p)?.x))));
        columns.add("northing", reals(each().map(|p| Some(places.position(p)?.y))));
        let category = |p: usize| frame.categories.get(usize::from(places.category[p])).map(String::as_str);
        columns.add("category", StringChunked::from_iter_options("".into(), each().map(category)));
        if frame.settlements {
            let settlement = each().map(|p| self.coverage.of(p).settlement.key());
            columns.add("settlement", StringChunked::from_iter_values("".into(), settlement));
        }
        for (number, level) in frame.levels.iter().enumerate() {
            let code = each().map(|p| Some(level.areas[self.coverage.of(p).areas[number]? as usize].code.as_str()));
            columns.add(&format!("{}_code", level.key), StringChunked::from_iter_options("".into(), code));
        }
        let matched = each().map(|p| Some(self.coverage.of(p).is_matched()));
        columns.add("matched", BooleanChunked::from_iter_options("".into(), matched));

        let several = if profiles.len() > 1 { profiles.as_slice() } else { &[] };
        let named = profiles.iter().take(1).map(|_| String::new()).chain(several.iter().map(|p| format!(":{}", p.key)));
        let answers = self.answers.iter().take(1).chain(&self.answers);
        for (name, answers) in named.zip(answers) {
            let answer = |p: usize| answers[self.coverage.kind[p] as usize].as_ref();
            columns.add(&format!("best_down_mbps{name}"), reals(each().map(|p| answer(p)?.down_mbps)));
            columns.add(&format!("best_up_mbps{name}"), reals(each().map(|p| answer(p)?.up_mbps)));
        }
        columns.add("services", self.services(rows));
        let operators = |p: usize| Some(self.answers.first()?[self.coverage.kind[p] as usize].as_ref()?.operators);
        columns.add("operators", UInt32Chunked::from_iter_options("".into(), each().map(operators)));

        for column in &places.units {
            let scale = frame.units.iter().find(|u| u.unit == column.unit).map_or(1, |u| u.scale);
            let value = |p: usize| Some(column.values[p]).filter(|&value| value != MISSING);
            let name = column.unit.key();
            if scale == 1 {
                let whole = each().map(|p| value(p).map(number::signed));
                columns.add(name, Int64Chunked::from_iter_options("".into(), whole));
            } else {
                columns.add(name, reals(each().map(|p| Some(number::unscaled(value(p)?, scale)))));
            }
        }
        DataFrame::new(rows.len(), columns.list)
    }

    fn services(&self, rows: &[u32]) -> ListChunked {
        let mut list =
            ListPrimitiveChunkedBuilder::<UInt32Type>::new("".into(), rows.len(), rows.len() * 2, DataType::UInt32);
        for &place in rows {
            list.append_opt_slice(self.services[self.coverage.kind[place as usize] as usize].as_deref());
        }
        list.finish()
    }
}

fn answers(study: &Study, coverage: &Coverage, profile: &Profile) -> Vec<Option<Answer>> {
    let answer = |kind: &Kind| {
        let best = Best::of(kind.links.as_ref()?, profile, &study.frame.services, study.frame.as_of);
        Some(Answer {
            down_mbps: best.down.map(|speed| speed.mbps()),
            up_mbps: best.up.map(|speed| speed.mbps()),
            operators: u32::try_from(best.operators).unwrap_or(u32::MAX),
        })
    };
    coverage.kinds.par_iter().map(answer).collect()
}

fn reals(values: impl Iterator<Item = Option<f64>>) -> Float64Chunked {
    Float64Chunked::from_iter_options("".into(), values)
}

/// Columns with distinct names: a weight of the user's own may be called `id`.
#[derive(Default)]
struct Columns {
    list: Vec<Column>,
}

impl Columns {
    fn add(&mut self, name: &str, values: impl IntoSeries) {
        let mut name = name.to_owned();
        while self.list.iter().any(|column| column.name().as_str() == name) {
            name = format!("unit_{name}");
        }
        self.list.push(values.into_series().with_name(name.as_str().into()).into());
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{AnyValue, ParquetReader, SerReader as _};

    use super::*;
    use crate::write::sample::{self, Sample};

    fn bytes(sample: &Sample) -> Vec<u8> {
        let mut out = Vec::new();
        parquet(&mut out, &sample.study, &sample.coverage).unwrap();
        out
    }

    fn read(bytes: &[u8]) -> DataFrame {
        ParquetReader::new(io::Cursor::new(bytes)).finish().unwrap()
    }

    /// Some columns of one row as text.
    fn row(frame: &DataFrame, id: &str, columns: &[&str]) -> String {
        let ids = frame.column("id").unwrap();
        let row = (0..frame.height()).find(|&i| ids.get(i).unwrap() == AnyValue::String(id)).unwrap();
        let show = |name: &&str| match frame.column(name).unwrap().get(row).unwrap() {
            AnyValue::List(list) => format!("{:?}", list.u32().unwrap().iter().flatten().collect::<Vec<_>>()),
            AnyValue::String(text) => text.to_owned(),
            AnyValue::Float64(number) => format!("{number:?}"),
            other => other.to_string(),
        };
        columns.iter().map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_place_says_what_reaches_it() {
        let frame = read(&bytes(&sample::sample()));
        let names: Vec<&str> = frame.get_column_names().into_iter().map(|name| name.as_str()).collect();
        let expected = [
            "id",
            "easting",
            "northing",
            "category",
            "municipality_code",
            "county_code",
            "matched",
            "best_down_mbps",
            "best_up_mbps",
            "best_down_mbps:connected+passed",
            "best_up_mbps:connected+passed",
            "best_down_mbps:plans-2027",
            "best_up_mbps:plans-2027",
            "services",
            "operators",
            "population",
            "Yta å, m²",
        ];
        assert_eq!(names, expected);
        let some =
            ["category", "municipality_code", "matched", "best_down_mbps", "best_up_mbps", "services", "operators"];
        assert_eq!(row(&frame, "h01", &some), "home 0101 true 1000.0 1000.0 [0] 1");
        assert_eq!(row(&frame, "h03", &some), "home 0101 true 1000.0 1000.0 [0, 1] 2");
        assert_eq!(row(&frame, "h05", &some), "home 0202 true 30.0 2.5 [1] 1");
        assert_eq!(row(&frame, "h07", &some), "home 0202 true null null [2] 0");
        assert_eq!(row(&frame, "h08", &some), "home 0202 true null null [] 0");
        assert_eq!(row(&frame, "h09", &some), "home null false null null null null");
        let plans = ["best_down_mbps:connected+passed", "best_down_mbps:plans-2027", "best_up_mbps:plans-2027"];
        assert_eq!(row(&frame, "h07", &plans), "null 100.0 100.0");
        let units = ["easting", "northing", "population", "Yta å, m²", "county_code"];
        assert_eq!(row(&frame, "h02", &units), "600045.0 6600050.0 2 12.5 01");
        assert_eq!(row(&frame, "h08", &units), "600170.0 6600050.0 0 null 02", "zero is not missing");
        assert_eq!(row(&frame, "h09", &units), "null null 7 null null");
    }

    #[test]
    fn rows_are_sorted_by_id_whatever_the_order_of_the_input() {
        let (there, back) = (bytes(&sample::sample()), bytes(&sample::reversed()));
        assert_eq!(there, back);
        let frame = read(&there);
        let ids: Vec<String> = (0..12).map(|i| frame.column("id").unwrap().get(i).unwrap().to_string()).collect();
        assert!(ids.is_sorted());
    }

    #[test]
    fn the_settlement_class_stands_only_where_the_study_has_settlements() {
        let frame = read(&bytes(&sample::with_locality()));
        assert_eq!(row(&frame, "h02", &["settlement"]), "locality", "the border belongs to it");
        assert_eq!(row(&frame, "h03", &["settlement"]), "outside");
        assert_eq!(row(&frame, "h09", &["settlement"]), "unknown");
    }

    #[test]
    fn a_weight_called_like_a_column_of_ours_gets_a_name_of_its_own() {
        let mut sample = sample::sample();
        sample.study.places.units[1].unit = nittio_core::unit::Unit::Weight("id".to_owned());
        assert!(read(&bytes(&sample)).column("unit_id").is_ok());
    }

    #[test]
    fn a_study_without_places_has_all_columns_and_no_row() {
        let mut sample = sample::sample();
        sample.study.places = nittio_core::place::Places::default();
        let index = nittio_core::index::CoverageIndex::build(&sample.study);
        sample.coverage = nittio_core::coverage::join(&index, &sample.study, |_| ());
        let frame = read(&bytes(&sample));
        assert_eq!((frame.height(), frame.width()), (0, 15));
    }
}
