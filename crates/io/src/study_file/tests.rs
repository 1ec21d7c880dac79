//! Every kind of error, by the exact text that a person reads.

use std::path::{Path, PathBuf};

use nittio_core::{
    quantity::Speed,
    service::{Reach, Status, Technology},
    unit::Unit,
};

use super::{
    load::{Loaded, load, parse},
    mapped::Mapped,
};

/// A right study file of 17 lines; tests change a line of it or add to it from line 18.
const RIGHT: &str = r#"[study]
name = "Bredband"
as_of = 2024-12-31

[[places]]
path = "adresser.csv"
id = "adress_id"
units = { population = "bef" }
codes = { municipality = "kommunkod" }

[[footprints]]
path = "fiber.gpkg"
operator = { column = "agare" }
technology = "fibre"
down = "1 Gbit/s"

[areas.municipality]
"#;

fn read(text: &str) -> Loaded {
    parse(text, Path::new("nittio.toml")).unwrap_or_else(|errors| panic!("{errors}"))
}

/// What is said about the right file with one line of it changed.
fn said(line: &str, instead: &str) -> String {
    assert_eq!(RIGHT.matches(line).count(), 1, "{line:?} stands once in the right file");
    told(&RIGHT.replace(line, instead))
}

/// What is said about the right file with more at its end.
fn said_of_more(more: &str) -> String {
    told(&format!("{RIGHT}{more}"))
}

fn told(text: &str) -> String {
    parse(text, Path::new("nittio.toml")).map(|_| ()).unwrap_err().to_string()
}

#[track_caller]
fn is(said: &str, expected: &str) {
    assert_eq!(said, expected.trim_start_matches('\n').trim_end(), "\n{said}\n");
}

#[test]
fn a_study_file_is_read_with_the_keys_of_file_and_service_in_one_table() {
    let file = read(RIGHT).file;
    assert_eq!(file.places[0].file.path.get_ref(), "adresser.csv");
    assert_eq!(file.places[0].units[&Unit::Population].get_ref(), "bef");
    let service = &file.footprints[0].service;
    assert!(matches!(&service.operator, Mapped::Column(column) if column.column.get_ref() == "agare"));
    assert!(matches!(service.technology, Some(Mapped::Constant(Technology::Fibre))));
    assert!(matches!(service.down, Some(Mapped::Constant(speed)) if speed == Speed::from_mbps(1000)));
    assert_eq!(file.study.crs.get_ref(), "EPSG:3006");
    assert_eq!(file.indicators.speeds, [10, 30, 100, 1000].map(Speed::from_mbps));
}

#[test]
fn a_value_by_column_has_its_words_unit_and_empty() {
    let more = "\n[[offers]]\npath = \"o.csv\"\nplace = \"id\"\noperator = \"X\"\n\
                down = { column = \"mbit\", unit = \"kbit/s\", empty = \"10 Mbit/s\" }\n\
                status = { column = \"st\", map = { \"klart\" = \"in-service\", \"sen\" = \"planned\" } }\n\
                open_access = { column = \"oppet\", map = { X = true } }\n\
                available_from = 2025-01-01\nreach = \"connected\"\n";
    let file = read(&format!("{RIGHT}{more}")).file;
    let service = &file.offers[0].service;
    let Some(Mapped::Column(down)) = &service.down else { panic!("a column") };
    assert_eq!((down.empty, down.unit.as_ref().unwrap().get_ref().as_str()), (Some(Speed::from_mbps(10)), "kbit/s"));
    let Some(Mapped::Column(status)) = &service.status else { panic!("a column") };
    assert_eq!((status.map["klart"], status.map["sen"]), (Status::InService, Status::Planned));
    let Some(Mapped::Column(open)) = &service.open_access else { panic!("a column") };
    assert!(open.map["X"]);
    assert!(matches!(service.available_from, Some(Mapped::Constant(day)) if day == jiff::civil::date(2025, 1, 1)));
    assert!(matches!(service.reach, Some(Mapped::Constant(Reach::Connected))));
}

#[test]
fn a_date_is_read_with_and_without_quotation_marks() {
    let quoted = RIGHT.replace("2024-12-31", "\"2024-12-31\"");
    assert_eq!(read(&quoted).file.study.as_of, read(RIGHT).file.study.as_of);
}

#[test]
fn a_bare_number_for_a_speed_is_pointed_at() {
    is(
        &said("down = \"1 Gbit/s\"", "down = 100"),
        r#"
error: a speed needs its unit; write "100 Mbit/s"
  --> nittio.toml:15:8
   |
15 | down = 100
   |        ^^^
"#,
    );
}

#[test]
fn a_wrong_word_deep_in_a_map_is_pointed_at_and_not_the_table() {
    is(
        &said(
            "technology = \"fibre\"",
            "technology = { column = \"t\", map = { \"A\" = \"fibre\", \"B\" = \"fibbre\" } }",
        ),
        r#"
error: "fibbre" is not a known technology; known are fibre, cable, vdsl, xdsl, fwa, nr, lte, satellite, other
  --> nittio.toml:14:59
   |
14 | technology = { column = "t", map = { "A" = "fibre", "B" = "fibbre" } }
   |                                                           ^^^^^^^^
"#,
    );
}

#[test]
fn a_misspelled_key_gets_the_nearest_one_and_all_that_are_known() {
    is(
        &said("units = { population = \"bef\" }", "eastng = \"e\""),
        r#"
error: there is no key `eastng` here; did you mean `easting`?
 --> nittio.toml:8:1
  |
8 | eastng = "e"
  | ^^^^^^
  |
  = help: known keys here are path, id, easting, northing, point, category, name, units, codes, layer, format, crs, swap_axes, encoding, source, licence, secrecy
"#,
    );
}

#[test]
fn a_threshold_that_keeps_nothing_back_is_told() {
    let said = said_of_more("\n[editions]\nthreshold = 1\n");
    assert!(said.starts_with("error: a threshold of 1 keeps nothing back"), "{said}");
    assert!(said.contains("write 5, as SCB does"), "{said}");
}

#[test]
fn the_study_file_is_as_secret_as_the_most_secret_file_that_it_names() {
    use nittio_core::secrecy::Secrecy;
    let plain = read(RIGHT).file;
    assert_eq!(plain.places[0].file.secrecy, Secrecy::Internal);
    assert_eq!(plain.footprints[0].file.secrecy, Secrecy::Open);
    assert_eq!(plain.secrecy(), Secrecy::Internal);
    let secret = read(&RIGHT.replace("technology = \"fibre\"", "technology = \"fibre\"\nsecrecy = \"secret\"")).file;
    assert_eq!(secret.secrecy(), Secrecy::Secret);
}

#[test]
fn a_misspelled_key_in_a_column_is_pointed_at() {
    is(
        &said("{ column = \"agare\" }", "{ colunm = \"agare\" }"),
        r#"
error: there is no key `colunm` here; did you mean `column`?
  --> nittio.toml:13:14
   |
13 | operator = { colunm = "agare" }
   |              ^^^^^^
   |
   = help: known keys here are column, map, unit, empty
"#,
    );
}

#[test]
fn a_missing_key_is_named_with_an_example() {
    is(
        &said("id = \"adress_id\"\n", ""),
        r#"
error: the key `id` is missing here
 --> nittio.toml:5:1
  |
5 | [[places]]
  | ^^^^^^^^^^
  |
  = help: add, for example: id = "adress_id"
"#,
    );
}

#[test]
fn a_missing_section_is_named_with_an_example() {
    let message = told("[[places]]\npath = \"a.csv\"\nid = \"id\"\n");
    assert!(message.starts_with("error: the section `study` is missing here\n"), "{message}");
    assert!(message.contains("name = \"Bredband i Norrköping\""), "{message}");
}

#[test]
fn wrong_dates_get_the_right_spelling() {
    is(
        &said("as_of = 2024-12-31", "as_of = \"31/12 2024\""),
        r#"
error: "31/12 2024" is not a date; write 2027-12-31 (year, month, day)
 --> nittio.toml:3:9
  |
3 | as_of = "31/12 2024"
  |         ^^^^^^^^^^^^
"#,
    );
    let with_time = said("as_of = 2024-12-31", "as_of = 2024-12-31T08:00:00");
    assert!(with_time.contains("is not a date; write 2027-12-31"), "{with_time}");
    let not_toml = said("as_of = 2024-12-31", "as_of = 31/12/2024");
    assert!(not_toml.contains("= help: a date is written year, month, day: 2024-12-31"), "{not_toml}");
}

#[test]
fn a_quantity_without_quotation_marks_gets_them() {
    let message = said("down = \"1 Gbit/s\"", "down = 1 Gbit/s");
    assert!(message.contains("--> nittio.toml:15:"), "{message}");
    assert!(message.contains("in quotation marks: down = \"1 Gbit/s\""), "{message}");
}

#[test]
fn wrong_statuses_and_reaches_get_the_known_words() {
    let status = said("technology = \"fibre\"", "status = \"live\"");
    assert!(
        status.contains("\"live\" is not a known status; known are in-service, under-construction, planned"),
        "{status}"
    );
    let reach = said("technology = \"fibre\"", "reach = \"near\"");
    assert!(reach.contains("\"near\" is not a known reach; known are connected, passed"), "{reach}");
    let profile = said_of_more("[[profiles]]\nkey = \"a\"\nreach = [\"conected\"]\n");
    assert!(profile.contains("\"conected\" is not a known word here; did you mean \"connected\"?"), "{profile}");
    assert!(profile.contains("20 | reach = [\"conected\"]\n   |          ^^^^^^^^^^\n"), "{profile}");
}

#[test]
fn a_wrong_kind_of_value_says_what_was_expected() {
    is(
        &said("id = \"adress_id\"", "id = 7"),
        r#"
error: expected text, found integer 7
 --> nittio.toml:7:6
  |
7 | id = 7
  |      ^
  |
  = help: write it in quotation marks: "7"
"#,
    );
}

#[test]
fn a_key_given_twice_is_refused() {
    let message = said("id = \"adress_id\"", "id = \"adress_id\"\nid = \"annat\"");
    assert!(message.contains("duplicate key") && message.contains("--> nittio.toml:8:1"), "{message}");
}

#[test]
fn a_file_key_on_a_level_without_a_file_is_refused() {
    let message = said_of_more("code = \"kommunkod\"\n");
    assert!(message.contains("`code` is about a file, but this level has none; add `path = \"…\"`"), "{message}");
}

#[test]
fn all_contradictions_are_told_at_once_in_the_order_of_the_file() {
    let more = "\
[[profiles]]
key = \"a\"
reach = [\"connected\"]

[[profiles]]
key = \"a\"
reach = []

[[goals]]
use = \"se-2009-2021\"

[report]
level = \"municipalty\"
";
    is(
        &said_of_more(more),
        r#"
error: profile 1 has the key "a" already
  --> nittio.toml:23:7
   |
23 | key = "a"
   |       ^^^
   |
   = help: give every profile its own key

error: a profile without a way of reaching reaches nobody
  --> nittio.toml:24:1
   |
24 | reach = []
   | ^^^^^
   |
   = help: write, for example: reach = ["connected", "passed"]

error: "se-2009-2021" is not a known goal; did you mean "se-2009-2020"?
  --> nittio.toml:27:7
   |
27 | use = "se-2009-2021"
   |       ^^^^^^^^^^^^^^
   |
   = help: known are se-2009-2015, se-2009-2020, se-2016-2020, se-2016-2025, eu-2030

error: there is no level `municipalty`; did you mean `municipality`?
  --> nittio.toml:30:9
   |
30 | level = "municipalty"
   |         ^^^^^^^^^^^^^
   |
   = help: the study has municipality; add a level with a section [areas.municipalty]
"#,
    );
}

#[test]
fn a_study_with_nothing_to_reach_anybody_is_refused() {
    let start = RIGHT.find("[[footprints]]").unwrap();
    let message = told(&format!("{}[areas.municipality]\n", &RIGHT[..start]));
    assert!(message.starts_with("error: the study has neither footprints nor offers"), "{message}");
    assert!(message.contains("--> nittio.toml\n"), "{message}");
}

/// Changes that contradict, and a part of what is said about each.
#[test]
fn each_contradiction_is_found() {
    for (line, instead, part) in [
        ("name = \"Bredband\"", "name = \" \"", "the study has an empty name"),
        ("name = \"Bredband\"", "name = \"B\"\ncrs = \"SWEREF\"", "`SWEREF` is not a CRS that nittio can transform"),
        ("id = \"adress_id\"", "id = \"\"", "`id` is empty"),
        ("id = \"adress_id\"", "id = \"i\"\neasting = \"e\"", "`easting` is given, but `northing` is not"),
        ("id = \"adress_id\"", "id = \"i\"\nnorthing = \"n\"", "`northing` is given, but `easting` is not"),
        ("id = \"adress_id\"", "id = \"i\"\nformat = \"xlsx\"", "\"xlsx\" is not a known format"),
        ("id = \"adress_id\"", "id = \"i\"\nencoding = \"latin1\"", "\"latin1\" is not a known encoding"),
        ("{ population = \"bef\" }", "{ populaton = \"bef\" }", "did you mean `population`?"),
        ("{ population = \"bef\" }", "{ Households = \"h\" }", "did you mean `households`?"),
        ("{ population = \"bef\" }", "{ places = \"p\" }", "places are counted one each"),
        ("{ population = \"bef\" }", "{ Barn = \"b\", barn = \"c\" }", "differ only in upper and lower case"),
        ("{ population = \"bef\" }", "{ \"a,b\" = \"b\" }", "\"a,b\" is not a name for a weight"),
        ("{ municipality = \"kommunkod\" }", "{ municipality = \"k\", kommun = \"k\" }", "there is no level `kommun`"),
        ("codes = { municipality = \"kommunkod\" }\n", "", "nothing says which places are in which `municipality`"),
        ("{ column = \"agare\" }", "{ column = \"agare\", unit = \"Mbit/s\" }", "only a column of speeds has a unit"),
        ("\"1 Gbit/s\"", "{ column = \"d\", unit = \"Mbps\" }", "\"Mbps\" is not a known unit of speed"),
        ("[areas.municipality]", "[areas.municipality]\ndigits = 2", "but there is no `from`"),
        ("[areas.municipality]", "[areas.municipality]\npath = \"k.gpkg\"", "which column has the codes"),
    ] {
        let message = said(line, instead);
        assert!(message.contains(part), "{instead}:\n{message}");
    }
    for (more, part) in [
        ("[areas.county]\nfrom = \"municipality\"\n", "`from` needs to know how many characters"),
        ("[areas.county]\nfrom = \"municipality\"\ndigits = 0\n", "`digits` is at least 1"),
        ("[areas.county]\nfrom = \"kommun\"\ndigits = 2\n", "there is no level `kommun`"),
        ("[areas.total]\nfrom = \"municipality\"\ndigits = 2\n", "a level cannot be called `total`"),
        ("[areas.Ward]\nfrom = \"municipality\"\ndigits = 2\n", "\"Ward\" is not a name for a level"),
        ("[areas.a]\nfrom = \"b\"\ndigits = 2\n[areas.b]\nfrom = \"a\"\ndigits = 2\n", "in a circle: a from b from a"),
        ("[areas.a]\nfrom = \"a\"\ndigits = 2\n", "in a circle: a from a"),
        ("[[profiles]]\nkey = \"a,b\"\nreach = [\"passed\"]\n", "has no comma"),
        ("[[profiles]]\nkey = \"a\"\nreach = [\"passed\"]\ntechnologies = []\n", "without a technology"),
        ("[[goals]]\nid = \"own\"\nyear = 2026\n", "it has no name, units, steps"),
        ("[[goals]]\nuse = \"eu-2030\"\nyear = 2031\n", "a built-in goal has its own `year`"),
        ("[[goals]]\nuse = \"eu-2030\"\n[[goals]]\nuse = \"eu-2030\"\n", "goal 1 has the id \"eu-2030\" already"),
        ("[[goals]]\nuse = \"eu-2030\"\nunits = []\n", "a goal is for at least one unit"),
        ("[indicators]\nspeeds = []\n", "there is no speed to count"),
        ("[indicators]\nspeeds = [\"1 Gbit/s\", \"1000 Mbit/s\"]\n", "1000 Mbit/s is there twice"),
        ("[report]\ngoal = \"eu-2030\"\n", "the study has no goal \"eu-2030\""),
        ("[report]\nunit = \"households\"\n", "the study does not count `households`"),
    ] {
        let message = said_of_more(more);
        assert!(message.contains(part), "{more}:\n{message}");
    }
}

#[test]
fn the_right_file_stays_right_with_levels_that_follow_from_each_other() {
    let more = "[areas.county]\nfrom = \"municipality\"\ndigits = 2\n\n[areas.land]\nfrom = \"county\"\ndigits = 1\n";
    assert_eq!(read(&format!("{RIGHT}{more}")).file.areas.len(), 3);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_do_not_move_the_caret() {
    let text = format!("\u{feff}{}", RIGHT.replace('\n', "\r\n").replace("\"1 Gbit/s\"", "100"));
    assert!(told(&text).contains("--> nittio.toml:15:8\n"), "{}", told(&text));
}

#[test]
fn a_study_file_that_is_not_there_is_told() {
    is(
        &load(Path::new("no-such-directory/nittio.toml")).map(|_| ()).unwrap_err().to_string(),
        "
error: there is no such study file
--> no-such-directory/nittio.toml
 = help: `nittio init` writes one to begin with
",
    );
}

#[test]
fn a_study_file_in_another_encoding_is_told_with_its_line() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("nittio.toml");
    std::fs::write(&path, b"[study]\nname = \"Malm\xf6\"\n").unwrap();
    let message = load(&path).map(|_| ()).unwrap_err().to_string();
    assert!(message.contains("not UTF-8 text; the first other byte is on line 2"), "{message}");
}

mod paths {
    use super::*;

    fn with_path(path: &str) -> Loaded {
        let text = RIGHT.replace("adresser.csv", path);
        parse(&text, Path::new("studies/2024/nittio.toml")).unwrap()
    }

    #[test]
    fn a_path_is_relative_to_the_study_file() {
        let loaded = with_path("data/a.csv");
        let resolved = loaded.resolve(&loaded.file.places[0].file.path).unwrap();
        assert_eq!(resolved, PathBuf::from("studies/2024/data/a.csv"));
    }

    #[test]
    fn an_environment_variable_is_replaced_where_it_stands() {
        let loaded = with_path("${NITTIO_SURELY_UNSET}/a-${YEAR}.csv");
        let lookup = |name: &str| Some(if name == "YEAR" { "2024" } else { "/srv/data" }.to_owned());
        let resolved = loaded.resolve_with(&loaded.file.places[0].file.path, lookup).unwrap();
        assert_eq!(resolved, PathBuf::from("/srv/data/a-2024.csv"));
    }

    #[test]
    fn an_unset_environment_variable_is_pointed_at_in_the_path() {
        let loaded = with_path("data/${NITTIO_SURELY_UNSET}/a.csv");
        is(
            &loaded.resolve(&loaded.file.places[0].file.path).unwrap_err().to_string(),
            r#"
error: the environment variable NITTIO_SURELY_UNSET is not set
 --> studies/2024/nittio.toml:6:14
  |
6 | path = "data/${NITTIO_SURELY_UNSET}/a.csv"
  |              ^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: set it to a directory before you start nittio: `export NITTIO_SURELY_UNSET=/srv/data`, in PowerShell `$env:NITTIO_SURELY_UNSET = "D:\data"`
"#,
        );
    }

    #[test]
    fn an_environment_variable_without_an_end_is_refused() {
        let loaded = with_path("${DATA/a.csv");
        let message = loaded.resolve(&loaded.file.places[0].file.path).unwrap_err();
        assert_eq!(message.message(), "this environment variable has no end");
    }

    #[test]
    fn a_later_stage_can_point_at_a_value() {
        let loaded = with_path("a.csv");
        let column = &loaded.file.places[0].codes["municipality"];
        let error = loaded.error_at(column.span(), "a.csv has no column \"kommunkod\"", None::<String>);
        is(
            &error.to_string(),
            r#"
error: a.csv has no column "kommunkod"
 --> studies/2024/nittio.toml:9:26
  |
9 | codes = { municipality = "kommunkod" }
  |                          ^^^^^^^^^^^
"#,
        );
    }
}
