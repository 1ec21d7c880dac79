//! `services.csv`: the services that the numbers in `places.parquet` stand for.

use std::io::{self, Write};

use nittio_core::{
    coverage::Kind,
    service::{Reach, Service, Services},
};

use rayon::prelude::*;

use super::{error, number};

/// The columns, in order.
pub const COLUMNS: [&str; 13] = [
    "service",
    "operator",
    "owner",
    "technology",
    "down_mbps",
    "up_mbps",
    "status",
    "available_from",
    "open_access",
    "project",
    "cost_kr",
    "busy_down_mbps",
    "places_reached",
];

/// Writes all services as CSV after RFC 4180, by number; `places` says how many places each kind has.
///
/// # Errors
/// When writing fails.
pub fn csv(out: impl Write, services: &Services, kinds: &[Kind], places: &[u64]) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(COLUMNS).map_err(error::of_csv)?;
    for (number, (service, reached)) in services.as_slice().iter().zip(reached(services, kinds, places)).enumerate() {
        let Service {
            operator,
            owner,
            technology,
            down,
            up,
            status,
            available_from,
            open_access,
            project,
            cost,
            busy_down,
        } = service;
        let row = [
            number.to_string(),
            operator.clone(),
            owner.clone().unwrap_or_default(),
            technology.key().to_owned(),
            number::mbps(*down),
            number::mbps(*up),
            status.key().to_owned(),
            available_from.map(|day| day.to_string()).unwrap_or_default(),
            open_access.map(|open| open.to_string()).unwrap_or_default(),
            project.clone().unwrap_or_default(),
            cost.map(|cost| cost.to_string().trim_end_matches(" kr").to_owned()).unwrap_or_default(),
            number::mbps(*busy_down),
            reached.to_string(),
        ];
        writer.write_record(row).map_err(error::of_csv)?;
    }
    writer.flush()
}

/// The distinct services that reach every kind of place, or that it is near, sorted; `None` where it cannot be said.
pub(super) fn of_kinds(kinds: &[Kind], near: bool) -> Vec<Option<Vec<u32>>> {
    let services = |kind: &Kind| {
        let links = kind.links.as_ref()?.iter().filter(|link| (link.reach == Reach::Near) == near);
        let mut services: Vec<u32> = links.map(|link| link.service.0).collect();
        services.sort_unstable();
        services.dedup();
        Some(services)
    };
    kinds.par_iter().map(services).collect()
}

/// How many places each service reaches, connected or passed and in whatever status.
fn reached(services: &Services, kinds: &[Kind], places: &[u64]) -> Vec<u64> {
    let none = || vec![0; services.as_slice().len()];
    let with = |mut reached: Vec<u64>, (kind, places): (&Kind, &u64)| {
        // Links are sorted, so those of one service stand together.
        for links in kind.links.iter().flat_map(|links| links.chunk_by(|a, b| a.service == b.service)) {
            if links.iter().any(|link| link.reach != Reach::Near) {
                reached[links[0].service.0 as usize] += places;
            }
        }
        reached
    };
    let both = |mut sum: Vec<u64>, other: Vec<u64>| {
        sum.iter_mut().zip(other).for_each(|(sum, other)| *sum += other);
        sum
    };
    kinds.par_iter().zip(places).with_min_len(1 << 14).fold(none, with).reduce(none, both)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::sample;

    #[test]
    fn the_services_are_listed_with_the_places_they_reach() {
        let sample = sample::sample();
        let mut out = Vec::new();
        csv(&mut out, &sample.study.frame.services, &sample.coverage.kinds, &sample.places).unwrap();
        // Alfa: h01, h02, h03, w10 and, by its list, w11. Beta: h02, h03, h04, h05. Gamma: h07.
        let expected = "service,operator,owner,technology,down_mbps,up_mbps,status,available_from,open_access,project,cost_kr,busy_down_mbps,places_reached\r\n\
            0,Alfa,,fibre,1000,1000,in-service,,,,,,5\r\n\
            1,Beta,,fwa,30,2.5,in-service,,,,,,4\r\n\
            2,\"Gamma, Delta & Co\",Stadsnätet,fibre,100,100,planned,2026-06-01,true,Etapp 2,,,1\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
