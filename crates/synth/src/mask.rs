//! The land mask: squares of 500 m that are land, for pulling places out of the sea.

use geo::Coord;

/// Which squares of a grid are land, row by row from the south.
#[derive(Debug)]
pub(crate) struct Mask {
    pub(crate) west: f64,
    pub(crate) south: f64,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    land: Vec<bool>,
}

impl Mask {
    /// Side of a square, metres.
    pub(crate) const SQUARE: f64 = 500.0;

    /// Sea around the land, metres.
    const MARGIN: f64 = 20_000.0;

    /// Squares whose middle the lines enclose.
    pub(crate) fn new(coast: &[&Vec<Coord>]) -> Self {
        let all = || coast.iter().flat_map(|line| line.iter());
        let low = |of: fn(&Coord) -> f64| all().map(of).fold(f64::MAX, f64::min);
        let high = |of: fn(&Coord) -> f64| all().map(of).fold(f64::MIN, f64::max);
        // Whole squares, so that the grid is the same whatever little the coast moves.
        let down = |metres: f64| ((metres - Self::MARGIN) / Self::SQUARE).floor() * Self::SQUARE;
        let (west, south) = (down(low(|c| c.x)), down(low(|c| c.y)));
        let count = |from: f64, to: f64| ((to + Self::MARGIN - from) / Self::SQUARE).ceil() as usize;
        let (columns, rows) = (count(west, high(|c| c.x)), count(south, high(|c| c.y)));
        let mut crossings: Vec<Vec<f64>> = vec![Vec::new(); rows];
        for pair in coast.iter().flat_map(|line| line.windows(2)) {
            let (a, b) = (pair[0], pair[1]);
            let row = |metres: f64| ((metres - south) / Self::SQUARE - 0.5).ceil() as usize;
            // Rows whose middle line lies between the two ends, the upper one excluded.
            for (row, crossings) in crossings.iter_mut().enumerate().take(row(a.y.max(b.y))).skip(row(a.y.min(b.y))) {
                let y = south + (row as f64 + 0.5) * Self::SQUARE;
                crossings.push(a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x));
            }
        }
        let mut land = vec![false; columns * rows];
        for (cells, mut crossings) in land.chunks_exact_mut(columns).zip(crossings) {
            crossings.sort_by(f64::total_cmp);
            let column = |metres: f64| ((metres - west) / Self::SQUARE - 0.5).ceil() as usize;
            for pair in crossings.chunks_exact(2) {
                cells[column(pair[0])..column(pair[1])].fill(true);
            }
        }
        Self { west, south, columns, rows, land }
    }

    pub(crate) fn is_land(&self, x: f64, y: f64) -> bool {
        let (column, row) = ((x - self.west) / Self::SQUARE, (y - self.south) / Self::SQUARE);
        let inside = column >= 0.0 && row >= 0.0 && column < self.columns as f64 && row < self.rows as f64;
        inside && self.land[row as usize * self.columns + column as usize]
    }

    /// Whether squares are land, row by row from the south.
    pub(crate) fn squares(&self) -> &[bool] {
        &self.land
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_whose_middle_is_enclosed_are_land() {
        let ring = [(0.0, 0.0), (5000.0, 0.0), (5000.0, 3000.0), (0.0, 3000.0), (0.0, 0.0)];
        let ring: Vec<Coord> = ring.iter().map(|&(x, y)| Coord { x, y }).collect();
        let mask = Mask::new(&[&ring]);
        assert_eq!(mask.squares().iter().filter(|&&land| land).count(), 10 * 6);
        assert!(mask.is_land(10.0, 10.0) && mask.is_land(4990.0, 2990.0));
        assert!(!mask.is_land(-10.0, 10.0) && !mask.is_land(10.0, 3010.0) && !mask.is_land(-1e9, 1e9));
    }
}
