//! Real files and the conformance suites of the formats, read and compared with what others say is in them.
//!
//! Runs when the environment variable `NITTIO_REAL_DATA` names the folder with the files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests fail by panicking, and say plainly when they were not run"
)]

use std::path::{Path, PathBuf};

use geo::{CoordsIter, Geometry};
use nittio_io::{
    crs::Crs,
    read::{Column, DeclaredCrs, Description, ReadError, ReadOptions, describe, read},
};

fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("NITTIO_REAL_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("NOT RUN: set NITTIO_REAL_DATA to the folder with the real data");
    }
    folder
}

type Shape = Result<Option<Geometry>, String>;

/// A whole file.
struct Whole {
    description: Description,
    rows: Vec<u32>,
    columns: Vec<Vec<Column>>,
    shapes: Vec<Shape>,
    malformed: Vec<(u32, String)>,
}

impl Whole {
    fn text(&self, column: &str) -> Vec<Option<String>> {
        let at = self.description.columns.iter().position(|c| c == column).expect(column);
        let values = self.columns.iter().flat_map(|batch| {
            let column = &batch[at];
            (0..column.len()).map(|i| column.text(i).map(|t| t.into_owned()))
        });
        values.collect()
    }
}

fn whole(path: &Path, options: &ReadOptions) -> Result<Whole, ReadError> {
    let columns = describe(path, options)?.columns;
    let (mut rows, mut batches, mut shapes, mut malformed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let description = read(path, options, &columns, true, &mut |batch| {
        assert!(batch.columns.iter().all(|c| c.len() == batch.rows.len()));
        assert_eq!(batch.geometry.len(), batch.rows.len());
        rows.extend(batch.rows);
        batches.push(batch.columns);
        shapes.extend(batch.geometry.into_vec());
        malformed.extend(batch.malformed);
        true
    })?;
    assert_eq!(description.columns, columns);
    Ok(Whole { description, rows, columns: batches, shapes, malformed })
}

fn plain(path: &Path) -> Whole {
    whole(path, &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    files
}

/// The same geometry, and to the last bit where both sides come from the same text.
fn assert_same(path: &Path, left: &[Shape], right: &[Shape], tolerance: f64) {
    assert_eq!(left.len(), right.len(), "{}", path.display());
    for (row, (left, right)) in left.iter().zip(right).enumerate() {
        let coords = |shape: &Shape| {
            let shape = shape.as_ref().unwrap_or_else(|e| panic!("{} row {}: {e}", path.display(), row + 1));
            shape.iter().flat_map(|g| g.coords_iter().collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        let (left, right) = (coords(left), coords(right));
        let close =
            |(a, b): (&geo::Coord, &geo::Coord)| (a.x - b.x).abs() <= tolerance && (a.y - b.y).abs() <= tolerance;
        assert_eq!(left.len(), right.len(), "{} row {}", path.display(), row + 1);
        assert!(left.iter().zip(&right).all(close), "{} row {}", path.display(), row + 1);
    }
}

/// What is expected of a file: so many good geometries, or what a row's or the file's error says.
#[derive(Clone, Copy)]
enum Expected {
    Good,
    NoGeometry,
    BadGeometry(&'static str),
    BadRow(&'static str),
    BadFile(&'static str),
}

use Expected::{BadFile, BadGeometry, BadRow, Good, NoGeometry};

const INVALID_STRUCTURE: [(&str, Expected); 28] = [
    ("feature_geometry_is_string", BadGeometry("text stands where a geometry should")),
    // The id of a feature says nothing about its geometry or properties.
    ("feature_id_type", Good),
    ("feature_no_properties", Good),
    ("feature_properties_is_array", BadRow("properties are an array")),
    ("feature_properties_is_int", BadRow("properties are a number")),
    ("feature_wrong_geometry_key", NoGeometry),
    ("featurecollection_feature_nullfeature", BadRow("null stands where a feature should")),
    ("featurecollection_features_is_object", BadFile("the array of features")),
    ("featurecollection_no_features_member", BadFile("no \"features\"")),
    ("featurecollection_nulltype", BadFile("\"type\" is null")),
    ("featurecollection_type_lowercase", BadFile("\"featurecollection\"")),
    ("featurecollection_unknown_type", BadFile("\"notafc\"")),
    // Bounding boxes are not read.
    ("geometry_bbox_not4or6", Good),
    ("geometry_bbox_not_list", Good),
    ("geometry_bbox_not_numbers", Good),
    ("geometry_coordinates_1d", BadGeometry("a position of one number stands where an array")),
    ("geometry_coordinates_empty_position", BadGeometry("an array stands where a position")),
    ("geometry_coordinates_missing", BadGeometry("the Polygon has no \"coordinates\"")),
    ("geometry_coordinates_string", BadGeometry("an array stands where a position")),
    ("geometry_depth_deep_point", BadGeometry("an array stands where a position")),
    ("geometry_depth_deep_polygon", BadGeometry("an array stands where a position")),
    ("geometry_depth_shallow_linestring", BadGeometry("a position stands where an array")),
    ("geometry_depth_shallow_multipolygon", BadGeometry("a position stands where an array")),
    ("geometry_depth_shallow_polygon", BadGeometry("a position stands where an array")),
    ("geometry_geometrycollection_null_geometry", BadGeometry("null stands where a geometry should")),
    ("geometry_mislabeled_point", BadGeometry("a position stands where an array")),
    ("geometry_missing_type", BadFile("the object has no \"type\"")),
    ("geometry_wrong_geometry_type", BadFile("\"SomeThingElse\"")),
];

#[test]
fn geojson_of_wrong_structure_is_told_where_it_is_wrong() {
    let Some(data) = data() else { return };
    let folder = data.join("conformance/geojson-invalid-geometry/examples/invalid_structure");
    assert_eq!(files(&folder).len(), INVALID_STRUCTURE.len());
    for (name, expected) in INVALID_STRUCTURE {
        let path = folder.join(format!("invalid_{name}.geojson"));
        let found = whole(&path, &ReadOptions::default());
        match (&found, expected) {
            (Ok(w), Good) => assert!(matches!(w.shapes.as_slice(), [Ok(Some(_))]), "{name}: {:?}", w.shapes),
            (Ok(w), NoGeometry) => assert!(matches!(w.shapes.as_slice(), [Ok(None)]), "{name}: {:?}", w.shapes),
            (Ok(w), BadGeometry(text)) => match w.shapes.as_slice() {
                [Err(error)] => assert!(error.contains(text), "{name}: {error}"),
                other => panic!("{name}: {other:?}"),
            },
            (Ok(w), BadRow(text)) => match w.malformed.as_slice() {
                [(1, error)] => assert!(error.contains(text), "{name}: {error}"),
                other => panic!("{name}: {other:?}"),
            },
            (Err(error), BadFile(text)) => {
                let error = error.to_string();
                assert!(error.contains(text) && error.contains("line "), "{name}: {error}");
            }
            (Ok(_), BadFile(_)) => panic!("{name} was read"),
            (Err(error), _) => panic!("{error}"),
        }
    }
}

#[test]
fn geojson_that_is_valid_or_doubtful_is_read() {
    let Some(data) = data() else { return };
    for folder in ["valid", "problematic_structure", "problematic_geometries", "invalid_geometries"] {
        for path in files(&data.join("conformance/geojson-invalid-geometry/examples").join(folder)) {
            let w = plain(&path);
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(w.malformed.is_empty(), "{name}: {:?}", w.malformed);
            for shape in &w.shapes {
                // A Polygon whose name is MultiPolygon is the one doubtful file that cannot be read.
                let readable = name != "invalid_incorrect_geometry_data_type.geojson";
                assert_eq!(shape.is_ok(), readable, "{name}: {shape:?}");
            }
            if name == "problematic_crs_defined.geojson" {
                assert_eq!(w.description.crs, DeclaredCrs::Known(Crs::Epsg(32632)));
            } else {
                assert_eq!(w.description.crs, DeclaredCrs::Known(Crs::Epsg(4326)));
            }
        }
    }
}

#[test]
fn geoparquet_equals_its_well_known_text() {
    let Some(data) = data() else { return };
    let folder = data.join("conformance/geoparquet");
    let options = ReadOptions { geometry_column: Some("geometry".to_owned()), ..ReadOptions::default() };
    for kind in ["point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon"] {
        let parquet = plain(&folder.join(format!("data-{kind}-encoding_wkb.parquet")));
        let path = folder.join(format!("data-{kind}-wkt.csv"));
        let text = whole(&path, &options).unwrap();
        assert_eq!(parquet.text("col"), text.text("col"));
        assert_eq!(parquet.shapes, text.shapes, "{kind}");
        assert!(parquet.rows.len() >= 3, "{kind}");
    }
    let parquet = whole(&folder.join("example.parquet"), &ReadOptions::default()).unwrap();
    let text = whole(&folder.join("example.csv"), &options).unwrap();
    assert_same(&folder.join("example.csv"), &parquet.shapes, &text.shapes, 0.0);
    assert_eq!(parquet.text("name"), text.text("name"));
    assert_eq!(parquet.rows.len(), 5);
}

#[test]
fn flatgeobuf_equals_its_geojson_and_its_counts() {
    let Some(data) = data() else { return };
    let folder = data.join("conformance/flatgeobuf");
    // The counts are GDAL's.
    for (name, rows) in [
        ("alldatatypes", 1),
        ("countries", 179),
        ("countries_nocrs", 179),
        ("countries_nogeo", 179),
        ("empty", 0),
        ("heterogeneous", 3),
        ("mp_overlapping", 2),
        ("no_properties", 1),
        ("poly00", 10),
        ("poly01", 10),
        ("unknown_feature_count", 1),
    ] {
        let w = plain(&folder.join(format!("{name}.fgb")));
        assert_eq!(w.rows.len(), rows, "{name}");
        assert!(w.malformed.is_empty() && w.shapes.iter().all(Result::is_ok), "{name}: {:?}", w.malformed);
        let with = w.shapes.iter().filter(|s| matches!(s, Ok(Some(_)))).count();
        assert_eq!(with, if name == "countries_nogeo" { 0 } else { rows }, "{name}");
    }
    let old = whole(&folder.join("topp_states.fgb"), &ReadOptions::default()).err().unwrap().to_string();
    assert!(old.contains("version 2"), "{old}");

    let (binary, text) = (plain(&folder.join("countries.fgb")), plain(&folder.join("countries.geojson")));
    // FlatGeobuf orders features for its index, so the two are matched by id.
    let sorted = |w: &Whole| {
        let mut rows: Vec<_> = w.text("id").into_iter().zip(w.text("name")).zip(w.shapes.clone()).collect();
        // Bermuda is drawn from another vertex in the one file than in the other, as GDAL shows too.
        rows.retain(|row| row.0.0.as_deref() != Some("BMU"));
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        rows
    };
    let (binary, text) = (sorted(&binary), sorted(&text));
    assert_eq!(binary.iter().map(|r| &r.0).collect::<Vec<_>>(), text.iter().map(|r| &r.0).collect::<Vec<_>>());
    let shapes = |rows: Vec<(_, Shape)>| rows.into_iter().map(|r| r.1).collect::<Vec<_>>();
    assert_same(&folder.join("countries.fgb"), &shapes(binary), &shapes(text), 0.0);
    assert_eq!(plain(&folder.join("states.geojson")).shapes.len(), 49);
}

#[test]
fn real_files_have_the_rows_they_are_said_to_have() {
    let Some(data) = data() else { return };
    for (name, rows, geometries, vertices, crs) in [
        ("boundaries/kommun_scb_simplified_4326.parquet", 290, 290, Some(9_748), Some(4326)),
        ("boundaries/lan_scb_simplified_4326.parquet", 21, 21, Some(3_849), Some(4326)),
        ("boundaries/kommun_scb_simplified_3006.gpkg", 290, 290, Some(9_748), Some(3006)),
        ("boundaries/kommun_val_4326.geojson", 290, 290, Some(19_691), Some(4326)),
        ("dalarna/deso_2025_dalarna_raw.geojson", 175, 175, Some(107_673), Some(3006)),
        ("dalarna/befolkning_1km_2025_dalarna.csv", 4_004, 0, None, None),
        ("dalarna/befolkning_1km_2025_dalarna.geojson", 4_004, 4_004, Some(4_004 * 5), Some(4326)),
        ("dalarna/folkmangd_deso_2024_raw.csv", 875, 0, None, None),
        ("points/malmo_adresser_4326.geojson", 4_592, 4_592, Some(4_592), Some(4326)),
        ("points/tatorter_scb_3006.csv", 2_017, 0, None, None),
        ("codes/counties.csv", 21, 0, None, None),
        ("codes/municipalities.csv", 290, 0, None, None),
        ("codes/postal_to_municipality.csv", 15_463, 0, None, None),
        ("real-us-cities/block_groups_4269.parquet", 1_092, 1_092, Some(126_747), Some(4269)),
        ("real-us-cities/counties_4269.parquet", 3, 3, None, Some(4269)),
        ("real-us-cities/footprints_477rule_4269.geojson", 34, 34, Some(55_688), Some(4269)),
        ("real-us-cities/points.csv", 29_714, 0, None, None),
        ("real-us-cities/offers.csv", 30_927, 0, None, None),
    ] {
        let w = plain(&data.join(name));
        assert_eq!(w.malformed, [], "{name}");
        assert_eq!(w.rows.len(), rows, "{name}");
        let shapes: Vec<&Geometry> = w.shapes.iter().filter_map(|s| s.as_ref().expect(name).as_ref()).collect();
        assert_eq!(shapes.len(), geometries, "{name}");
        if let Some(vertices) = vertices {
            assert_eq!(shapes.iter().map(|s| s.coords_count()).sum::<usize>(), vertices, "{name}");
        }
        assert_eq!(w.description.crs, crs.map_or(DeclaredCrs::None, |c| DeclaredCrs::Known(Crs::Epsg(c))), "{name}");
    }
    // It has no header, so its first row is taken for one, and that row has a name twice or fewer rows follow.
    match whole(&data.join("points/geonames_SE_postal.tsv"), &ReadOptions::default()) {
        Ok(w) => assert_eq!(w.rows.len() + w.malformed.len(), 18_814),
        Err(error) => assert!(error.to_string().contains("two columns are called"), "{error}"),
    }
}
