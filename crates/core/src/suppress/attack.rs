//! The attack: what can be found out of figures that are kept back, from those that are not.
//!
//! Everything is used that holds for any study: parts add up to wholes, and one count can be no more than another. Bounds are
//! drawn together until nothing changes. This finds whatever a patient reader with a pencil finds; that nothing can be found
//! at all is what the moves of [`super`] are for.

use std::collections::VecDeque;

/// Counts of which some are known, and what holds between them.
#[derive(Debug, Clone, Default)]
pub struct Attack {
    low: Vec<i128>,
    high: Vec<i128>,
    /// A whole, and the parts that add up to it.
    sums: Vec<(usize, Vec<usize>)>,
    /// The first is at most the second.
    orders: Vec<(usize, usize)>,
}

/// More than any count.
const ENDLESS: i128 = i64::MAX as i128;

impl Attack {
    /// Adds a count, and returns its number.
    pub fn count(&mut self, known: Option<u64>) -> usize {
        self.low.push(known.map_or(0, i128::from));
        self.high.push(known.map_or(ENDLESS, i128::from));
        self.low.len() - 1
    }

    /// The parts add up to the whole.
    pub fn sum(&mut self, whole: usize, parts: Vec<usize>) {
        self.sums.push((whole, parts));
    }

    /// The first is at most the second.
    pub fn at_most(&mut self, less: usize, more: usize) {
        self.orders.push((less, more));
    }

    /// The bounds of every count: the least and the most that it can be. `None` when the figures contradict each other.
    #[must_use]
    pub fn bounds(mut self) -> Option<Vec<(u64, u64)>> {
        let mut touching: Vec<Vec<usize>> = vec![Vec::new(); self.low.len()];
        let rules = self.sums.len() + self.orders.len();
        for (number, (whole, parts)) in self.sums.iter().enumerate() {
            parts.iter().chain([whole]).for_each(|&count| touching[count].push(number));
        }
        for (number, &(less, more)) in self.orders.iter().enumerate() {
            [less, more].iter().for_each(|&count| touching[count].push(self.sums.len() + number));
        }
        let mut waiting: VecDeque<usize> = (0..rules).collect();
        let mut queued = vec![true; rules];
        let mut changed = Vec::new();
        while let Some(rule) = waiting.pop_front() {
            queued[rule] = false;
            changed.clear();
            if rule < self.sums.len() {
                let (whole, parts) = std::mem::take(&mut self.sums[rule]);
                self.draw_sum(whole, &parts, &mut changed);
                self.sums[rule] = (whole, parts);
            } else {
                let (less, more) = self.orders[rule - self.sums.len()];
                let (low, high) = (self.low[less], self.high[more]);
                self.draw(less, 0, high, &mut changed);
                self.draw(more, low, ENDLESS, &mut changed);
            }
            for count in changed.drain(..) {
                if self.low[count] > self.high[count] {
                    return None;
                }
                for &again in &touching[count] {
                    if !std::mem::replace(&mut queued[again], true) {
                        waiting.push_back(again);
                    }
                }
            }
        }
        let unsigned = |n: i128| u64::try_from(n).unwrap_or(0);
        Some(self.low.iter().zip(&self.high).map(|(&low, &high)| (unsigned(low), unsigned(high))).collect())
    }

    /// With the bounds as they were at first: what changes brings the sum back.
    fn draw_sum(&mut self, whole: usize, parts: &[usize], changed: &mut Vec<usize>) {
        let bounds: Vec<(i128, i128)> = parts.iter().map(|&part| (self.low[part], self.high[part])).collect();
        let low: i128 = bounds.iter().map(|b| b.0).sum();
        let high: i128 = bounds.iter().map(|b| b.1).sum();
        let endless = bounds.iter().filter(|b| b.1 >= ENDLESS).count();
        self.draw(whole, low, high.min(ENDLESS), changed);
        for (&part, (part_low, part_high)) in parts.iter().zip(bounds) {
            let others_low = low - part_low;
            let others_endless = endless > usize::from(part_high >= ENDLESS);
            let others_high = if others_endless { ENDLESS } else { high - part_high };
            let (least, most) = (self.low[whole] - others_high, self.high[whole] - others_low);
            self.draw(part, least.max(0), most.min(ENDLESS), changed);
        }
    }

    fn draw(&mut self, count: usize, low: i128, high: i128, changed: &mut Vec<usize>) {
        if low > self.low[count] || high < self.high[count] {
            self.low[count] = self.low[count].max(low);
            self.high[count] = self.high[count].min(high);
            changed.push(count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_is_left_alone_is_found_by_subtraction() {
        let mut attack = Attack::default();
        let whole = attack.count(Some(20));
        let parts = [Some(10), None, Some(7)].map(|known| attack.count(known));
        attack.sum(whole, parts.to_vec());
        assert_eq!(attack.bounds().map(|b| b[parts[1]]), Some((3, 3)));
    }

    #[test]
    fn two_parts_hide_each_other_until_an_order_tells_them_apart() {
        let mut attack = Attack::default();
        let whole = attack.count(Some(10));
        let parts = [None, None].map(|known| attack.count(known));
        attack.sum(whole, parts.to_vec());
        assert_eq!(attack.clone().bounds().map(|b| b[parts[0]]), Some((0, 10)));
        let (more, less) = (attack.count(Some(8)), attack.count(Some(8)));
        attack.at_most(parts[1], more);
        attack.at_most(less, parts[1]);
        assert_eq!(attack.bounds().map(|b| b[parts[0]]), Some((2, 2)));
    }

    #[test]
    fn figures_that_contradict_each_other_have_no_bounds() {
        let mut attack = Attack::default();
        let whole = attack.count(Some(10));
        let parts = [Some(6), Some(6)].map(|known| attack.count(known));
        attack.sum(whole, parts.to_vec());
        assert_eq!(attack.bounds(), None);
    }
}
