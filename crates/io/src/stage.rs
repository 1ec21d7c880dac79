//! The stages that places go through batch by batch, on all threads at once, and how long each takes.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use crate::ingest::Progress;

/// A stage of work, most of them on places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A file is opened: its digest is taken, and it is gone through as far as is needed to read any piece of it.
    Open,
    /// A piece of a file becomes a batch, of places or of footprints.
    Read,
    /// The places of a batch are joined.
    Join,
    /// They are counted.
    Tally,
    /// They are put in order and laid by.
    Sort,
    /// The counts of all threads become one tally, and kinds get their final numbers.
    Merge,
}

impl Stage {
    /// All stages, in the order of work.
    pub const ALL: [Self; 6] = [Self::Open, Self::Read, Self::Join, Self::Tally, Self::Sort, Self::Merge];
}

thread_local! {
    /// How long the stages inside the one that is being timed on this thread have taken.
    static INSIDE: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Does the work and tells how long it took.
///
/// A thread that waits for others may do another batch meanwhile. That is told by itself, and is left out here.
pub(crate) fn timed<T>(progress: &dyn Progress, stage: Stage, work: impl FnOnce() -> T) -> T {
    let outside = INSIDE.replace(Duration::ZERO);
    let start = Instant::now();
    let made = work();
    let whole = start.elapsed();
    progress.spent(stage, whole.saturating_sub(INSIDE.get()));
    INSIDE.set(outside + whole);
    made
}

#[cfg(test)]
mod tests {
    use std::{sync::Mutex, thread::sleep};

    use super::*;

    #[derive(Default)]
    struct Told(Mutex<Vec<(Stage, Duration)>>);

    impl Progress for Told {
        fn begin(&self, _: &str) {}
        fn advance(&self, _: u64) {}
        fn end(&self) {}
        fn spent(&self, stage: Stage, time: Duration) {
            self.0.lock().unwrap().push((stage, time));
        }
    }

    #[test]
    fn a_stage_inside_another_is_told_once() {
        let told = Told::default();
        let start = Instant::now();
        timed(&told, Stage::Read, || {
            sleep(Duration::from_millis(20));
            timed(&told, Stage::Join, || sleep(Duration::from_millis(60)));
            timed(&told, Stage::Tally, || sleep(Duration::from_millis(10)));
        });
        let whole = start.elapsed();
        let told = told.0.into_inner().unwrap();
        let stages: Vec<Stage> = told.iter().map(|&(stage, _)| stage).collect();
        assert_eq!(stages, [Stage::Join, Stage::Tally, Stage::Read]);
        assert!(told[0].1 >= Duration::from_millis(60) && told[1].1 >= Duration::from_millis(10));
        assert!(told[2].1 >= Duration::from_millis(20));
        assert!(told.iter().map(|&(_, time)| time).sum::<Duration>() <= whole, "{told:?} of {whole:?}");
    }
}
