//! Invented networks: who reaches what, and the areas that say so.

use std::collections::BTreeMap;

use super::{
    address::{Address, Kind},
    chance::{Chance, lattice, noise},
    land::{Kommun, Locality},
    outline::{AROUND, Polygons, Raster},
};

/// A line in an operator's offer, as the columns of the files have it.
#[derive(Debug, Clone)]
pub(super) struct Service {
    pub(super) operator: &'static str,
    pub(super) owner: String,
    pub(super) technology: &'static str,
    pub(super) down: u32,
    pub(super) up: u32,
    pub(super) status: &'static str,
    pub(super) from: Option<&'static str>,
    pub(super) open: bool,
    pub(super) project: Option<&'static str>,
}

/// An area in which a service can be had.
pub(super) struct Footprint {
    pub(super) file: &'static str,
    pub(super) name: String,
    pub(super) service: Service,
    pub(super) polygons: Polygons,
}

/// What came of building.
pub(super) struct Networks {
    pub(super) footprints: Vec<Footprint>,
    /// Per address: the owner's own fibre in a locality, which the offer list is drawn from.
    pub(super) in_town_fibre: Vec<bool>,
}

struct Builder<'a> {
    kommuner: &'a [Kommun],
    localities: &'a [Locality],
    addresses: &'a [Address],
    /// Addresses by quarter.
    quarters: Vec<Vec<usize>>,
    /// Per address: whether 100 Mbit/s can be had in service.
    fast: Vec<bool>,
    in_town_fibre: Vec<bool>,
    footprints: Vec<Footprint>,
}

/// Builds all networks.
pub(super) fn build(kommuner: &[Kommun], localities: &[Locality], addresses: &[Address], quarters: usize) -> Networks {
    let mut members = vec![Vec::new(); quarters];
    for (a, address) in addresses.iter().enumerate() {
        members[address.quarter].push(a);
    }
    members.retain(|quarter| !quarter.is_empty());
    let mut builder = Builder {
        kommuner,
        localities,
        addresses,
        quarters: members,
        fast: vec![false; addresses.len()],
        in_town_fibre: vec![false; addresses.len()],
        footprints: Vec::new(),
    };
    builder.radio();
    builder.cable();
    for k in 0..kommuner.len() {
        builder.town_fibre(k);
        builder.village_fibre(k);
    }
    builder.second_fibre();
    builder.plans();
    builder.copper();
    builder.mobile();
    Networks { footprints: builder.footprints, in_town_fibre: builder.in_town_fibre }
}

impl Builder<'_> {
    /// The locality of a quarter, if it is one of at least 200 inhabitants.
    fn town(&self, quarter: &[usize]) -> Option<usize> {
        self.addresses[quarter[0]].locality.filter(|&l| self.localities[l].population >= 200.0)
    }

    fn persons(&self, of: &[usize]) -> f64 {
        of.iter().map(|&a| self.addresses[a].persons as f64).sum()
    }

    fn fast_persons(&self, of: &[usize]) -> f64 {
        of.iter().filter(|&&a| self.fast[a]).map(|&a| self.addresses[a].persons as f64).sum()
    }

    /// Quarters of a kommun, in localities or in the countryside.
    fn quarters_of(&self, k: usize, towns: bool) -> Vec<usize> {
        (0..self.quarters.len())
            .filter(|&q| self.addresses[self.quarters[q][0]].kommun == k)
            .filter(|&q| self.town(&self.quarters[q]).is_some() == towns)
            .collect()
    }

    /// Draws a footprint around addresses and notes whom it gives 100 Mbit/s.
    fn lay(&mut self, file: &'static str, name: String, service: Service, members: &[usize], size: f64) {
        let mut raster = Raster::new(size);
        members.iter().for_each(|&a| raster.add(self.addresses[a].e, self.addresses[a].n));
        // In towns a margin of a square; wider areas also close gaps of some squares.
        let raster = if size < 100.0 { raster.grown(&AROUND) } else { raster.closed() };
        self.draw(file, name, service, &raster);
    }

    fn draw(&mut self, file: &'static str, name: String, service: Service, raster: &Raster) {
        if service.down >= 100 && service.status == "i drift" && service.from.is_none_or(|from| from < "2025") {
            let side = |f: fn(&(i64, i64)) -> i64| {
                let (low, high) = (raster.cells.iter().map(f).min(), raster.cells.iter().map(f).max());
                (low.unwrap_or(0) as f64 * raster.size, (high.unwrap_or(0) + 1) as f64 * raster.size)
            };
            let (e, n) = (side(|c| c.0), side(|c| c.1));
            for (a, address) in self.addresses.iter().enumerate() {
                let within = address.e >= e.0 && address.e < e.1 && address.n >= n.0 && address.n < n.1;
                if within && raster.holds(address.e, address.n) {
                    self.fast[a] = true;
                }
            }
        }
        self.footprints.push(Footprint { file, name, service, polygons: raster.outline() });
    }

    /// A ragged disc around a mast: hills and woods shade it.
    fn shade(&self, mast: (f64, f64), radius: f64, size: f64) -> Raster {
        let mut raster = Raster::new(size);
        let steps = (radius * 1.3 / size) as i64;
        for x in -steps..=steps {
            for y in -steps..=steps {
                let (e, n) = (mast.0 + x as f64 * size, mast.1 + y as f64 * size);
                let reach = radius * (0.45 + 0.85 * noise(31, e / 1700.0, n / 1700.0));
                let hidden = noise(32, e / 900.0, n / 900.0) > 0.83;
                let (dx, dy) = (e - mast.0, n - mast.1);
                if dx * dx + dy * dy < reach * reach && !hidden {
                    raster.add(e, n);
                }
            }
        }
        raster
    }

    /// Fixed radio from masts in the countryside; a few of them are fast.
    fn radio(&mut self) {
        let chance = &mut Chance::stream(50);
        for mast in 0..30 {
            let spot = loop {
                let address = &self.addresses[chance.below(self.addresses.len())];
                if address.locality.is_none() {
                    break (address.e, address.n);
                }
            };
            if mast % 4 == 0 {
                let near = self.shade(spot, 2300.0, 200.0);
                let service = plain("Tornfalken Radio", "fast radio", 100, 20);
                self.draw("radio.geojson", format!("Mast {} nära", mast + 1), service, &near);
            }
            let far = self.shade(spot, chance.between(4500.0, 7500.0), 400.0);
            self.draw(
                "radio.geojson",
                format!("Mast {}", mast + 1),
                plain("Tornfalken Radio", "fast radio", 30, 5),
                &far,
            );
        }
    }

    /// Cable television in the larger towns, where the flats are.
    fn cable(&mut self) {
        let chance = &mut Chance::stream(51);
        let mut by_town: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for quarter in &self.quarters {
            let Some(town) = self.town(quarter).filter(|&t| self.localities[t].population > 6500.0) else { continue };
            let flats = quarter.iter().filter(|&&a| self.addresses[a].kind == Kind::Flats).count();
            let likely = if flats * 12 > quarter.len() { 0.8 } else { 0.3 };
            if chance.happens(likely) {
                by_town.entry(town).or_default().extend(quarter);
            }
        }
        for (town, members) in by_town {
            let people = self.localities[town].population;
            let (down, up) = if people > 15_000.0 { (1000, 100) } else { (500, 50) };
            let name = format!("Kabel-tv {}", self.localities[town].name);
            self.lay("cable.geojson", name, plain("Korallen Kabel", "kabel-tv", down, up), &members, 50.0);
        }
    }

    /// The municipal network: quarter by quarter until the target is met, large localities first.
    fn town_fibre(&mut self, k: usize) {
        let chance = &mut Chance::stream(60 + k as u32);
        let mut order: Vec<(f64, usize)> = Vec::new();
        for q in self.quarters_of(k, true) {
            let quarter = &self.quarters[q];
            let people = self.town(quarter).map_or(0.0, |t| self.localities[t].population);
            let small = if people < 400.0 {
                0.45
            } else if people < 1500.0 {
                0.2
            } else {
                0.0
            };
            // Centres come first.
            let middle = self.town(quarter).map_or((0.0, 0.0), |t| (self.localities[t].e, self.localities[t].n));
            let near = |&a: &usize| {
                let (x, y) = (self.addresses[a].e - middle.0, self.addresses[a].n - middle.1);
                x * x + y * y < 90.0 * 90.0
            };
            let central = if people > 1500.0 && quarter.iter().any(near) { -1.0 } else { 0.0 };
            order.push((chance.unit() + small + central, q));
        }
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let everyone: Vec<usize> = order.iter().flat_map(|&(_, q)| self.quarters[q].clone()).collect();
        let target = self.persons(&everyone) * self.kommuner[k].town_target;
        let mut reached = self.fast_persons(&everyone);
        let mut by_town: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (_, q) in order {
            if reached >= target {
                break;
            }
            let quarter = &self.quarters[q];
            let Some(town) = self.town(quarter) else { continue };
            // Not again where cable is, everywhere; and not the odd corner.
            if self.fast_persons(quarter) > 0.9 * self.persons(quarter) && chance.happens(0.3) {
                continue;
            }
            for &a in quarter {
                let address = &self.addresses[a];
                if noise(41, address.e / 300.0, address.n / 300.0) < 0.86 {
                    by_town.entry(town).or_default().push(a);
                    reached += if self.fast[a] { 0.0 } else { address.persons as f64 };
                    self.fast[a] = true;
                    self.in_town_fibre[a] = true;
                }
            }
        }
        let kommun = &self.kommuner[k];
        let operator = communication_operator(kommun.code);
        // One network was built early and sells no more than 100 Mbit/s.
        let speed = if kommun.code == "0642" { 100 } else { 1000 };
        for (town, members) in by_town {
            let service =
                Service { owner: kommun.owner.to_owned(), open: true, ..plain(operator, "fiber", speed, speed) };
            self.lay("fibre.geojson", format!("Stadsnät {}", self.localities[town].name), service, &members, 50.0);
        }
    }

    /// Village networks in the countryside, part by part until the target is met.
    fn village_fibre(&mut self, k: usize) {
        let chance = &mut Chance::stream(80 + k as u32);
        let mut parts = self.quarters_of(k, false);
        chance.shuffle(&mut parts);
        let everyone: Vec<usize> = parts.iter().flat_map(|&q| self.quarters[q].clone()).collect();
        let target = self.persons(&everyone) * self.kommuner[k].rural_target;
        let code = self.kommuner[k].code;
        for (number, q) in (1..).zip(parts) {
            if self.fast_persons(&everyone) >= target {
                break;
            }
            let members: Vec<usize> = self.quarters[q]
                .iter()
                .copied()
                .filter(|&a| noise(42, self.addresses[a].e / 700.0, self.addresses[a].n / 700.0) < 0.85)
                .collect();
            if members.is_empty() {
                continue;
            }
            let speed = if chance.happens(0.25) { 250 } else { 1000 };
            let service = Service {
                owner: format!("Byanät {code}-{number:02}"),
                open: true,
                from: Some(if chance.happens(0.5) { "2019-06-30" } else { "2022-11-15" }),
                ..plain(communication_operator(code), "fiber", speed, speed)
            };
            self.lay("fibre.geojson", format!("Byanät {code}-{number:02}"), service, &members, 150.0);
        }
    }

    /// A closed network beside the municipal ones, and an extension that opens after the as-of date.
    fn second_fibre(&mut self) {
        let chance = &mut Chance::stream(52);
        let mut by_town: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for quarter in &self.quarters {
            if let Some(town) = self.town(quarter).filter(|&t| self.localities[t].population > 4500.0)
                && chance.happens(0.28)
                && self.fast_persons(quarter) > 0.5 * self.persons(quarter)
            {
                by_town.entry(town).or_default().extend(quarter);
            }
        }
        for (town, members) in by_town {
            let name = format!("Villafiber {}", self.localities[town].name);
            self.lay("fibre.geojson", name, plain("Svalan Tele", "fiber", 1000, 500), &members, 50.0);
        }
        let late: Vec<usize> = (0..self.quarters.len())
            .filter(|&q| self.town(&self.quarters[q]).is_some_and(|t| self.localities[t].population > 8000.0))
            .filter(|&q| self.fast_persons(&self.quarters[q]) < 0.4 * self.persons(&self.quarters[q]))
            .flat_map(|q| self.quarters[q].clone())
            .collect();
        let service = Service { from: Some("2025-04-01"), ..plain("Svalan Tele", "fiber", 1000, 500) };
        self.lay("fibre.geojson", "Villafiber etapp 2".to_owned(), service, &late, 50.0);
    }

    /// Two projects: one under construction for 2026, one planned for 2027.
    fn plans(&mut self) {
        let plans = [
            (&["0642", "0643"][..], "under byggnad", "2026-09-30", "Fiber i väster", 0.70),
            (&["0682", "0685", "0686"][..], "planerat", "2027-10-01", "Höglandets sista mil", 0.55),
        ];
        for (codes, status, from, project, part) in plans {
            let chance = &mut Chance::stream(53 + codes.len() as u32);
            for k in (0..self.kommuner.len()).filter(|&k| codes.contains(&self.kommuner[k].code)) {
                let mut members = Vec::new();
                for q in self.quarters_of(k, false) {
                    if self.fast_persons(&self.quarters[q]) < 0.5 * self.persons(&self.quarters[q])
                        && chance.happens(part)
                    {
                        members.extend(self.quarters[q].clone());
                    }
                }
                let code = self.kommuner[k].code;
                let service = Service {
                    owner: self.kommuner[k].owner.to_owned(),
                    open: true,
                    status,
                    from: Some(from),
                    project: Some(project),
                    ..plain(communication_operator(code), "fiber", 1000, 1000)
                };
                self.lay("fibre.geojson", format!("{project} {code}"), service, &members, 150.0);
            }
        }
    }

    /// What is left of copper: VDSL near some stations, older lines on the way out of the villages.
    fn copper(&mut self) {
        let chance = &mut Chance::stream(56);
        for (l, locality) in self.localities.iter().enumerate() {
            if locality.population < 300.0 || chance.happens(0.35) {
                continue;
            }
            let far = |a: &Address| {
                let (x, y) = (a.e - locality.e, a.n - locality.n);
                (x * x + y * y).sqrt()
            };
            let near = (0..self.addresses.len())
                .filter(|&a| self.addresses[a].locality == Some(l) && far(&self.addresses[a]) < 900.0)
                .collect::<Vec<_>>();
            let around = (0..self.addresses.len())
                .filter(|&a| self.addresses[a].kommun == locality.kommun && far(&self.addresses[a]) < 4200.0)
                .filter(|&a| {
                    lattice(57, (self.addresses[a].e / 1500.0) as i64, (self.addresses[a].n / 1500.0) as i64) < 0.6
                })
                .collect::<Vec<_>>();
            let name = &locality.name;
            self.lay("copper.geojson", format!("VDSL {name}"), plain("Koppartråden", "vdsl", 60, 15), &near, 100.0);
            self.lay("copper.geojson", format!("ADSL {name}"), plain("Koppartråden", "xdsl", 8, 1), &around, 400.0);
        }
    }

    /// Mobile broadband: 4G nearly everywhere, with gaps; 5G around the larger places.
    fn mobile(&mut self) {
        let mut lte = Raster::new(1000.0);
        for address in self.addresses {
            if noise(61, address.e / 5000.0, address.n / 5000.0) < 0.88 {
                lte.add(address.e, address.n);
            }
        }
        self.draw("radio.geojson", "4G".to_owned(), plain("Måsen Mobil", "lte", 30, 10), &lte.grown(&AROUND));
        let mut nr = Raster::new(500.0);
        for locality in self.localities.iter().filter(|l| l.population > 1200.0) {
            let radius = 1500.0 + locality.population.sqrt() * 18.0;
            nr.cells.extend(self.shade((locality.e, locality.n), radius, 500.0).cells);
        }
        let service = Service { from: Some("2023-05-01"), ..plain("Måsen Mobil", "nr", 80, 20) };
        self.draw("radio.geojson", "5G".to_owned(), service, &nr);
    }
}

/// A service of an operator on its own, closed network.
fn plain(operator: &'static str, technology: &'static str, down: u32, up: u32) -> Service {
    Service {
        operator,
        owner: operator.to_owned(),
        technology,
        down,
        up,
        status: "i drift",
        from: None,
        open: false,
        project: None,
    }
}

/// Who lights the fibre of the open networks.
fn communication_operator(code: &str) -> &'static str {
    match code {
        "0617" | "0662" | "0683" | "0665" => "Humlan Bredband",
        _ => "Lyktan Bredband",
    }
}
