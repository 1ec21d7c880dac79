//! The study file that goes with the country, so that `nittio run` works at once.

use std::{collections::BTreeSet, fmt::Write as _};

use super::Format;
use crate::country::Country;

pub(super) const NAME: &str = "nittio.toml";

/// Its text, for polygons in files of this ending and places in this format.
pub(super) fn text(country: &Country, polygons: &str, format: Format) -> String {
    let places = format.ending();
    let position = match format {
        Format::Parquet | Format::Csv => "easting = \"easting\"\nnorthing = \"northing\"\ncrs = \"EPSG:3006\"\n",
        Format::Geoparquet | Format::Geojson => "",
    };
    let seed = country.seed;
    let mut text = format!(
        r#"# Made by nittio generate, from seed {seed}. Nothing in it exists.

[study]
name = "A made-up country, seed {seed}"
as_of = 2024-12-31
locale = "en"
notice = "Everything here is synthetic: borders, addresses and networks. Its figures say nothing about any real country."

[[places]]
path = "places.{places}"
id = "id"
{position}category = "address"
units = {{ population = "population", households = "households", workplaces = "workplaces" }}
source = "Synthetic, nittio generate"
"#
    );
    for family in ["fibre", "mobile", "parcel"] {
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            r#"
[[footprints]]
path = "footprints_{family}.{polygons}"
name = "id"
operator = {{ column = "operator" }}
technology = {{ column = "technology" }}
down = {{ column = "down_mbps" }}
up = {{ column = "up_mbps" }}
status = {{ column = "status", map = {{ "existing" = "in-service", "planned" = "planned", "under construction" = "under-construction" }} }}
source = "Synthetic, nittio generate"
"#
        );
    }
    let counties: BTreeSet<&str> = country.municipalities().iter().map(|m| &m.code[..2]).collect();
    let names: Vec<String> = counties.iter().map(|code| format!("\"{code}\" = \"Län {code}\"")).collect();
    let _ = write!(
        text,
        r#"
[areas.municipality]
path = "municipalities.{polygons}"
code = "code"
name = "name"
source = "Synthetic, nittio generate"

[areas.county]
from = "municipality"
digits = 2
names = {{ {} }}

[[settlements]]
path = "settlements.{polygons}"
class = {{ column = "class" }}
source = "Synthetic, nittio generate"

[[profiles]]
key = "connected+passed"
reach = ["connected", "passed"]

[[goals]]
use = "se-2009-2020"
units = ["population", "workplaces"]
"#,
        names.join(", ")
    );
    text
}
