//! The CRS that a file declares: its EPSG code, found in whatever way the format says it.

use serde_json::Value;

use crate::crs::Crs;

/// What a file says about the CRS of its geometry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeclaredCrs {
    /// The file says nothing, or says that it does not know.
    None,
    /// The file names a CRS that has an EPSG code.
    Known(Crs),
    /// The file names a CRS whose EPSG code is not known; the text is its name or definition, shortened.
    Unknown(String),
}

impl DeclaredCrs {
    /// The CRS, if the file names one whose code is known.
    #[must_use]
    pub const fn known(&self) -> Option<Crs> {
        match self {
            Self::Known(crs) => Some(*crs),
            Self::None | Self::Unknown(_) => None,
        }
    }

    pub(super) const fn epsg(code: u32) -> Self {
        Self::Known(Crs::Epsg(code))
    }

    fn unknown(text: &str) -> Self {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Self::Unknown(text.char_indices().nth(120).map_or(text.clone(), |(end, _)| format!("{}…", &text[..end])))
    }

    /// From an authority and its code, as GeoPackage, FlatGeobuf and PROJJSON keep them.
    pub(super) fn from_authority(authority: &str, code: &str) -> Option<Self> {
        match authority.trim().to_ascii_uppercase().as_str() {
            "EPSG" => code.trim().parse().ok().filter(|&c| c > 0).map(Self::epsg),
            "OGC" if matches!(code.trim().to_ascii_uppercase().as_str(), "CRS84" | "CRS84H") => Some(Self::epsg(4326)),
            _ => None,
        }
    }

    /// From a name such as `urn:ogc:def:crs:EPSG::3006`, `EPSG:3006`, `http://www.opengis.net/def/crs/EPSG/0/3006`,
    /// `urn:ogc:def:crs:OGC:1.3:CRS84` or `SWEREF99 TM`.
    pub(super) fn from_name(name: &str) -> Self {
        let parts: Vec<&str> = name.trim().split([':', '/', '#']).filter(|p| !p.is_empty()).collect();
        // The last one: "urn:ogc:def:crs:EPSG::3006" names OGC too.
        let authority = parts.iter().rev().find(|p| p.eq_ignore_ascii_case("EPSG") || p.eq_ignore_ascii_case("OGC"));
        let by_code = authority.zip(parts.last()).and_then(|(a, c)| Self::from_authority(a, c));
        // The older form http://www.opengis.net/gml/srs/epsg.xml#3006.
        let by_gml = || match parts.as_slice() {
            [.., file, code] if file.eq_ignore_ascii_case("epsg.xml") => Self::from_authority("EPSG", code),
            _ => None,
        };
        by_code.or_else(by_gml).or_else(|| well_known(name).map(Self::epsg)).unwrap_or_else(|| Self::unknown(name))
    }

    /// From PROJJSON, as GeoParquet keeps it. JSON `null` says that the CRS is not known.
    pub(super) fn from_projjson(crs: &Value) -> Self {
        let child = ["source_crs"].iter().find_map(|k| crs.get(*k));
        let horizontal = child.or_else(|| crs.get("components").and_then(|c| c.get(0)));
        let ids = crs.get("id").into_iter().chain(crs.get("ids").and_then(Value::as_array).into_iter().flatten());
        let by_id = |id: &Value| {
            let code = id.get("code")?;
            let code = code.as_str().map_or_else(|| code.to_string(), str::to_owned);
            Self::from_authority(id.get("authority")?.as_str()?, &code)
        };
        match (crs, horizontal) {
            (Value::Null, _) => Self::None,
            // Not of the standard, but some write the name alone.
            (Value::String(name), _) => Self::from_name_or_wkt(name),
            (_, Some(horizontal)) => Self::from_projjson(horizontal),
            _ => ids.into_iter().find_map(by_id).unwrap_or_else(|| match crs.get("name").and_then(Value::as_str) {
                Some(name) => Self::from_name(name),
                None => Self::unknown(&crs.to_string()),
            }),
        }
    }

    /// From the `crs` member that GeoJSON had before RFC 7946.
    pub(super) fn from_geojson(crs: &Value) -> Self {
        let property = |key: &str| crs.get("properties").and_then(|p| p.get(key));
        if crs.is_null() {
            return Self::None;
        }
        if let Some(name) = property("name").or(Some(crs)).and_then(Value::as_str) {
            return Self::from_name(name);
        }
        let code = property("code").map(|c| c.as_str().map_or_else(|| c.to_string(), str::to_owned));
        let by_code = code.and_then(|c| Self::from_authority(crs.get("type")?.as_str()?, &c));
        by_code.unwrap_or_else(|| Self::unknown(&crs.to_string()))
    }

    /// From well-known text of any generation: the root's own authority and code, else its name.
    ///
    /// `GCS_SWEREF99` (EPSG:4619) is given as EPSG:4258: both are ETRS89 longitude and latitude for any use here.
    pub(super) fn from_wkt(wkt: &str) -> Self {
        let wkt = wkt.trim().trim_start_matches('\u{feff}');
        if wkt.is_empty() {
            return Self::None;
        }
        let Some(root) = Node::of(wkt) else { return Self::unknown(wkt) };
        // A compound CRS is a horizontal and a vertical one; the horizontal one is wanted. A bound CRS wraps another.
        if ["COMPD_CS", "COMPOUNDCRS", "BOUNDCRS", "SOURCECRS"].iter().any(|k| root.keyword.eq_ignore_ascii_case(k)) {
            let horizontal = root.children.iter().find(|c| c.contains('['));
            return horizontal.map_or_else(|| Self::unknown(wkt), |h| Self::from_wkt(h));
        }
        let by_id = root.children.iter().filter_map(|c| Node::of(c)).find_map(|child| {
            let named = ["AUTHORITY", "ID"].iter().any(|k| child.keyword.eq_ignore_ascii_case(k));
            let (authority, code) = (child.children.first()?, child.children.get(1)?);
            if named { Self::from_authority(unquoted(authority), unquoted(code)) } else { None }
        });
        let name = root.children.first().map_or(wkt, |n| unquoted(n));
        by_id.or_else(|| well_known(name).map(Self::epsg)).unwrap_or_else(|| Self::unknown(name))
    }

    fn from_name_or_wkt(text: &str) -> Self {
        if text.contains('[') { Self::from_wkt(text) } else { Self::from_name(text) }
    }
}

/// A keyword of well-known text with what stands in its brackets, split at the commas of that level.
struct Node<'a> {
    keyword: &'a str,
    children: Vec<&'a str>,
}

impl<'a> Node<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (keyword, rest) = text.trim().split_once(['[', '('])?;
        let mut children = Vec::new();
        let (mut depth, mut quoted, mut start) = (0_u32, false, 0);
        for (i, c) in rest.char_indices() {
            match c {
                '"' => quoted = !quoted,
                _ if quoted => {}
                '[' | '(' => depth += 1,
                ']' | ')' if depth == 0 => {
                    children.push(rest[start..i].trim());
                    return Some(Self { keyword: keyword.trim(), children });
                }
                ']' | ')' => depth -= 1,
                ',' if depth == 0 => {
                    children.push(rest[start..i].trim());
                    start = i + 1;
                }
                _ => {}
            }
        }
        None
    }
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches('"')
}

/// The EPSG code of a CRS by the names that Esri, EPSG and GDAL give it.
fn well_known(name: &str) -> Option<u32> {
    let name: String = name
        .to_ascii_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|p| !p.is_empty())
        .collect::<Vec<_>>()
        .join("_");
    Some(match name.as_str() {
        "sweref99_tm" => 3006,
        "sweref99_12_00" => 3007,
        "sweref99_13_30" => 3008,
        "sweref99_15_00" => 3009,
        "sweref99_16_30" => 3010,
        "sweref99_18_00" => 3011,
        "sweref99_14_15" => 3012,
        "sweref99_15_45" => 3013,
        "sweref99_17_15" => 3014,
        "sweref99_18_45" => 3015,
        "sweref99_20_15" => 3016,
        "sweref99_21_45" => 3017,
        "sweref99_23_15" => 3018,
        "rt90_25_gon_v" | "rt90_2_5_gon_v" => 3021,
        "gcs_wgs_1984" | "wgs_84" | "wgs84" | "wgs_84_crs84" | "gcs_wgs_84" | "wgs_1984" => 4326,
        "gcs_etrs_1989" | "etrs89" | "gcs_sweref99" | "sweref99" => 4258,
        "gcs_north_american_1983" | "nad83" => 4269,
        "etrs_1989_utm_zone_32n" | "etrs89_utm_zone_32n" => 25832,
        "etrs_1989_utm_zone_33n" | "etrs89_utm_zone_33n" => 25833,
        "etrs_1989_utm_zone_34n" | "etrs89_utm_zone_34n" => 25834,
        "etrs_1989_utm_zone_35n" | "etrs89_utm_zone_35n" => 25835,
        "etrs_1989_tm35fin" | "etrs_1989_etrs_tm35fin" | "etrs89_tm35fin_e_n" => 3067,
        "wgs_1984_web_mercator_auxiliary_sphere" | "wgs_84_pseudo_mercator" => 3857,
        "wgs_1984_utm_zone_32n" | "wgs_84_utm_zone_32n" => 32632,
        "wgs_1984_utm_zone_33n" | "wgs_84_utm_zone_33n" => 32633,
        "wgs_1984_utm_zone_34n" | "wgs_84_utm_zone_34n" => 32634,
        "etrs_1989_laea" | "etrs89_laea_europe" | "etrs89_extended_laea_europe" => 3035,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::DeclaredCrs;

    #[test]
    fn names_in_every_common_form_give_their_code() {
        for (name, code) in [
            ("urn:ogc:def:crs:EPSG::4269", 4269),
            ("urn:ogc:def:crs:EPSG:9.9.1:3006", 3006),
            ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326),
            ("urn:ogc:def:crs:OGC::CRS84", 4326),
            ("OGC:CRS84", 4326),
            ("EPSG:4326", 4326),
            ("epsg:3006", 3006),
            ("http://www.opengis.net/def/crs/EPSG/0/3006", 3006),
            ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", 4326),
            ("http://www.opengis.net/gml/srs/epsg.xml#3021", 3021),
            ("SWEREF99 TM", 3006),
        ] {
            assert_eq!(DeclaredCrs::from_name(name), DeclaredCrs::epsg(code), "{name}");
        }
        for name in ["EPSG:", "EPSG:x", "urn:x:y", "Local grid", "EPSG:0"] {
            assert_eq!(DeclaredCrs::from_name(name), DeclaredCrs::Unknown(name.to_owned()), "{name}");
        }
    }

    #[test]
    fn projjson_is_known_by_its_id_then_by_its_name() {
        let crs = |v| DeclaredCrs::from_projjson(&v);
        assert_eq!(crs(json!(null)), DeclaredCrs::None);
        assert_eq!(crs(json!({"name": "x", "id": {"authority": "EPSG", "code": 3006}})), DeclaredCrs::epsg(3006));
        assert_eq!(crs(json!({"name": "x", "id": {"authority": "OGC", "code": "CRS84"}})), DeclaredCrs::epsg(4326));
        assert_eq!(crs(json!({"name": "SWEREF99 TM"})), DeclaredCrs::epsg(3006));
        let compound = json!({"name": "SWEREF99 TM + RH2000 height", "id": {"authority": "EPSG", "code": 5845},
            "components": [{"name": "SWEREF99 TM", "id": {"authority": "EPSG", "code": 3006}}, {"name": "RH2000"}]});
        assert_eq!(crs(compound), DeclaredCrs::epsg(3006));
        assert_eq!(crs(json!({"name": "Mars"})), DeclaredCrs::Unknown("Mars".to_owned()));
    }

    #[test]
    fn the_old_geojson_member_is_read() {
        let crs = |v| DeclaredCrs::from_geojson(&v);
        let name = "urn:ogc:def:crs:EPSG::3006";
        assert_eq!(crs(json!({"type": "name", "properties": {"name": name}})), DeclaredCrs::epsg(3006));
        assert_eq!(crs(json!({"type": "EPSG", "properties": {"code": 3006}})), DeclaredCrs::epsg(3006));
        assert_eq!(crs(json!(null)), DeclaredCrs::None);
        assert!(matches!(
            crs(json!({"type": "link", "properties": {"href": "x"}})),
            DeclaredCrs::Unknown(text) if text.contains("href")
        ));
    }

    #[test]
    fn well_known_text_is_known_by_the_roots_authority_then_by_its_name() {
        let crs = DeclaredCrs::from_wkt;
        let geogcs = r#"GEOGCS["GCS_SWEREF99",DATUM["D_SWEREF99",SPHEROID["GRS_1980",6378137.0,298.257222101]],AUTHORITY["EPSG","4619"]]"#;
        assert_eq!(crs(&format!(r#"PROJCS["SWEREF99_TM",{geogcs},UNIT["Meter",1.0]]"#)), DeclaredCrs::epsg(3006));
        assert_eq!(
            crs(&format!(r#"PROJCS["other (x, y]",{geogcs},AUTHORITY["EPSG","3010"]]"#)),
            DeclaredCrs::epsg(3010)
        );
        // The authority of the inner geographic CRS is not the projected one's.
        assert_eq!(crs(&format!(r#"PROJCS["other",{geogcs}]"#)), DeclaredCrs::Unknown("other".to_owned()));
        assert_eq!(
            crs(&format!(
                r#"COMPD_CS["x",PROJCS["SWEREF99 13 30",{geogcs}],VERT_CS["RH2000"],AUTHORITY["EPSG","5846"]]"#
            )),
            DeclaredCrs::epsg(3008)
        );
        assert_eq!(crs(r#"PROJCRS["SWEREF99 TM",ID["EPSG",3006]]"#), DeclaredCrs::epsg(3006));
        assert_eq!(crs(r#"GEOGCS["GCS_SWEREF99",DATUM["D_SWEREF99"]]"#), DeclaredCrs::epsg(4258));
        assert_eq!(crs(r#"PROJCS["RT90_25_gon_V",GEOGCS["GCS_RT_1990"]]"#), DeclaredCrs::epsg(3021));
        assert_eq!(crs(r#"PROJCS["RT90 2.5 gon V",GEOGCS["RT90"]]"#), DeclaredCrs::epsg(3021));
        assert_eq!(crs("  "), DeclaredCrs::None);
        for broken in ["x", "PROJCS[", "[", "PROJCS[\"a", "]]]]", "PROJCS[]"] {
            assert!(!matches!(crs(broken), DeclaredCrs::Known(_)), "{broken}");
        }
    }
}
