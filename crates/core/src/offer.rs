//! Offer lists: rows of place id and service, as operators deliver them.

use std::collections::HashMap;

use crate::{review::Reviews, service::Link};

/// Which services each place id was offered, and what reviews say of it.
#[derive(Debug, Clone, Default)]
pub struct Offers {
    links: HashMap<Box<str>, Vec<Link>>,
    rows: u64,
    /// The answers that stand, by place id.
    pub reviews: Reviews,
}

impl Offers {
    /// Adds one row of an offer list.
    pub fn add(&mut self, place: &str, link: Link) {
        self.rows += 1;
        if let Some(links) = self.links.get_mut(place) {
            links.push(link);
        } else {
            self.links.insert(place.into(), vec![link]);
        }
    }

    /// What was offered to a place, in the order of the rows; empty when nothing was.
    #[must_use]
    pub fn of(&self, place: &str) -> &[Link] {
        self.links.get(place).map_or(&[], Vec::as_slice)
    }

    /// How many rows were added.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether nothing is said of any place.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0 && self.reviews.is_empty()
    }

    /// Replaces every link, for when services are renumbered.
    pub fn relink(&mut self, change: impl Fn(Link) -> Link) {
        for links in self.links.values_mut() {
            for link in links {
                *link = change(*link);
            }
        }
        self.reviews.relink(change);
    }
}
