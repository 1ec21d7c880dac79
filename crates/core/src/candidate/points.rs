//! Points: many positions, so that the ones near another are found at once.
//!
//! A tree of boxes, cut in half along the longer side until few points are left in each. Distances are whole numbers.

use super::{At, squared};

/// Points in a box that is not cut any more.
const FEW: usize = 12;

/// Many positions.
#[derive(Debug, Clone, Default)]
pub struct Points {
    /// By number.
    at: Vec<At>,
    /// Numbers, box by box.
    order: Vec<u32>,
    boxes: Vec<OneBox>,
}

#[derive(Debug, Clone)]
pub(super) struct OneBox {
    pub(super) low: At,
    pub(super) high: At,
    /// Its points, as a part of the order.
    pub(super) first: u32,
    pub(super) past: u32,
    /// Its halves come after it in the list; none when it is not cut.
    pub(super) halves: Option<[u32; 2]>,
}

impl OneBox {
    /// How far a position is from the box at least, squared; nothing when it lies inside.
    pub(super) fn squared(&self, at: At) -> u128 {
        squared(at, [0, 1].map(|axis| at[axis].clamp(self.low[axis], self.high[axis])))
    }

    pub(super) fn meets(&self, low: At, high: At) -> bool {
        (0..2).all(|axis| self.low[axis] <= high[axis] && low[axis] <= self.high[axis])
    }
}

impl Points {
    /// Puts positions in order.
    #[must_use]
    pub fn new(at: Vec<At>) -> Self {
        let mut points = Self { order: (0..).take(at.len()).collect(), at, boxes: Vec::new() };
        if !points.at.is_empty() {
            points.cut(0, points.order.len());
        }
        points
    }

    fn cut(&mut self, first: usize, past: usize) -> u32 {
        let (mut low, mut high) = ([i64::MAX; 2], [i64::MIN; 2]);
        for &point in &self.order[first..past] {
            let at = self.at[point as usize];
            for axis in 0..2 {
                (low[axis], high[axis]) = (low[axis].min(at[axis]), high[axis].max(at[axis]));
            }
        }
        let number = self.boxes.len();
        let to = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.boxes.push(OneBox { low, high, first: to(first), past: to(past), halves: None });
        if past - first > FEW && low != high {
            let sides = [0, 1].map(|axis| high[axis].abs_diff(low[axis]));
            let axis = usize::from(sides[1] > sides[0]);
            let middle = (past - first) / 2;
            let at = &self.at;
            self.order[first..past].select_nth_unstable_by_key(middle, |&point| (at[point as usize][axis], point));
            let halves = [(first, first + middle), (first + middle, past)].map(|(first, past)| self.cut(first, past));
            self.boxes[number].halves = Some(halves);
        }
        to(number)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    pub(super) fn at(&self, point: u32) -> At {
        self.at[point as usize]
    }

    pub(super) fn boxes(&self) -> &[OneBox] {
        &self.boxes
    }

    pub(super) fn within(&self, of: &OneBox) -> &[u32] {
        &self.order[of.first as usize..of.past as usize]
    }

    /// The nearest one, with the square of how far that is; of several, the south-westernmost.
    #[must_use]
    pub fn nearest(&self, from: At) -> Option<(u128, At)> {
        let mut best: Option<(u128, At)> = None;
        let mut open = vec![0];
        while let Some(of) = open.pop().and_then(|number: u32| self.boxes.get(number as usize)) {
            if best.is_some_and(|(squared, _)| of.squared(from) > squared) {
                continue;
            }
            match of.halves {
                None => {
                    let found =
                        self.within(of).iter().map(|&point| (squared(from, self.at(point)), self.at(point))).min();
                    best = [best, found].into_iter().flatten().min();
                }
                Some(halves) => open.extend(self.far_first(halves, from)),
            }
        }
        best
    }

    /// Two boxes, the farther one first: what is taken from the end of a list is then the nearer one.
    pub(super) fn far_first(&self, halves: [u32; 2], from: At) -> [u32; 2] {
        let [a, b] = halves.map(|half| self.boxes[half as usize].squared(from));
        if a < b { [halves[1], halves[0]] } else { halves }
    }

    /// Calls for every point in a rectangle, borders too.
    pub(super) fn each_in(&self, low: At, high: At, take: &mut dyn FnMut(u32, At)) {
        let mut open = vec![0];
        while let Some(of) = open.pop().and_then(|number: u32| self.boxes.get(number as usize)) {
            if !of.meets(low, high) {
                continue;
            }
            if let Some(halves) = of.halves {
                open.extend(halves);
                continue;
            }
            for &point in self.within(of) {
                let at = self.at(point);
                if (0..2).all(|axis| (low[axis]..=high[axis]).contains(&at[axis])) {
                    take(point, at);
                }
            }
        }
    }
}
