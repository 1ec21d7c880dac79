//! One thread makes pieces, several work on them, and they are taken in the order in which they were made.

use std::{
    io,
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

/// Calls `make` on a thread of its own, `work` on as many as `workers` for what it gives, and `take` here for what comes of
/// that, in order. At most two pieces more than there are workers are under way. With one worker nothing is started.
///
/// # Errors
/// The first error of any of the three; the others then stop.
pub(super) fn side_by_side<T: Send, U: Send>(
    workers: usize,
    make: impl FnOnce(&mut dyn FnMut(T) -> io::Result<()>) -> io::Result<()> + Send,
    work: impl Fn(T) -> io::Result<U> + Sync,
    mut take: impl FnMut(U) -> io::Result<()>,
) -> io::Result<()> {
    if workers < 2 {
        return make(&mut |piece| take(work(piece)?));
    }
    let (ordered, in_order) = sync_channel::<Receiver<io::Result<U>>>(workers);
    let (todo, pieces) = sync_channel::<(T, SyncSender<io::Result<U>>)>(0);
    let pieces = Mutex::new(pieces);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    // The lock is let go of before the work begins.
                    let next = pieces.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((piece, done)) = next else { return };
                    // Nobody waits for it any more when taking has failed.
                    let _ = done.send(work(piece));
                }
            });
        }
        let made = scope.spawn(move || {
            make(&mut |piece| {
                let (done, when_done) = sync_channel(1);
                ordered.send(when_done).map_err(|_| stopped())?;
                todo.send((piece, done)).map_err(|_| stopped())
            })
        });
        let taken = take_all(in_order, &mut take);
        let made = made.join().unwrap_or_else(|_| Err(stopped()));
        taken.and(made)
    })
}

/// What one side is told when the other has given up; the other's error is the one that is given on.
fn stopped() -> io::Error {
    io::Error::other("stopped, because something else failed")
}

fn take_all<U>(
    in_order: Receiver<Receiver<io::Result<U>>>,
    take: &mut impl FnMut(U) -> io::Result<()>,
) -> io::Result<()> {
    for when_done in in_order {
        take(when_done.recv().map_err(|_| stopped())??)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(workers: usize, fail: [Option<u64>; 3]) -> (Vec<u64>, Option<String>) {
        let failing = |stage: usize, n: u64| match fail[stage] {
            Some(at) if at == n => Err(io::Error::other(["make", "work", "take"][stage])),
            _ => Ok(n),
        };
        let mut taken = Vec::new();
        let outcome = side_by_side(
            workers,
            |give| (0..100).try_for_each(|n| give(failing(0, n)?)),
            |n| failing(1, n).map(|n| n * n),
            |square| {
                taken.push(failing(2, square)?);
                Ok(())
            },
        );
        (taken, outcome.err().map(|error| error.to_string()))
    }

    #[test]
    fn pieces_are_taken_in_the_order_in_which_they_were_made() {
        let squares: Vec<u64> = (0..100).map(|n| n * n).collect();
        for workers in [0, 1, 2, 5] {
            assert_eq!(run(workers, [None; 3]), (squares.clone(), None), "{workers} workers");
        }
    }

    #[test]
    fn whatever_fails_ends_it_with_its_own_error_and_what_came_before_was_taken() {
        let before: Vec<u64> = (0..50).map(|n| n * n).collect();
        for workers in [1, 2, 5] {
            for (stage, name) in ["make", "work", "take"].into_iter().enumerate() {
                let mut fail = [None; 3];
                fail[stage] = Some(if stage == 2 { 2_500 } else { 50 });
                assert_eq!(run(workers, fail), (before.clone(), Some(name.to_owned())), "{workers} workers, {name}");
            }
        }
    }
}
