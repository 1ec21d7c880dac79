//! Class breaks of a map: round numbers around the goal, which is itself a break.

/// One per cent in parts per million.
const PER_CENT: u32 = 10_000;
const WHOLE: u32 = 1_000_000;
const STEPS: [u32; 6] = [PER_CENT, 2 * PER_CENT, 5 * PER_CENT, 10 * PER_CENT, 20 * PER_CENT, 25 * PER_CENT];
/// Six classes at most: more shades are hard to tell apart.
const MOST: u32 = 5;

/// The lower ends of all classes but the first, rising, in parts per million; the goal is one of them.
///
/// `low` and `high` are the lowest and the highest share.
#[must_use]
pub fn breaks(goal: Option<u32>, low: u32, high: u32) -> Vec<u32> {
    let Some(goal) = goal else {
        let step = STEPS.into_iter().find(|step| high / step - low / step < MOST).unwrap_or(25 * PER_CENT);
        let first = low / step + 1;
        return (first..).map(|i| i * step).take_while(|&b| b <= high && b < WHOLE).take(MOST as usize).collect();
    };
    let mut below = Vec::new();
    if low < goal {
        let step = STEPS.into_iter().find(|step| goal.saturating_sub(4 * step) <= low).unwrap_or(25 * PER_CENT);
        below = (1..=3).filter_map(|i| goal.checked_sub(i * step)).filter(|&b| b > low).collect();
    }
    let room = MOST - 1 - u32::try_from(below.len()).unwrap_or(3);
    let mut above = Vec::new();
    if high > goal {
        // Shares just above the goal need no classes of their own.
        let finest = if goal <= 90 * PER_CENT { 5 * PER_CENT } else { PER_CENT };
        let step = STEPS.into_iter().find(|&step| step >= finest && goal + (room + 1) * step > high);
        let step = step.unwrap_or(25 * PER_CENT);
        above = (1..=room).map(|i| goal + i * step).filter(|&b| b <= high && b < WHOLE).collect();
    }
    below.reverse();
    below.push(goal);
    below.extend(above);
    below
}

/// Steps of changes, which may be finer than shares are told apart.
const STEPS_OF_CHANGE: [u32; 9] = [
    PER_CENT / 10,
    PER_CENT / 5,
    PER_CENT / 2,
    PER_CENT,
    2 * PER_CENT,
    5 * PER_CENT,
    10 * PER_CENT,
    20 * PER_CENT,
    25 * PER_CENT,
];

/// The lower ends of all classes but the first, which is no change at all; `high` is the largest change, in parts per million.
#[must_use]
pub fn of_change(high: u32) -> Vec<u32> {
    let step = STEPS_OF_CHANGE.into_iter().find(|step| high / step < MOST).unwrap_or(25 * PER_CENT);
    std::iter::once(1).chain((1..).map(|i| i * step).take_while(|&b| b <= high).take(MOST as usize - 1)).collect()
}

/// The class of a share, decided in whole numbers.
#[must_use]
pub fn class(breaks: &[u32], covered: u64, total: u64) -> usize {
    breaks.partition_point(|&b| u128::from(covered) * u128::from(WHOLE) >= u128::from(b) * u128::from(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOALS: [u32; 7] = [400_000, 900_000, 950_000, 980_000, 999_000, 1_000_000, 0];

    #[test]
    fn the_goal_is_always_a_break_and_breaks_rise() {
        for goal in GOALS {
            for low in (0..=1_000_000).step_by(37_000) {
                for high in (low..=1_000_000).step_by(41_000) {
                    let breaks = breaks(Some(goal), low, high);
                    assert!(breaks.contains(&goal), "{goal} {low} {high}: {breaks:?}");
                    assert!(breaks.windows(2).all(|pair| pair[0] < pair[1]), "{breaks:?}");
                    assert!(breaks.len() <= 5 && breaks.iter().all(|&b| b <= WHOLE), "{breaks:?}");
                }
            }
        }
    }

    #[test]
    fn breaks_are_round_and_close_around_the_goal() {
        assert_eq!(breaks(Some(900_000), 620_000, 980_000), [700_000, 800_000, 900_000, 950_000]);
        assert_eq!(breaks(Some(900_000), 780_000, 990_000), [800_000, 850_000, 900_000, 950_000]);
        assert_eq!(breaks(None, 310_000, 790_000), [400_000, 500_000, 600_000, 700_000]);
    }

    #[test]
    fn changes_have_round_breaks_after_the_first_which_is_any_change() {
        assert_eq!(of_change(500_000), [1, 200_000, 400_000]);
        assert_eq!(of_change(1_000_000), [1, 250_000, 500_000, 750_000, 1_000_000]);
        assert_eq!(of_change(42_000), [1, 10_000, 20_000, 30_000, 40_000]);
        assert_eq!(of_change(900), [1]);
        assert_eq!(of_change(0), [1]);
        assert_eq!(class(&of_change(42_000), 0, 10), 0, "no change");
        assert_eq!(class(&of_change(42_000), 1, 100_000), 1, "hardly any");
        assert_eq!(class(&of_change(42_000), 1, 100), 2, "exactly one point is in the class from one");
    }

    #[test]
    fn a_share_equal_to_the_goal_is_in_the_class_above() {
        let breaks = [800_000, 900_000];
        assert_eq!(class(&breaks, 9, 10), 2);
        assert_eq!(class(&breaks, 89, 100), 1);
        assert_eq!(class(&breaks, 0, 100), 0);
    }
}
