//! The real county: municipalities with borders and inhabitants, and its localities.

use std::io;

use serde_json::Value;

/// A municipality, and how well its invented networks are to reach.
pub(super) struct Kommun {
    pub(super) code: &'static str,
    /// Inhabitants on 31 December 2024. Source: SCB.
    pub(super) population: i64,
    /// The share of them outside the listed localities, roughly.
    pub(super) rural: f64,
    /// The share of inhabitants of localities that fibre is built for; margins reach some per cent more.
    pub(super) town_target: f64,
    /// The share outside that shall have 100 Mbit/s.
    pub(super) rural_target: f64,
    /// The owner of its fibre network: invented.
    pub(super) owner: &'static str,
    /// The edges of all rings.
    edges: Vec<[(f64, f64); 2]>,
}

impl Kommun {
    /// Whether a point is inside, by counting crossings. Points on the border may go either way.
    pub(super) fn holds(&self, e: f64, n: f64) -> bool {
        let crossings = self
            .edges
            .iter()
            .filter(|[a, b]| (a.1 > n) != (b.1 > n) && e < a.0 + (n - a.1) / (b.1 - a.1) * (b.0 - a.0));
        crossings.count() % 2 == 1
    }
}

/// A place where people live densely.
pub(super) struct Locality {
    pub(super) name: String,
    pub(super) kommun: usize,
    pub(super) e: f64,
    pub(super) n: f64,
    pub(super) population: f64,
}

// Code, inhabitants, share outside localities, target in localities, target outside, owner of the fibre.
const KOMMUNER: [(&str, i64, f64, f64, f64, &str); 13] = [
    ("0604", 6797, 0.27, 0.930, 0.88, "Blåklints nät"),
    ("0617", 9131, 0.17, 0.870, 0.58, "Vitsippans nät"),
    ("0642", 7594, 0.17, 0.880, 0.25, "Linneans nät"),
    ("0643", 13456, 0.22, 0.930, 0.63, "Prästkragens nät"),
    ("0662", 28936, 0.16, 0.900, 0.68, "Smörblommans nät"),
    ("0665", 14825, 0.21, 0.885, 0.57, "Hundkexets nät"),
    ("0680", 147_654, 0.065, 0.940, 0.58, "Tussilagons nät"),
    ("0682", 31587, 0.17, 0.885, 0.57, "Ljungens nät"),
    ("0683", 34542, 0.20, 0.955, 0.83, "Gullvivans nät"),
    ("0684", 11563, 0.25, 0.860, 0.61, "Kattfotens nät"),
    ("0685", 27528, 0.24, 0.910, 0.70, "Slåtterblommans nät"),
    ("0686", 17792, 0.23, 0.910, 0.57, "Näverlönnens nät"),
    ("0687", 18604, 0.15, 0.910, 0.55, "Vildrosens nät"),
];

/// Reads the municipalities in order of code.
pub(super) fn kommuner(text: &str) -> io::Result<Vec<Kommun>> {
    let wrong = |what: String| io::Error::new(io::ErrorKind::InvalidData, format!("kommuner.geojson: {what}"));
    let collection: Value = serde_json::from_str(text).map_err(|e| wrong(e.to_string()))?;
    let features = collection["features"].as_array().ok_or_else(|| wrong("no features".to_owned()))?;
    KOMMUNER
        .into_iter()
        .map(|(code, population, rural, town_target, rural_target, owner)| {
            let feature = features
                .iter()
                .find(|f| f["properties"]["kod"] == code)
                .ok_or_else(|| wrong(format!("{code} is missing")))?;
            let mut edges = Vec::new();
            let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
            for ring in list(&feature["geometry"]["coordinates"]).iter().flat_map(list) {
                let corner = |c: &Value| Some((c[0].as_f64()?, c[1].as_f64()?));
                let corners: Option<Vec<(f64, f64)>> = list(&ring).iter().map(corner).collect();
                let corners = corners.ok_or_else(|| wrong(format!("{code} has a corner that is not two numbers")))?;
                edges.extend(corners.windows(2).map(|pair| [pair[0], pair[1]]));
            }
            Ok(Kommun { code, population, rural, town_target, rural_target, owner, edges })
        })
        .collect()
}

/// Reads the localities and scales their inhabitants to fit each municipality.
pub(super) fn localities(text: &str, kommuner: &[Kommun]) -> io::Result<Vec<Locality>> {
    let mut found = Vec::new();
    for (row, line) in text.lines().enumerate().skip(1) {
        let wrong = || io::Error::new(io::ErrorKind::InvalidData, format!("localities.csv, line {}: {line}", row + 1));
        let mut fields = line.split(',');
        let mut next = || fields.next().ok_or_else(wrong);
        let (code, name) = (next()?, next()?.to_owned());
        let kommun = kommuner.iter().position(|k| k.code == code).ok_or_else(wrong)?;
        let mut number = || next()?.parse::<f64>().map_err(|_| wrong());
        found.push(Locality { name, kommun, e: number()?, n: number()?, population: number()? });
    }
    for (k, kommun) in kommuner.iter().enumerate() {
        let sum: f64 = found.iter().filter(|l| l.kommun == k).map(|l| l.population).sum();
        let factor = kommun.population as f64 * (1.0 - kommun.rural) / sum;
        found.iter_mut().filter(|l| l.kommun == k).for_each(|l| l.population *= factor);
    }
    Ok(found)
}
