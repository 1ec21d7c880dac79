//! `places.parquet`: every place with what reaches it. For the internal edition only.
//!
//! One row per place, sorted by id in byte order, so that the order of the input does not show.

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, Write},
};

use nittio_core::{
    coverage::Kind,
    measure::Best,
    place::{Ids, MISSING},
    profile::Profile,
};
use polars::{
    error::PolarsResult,
    prelude::{
        BooleanChunked, Column, DataFrame, DataType, Float64Chunked, Int64Chunked, IntoSeries, ListBuilderTrait as _,
        ListChunked, ListPrimitiveChunkedBuilder, NewChunkedArray as _, StringChunked, UInt32Chunked, UInt32Type,
    },
};
use rayon::prelude::*;

use super::{
    EachPlace, Run, error, number, parquet, services,
    side_by_side::side_by_side,
    splice::{self, Assembly, Parts, Replacement},
};
use crate::{last, sorter::PlaceRow};

/// Writes all places as Parquet, in the order in which `each` gives them: that of their ids. `keep` is given their kinds.
///
/// # Errors
/// When writing fails.
pub fn parquet(
    out: impl Write,
    run: &Run<'_>,
    each: &mut EachPlace<'_>,
    keep: &mut dyn FnMut(&[u32]) -> io::Result<()>,
) -> io::Result<()> {
    let table = Table::new(run);
    let empty = table.frame(&Rows::new(&table)).map_err(error::of_polars)?;
    let encoded = |frame: &DataFrame| {
        let mut bytes = Vec::new();
        parquet::write(&mut bytes, &empty, |write| write(frame))?;
        Parts::of_bytes(bytes)
    };
    let mut file = Assembly::like(out, &encoded(&empty)?)?;
    side_by_side(
        rayon::current_num_threads(),
        |give| {
            let mut rows = Rows::new(&table);
            each(&mut |row| {
                rows.push(row);
                if rows.kind.len() < parquet::ROW_GROUP {
                    return Ok(());
                }
                give(std::mem::replace(&mut rows, Rows::new(&table)))
            })?;
            if rows.kind.is_empty() { Ok(()) } else { give(rows) }
        },
        |rows| Ok((encoded(&table.frame(&rows).map_err(error::of_polars)?)?, rows.kind)),
        |(group, kinds)| {
            file.append(&group)?;
            keep(&kinds)
        },
    )?;
    file.end()
}

/// Writes all places as Parquet when all but what reaches some of them is as in the last result. `keep` is given their kinds.
///
/// # Errors
/// When the last result cannot be read, or writing fails.
pub(super) fn changed(
    out: impl Write,
    run: &Run<'_>,
    last: &last::Places,
    keep: &mut dyn FnMut(&[u32]) -> io::Result<()>,
) -> io::Result<()> {
    let table = Table::new(run);
    let old = Parts::open(File::open(last.path())?)?;
    let rows = old.rows().ok_or_else(|| io::Error::other("the last places.parquet cannot be read"))?;
    let starts = rows.iter().scan(0, |start, &rows| Some(std::mem::replace(start, *start + rows as u64)));
    let groups: Vec<(u64, usize)> = starts.zip(rows.iter().copied()).collect();
    let first = table.before_answers();
    let make = |&(start, rows): &(u64, usize)| -> io::Result<(Vec<u32>, Option<Replacement>)> {
        let (kinds, changed) = last.kinds(start, rows)?;
        if !changed && !last.renumbered {
            return Ok((kinds, None));
        }
        let mut columns = Columns::default();
        table.add_answers(&mut columns, &kinds);
        let frame = DataFrame::new(kinds.len(), columns.list).map_err(error::of_polars)?;
        let mut bytes = Vec::new();
        parquet::write(&mut bytes, &frame.clear(), |write| write(&frame))?;
        Ok((kinds, Some(Replacement { first, columns: Parts::of_bytes(bytes)? })))
    };
    let at_a_time = 2 * rayon::current_num_threads();
    let mut ready = VecDeque::new();
    splice::splice(out, &old, |number| {
        if ready.is_empty() {
            let some = &groups[number..groups.len().min(number + at_a_time)];
            ready.extend(some.par_iter().with_max_len(1).map(make).collect::<Vec<_>>());
        }
        let (kinds, replacement) = ready.pop_front().unwrap_or_else(|| Ok((Vec::new(), None)))?;
        keep(&kinds)?;
        Ok(replacement)
    })
}

/// The rows of a row group, column by column.
struct Rows {
    ids: Ids,
    easting: Vec<f64>,
    northing: Vec<f64>,
    category: Vec<u16>,
    names: Ids,
    kind: Vec<u32>,
    units: Vec<Vec<u64>>,
}

impl Rows {
    fn new(table: &Table<'_>) -> Self {
        let units = table.run.outcome.frame.units.len() - 1;
        Self {
            ids: Ids::default(),
            easting: Vec::new(),
            northing: Vec::new(),
            category: Vec::new(),
            names: Ids::default(),
            kind: Vec::new(),
            units: vec![Vec::new(); units],
        }
    }

    fn push(&mut self, row: PlaceRow<'_>) {
        self.ids.push(row.id);
        self.easting.push(row.easting);
        self.northing.push(row.northing);
        self.category.push(row.category);
        self.names.push(row.name);
        self.kind.push(row.kind);
        for (column, &value) in self.units.iter_mut().zip(row.units) {
            column.push(value);
        }
    }

    fn kinds(&self) -> impl Iterator<Item = usize> + '_ {
        self.kind.iter().map(|&kind| kind as usize)
    }
}

/// What is asked about a kind of place under one definition.
struct Answer {
    down_mbps: Option<f64>,
    up_mbps: Option<f64>,
    operators: u32,
}

/// What each kind of place amounts to: answered once, used by every place.
struct Table<'a> {
    run: &'a Run<'a>,
    /// Shape: profile × kind; `None` where it cannot be said.
    answers: Vec<Vec<Option<Answer>>>,
    /// By kind; `None` where it cannot be said.
    services: Vec<Option<Vec<u32>>>,
    /// The same of services that the kind is near.
    near: Vec<Option<Vec<u32>>>,
}

impl<'a> Table<'a> {
    fn new(run: &'a Run<'a>) -> Self {
        let answers = run.study.profiles.iter().map(|profile| answers(run, profile)).collect();
        Self { run, answers, services: services::of_kinds(run.kinds, false), near: services::of_kinds(run.kinds, true) }
    }

    /// The rows as a table.
    fn frame(&self, rows: &Rows) -> PolarsResult<DataFrame> {
        let (frame, kinds) = (&self.run.outcome.frame, self.run.kinds);
        let mut columns = Columns::default();

        columns.add("id", StringChunked::from_iter_values("".into(), rows.ids.iter()));
        let positions = || rows.easting.iter().zip(&rows.northing);
        let positioned = |x: f64, y: f64| x.is_finite() && y.is_finite();
        columns.add("easting", reals(positions().map(|(&x, &y)| positioned(x, y).then_some(x))));
        columns.add("northing", reals(positions().map(|(&x, &y)| positioned(x, y).then_some(y))));
        let category = |&number: &u16| frame.categories.get(usize::from(number)).map(String::as_str);
        columns.add("category", StringChunked::from_iter_options("".into(), rows.category.iter().map(category)));
        if self.run.study.listing.names {
            let names = rows.names.iter().map(|name| Some(name).filter(|name| !name.is_empty()));
            columns.add("place_name", StringChunked::from_iter_options("".into(), names));
        }
        if frame.settlements {
            let settlement = rows.kinds().map(|kind| kinds[kind].settlement.key());
            columns.add("settlement", StringChunked::from_iter_values("".into(), settlement));
        }
        for (number, level) in frame.levels.iter().enumerate() {
            let code = |kind: usize| Some(level.areas[kinds[kind].areas[number]? as usize].code.as_str());
            let codes = StringChunked::from_iter_options("".into(), rows.kinds().map(code));
            columns.add(&format!("{}_code", level.key), codes);
        }
        let matched = rows.kinds().map(|kind| Some(kinds[kind].is_matched()));
        columns.add("matched", BooleanChunked::from_iter_options("".into(), matched));

        self.add_answers(&mut columns, &rows.kind);
        for (unit, values) in frame.units.iter().skip(1).zip(&rows.units) {
            let value = |&value: &u64| Some(value).filter(|&value| value != MISSING);
            let name = unit.unit.key();
            if unit.scale == 1 {
                let whole = values.iter().map(|v| value(v).map(number::signed));
                columns.add(name, Int64Chunked::from_iter_options("".into(), whole));
            } else {
                let scaled = values.iter().map(|v| Some(number::unscaled(value(v)?, unit.scale)));
                columns.add(name, reals(scaled));
            }
        }
        DataFrame::new(rows.kind.len(), columns.list)
    }

    /// How many columns come before those that [`Table::add_answers`] adds.
    fn before_answers(&self) -> usize {
        let frame = &self.run.outcome.frame;
        // Id, position, category, and whether it is matched.
        5 + usize::from(self.run.study.listing.names) + usize::from(frame.settlements) + frame.levels.len()
    }

    /// Adds the columns that say what reaches places of these kinds: those that footprints can change.
    fn add_answers(&self, columns: &mut Columns, of: &[u32]) {
        let profiles = &self.run.study.profiles;
        let kinds = || of.iter().map(|&kind| kind as usize);
        let several = if profiles.len() > 1 { profiles.as_slice() } else { &[] };
        let named = profiles.iter().take(1).map(|_| String::new()).chain(several.iter().map(|p| format!(":{}", p.key)));
        let answers = self.answers.iter().take(1).chain(&self.answers);
        for (name, answers) in named.zip(answers) {
            let down = kinds().map(|kind| answers[kind].as_ref()?.down_mbps);
            columns.add(&format!("best_down_mbps{name}"), reals(down));
            let up = kinds().map(|kind| answers[kind].as_ref()?.up_mbps);
            columns.add(&format!("best_up_mbps{name}"), reals(up));
        }
        columns.add("services", services_of(of, &self.services));
        if self.run.outcome.frame.near.is_some() {
            columns.add("near", services_of(of, &self.near));
        }
        let operators = |kind: usize| Some(self.answers.first()?[kind].as_ref()?.operators);
        columns.add("operators", UInt32Chunked::from_iter_options("".into(), kinds().map(operators)));
    }
}

fn services_of(kinds: &[u32], of_kinds: &[Option<Vec<u32>>]) -> ListChunked {
    let len = kinds.len();
    let mut list = ListPrimitiveChunkedBuilder::<UInt32Type>::new("".into(), len, len * 2, DataType::UInt32);
    for &kind in kinds {
        list.append_opt_slice(of_kinds[kind as usize].as_deref());
    }
    list.finish()
}

fn answers(run: &Run<'_>, profile: &Profile) -> Vec<Option<Answer>> {
    let frame = &run.outcome.frame;
    let answer = |kind: &Kind| {
        let best = Best::of(kind.links.as_ref()?, profile, &frame.services, frame.as_of);
        Some(Answer {
            down_mbps: best.down.map(|speed| speed.mbps()),
            up_mbps: best.up.map(|speed| speed.mbps()),
            operators: u32::try_from(best.operators).unwrap_or(u32::MAX),
        })
    };
    run.kinds.par_iter().map(answer).collect()
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
        parquet(&mut out, &sample.run(), &mut *sample.each_place(), &mut |_| Ok(())).unwrap();
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
        sample.outcome.frame.units[2].unit = nittio_core::unit::Unit::Weight("id".to_owned());
        assert!(read(&bytes(&sample)).column("unit_id").is_ok());
    }

    #[test]
    fn a_study_without_places_has_all_columns_and_no_row() {
        let mut sample = sample::sample();
        sample.study.places = nittio_core::place::Places::default();
        let frame = read(&bytes(&sample));
        assert_eq!((frame.height(), frame.width()), (0, 17));
    }
}
