//! Files read in pieces, in any order and from several threads, give what they give when read from end to end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests fail by panicking, and say plainly when they were not run"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
};

use geo::Geometry;
use nittio_io::read::{Batch, Description, ReadError, ReadOptions, pieces, read};
use polars::prelude::{Column as PolarsColumn, DataFrame, NamedFrom, ParquetWriter, Series};
use proptest::prelude::*;

/// One row as text, with its geometry; or why it cannot be read.
type Row = (u32, Result<(Vec<Option<String>>, Result<Option<Geometry>, String>), String>);

/// The rows of a batch by their numbers.
fn rows(batch: Batch) -> Vec<Row> {
    let text = |i: usize| batch.columns.iter().map(|c| c.text(i).map(|t| t.into_owned())).collect::<Vec<_>>();
    let values: Vec<_> = (0..batch.rows.len()).map(text).collect();
    let good =
        values.into_iter().zip(batch.geometry.into_vec()).zip(&batch.rows).map(|(row, number)| (*number, Ok(row)));
    let mut all: Vec<Row> =
        good.chain(batch.malformed.into_iter().map(|(number, reason)| (number, Err(reason)))).collect();
    all.sort_by_key(|row| row.0);
    all
}

fn whole(path: &Path, options: &ReadOptions, columns: &[String]) -> Result<(Description, Vec<Row>), ReadError> {
    let mut all = Vec::new();
    let description = read(path, options, columns, true, &mut |batch| {
        all.extend(rows(batch));
        true
    })?;
    Ok((description, all))
}

/// Reads the pieces backwards on four threads, and says how many there are.
fn assert_pieces_equal_whole(path: &Path) -> usize {
    let options = ReadOptions::default();
    let opened = pieces(path, &options, &[], false).unwrap();
    let selected = opened.select(&opened.description().columns, true).unwrap();
    let (description, expected) = whole(path, &options, &selected.description().columns).unwrap();
    assert_eq!(description.columns, selected.description().columns);
    let left = Mutex::new((0..selected.len()).collect::<Vec<_>>());
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some(piece) = left.lock().unwrap().pop() else { break };
                    let batch = selected.read(piece).unwrap();
                    assert!(batch.columns.iter().all(|c| c.len() == batch.rows.len()));
                    assert_eq!(batch.geometry.len(), batch.rows.len());
                    found.lock().unwrap().push((piece, rows(batch)));
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort_by_key(|f| f.0);
    assert_eq!(found.into_iter().flat_map(|f| f.1).collect::<Vec<_>>(), expected, "{}", path.display());
    assert!(selected.bytes(selected.len()) == 0 && selected.read(selected.len()).unwrap().rows.is_empty());
    if let Some(hint) = selected.rows_hint() {
        assert!(hint >= expected.len() as u64, "{}", path.display());
    }
    selected.len()
}

fn file(dir: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = dir.join(name);
    fs::write(&path, content).unwrap();
    path
}

#[test]
fn separated_text_is_cut_between_rows_and_never_in_quotes() {
    let dir = tempfile::tempdir().unwrap();
    // Some 11 MB, so that pieces end by size, with quoted line breaks everywhere.
    let mut text = "id;text\r\n".to_owned();
    for i in 0..80_000 {
        match i % 4 {
            0 => text.push_str(&format!("{i};\"{}\r\n\r\n\"\"\n{}\"\r\n", "a;b".repeat(50), "\n".repeat(50))),
            1 => text.push_str(&format!("{i};5\" rör {}\r\n", "x".repeat(300))),
            2 => text.push_str("\r\n"),
            _ => text.push_str(&format!("{i}\r\n")),
        }
    }
    let path = file(dir.path(), "a.csv", &text);
    assert!(assert_pieces_equal_whole(&path) > 2);
    // The csv crate, which reads from end to end, is the oracle. Blank lines are rows that it passes over.
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').flexible(true).from_reader(text.as_bytes());
    let expected: Vec<Vec<String>> = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
    let (_, rows) = whole(&path, &ReadOptions::default(), &["id".to_owned(), "text".to_owned()]).unwrap();
    assert_eq!(rows.len(), expected.len());
    for ((number, row), expected) in rows.into_iter().zip(expected) {
        match row {
            Ok((values, _)) => {
                assert_eq!(values.into_iter().map(Option::unwrap).collect::<Vec<_>>(), expected);
                assert_eq!(number, expected[0].parse::<u32>().unwrap() + 2);
            }
            Err(reason) => {
                assert_eq!((expected.len(), reason.as_str()), (1, "the row has 1 field, the header has 2"));
                assert_eq!(number, expected[0].parse::<u32>().unwrap() + 2);
            }
        }
    }
}

#[test]
fn many_short_rows_are_cut_by_their_number() {
    let dir = tempfile::tempdir().unwrap();
    let text = (0..200_000).fold("id\n".to_owned(), |text, i| text + &format!("{i}\n"));
    assert_eq!(assert_pieces_equal_whole(&file(dir.path(), "a.csv", text)), 4);
}

/// Features that are hard to keep apart.
fn feature(i: usize) -> String {
    let text = match i % 5 {
        0 => r#"\\\"}],{\"type\":\"Feature\"},[{"#.to_owned(),
        1 => "\\\\".repeat(i % 50),
        2 => "{".repeat(i % 70),
        3 => "}]".repeat(i % 30),
        _ => format!("åäö {}", "x".repeat(i % 400)),
    };
    let geometry = match i % 3 {
        0 => "null".to_owned(),
        1 => format!(r#"{{"type":"Point","coordinates":[{i},{}.5]}}"#, i + 1),
        _ => r#"{"type":"Polygon","coordinates":[[[0,0],[9.25,0],[9,9],[0,0]]]}"#.to_owned(),
    };
    format!(
        r#"{{"type":"Feature","id":{i},"properties":{{"n":{i},"t":"{text}","deep":{{"a":["}}"]}}}},"geometry":{geometry}}}"#
    )
}

#[test]
fn geojson_is_cut_between_features_and_never_in_text() {
    let dir = tempfile::tempdir().unwrap();
    let features: Vec<String> = (0..70_000).map(feature).collect();
    let collection = format!("{{\"features\":[{}],\n\"type\":\"FeatureCollection\"}}", features.join(" ,\n"));
    let path = file(dir.path(), "a.geojson", collection);
    assert!(assert_pieces_equal_whole(&path) > 3);
    let lines = file(dir.path(), "a.geojsonl", features.join("\n"));
    assert!(assert_pieces_equal_whole(&lines) > 3);
    let separate = file(dir.path(), "b.geojson", features.join("\n \n"));
    assert!(assert_pieces_equal_whole(&separate) > 3);
    let columns = ["id", "n", "t", "deep"].map(str::to_owned);
    let (description, rows) = whole(&path, &ReadOptions::default(), &columns).unwrap();
    assert_eq!(description.columns, columns);
    assert_eq!(rows, whole(&lines, &ReadOptions::default(), &columns).unwrap().1);
    assert_eq!(rows, whole(&separate, &ReadOptions::default(), &columns).unwrap().1);
    // serde_json's own values are the oracle for the properties.
    for (i, (number, row)) in rows.into_iter().enumerate() {
        let expected: serde_json::Value = serde_json::from_str(&features[i]).unwrap();
        let (values, _) = row.unwrap();
        assert_eq!(number as usize, i + 1);
        assert_eq!(values[0], Some(i.to_string()));
        assert_eq!(values[1], values[0]);
        let text = expected["properties"]["t"].as_str().unwrap();
        assert_eq!(values[2].as_deref().unwrap_or_default(), text);
        assert_eq!(values[3].as_deref(), Some(r#"{"a":["}"]}"#));
    }
}

#[test]
fn parquet_is_cut_within_large_row_groups_and_small_ones_are_put_together() {
    let dir = tempfile::tempdir().unwrap();
    let rows = 300_000;
    // Of 300 000 rows in groups of at least 70 000, polars makes four of 75 000.
    for (group, expected) in [(rows, 3), (10_000, 5), (70_000, 4)] {
        let numbers: Vec<Option<i64>> = (0..rows as i64).map(|i| (i % 1000 != 7).then_some(i)).collect();
        let reals: Vec<f64> = (0..rows).map(|i| if i % 1000 == 8 { f64::NAN } else { i as f64 / 4.0 }).collect();
        let texts: Vec<Option<String>> = (0..rows).map(|i| (i % 10 != 0).then(|| format!("t{}", i % 5000))).collect();
        let columns: Vec<PolarsColumn> = vec![
            Series::new("n".into(), numbers).into(),
            Series::new("x".into(), reals).into(),
            Series::new("t".into(), texts).into(),
        ];
        let mut frame = DataFrame::new_infer_height(columns).unwrap();
        let path = dir.path().join("a.parquet");
        let writer = ParquetWriter::new(fs::File::create(&path).unwrap());
        writer.with_row_group_size(Some(group)).finish(&mut frame).unwrap();
        assert_eq!(assert_pieces_equal_whole(&path), expected, "{group}");
        let columns = ["t", "n", "x"].map(str::to_owned);
        let (_, found) = whole(&path, &ReadOptions::default(), &columns).unwrap();
        assert_eq!(found.len(), rows);
        for (i, (number, row)) in found.into_iter().enumerate() {
            let expected = vec![
                (i % 10 != 0).then(|| format!("t{}", i % 5000)),
                (i % 1000 != 7).then(|| i.to_string()),
                (i % 1000 != 8).then(|| (i as f64 / 4.0).to_string()),
            ];
            assert_eq!((number as usize, row), (i + 1, Ok((expected, Ok(None)))));
        }
    }
}

#[test]
fn a_geopackage_is_cut_between_row_ids_that_have_gaps() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.gpkg");
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch(
        "CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT);
         CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
         CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER, organization TEXT, organization_coordsys_id INTEGER,
           definition TEXT);
         INSERT INTO gpkg_contents VALUES ('a', 'features'), ('v', 'features'), ('r', 'attributes');
         INSERT INTO gpkg_geometry_columns VALUES ('a', 'geom', 0), ('v', 'geom', 0);
         CREATE TABLE a (fid INTEGER PRIMARY KEY, geom BLOB, t TEXT);
         WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 149999)
         INSERT INTO a SELECT 3 * i - 1000, X'47500001BE0B00000101000000000000000000F03F0000000000000040', 'x' || i FROM n;
         CREATE VIEW v AS SELECT * FROM a;
         CREATE TABLE r (rowid TEXT); INSERT INTO r VALUES ('b'), ('a'), ('b');",
    )
    .unwrap();
    drop(db);
    let columns = ["t".to_owned()];
    for (layer, count) in [("a", 3), ("v", 1)] {
        let options = ReadOptions { layer: Some(layer.to_owned()), ..ReadOptions::default() };
        let opened = pieces(&path, &options, &columns, true).unwrap();
        assert_eq!((opened.len(), opened.rows_hint()), (count, Some(150_000)), "{layer}");
        let found: Vec<Row> = (0..count).flat_map(|piece| rows(opened.read(piece).unwrap())).collect();
        assert_eq!(found, whole(&path, &options, &columns).unwrap().1);
        for (i, (number, row)) in found.into_iter().enumerate() {
            let (values, shape) = row.unwrap();
            assert_eq!((number as usize, values[0].clone()), (i + 1, Some(format!("x{i}"))), "{layer}");
            assert_eq!(shape, Ok(Some(geo::point!(x: 1.0, y: 2.0).into())));
        }
    }
    // A column of that name is no row id.
    let options = ReadOptions { layer: Some("r".to_owned()), ..ReadOptions::default() };
    let (_, found) = whole(&path, &options, &["rowid".to_owned()]).unwrap();
    assert_eq!(found.len(), 3);
}

#[test]
fn a_flatgeobuf_file_is_cut_between_features() {
    let Some(data) = std::env::var_os("NITTIO_REAL_DATA").map(PathBuf::from) else {
        eprintln!("NOT RUN: set NITTIO_REAL_DATA to the folder with the real data");
        return;
    };
    // A file of one feature whose header does not say how many there are may as well have more.
    let one = fs::read(data.join("conformance/flatgeobuf/unknown_feature_count.fgb")).unwrap();
    let header = 12 + u32::from_le_bytes(one[8..12].try_into().unwrap()) as usize;
    let many = [&one[..header], &one[header..].repeat(70_000)].concat();
    let dir = tempfile::tempdir().unwrap();
    let path = file(dir.path(), "a.fgb", &many);
    assert!(assert_pieces_equal_whole(&path) > 1);
    let opened = pieces(&path, &ReadOptions::default(), &[], true).unwrap();
    assert_eq!(opened.rows_hint(), Some(70_000));
    let cut = file(dir.path(), "b.fgb", &many[..many.len() - 1]);
    let error = pieces(&cut, &ReadOptions::default(), &[], true).unwrap_err().to_string();
    assert!(error.contains("after feature 69999: the file is cut short"), "{error}");
}

#[test]
fn a_feature_that_is_no_json_is_told_by_line_and_column_in_any_piece() {
    let dir = tempfile::tempdir().unwrap();
    let mut features: Vec<String> = (0..70_000).map(feature).collect();
    features[60_000] = r#"{"type":"Feature","properties":{"n":tru}}"#.to_owned();
    let path = file(
        dir.path(),
        "a.geojson",
        format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{}]}}", features.join(",\n")),
    );
    let error = whole(&path, &ReadOptions::default(), &[]).unwrap_err().to_string();
    assert!(error.contains("line 60002, column 40"), "{error}");
    let lines = file(dir.path(), "a.geojsonl", features.join("\n"));
    let (_, rows) = whole(&lines, &ReadOptions::default(), &[]).unwrap();
    assert_eq!(rows.iter().filter(|row| row.1.is_err()).map(|row| row.0).collect::<Vec<_>>(), [60_001]);
}

#[test]
fn real_files_give_the_same_in_pieces() {
    let Some(data) = std::env::var_os("NITTIO_REAL_DATA").map(PathBuf::from) else {
        eprintln!("NOT RUN: set NITTIO_REAL_DATA to the folder with the real data");
        return;
    };
    for name in [
        "boundaries/kommun_scb_simplified_4326.parquet",
        "boundaries/kommun_scb_simplified_3006.gpkg",
        "boundaries/kommun_val_4326.geojson",
        "dalarna/deso_2025_dalarna_raw.geojson",
        "dalarna/befolkning_1km_2025_dalarna.csv",
        "points/malmo_adresser_4326.geojson",
        "conformance/flatgeobuf/countries.fgb",
        "real-us-cities/footprints_477rule_4269.geojson",
        "real-us-cities/offers.csv",
    ] {
        assert!(assert_pieces_equal_whole(&data.join(name)) > 0, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Blank rows in front push the text over every possible border of a piece, which is 65 536 rows.
    #[test]
    fn text_gives_the_same_wherever_a_piece_ends(rows in prop::collection::vec("[ab]{0,2};(\"[a;\n\r]{0,3}(\"\")?\"|[a\"]{0,3})", 1..8)) {
        let dir = tempfile::tempdir().unwrap();
        let text = rows.join("\n");
        let plain = file(dir.path(), "a.csv", format!("a;b\n{text}"));
        let columns = ["a".to_owned(), "b".to_owned()];
        let options = ReadOptions::default();
        let (_, expected) = whole(&plain, &options, &columns).unwrap();
        for before in 65_536 - rows.len()..=65_536 {
            let path = file(dir.path(), "b.csv", format!("a;b\n{}{text}", "\n".repeat(before)));
            let (_, found) = whole(&path, &options, &columns).unwrap();
            let moved: Vec<Row> = expected.iter().cloned().map(|(n, row)| (n + before as u32, row)).collect();
            prop_assert_eq!(found, moved, "{} {:?}", before, text);
        }
    }
}
