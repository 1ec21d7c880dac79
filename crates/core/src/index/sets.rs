//! Sets of owners, each distinct one numbered once.

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

/// Distinct sets of owners. The number of the empty set is 0; other numbers depend on who came first and mean
/// nothing outside.
#[derive(Debug)]
pub(super) struct Sets {
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    /// By number: the owners, sorted.
    members: Vec<Arc<[u32]>>,
    known: FxHashMap<Arc<[u32]>, u32>,
    grown: FxHashMap<(u32, u32), u32>,
}

/// The empty set.
pub(super) const EMPTY: u32 = 0;

/// What one worker knows of [`Sets`], so that it need not ask for it twice.
pub(super) type Grown = FxHashMap<(u32, u32), u32>;

impl Sets {
    pub(super) fn new() -> Self {
        let mut table = Table::default();
        table.intern(&[]);
        Self { table: Mutex::new(table) }
    }

    /// The number of a set with one more owner in it.
    pub(super) fn with(&self, set: u32, owner: u32, grown: &mut Grown) -> u32 {
        *grown.entry((set, owner)).or_insert_with(|| self.table().with(set, owner))
    }

    /// The owners in a set, sorted.
    pub(super) fn members(&self, set: u32) -> Arc<[u32]> {
        Arc::clone(&self.table().members[set as usize])
    }

    /// Bytes held, roughly.
    pub(super) fn bytes(&self) -> usize {
        let table = self.table();
        table.members.iter().map(|m| m.len() * 4 + 16).sum::<usize>() + table.known.len() * 24 + table.grown.len() * 12
    }

    fn table(&self) -> std::sync::MutexGuard<'_, Table> {
        // Every change is whole before the lock is let go, so a worker that stopped half-way left nothing half-done.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn with(&mut self, set: u32, owner: u32) -> u32 {
        if let Some(&number) = self.grown.get(&(set, owner)) {
            return number;
        }
        let members = &self.members[set as usize];
        let number = match members.binary_search(&owner) {
            Ok(_) => set,
            Err(at) => {
                let mut grown = Vec::with_capacity(members.len() + 1);
                grown.extend_from_slice(&members[..at]);
                grown.push(owner);
                grown.extend_from_slice(&members[at..]);
                self.intern(&grown)
            }
        };
        self.grown.insert((set, owner), number);
        number
    }

    fn intern(&mut self, members: &[u32]) -> u32 {
        if let Some(&number) = self.known.get(members) {
            return number;
        }
        // Four thousand million distinct sets do not fit into any memory there is.
        let number = u32::try_from(self.members.len()).unwrap_or(u32::MAX);
        let members: Arc<[u32]> = members.into();
        self.members.push(Arc::clone(&members));
        self.known.insert(members, number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_one_number_however_it_came_about() {
        let sets = Sets::new();
        let mut grown = Grown::default();
        let a = sets.with(EMPTY, 7, &mut grown);
        let ab = sets.with(a, 3, &mut grown);
        let b = sets.with(EMPTY, 3, &mut grown);
        assert_eq!(sets.with(b, 7, &mut Grown::default()), ab);
        assert_eq!(sets.with(ab, 7, &mut grown), ab);
        assert_eq!(&*sets.members(ab), &[3, 7]);
        assert!(sets.members(EMPTY).is_empty());
    }
}
