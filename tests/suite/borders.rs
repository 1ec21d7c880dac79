//! Borders that are a little off: held against GEOS, unit by unit.

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::{outputs, program::nittio, tools::python};

#[test]
fn geos_finds_the_same_lost_and_gained_when_borders_are_ten_metres_off() {
    let folder = TempDir::new().unwrap();
    nittio(folder.path(), ["init", "--example", "jonkoping"]).expect(0);
    let file = folder.path().join("nittio.toml");
    let study = fs::read_to_string(&file).unwrap() + "\n[safety]\ncoordinate_error = \"10 m\"\n";
    fs::write(&file, study).unwrap();
    nittio(folder.path(), ["run"]).expect(0);
    let rows = outputs::csv(&folder.path().join("out/safety.csv"));
    let geos = python("borders.py", &[folder.path(), Path::new("10")]);
    for unit in ["population", "workplaces"] {
        let wanted = [("level", "total"), ("unit", unit), ("factor", "coordinate-error")];
        let row = rows.iter().find(|row| wanted.iter().all(|(column, value)| row[*column] == *value)).unwrap();
        let [lowest, stated, highest] = ["lowest", "stated", "highest"].map(|c| row[c].parse::<u64>().unwrap());
        let found = [stated - lowest, highest - stated];
        assert_eq!(serde_json::json!(found), geos[unit], "{unit}: lost, gained");
        assert!(found.iter().all(|&n| n > 0), "{unit}: the borders run between places");
    }
}
