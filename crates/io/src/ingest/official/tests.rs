//! Files made by hand in the forms that authorities hand out, with all that is odd about them.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
};

use nittio_core::{
    area::{Area, Level},
    diagnostic::Action,
    official::{Bound, Year},
};
use zip::{ZipWriter, write::SimpleFileOptions};

use nittio_core::settlement::SettlementGroup;

use super::*;
use crate::{ingest::Quiet, study_file::load::parse};

/// Four municipalities and their county.
fn levels() -> Vec<Level> {
    let level = |key: &str, areas: &[(&str, &str)]| Level {
        key: key.to_owned(),
        areas: areas
            .iter()
            .map(|&(code, name)| Area { code: code.to_owned(), name: name.to_owned(), geometry: None })
            .collect(),
        derived: None,
    };
    vec![
        level("municipality", &[("0604", "Aneby"), ("0680", "Jönköping"), ("0682", "Nässjö"), ("0687", "Tranås")]),
        level("county", &[("06", "Jönköpings län")]),
    ]
}

const STUDY: &str = "\
[study]
name = \"A\"
as_of = 2024-12-31
[[places]]
path = \"a.csv\"
id = \"id\"
units = { population = \"p\", households = \"h\" }
codes = { municipality = \"k\" }
[[offers]]
path = \"o.csv\"
place = \"id\"
operator = \"X\"
[areas.municipality]
[areas.county]
from = \"municipality\"
digits = 2
[[settlements]]
path = \"s.geojson\"
class = \"locality\"
[[official]]
";

/// What was read of a file, and what was told: row, finding, action.
type Told = Vec<(u32, &'static str, Action)>;

fn read_file(name: &str, write: impl FnOnce(&Path), entry: &str) -> Result<(Official, Told, Vec<Diagnostic>), String> {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join(name));
    let text = format!("{STUDY}path = \"{name}\"\n{entry}");
    let loaded = parse(&text, &folder.path().join("nittio.toml")).map_err(|e| e.to_string())?;
    let reading = Reading::new(&loaded, &Quiet).map_err(|e| e.to_string())?;
    let mut official = read(&reading, &levels()).map_err(|e| e.to_string())?;
    let found = reading.diagnostics();
    let told = found.iter().map(|d| (d.at.row, d.finding.key(), d.action)).collect();
    Ok((official.remove(0), told, found))
}

fn read_text(name: &str, text: &str, entry: &str) -> Result<(Official, Told, Vec<Diagnostic>), String> {
    read_file(name, |path| fs::write(path, text).unwrap(), entry)
}

/// Values by code.
fn by_code(official: &Official) -> Vec<(String, u64)> {
    let levels = levels();
    official.values.iter().map(|(&(l, a), p)| (levels[l].areas[a].code.clone(), p.value)).collect()
}

fn codes(values: &[(&str, u64)]) -> Vec<(String, u64)> {
    values.iter().map(|&(code, value)| (code.to_owned(), value)).collect()
}

/// A workbook with one or several sheets; a cell that reads as a number is one, unless it begins with an apostrophe.
fn workbook(path: &Path, sheets: &[(&str, &[&[&str]])]) {
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    let mut file = |name: &str, text: &str| {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    file(
        "[Content_Types].xml",
        &format!(
            "<Types xmlns=\"{package}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
        ),
    );
    file(
        "_rels/.rels",
        &format!(
            "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    );
    let (mut names, mut targets) = (String::new(), String::new());
    for (i, (name, rows)) in sheets.iter().enumerate() {
        names += &format!("<sheet name=\"{name}\" sheetId=\"{}\" r:id=\"r{i}\"/>", i + 1);
        targets +=
            &format!("<Relationship Id=\"r{i}\" Type=\"{relations}/worksheet\" Target=\"worksheets/s{i}.xml\"/>");
        let mut data = String::new();
        for (r, row) in rows.iter().enumerate() {
            data += &format!("<row r=\"{}\">", r + 1);
            for (c, text) in row.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                let at = format!("{}{}", char::from(b'A' + u8::try_from(c).unwrap()), r + 1);
                let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                data += &match text.parse::<f64>() {
                    Ok(_) => format!("<c r=\"{at}\"><v>{text}</v></c>"),
                    Err(_) => {
                        format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{}</t></is></c>", text.trim_start_matches('\''))
                    }
                };
            }
            data += "</row>";
        }
        file(
            &format!("xl/worksheets/s{i}.xml"),
            &format!("<worksheet xmlns=\"{main}\"><sheetData>{data}</sheetData></worksheet>"),
        );
    }
    file(
        "xl/workbook.xml",
        &format!("<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets>{names}</sheets></workbook>"),
    );
    file(
        "xl/_rels/workbook.xml.rels",
        &format!("<Relationships xmlns=\"{package}/relationships\">{targets}</Relationships>"),
    );
    zip.finish().unwrap();
}

/// PTS' historical table: titles, three rows of headings with merged cells, codes as numbers, notes below.
const HISTORICAL: &[&[&str]] = &[
    &["Tabell 3. Fast bredband, historiska uppgifter"],
    &["Källa: PTS"],
    &[],
    &[
        "",
        "",
        "Andel med tillgång till fast bredband via fiber eller fiber-LAN",
        "",
        "",
        "",
        "Andel med tillgång till fast bredband via kabel-tv",
        "",
    ],
    &["", "", "2021", "", "2022", "", "2022", ""],
    &["Kod", "Namn", "Hushåll", "Arbetsställen", "Hushåll", "Arbetsställen", "Hushåll", "Arbetsställen"],
    &["6", "Jönköpings län", "0.80", "0.70", "0.81", "0.71", "0.2", "0.1"],
    &["114", "Upplands Väsby", "0.95", "0.9", "0.96", "0.9", "0.5", "0.4"],
    &["604", "Aneby", "0.7", "0.6", "0.75", "0.65", "0", "0"],
    &["680", "Jönköping", "0.9", "0.8", ">99,99%", "0.85", "0.4", "0.3"],
    &["682", "Nässjö", "0.6", "0.5", "..", "0.55", "0.3", "0.2"],
    &["687", "Tranås", "0.6", "0.5", "<0,01%", "0.55", "0.3", "0.2"],
    &["", "* Uppgifterna för Nässjö är under granskning."],
];

#[test]
fn pts_historical_table_is_read_through_three_rows_of_headings_and_lost_zeros() {
    let write = |path: &Path| workbook(path, &[("Fast bredband-teknik, totalt", HISTORICAL)]);
    let (official, told, _) = read_file("h.xlsx", write, "kind = \"pts\"\nfigure = \"pts-fibre\"\n").unwrap();
    assert_eq!(official.year, Some(2022), "the last one up to the study's day");
    assert_eq!(by_code(&official), codes(&[("0604", 750_000), ("0680", 999_900), ("0687", 100), ("06", 810_000)]));
    assert_eq!(official.values[&(0, 1)].bound, Bound::Above);
    assert_eq!(official.values[&(0, 3)].bound, Bound::Below);
    let mut told = told;
    told.sort_unstable();
    let mended = |row| (row, "official-mended-code", Action::Repaired);
    assert_eq!(
        told,
        [
            mended(7),
            (8, "official-unknown-area", Action::Noted),
            mended(9),
            mended(10),
            mended(11),
            (11, "official-no-value", Action::Noted),
            mended(12),
            (13, "official-doubtful", Action::Noted),
        ]
    );
    // Another year, another unit, another technology.
    let entry = "kind = \"pts\"\nfigure = \"pts-fibre\"\nyear = 2021\n";
    let (official, _, _) = read_file("h.xlsx", write, entry).unwrap();
    assert_eq!(by_code(&official)[1], ("0680".to_owned(), 900_000));
    let (official, _, _) = read_file("h.xlsx", write, "kind = \"pts\"\nfigure = \"pts-cable\"\n").unwrap();
    assert_eq!(by_code(&official)[1], ("0680".to_owned(), 400_000));
    let (workplaces, _, _) = read_file(
        "h.xlsx",
        write,
        "kind = \"pts\"\nfigure = \"pts-fibre\"\nunit = \"households\"\ndefinition = { unit = \"workplaces\" }\n",
    )
    .unwrap();
    assert_eq!(by_code(&workplaces)[0], ("0604".to_owned(), 650_000));
}

/// PTS' table of technologies: one row of headings, a row per part of an area.
const TECHNOLOGIES: &[&[&str]] = &[
    &[
        "Kommun",
        "Kommunkod",
        "Område tätbebyggt/glesbebyggt/total",
        "Årtal",
        "Antal hushåll",
        "Tillgång via fiber eller fiber-lan",
        "I närhet av fiber",
    ],
    &["Jönköping", "'0680", "total", "2023", "66014", "0.8312345678", "0.9"],
    &["Jönköping", "'0680", "tätbebyggt", "2023", "60000", "0.85", "0.95"],
    &["Jönköping", "'0680", "glesbebyggt", "2023", "6014", "0.55", "0.6"],
    &["Nässjö", "682", "total", "2023", "14000", "0.7", "0.8"],
    &["Nässjö", "682", "glesbebyggt", "2023", "2000", "0.4", "0.5"],
    &["Nässjö", "682", "total", "2022", "13900", "0.6", "0.7"],
];

#[test]
fn pts_table_of_technologies_has_a_row_per_part_of_an_area() {
    let write =
        |path: &Path| workbook(path, &[("Innehåll", &[&["Om tabellerna"]]), ("Teknik kommun hushåll", TECHNOLOGIES)]);
    let read = |entry: &str| read_file("t.xlsx", write, &format!("kind = \"pts\"\n{entry}")).unwrap().0;
    let fibre = read("figure = \"pts-fibre\"\n");
    assert_eq!(by_code(&fibre), codes(&[("0680", 831_235), ("0682", 700_000)]));
    assert_eq!(fibre.values[&(0, 1)].half, 0, "a number of a workbook was not rounded for reading");
    assert_eq!(fibre.definition.settlement, Some(SettlementGroup::All), "the table says which part it is about");
    let outside = read("figure = \"pts-fibre\"\nsettlement = \"outside\"\n");
    assert_eq!(by_code(&outside), codes(&[("0680", 550_000), ("0682", 400_000)]));
    assert_eq!(by_code(&read("figure = \"pts-fibre-near\"\n"))[0].1, 900_000);
    let households = read("figure = \"pts-households\"\n");
    assert_eq!(by_code(&households), codes(&[("0680", 66_014), ("0682", 14_000)]));
}

#[test]
fn a_workbook_with_the_figure_on_several_sheets_asks_which_one() {
    let write = |path: &Path| workbook(path, &[("A", TECHNOLOGIES), ("B", TECHNOLOGIES)]);
    let error = read_file("t.xlsx", write, "kind = \"pts\"\nfigure = \"pts-fibre\"\n").unwrap_err();
    assert!(error.contains("several sheets") && error.contains("A, B") && error.contains("sheet ="), "{error}");
    let entry = "kind = \"pts\"\nfigure = \"pts-fibre\"\nsheet = \"b\"\n";
    assert!(read_file("t.xlsx", write, entry).is_ok());
    let entry = "kind = \"pts\"\nfigure = \"pts-fibre\"\nsheet = \"C\"\n";
    let error = read_file("t.xlsx", write, entry).unwrap_err();
    assert!(error.contains("no sheet \"C\"") && error.contains("A, B"), "{error}");
}

#[test]
fn scb_population_is_read_as_pxweb_writes_it() {
    let wide = "\"region\";\"kön\";\"Folkmängd 2023\";\"Folkmängd 2024\"\n\"00 Riket\";\"totalt\";\"10551707\";\"10587710\"\n\
                \"0680 Jönköping\";\"totalt\";\"146\u{a0}500\";\"147 654\"\n\"0680 Jönköping\";\"män\";\"73000\";\"73900\"\n\
                \"0682 Nässjö\";\"totalt\";\"31600\";\"31587\"\n";
    let entry = "kind = \"scb\"\nwhere = { \"kön\" = \"totalt\" }\n";
    let (official, told, _) = read_text("f.csv", wide, entry).unwrap();
    assert_eq!(by_code(&official), codes(&[("0680", 147_654), ("0682", 31_587)]));
    assert_eq!((official.year, official.country.map(|c| c.value)), (Some(2024), Some(10_587_710)));
    assert_eq!(official.day().map(|day| day.to_string()).as_deref(), Some("2024-12-31"));
    assert!(told.is_empty(), "{told:?}");
    // Without the word, men are a second figure.
    let (official, told, found) = read_text("f.csv", wide, "kind = \"scb\"\n").unwrap();
    assert_eq!(by_code(&official)[0].1, 147_654);
    assert_eq!(told, [(4, "official-twice", Action::Dropped)]);
    assert!(found[0].message.contains("where"), "{}", found[0].message);
    let json = "{\"columns\":[{\"text\":\"region\"},{\"text\":\"år\"},{\"text\":\"Folkmängd\"}],\
                \"data\":[{\"key\":[\"0680\",\"2023\"],\"values\":[\"146500\"]},{\"key\":[\"0680\",\"2024\"],\"values\":[\"147654\"]}]}";
    let (official, _, _) = read_text("f.json", json, "kind = \"scb\"\n").unwrap();
    assert_eq!(by_code(&official), codes(&[("0680", 147_654)]));
}

#[test]
fn kolada_is_read_in_per_cent_with_counties_as_four_digits() {
    let item = |area: &str, year: u16, value: &str| {
        format!(
            "{{\"kpi\":\"N07918\",\"municipality\":\"{area}\",\"period\":{year},\"values\":[{{\"gender\":\"K\",\"value\":1}},{{\"gender\":\"T\",\"value\":{value}}}]}}"
        )
    };
    let items = [
        item("0000", 2023, "98.6"),
        item("0006", 2023, "97.5"),
        item("0680", 2023, "0.9"),
        item("0682", 2023, "null"),
        item("0680", 2025, "99"),
    ];
    let json = format!("{{\"values\":[{}]}}", items.join(","));
    let (official, told, _) = read_text("k.json", &json, "kind = \"kolada\"\nfigure = \"n07918\"\n").unwrap();
    assert_eq!(by_code(&official), codes(&[("0680", 9_000), ("06", 975_000)]), "0.9 is 0.9 per cent");
    assert_eq!((official.year, official.country.map(|c| c.value)), (Some(2023), Some(986_000)));
    assert_eq!(told, [(8, "official-no-value", Action::Noted)]);
    let csv = "kpi;municipality_id;municipality;year;gender;value\nN07918;0680;Jönköping;2023;T;98,6\nN07918;0680;Jönköping;2023;K;98,4\n";
    let (official, told, _) = read_text("k.csv", csv, "kind = \"kolada\"\nfigure = \"N07918\"\n").unwrap();
    assert_eq!((by_code(&official), told.len()), (codes(&[("0680", 986_000)]), 0));
}

/// Values by code, for an earlier year.
fn in_year(official: &Official, at: usize) -> (i16, Vec<(String, u64)>) {
    let Year { year, values, .. } = &official.history[at];
    (*year, by_code(&Official { values: values.clone(), ..official.clone() }))
}

#[test]
fn earlier_years_of_a_share_are_kept_beside_the_one_that_is_wanted() {
    let item = |area: &str, year: u16, value: &str| {
        format!(
            "{{\"kpi\":\"N07918\",\"municipality\":\"{area}\",\"period\":{year},\"values\":[{{\"gender\":\"T\",\"value\":{value}}}]}}"
        )
    };
    let items = [
        // In per cent, though none is above one.
        item("0680", 2019, "0.9"),
        item("0680", 2021, "50.5"),
        item("0682", 2021, "105"),
        item("0006", 2021, "60"),
        item("0000", 2021, "70"),
        item("1480", 2022, "99"),
        item("0680", 2023, "80"),
        item("0680", 2025, "99"),
    ];
    let json = format!("{{\"values\":[{}]}}", items.join(","));
    let entry = "kind = \"kolada\"\nfigure = \"N07918\"\nbreaks = [2021, { year = 2024, reason = \"Annat\" }]\n";
    let (official, told, found) = read_text("k.json", &json, entry).unwrap();
    assert_eq!((official.year, by_code(&official)), (Some(2023), codes(&[("0680", 800_000)])));
    // 2022 has no area of the study, and 2025 is after its day.
    assert_eq!(official.years(), [2019, 2021, 2023]);
    assert_eq!(in_year(&official, 0), (2019, codes(&[("0680", 9_000)])));
    assert_eq!(in_year(&official, 1), (2021, codes(&[("0680", 505_000), ("06", 600_000)])));
    assert_eq!(official.history[1].country.map(|country| country.value), Some(700_000));
    // 2019 is the first year that N07918's rule is known for; what was before 2019 is not there.
    assert_eq!(official.broken().into_keys().collect::<Vec<_>>(), [2021]);
    let lost = (3, "official-unreadable", Action::Dropped);
    assert_eq!(told, [lost, (1, "official-doubtful", Action::Noted)]);
    assert!(found[0].message.starts_with("2021: \"105\""), "{}", found[0].message);
    assert!(found[1].message.contains("2024") && found[1].message.contains("2019 to 2023"), "{}", found[1].message);
}

#[test]
fn earlier_years_stand_in_columns_or_in_rows_of_a_workbook() {
    let write = |path: &Path| workbook(path, &[("Fast bredband-teknik, totalt", HISTORICAL)]);
    let (official, _, _) = read_file("h.xlsx", write, "kind = \"pts\"\nfigure = \"pts-fibre\"\n").unwrap();
    let counted = [("0604", 700_000), ("0680", 900_000), ("0682", 600_000), ("0687", 600_000), ("06", 800_000)];
    assert_eq!((official.history.len(), in_year(&official, 0)), (1, (2021, codes(&counted))));
    let (first, _, _) = read_file("h.xlsx", write, "kind = \"pts\"\nfigure = \"pts-fibre\"\nyear = 2021\n").unwrap();
    assert!(first.history.is_empty(), "nothing is before the first");
    // The cable table has one year, and a total has no history.
    let (cable, _, _) = read_file("h.xlsx", write, "kind = \"pts\"\nfigure = \"pts-cable\"\n").unwrap();
    assert!(cable.history.is_empty());
    let write = |path: &Path| workbook(path, &[("Teknik kommun hushåll", TECHNOLOGIES)]);
    let (rows, _, _) = read_file("t.xlsx", write, "kind = \"pts\"\nfigure = \"pts-fibre\"\n").unwrap();
    assert_eq!((rows.history.len(), in_year(&rows, 0)), (1, (2022, codes(&[("0682", 600_000)]))));
    let (totals, _, _) = read_file("t.xlsx", write, "kind = \"pts\"\nfigure = \"pts-households\"\n").unwrap();
    assert!(totals.history.is_empty());
}

const OWN: &str = "kind = \"table\"\nfigure = \"ours\"\nvalue = \"Andel\"\nunit = \"households\"\nmeasure = \"down>=100 Mbit/s\"\ndefinition = { unit = \"households\" }\n";

#[test]
fn a_table_of_ones_own_with_names_only_is_read_and_every_bad_row_is_told() {
    let text = "Kommun;Andel\nJönköpings kommun;93,3 %\nNÄSSJÖ;abc\nTranås;105\nAneby;-\nAle;80,0\n\nKälla: egen uppföljning\n";
    let (official, told, found) = read_text("a.csv", text, OWN).unwrap();
    assert_eq!(by_code(&official), codes(&[("0680", 933_000)]));
    assert_eq!(official.values[&(0, 1)].half, 500);
    assert_eq!(
        told,
        [
            (3, "official-unreadable", Action::Dropped),
            (4, "official-unreadable", Action::Dropped),
            (5, "official-no-value", Action::Noted),
            (8, "official-doubtful", Action::Noted),
            (6, "official-unknown-area", Action::Noted),
        ]
    );
    assert!(found[0].message.contains("\"abc\"") && found[0].message.contains("from 0 to 100"), "{}", found[0].message);
}

#[test]
fn a_slip_in_a_code_is_told_apart_from_another_county() {
    let text = "kod;Andel\n0680;93\n0681;90\n0180;99\n2584;50\n680;91\n";
    let (official, told, found) = read_text("a.csv", text, OWN).unwrap();
    assert_eq!(by_code(&official), codes(&[("0680", 930_000)]));
    assert_eq!(
        told,
        [
            (3, "official-unknown-area", Action::Dropped),
            (6, "official-mended-code", Action::Repaired),
            (6, "official-twice", Action::Dropped),
            (4, "official-unknown-area", Action::Noted),
        ]
    );
    assert!(found[3].message.starts_with("2 rows"), "{}", found[3].message);
}

#[test]
fn parts_of_one_among_percentages_and_a_wrong_name_are_told() {
    let text = "kod;namn;Andel\n0680;Jönköping;93,3\n0682;Nässjö;0,9\n0687;Eksjö;88\n";
    let (official, told, found) = read_text("a.csv", text, OWN).unwrap();
    assert_eq!(by_code(&official), codes(&[("0680", 933_000), ("0682", 9_000), ("0687", 880_000)]));
    assert_eq!(told, [(3, "official-doubtful", Action::Noted), (4, "official-doubtful", Action::Noted)]);
    assert!(found[1].message.contains("Tranås") && found[1].message.contains("Eksjö"), "{}", found[1].message);
    let (official, told, _) = read_text("a.csv", text, &format!("{OWN}scale = \"fraction\"\n")).unwrap();
    assert_eq!(by_code(&official), codes(&[("0682", 900_000)]));
    assert_eq!(told.iter().filter(|(_, key, _)| *key == "official-unreadable").count(), 2);
}

#[test]
fn a_file_that_cannot_be_used_says_why_and_what_is_there() {
    for (text, entry, said) in [
        ("kod;Andel\n0680;93\n", OWN.replace("\"Andel\"", "\"Andelen\""), "\"andel\""),
        ("a;Andel\nx;93\n", OWN.to_owned(), "code = "),
        ("kod;Andel;År\n0680;93;2030\n", OWN.to_owned(), "2030"),
        ("kod;Andel;År\n0680;93;2020\n", format!("{OWN}year = 2021\n"), "2020"),
        ("kod;Andel\n0680;93\n", format!("{OWN}where = {{ k = \"x\" }}\n"), "\"k\""),
        ("{\"a\": 1}", OWN.to_owned(), "Kolada"),
    ] {
        let error = read_text("a.csv", text, &entry).unwrap_err();
        assert!(error.contains(said), "{said} is not in {error}");
    }
    let error = read_file("a.xlsx", |path| fs::write(path, b"PK\x03\x04 and nothing").unwrap(), OWN).unwrap_err();
    assert!(error.contains("workbook"), "{error}");
}

#[test]
fn the_study_file_is_told_what_it_leaves_out() {
    for (entry, said) in [
        ("kind = \"kolada\"\n", "figure = "),
        ("kind = \"kolada\"\nfigure = \"N07981\"\n", "did you mean \"N07918\""),
        ("kind = \"kolada\"\nfigure = \"N07900\"\n", "unit = "),
        ("kind = \"pts\"\nfigure = \"pts-fibre\"\nunit = \"jobs\"\n", "does not count `jobs`"),
        ("kind = \"pts\"\nfigure = \"pts-fibre\"\nmeasure = \"speed\"\n", "not a measure"),
        ("kind = \"pts\"\nfigure = \"pts-fibre\"\nprofile = \"x\"\n", "connected+passed"),
        ("kind = \"pts\"\nfigure = \"pts-fibre\"\nlevel = \"x\"\n", "municipality, county"),
        ("kind = \"scb\"\nmeasure = \"covered\"\n", "total"),
        ("kind = \"scb\"\nbreaks = [2021]\n", "totals are not drawn over years"),
        ("kind = \"kolada\"\nfigure = \"N07918\"\nbreaks = [21]\n", "a year, such as 2021"),
        ("kind = \"kolada\"\nfigure = \"N07918\"\nbreaks = [{ year = 2021, why = \"x\" }]\n", "`why`"),
        ("kind = \"scb\"\ndefinition = { day = \"31 december\" }\n", "month and day"),
    ] {
        let error = read_text("a.csv", "kod;Andel\n0680;1\n", entry).unwrap_err();
        assert!(error.contains(said), "{said} is not in {error}");
    }
}
