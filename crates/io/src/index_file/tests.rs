//! Index files of a small study: used when they fit, refused with a reason when they do not.

use tempfile::TempDir;

use super::*;
use crate::{
    ingest::Quiet,
    join::{Joined, join},
    study_file::load::{Loaded, load},
};

const STUDY: &str = r#"
[study]
name = "Two squares"
as_of = 2024-12-31
crs = "as-is"

[[places]]
path = "places.csv"
id = "id"
easting = "x"
northing = "y"

[[footprints]]
path = "net.geojson"
name = "name"
operator = { column = "op", map = { "A" = "Alfa", "B" = "Beta" } }
technology = "fibre"
down = "1 Gbit/s"

[[offers]]
path = "offers.csv"
place = "id"
operator = { column = "op" }
technology = "cable"
down = "300 Mbit/s"

[areas.municipality]
path = "areas.geojson"
code = "code"
name = "name"

[[settlements]]
path = "towns.geojson"
class = "locality"
"#;

/// A square as a feature.
fn square(properties: &str, [x, y]: [i32; 2], side: i32) -> String {
    let corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)];
    let corners: Vec<String> = corners.iter().map(|(x, y)| format!("[{x},{y}]")).collect();
    let geometry = format!(r#"{{"type":"Polygon","coordinates":[[{}]]}}"#, corners.join(","));
    format!(r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{geometry}}}"#)
}

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let features = |list: &[String]| format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, list.join(","));
        folder.put("nittio.toml", STUDY);
        folder.put("places.csv", "id,x,y\na,5,5\nb,15,15\nc,25,5\nd,90,90\ne,10,10\n");
        folder.put("offers.csv", "id,op\nb,Aardvark\nx,Aardvark\n");
        let odd = r#"{"type":"Feature","properties":{"name":"odd","op":"A"},"geometry":null}"#.to_owned();
        let nets = [
            square(r#""name":"a","op":"A""#, [0, 0], 10),
            odd,
            square(r#""name":"b","op":"B""#, [10, 10], 10),
            square(r#""name":"c","op":"A""#, [4, 4], 3),
        ];
        folder.put("net.geojson", &features(&nets));
        let areas = [square(r#""code":"02","name":"Two""#, [20, 0], 20), square(r#""code":"01""#, [0, 0], 20)];
        folder.put("areas.geojson", &features(&areas));
        folder.put("towns.geojson", &features(&[square("", [0, 0], 7)]));
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    #[track_caller]
    fn change(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from));
        self.put(name, &text.replacen(from, to, 1));
    }

    fn loaded(&self) -> Loaded {
        load(&self.path("nittio.toml")).unwrap()
    }

    fn index(&self) -> PathBuf {
        self.path("a.index")
    }

    fn write(&self) -> Written {
        let loaded = self.loaded();
        write(&self.index(), &Reading::new(&loaded, &Quiet).unwrap()).unwrap()
    }

    /// What joining with the index file gives, or why it is refused.
    fn join(&self) -> Result<(Joined, nittio_core::outcome::Provenance), IndexFileError> {
        let loaded = self.loaded();
        let reading = Reading::new(&loaded, &Quiet).unwrap();
        let (opened, mut index) = open(&self.index(), &reading)?;
        Ok((join(&opened, &mut index, None, &|_| {}).unwrap(), opened.provenance()))
    }

    fn refused(&self) -> IndexFileError {
        self.join().map(|_| ()).unwrap_err()
    }

    #[track_caller]
    fn changes(&self) -> Vec<String> {
        match self.refused() {
            error @ IndexFileError::Outdated { .. } if !error.is_cured_by_writing_again() => panic!("{error}"),
            IndexFileError::Outdated { changes, .. } => changes,
            other => panic!("{other}"),
        }
    }

    /// Joins from the polygons and from the index file, and compares all that comes of it.
    #[track_caller]
    fn assert_same(&self) {
        let loaded = self.loaded();
        let reading = Reading::new(&loaded, &Quiet).unwrap();
        let opened = Opened::new(&reading).unwrap();
        let read = join(&opened, &mut CoverageIndex::build(&opened.study), None, &|_| {}).unwrap();
        let (joined, provenance) = self.join().unwrap();
        assert_eq!(provenance, opened.provenance());
        assert_eq!(joined.kinds, read.kinds);
        assert_eq!(joined.places, read.places);
        assert_eq!(joined.diagnostics, read.diagnostics);
        assert_eq!(joined.frame.levels, read.frame.levels);
        assert_eq!(joined.frame.services.as_slice(), read.frame.services.as_slice());
        assert_eq!(joined.frame.settlements, read.frame.settlements);
        assert!(joined.kinds.len() > 3 && joined.frame.services.as_slice().len() == 3);
    }
}

#[test]
fn a_run_with_the_file_gives_what_a_run_with_the_polygons_gives() {
    let folder = Folder::new();
    let written = folder.write();
    assert_eq!(written.bytes, fs::metadata(folder.index()).unwrap().len());
    assert_eq!((written.vertices, written.findings), (6 * 5, 1));
    folder.assert_same();
}

#[test]
fn the_same_polygons_give_the_same_file() {
    let folder = Folder::new();
    folder.write();
    let first = fs::read(folder.index()).unwrap();
    folder.write();
    assert!(fs::read(folder.index()).unwrap() == first);
    let names: Vec<_> = fs::read_dir(folder.0.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 7, "nothing is left behind: {names:?}");
}

#[test]
fn places_offers_and_what_is_asked_may_change() {
    let folder = Folder::new();
    folder.write();
    folder.put("places.csv", "id,x,y\nb,15,15\nq,1,1\n,2,2\nr,3,33\nc,25,5\n");
    // A service that sorts before those of the footprints gives them other numbers.
    folder.put("offers.csv", "id,op\nb,Aa\nq,Aa\n");
    folder.change("nittio.toml", "name = \"Two squares\"", "name = \"Two\"\nlocale = \"en\"");
    folder.change("nittio.toml", "as_of = 2024-12-31", "as_of = 2025-06-30");
    folder.change("nittio.toml", "path = \"towns.geojson\"", "path = \"towns.geojson\"\nsource = \"By hand\"");
    folder.assert_same();
}

#[test]
fn a_changed_file_is_named_though_its_size_and_time_are_the_same() {
    for (name, from, to, role) in [
        ("net.geojson", "[10,10]", "[10,11]", "footprints"),
        ("areas.geojson", "Two", "Tvo", "areas"),
        ("towns.geojson", "[7,7]", "[7,8]", "settlements"),
    ] {
        let folder = Folder::new();
        folder.write();
        let time = fs::metadata(folder.path(name)).unwrap().modified().unwrap();
        folder.change(name, from, to);
        File::options().write(true).open(folder.path(name)).unwrap().set_modified(time).unwrap();
        assert_eq!(folder.changes(), [format!("{name} ({role}): its content has changed")]);
        folder.write();
        folder.assert_same();
    }
}

#[test]
fn a_changed_setting_is_named() {
    for (from, to, said) in [
        (r#""A" = "Alfa""#, r#""A" = "Alpha""#, r#"footprints[0].operator.map.A: was "Alfa", is now "Alpha""#),
        ("technology = \"fibre\"", "technology = \"cable\"", "footprints[0].technology: was"),
        ("crs = \"as-is\"", "", r#"study.crs: was "as-is", is now "EPSG:3006""#),
        ("crs = \"as-is\"", "crs = \"as-is\"\ncountry = \"SE\"", r#"study.country: was "none", is now "Sweden""#),
        ("code = \"code\"", "code = \"code\"\nswap_axes = true", "areas.municipality.swap_axes: is now true"),
        ("class = \"locality\"", "class = \"smaller_locality\"", "settlements[0].class: was"),
        ("\nname = \"name\"\n\n", "\n\n", "areas.municipality.name: was \"name\", and is not there now"),
    ] {
        let folder = Folder::new();
        folder.write();
        folder.change("nittio.toml", from, to);
        let changes = folder.changes();
        // The country follows from the CRS where nothing else is said.
        assert_eq!(changes.len(), if said.starts_with("study.crs") { 2 } else { 1 }, "{changes:?}");
        assert!(changes[0].starts_with(said), "{changes:?}");
    }
}

#[test]
fn a_file_that_is_not_there_points_into_the_study_file() {
    let folder = Folder::new();
    folder.write();
    fs::remove_file(folder.path("net.geojson")).unwrap();
    let error = folder.refused();
    assert!(matches!(&error, IndexFileError::Study(e) if e.message().contains("net.geojson")), "{error}");
}

#[test]
fn another_program_another_format_and_what_is_no_index_are_told_apart() {
    let folder = Folder::new();
    folder.write();
    let bytes = fs::read(folder.index()).unwrap();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        fs::write(folder.index(), bytes).unwrap();
        folder.refused().to_string()
    };
    let said = with(&|bytes| bytes[8] = 9);
    assert!(said.ends_with(&format!("(its format is number 9; this is {PROGRAM})")), "{said}");
    let said = with(&|bytes| {
        let at = bytes.windows(PROGRAM.len()).position(|w| w == PROGRAM.as_bytes()).unwrap();
        bytes[at + "nittio ".len()] = b'9';
        container::sum_again(bytes);
    });
    assert!(said.contains("(nittio 9."), "{said}");
    let said = with(&|bytes| {
        let at = container::open(bytes).unwrap().index.start;
        bytes[at] = 9;
        container::sum_again(bytes);
    });
    assert!(said.contains("number 9") && said.contains("another version"), "{said}");
    assert!(with(&|bytes| bytes[0] = b'N').contains("not an index"));
    assert!(with(&|bytes| bytes.clear()).contains("not an index"));
    assert!(with(&|bytes| bytes.truncate(20)).contains("cut short"));
    assert!(with(&|bytes| bytes[100] ^= 1).contains("checksum"));
    fs::remove_file(folder.index()).unwrap();
    assert!(folder.refused().to_string().contains("no such file"));
    fs::create_dir(folder.index()).unwrap();
    assert!(folder.refused().to_string().contains("a.index"));
}

/// Even with a checksum that is right: refused, or an index that answers without a panic.
#[test]
fn damage_that_the_checksum_hides_is_refused_or_harmless() {
    let folder = Folder::new();
    folder.write();
    let bytes = fs::read(folder.index()).unwrap();
    let loaded = folder.loaded();
    let (mut refused, mut joined) = (0, 0);
    for at in 96..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 7);
        container::sum_again(&mut damaged);
        fs::write(folder.index(), damaged).unwrap();
        let reading = Reading::new(&loaded, &Quiet).unwrap();
        match open(&folder.index(), &reading) {
            Err(_) => refused += 1,
            Ok((opened, mut index)) => {
                joined += 1;
                join(&opened, &mut index, None, &|_| {}).unwrap();
            }
        }
    }
    assert!(refused > 500 && joined > 100, "{refused} refused, {joined} joined");
}

#[test]
fn what_is_no_index_is_never_written_over() {
    let folder = Folder::new();
    let loaded = folder.loaded();
    let reading = Reading::new(&loaded, &Quiet).unwrap();
    let before = fs::read(folder.path("places.csv")).unwrap();
    for name in ["places.csv", "."] {
        let error = write(&folder.path(name), &reading).unwrap_err();
        assert!(matches!(error, IndexFileError::InTheWay { .. }), "{error}");
    }
    assert!(fs::read(folder.path("places.csv")).unwrap() == before);
    let error = write(&folder.path("none/a.index"), &reading).unwrap_err();
    assert!(error.to_string().ends_with("there is no such folder"), "{error}");
    // A file that cannot be read leaves the index that was there.
    folder.write();
    let index = fs::read(folder.index()).unwrap();
    folder.put("net.geojson", "{");
    assert!(matches!(write(&folder.index(), &reading), Err(IndexFileError::Study(_))));
    assert!(fs::read(folder.index()).unwrap() == index);
    assert_eq!(fs::read_dir(folder.0.path()).unwrap().count(), 7);
}

#[test]
fn a_shapefiles_table_and_a_geopackages_log_belong_to_the_file() {
    use crate::read::{ReadOptions, companions};
    let folder = Folder::new();
    let names = |file: &str| -> Vec<String> {
        let found = companions(&folder.path(file), &ReadOptions::default()).unwrap();
        found.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    };
    fs::write(folder.path("net.shp"), [0, 0, 0x27, 0x0a]).unwrap();
    for name in ["net.dbf", "net.prj", "net.shx", "other.cpg"] {
        folder.put(name, "x");
    }
    assert_eq!(names("net.shp"), ["net.dbf", "net.prj"]);
    assert_eq!(names("net.geojson"), [""; 0]);
    folder.put("net.gpkg", "SQLite format 3\0");
    folder.put("net.gpkg-wal", "");
    assert_eq!(names("net.gpkg"), [""; 0], "an empty log holds nothing");
    folder.put("net.gpkg-wal", "x");
    assert_eq!(names("net.gpkg"), ["net.gpkg-wal"]);
}
