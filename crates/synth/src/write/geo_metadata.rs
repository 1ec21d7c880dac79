//! What GeoParquet files say about their geometry.

use geo::Rect;
use serde_json::{Value, json};

use crate::mask::Mask;

/// SWEREF 99 TM in PROJJSON, from EPSG's register. Source: <https://epsg.io/3006>.
const SWEREF_99_TM: &str = include_str!("sweref99tm.json");

/// Least easting and northing, greatest easting and northing.
pub(super) struct Bounds([f64; 4]);

impl Bounds {
    pub(super) fn around(boxes: &[Rect]) -> Self {
        let least = |of: fn(&Rect) -> f64| boxes.iter().map(of).fold(f64::MAX, f64::min);
        let most = |of: fn(&Rect) -> f64| boxes.iter().map(of).fold(f64::MIN, f64::max);
        Self([least(|b| b.min().x), least(|b| b.min().y), most(|b| b.max().x), most(|b| b.max().y)])
    }

    /// Where places can lie: it is written before the last of them is drawn.
    pub(super) fn of_grid(mask: &Mask) -> Self {
        let (width, height) = (mask.columns as f64 * Mask::SQUARE, mask.rows as f64 * Mask::SQUARE);
        Self([mask.west, mask.south, mask.west + width, mask.south + height])
    }
}

/// The value of the `geo` key, GeoParquet 1.1.
pub(super) fn geo(types: &[&str], bounds: &Bounds) -> String {
    let crs: Value = serde_json::from_str(SWEREF_99_TM).unwrap_or_default();
    json!({
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {
            "geometry": { "encoding": "WKB", "geometry_types": types, "crs": crs, "bbox": bounds.0 },
        },
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coordinate_system_is_epsg_3006() {
        let geo: Value = serde_json::from_str(&geo(&["Polygon"], &Bounds([0.0, 1.0, 2.0, 3.0]))).unwrap();
        let column = &geo["columns"]["geometry"];
        assert_eq!(column["crs"]["id"], json!({ "authority": "EPSG", "code": 3006 }));
        assert_eq!(column["bbox"], json!([0.0, 1.0, 2.0, 3.0]));
    }
}
