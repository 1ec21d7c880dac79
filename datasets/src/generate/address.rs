//! Addresses, and who lives and works there.

use super::{chance::Chance, land::Kommun};

/// What stands at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    House,
    Flats,
    Farm,
    Holiday,
    Workplace,
    School,
    HealthCentre,
    Library,
}

impl Kind {
    /// The word in the column `kategori`.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::House | Self::Flats | Self::Farm => "bostad",
            Self::Holiday => "fritidshus",
            Self::Workplace => "arbetsställe",
            Self::School => "skola",
            Self::HealthCentre => "vårdcentral",
            Self::Library => "bibliotek",
        }
    }
}

/// One address.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub(super) e: f64,
    pub(super) n: f64,
    pub(super) kommun: usize,
    pub(super) kind: Kind,
    /// The locality, `None` in the countryside.
    pub(super) locality: Option<usize>,
    /// The quarter of the locality, or the part of the countryside: numbered over the county.
    pub(super) quarter: usize,
    pub(super) persons: i64,
    pub(super) households: i64,
    pub(super) workplaces: i64,
    pub(super) jobs: i64,
}

impl Address {
    pub(super) fn new(e: f64, n: f64, kommun: usize, kind: Kind) -> Self {
        let (e, n) = (e.round(), n.round());
        Self { e, n, kommun, kind, locality: None, quarter: 0, persons: 0, households: 0, workplaces: 0, jobs: 0 }
    }
}

/// Lets people and firms move in. The inhabitants of each municipality add up to SCB's figure exactly.
pub(super) fn move_in(addresses: &mut [Address], kommuner: &[Kommun], localities: &[super::land::Locality]) {
    let chance = &mut Chance::stream(40);
    for address in addresses.iter_mut() {
        let town = address.locality.map_or(0.0, |l| localities[l].population);
        address.households = match address.kind {
            Kind::House => 1,
            Kind::Flats if town < 2000.0 => 2 + chance.below(4) as i64,
            Kind::Flats if town < 8000.0 => 3 + chance.below(7) as i64,
            Kind::Flats => 4 + chance.below(11) as i64,
            Kind::Farm => i64::from(chance.happens(0.76)),
            _ => 0,
        };
        for _ in 0..address.households {
            address.persons += household(chance, address.kind);
        }
        (address.workplaces, address.jobs) = match address.kind {
            Kind::House if chance.happens(0.04) => (1, 1),
            Kind::Flats if chance.happens(0.06) => (1, 1 + chance.below(4) as i64),
            Kind::Farm if chance.happens(0.17) => (1, 1 + chance.below(2) as i64),
            Kind::Workplace => {
                let firms = if chance.happens(0.3) { 2 + chance.below(4) as i64 } else { 1 };
                (firms, (0..firms).map(|_| staff(chance)).sum())
            }
            Kind::School => (1, 8 + chance.below(60) as i64),
            Kind::HealthCentre => (1, 20 + chance.below(60) as i64),
            Kind::Library => (1, 2 + chance.below(9) as i64),
            _ => (0, 0),
        };
    }
    for (k, kommun) in kommuner.iter().enumerate() {
        let homes: Vec<usize> =
            (0..addresses.len()).filter(|&a| addresses[a].kommun == k && addresses[a].households > 0).collect();
        let flats: Vec<usize> = homes.iter().copied().filter(|&a| addresses[a].kind == Kind::Flats).collect();
        let mut over: i64 = homes.iter().map(|&a| addresses[a].persons).sum::<i64>() - kommun.population;
        // Whole households move in or out of flats first, then single persons.
        while over.abs() > 4 {
            let address = &mut addresses[flats[chance.below(flats.len())]];
            if over < 0 {
                let persons = household(chance, Kind::Flats);
                address.households += 1;
                address.persons += persons;
                over += persons;
            } else if address.households > 1 && address.persons > 2 * address.households - 2 {
                let persons = (address.persons / address.households).min(over);
                address.households -= 1;
                address.persons -= persons;
                over -= persons;
            } else {
                let address = &mut addresses[homes[chance.below(homes.len())]];
                if address.persons > address.households {
                    address.persons -= 1;
                    over -= 1;
                }
            }
        }
        while over != 0 {
            let address = &mut addresses[homes[chance.below(homes.len())]];
            if over < 0 {
                address.persons += 1;
                over += 1;
            } else if address.persons > address.households {
                address.persons -= 1;
                over -= 1;
            }
        }
    }
}

fn household(chance: &mut Chance, kind: Kind) -> i64 {
    // Shares of households with 1, 2, 3, 4 persons; the rest has 5.
    let shares: [f64; 4] = if kind == Kind::Flats { [0.50, 0.29, 0.10, 0.07] } else { [0.22, 0.36, 0.15, 0.19] };
    let mut left = chance.unit();
    for (persons, share) in (1..).zip(shares) {
        left -= share;
        if left < 0.0 {
            return persons;
        }
    }
    5
}

fn staff(chance: &mut Chance) -> i64 {
    let (low, high): (i64, i64) = match chance.unit() {
        u if u < 0.68 => (1, 4),
        u if u < 0.90 => (5, 14),
        u if u < 0.975 => (15, 49),
        u if u < 0.997 => (50, 149),
        _ => (150, 600),
    };
    low + chance.below((high - low + 1) as usize) as i64
}
