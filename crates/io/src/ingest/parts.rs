//! The parts of footprints: each polygon by its digest, where it lies, and what it gives. Two readings of a network differ where
//! their parts do, whatever the order, the format and the names of the features.

use std::{cmp::Ordering, collections::HashMap, iter};

use geo::{BoundingRect as _, Coord, LineString, Polygon};
use nittio_core::{
    footprint::Footprint,
    service::{Reach, Service, ServiceId, Services},
};
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::numbers::{Numbers, put};

/// What stands for a polygon: the first half of the SHA-256 of its vertices.
pub(crate) type Digest = [u8; 16];

/// The parts of a file of footprints.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Parts {
    /// The distinct services, in the order in which they came.
    pub(crate) services: Vec<Service>,
    /// In the order of the rows.
    pub(crate) list: Vec<Part>,
}

/// A polygon of a footprint.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Part {
    pub(crate) digest: Digest,
    /// Index into the services.
    pub(crate) service: u32,
    pub(crate) reach: Reach,
    /// The row that it stands on.
    pub(crate) row: u32,
    /// The lower left and the upper right corner of all its rings.
    pub(crate) corners: [Coord; 2],
}

impl Parts {
    /// The parts of the footprints of a file, whose services have been numbered.
    pub(super) fn of(footprints: &[Footprint], services: &Services) -> Self {
        let (mut own, mut known) = (Vec::new(), HashMap::new());
        let number = |footprint: &Footprint| {
            *known.entry(footprint.link.service).or_insert_with(|| {
                own.push(services.get(footprint.link.service).clone());
                u32::try_from(own.len() - 1).unwrap_or(u32::MAX)
            })
        };
        let numbers: Vec<u32> = footprints.iter().map(number).collect();
        let list = footprints.par_iter().zip(&numbers).flat_map_iter(|(footprint, &service)| {
            footprint.geometry.iter().filter_map(move |polygon| {
                let (reach, row) = (footprint.link.reach, footprint.origin.row);
                Some(Part { digest: digest(polygon), service, reach, row, corners: corners(polygon)? })
            })
        });
        let list = list.collect();
        Self { services: own, list }
    }

    /// Writes them as bytes.
    pub(crate) fn write(&self, out: &mut impl Extend<u8>) -> serde_json::Result<()> {
        let services = serde_json::to_vec(&self.services)?;
        put(out, services.len() as u64);
        out.extend(services);
        put(out, self.list.len() as u64);
        for Part { digest, service, reach, row, corners } in &self.list {
            put(out, u64::from(*service));
            put(out, u64::from(reach.number()));
            put(out, u64::from(*row));
            out.extend(*digest);
            out.extend(corners.iter().flat_map(|c| [c.x.to_le_bytes(), c.y.to_le_bytes()]).flatten());
        }
        Ok(())
    }

    /// Reads what [`Parts::write`] wrote.
    pub(crate) fn read(numbers: &mut Numbers<'_>) -> Option<Self> {
        let services: Vec<Service> = serde_json::from_slice(numbers.bytes()?).ok()?;
        let mut list = Vec::new();
        for _ in 0..numbers.next()? {
            let service = numbers.next_u32().filter(|&service| (service as usize) < services.len())?;
            let (reach, row) = (Reach::from_number(numbers.next_u32()?)?, numbers.next_u32()?);
            let digest = *numbers.take::<16>()?;
            let mut float = || Some(f64::from_le_bytes(*numbers.take::<8>()?));
            let corners = [Coord { x: float()?, y: float()? }, Coord { x: float()?, y: float()? }];
            list.push(Part { digest, service, reach, row, corners });
        }
        Some(Self { services, list })
    }

    /// The number of each of the services among others.
    pub(crate) fn numbers_in(&self, services: &Services) -> Option<Vec<ServiceId>> {
        self.services.iter().map(|service| services.find(service)).collect()
    }
}

/// The corners of a polygon that the index takes in: one with an edge, whose coordinates are numbers.
pub(crate) fn corners(polygon: &Polygon) -> Option<[Coord; 2]> {
    // A hole may stray outside its shell.
    let boxes = rings(polygon).filter(|ring| ring.0.len() > 1).filter_map(|ring| ring.bounding_rect());
    let whole = boxes.map(|b| [b.min(), b.max()]).reduce(|[low, high], [l, h]| {
        [Coord { x: low.x.min(l.x), y: low.y.min(l.y) }, Coord { x: high.x.max(h.x), y: high.y.max(h.y) }]
    });
    whole.filter(|corners| corners.iter().all(|c| c.x.is_finite() && c.y.is_finite()))
}

/// The digest of a polygon. Which way its rings turn, and vertices that stand there twice, make no difference, since they
/// make none to what it holds, and mending changes them.
pub(crate) fn digest(polygon: &Polygon) -> Digest {
    let mut hasher = Sha256::new();
    let mut bytes = Vec::new();
    for ring in rings(polygon) {
        bytes.clear();
        let mut vertices: Vec<Coord> = ring.0.clone();
        vertices.dedup();
        if let ([_, second, ..], [.., last, _]) = (vertices.as_slice(), vertices.as_slice())
            && order(*second, *last) == Ordering::Greater
        {
            vertices.reverse();
        }
        bytes.extend((vertices.len() as u64).to_le_bytes());
        bytes.extend(vertices.iter().flat_map(|c| [c.x.to_le_bytes(), c.y.to_le_bytes()]).flatten());
        hasher.update(&bytes);
    }
    let mut digest = [0; 16];
    digest.copy_from_slice(&hasher.finalize()[..16]);
    digest
}

fn rings(polygon: &Polygon) -> impl Iterator<Item = &LineString> {
    iter::once(polygon.exterior()).chain(polygon.interiors())
}

fn order(a: Coord, b: Coord) -> Ordering {
    a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y))
}

#[cfg(test)]
mod tests {
    use geo::polygon;

    use super::*;

    #[test]
    fn the_way_round_and_repeated_vertices_make_no_difference_and_all_else_does() {
        let square = polygon![(x: 0., y: 0.), (x: 2., y: 0.), (x: 2., y: 2.), (x: 0., y: 2.)];
        let back = polygon![(x: 0., y: 0.), (x: 0., y: 2.), (x: 2., y: 2.), (x: 2., y: 2.), (x: 2., y: 0.)];
        assert_eq!(digest(&square), digest(&back));
        let other = polygon![(x: 0., y: 0.), (x: 2., y: 0.), (x: 2., y: 2.), (x: 0., y: 2.000_001)];
        let holed = polygon!(
            exterior: [(x: 0., y: 0.), (x: 2., y: 0.), (x: 2., y: 2.), (x: 0., y: 2.)],
            interiors: [[(x: 1., y: 1.), (x: 1., y: 1.5), (x: 1.5, y: 1.)]],
        );
        assert_ne!(digest(&square), digest(&other));
        assert_ne!(digest(&square), digest(&holed));
    }

    #[test]
    fn parts_come_back_from_their_bytes() {
        let service = |operator: &str| Service {
            operator: operator.to_owned(),
            owner: None,
            technology: nittio_core::service::Technology::Fibre,
            down: None,
            up: None,
            status: nittio_core::service::Status::InService,
            available_from: None,
            open_access: Some(true),
            busy_down: None,
            cost: None,
            project: None,
        };
        let square = polygon![(x: 0., y: 0.5), (x: 2., y: 0.), (x: 2., y: 2.), (x: 0., y: 2.)];
        let part = |service, row| Part {
            digest: digest(&square),
            service,
            reach: Reach::Near,
            row,
            corners: corners(&square).unwrap(),
        };
        let parts = Parts { services: vec![service("A"), service("Ö")], list: vec![part(1, 7), part(0, 900)] };
        let mut bytes = Vec::new();
        parts.write(&mut bytes).unwrap();
        assert_eq!(Parts::read(&mut Numbers::new(&bytes)), Some(parts));
        for end in 0..bytes.len() {
            assert_eq!(Parts::read(&mut Numbers::new(&bytes[..end])), None, "{end}");
        }
    }
}
