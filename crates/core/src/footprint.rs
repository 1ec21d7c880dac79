//! Footprints: areas in which a service can be had.

use geo::MultiPolygon;

use crate::{diagnostic::SourceRow, service::Link};

/// One area of one network: everyone inside, or on its border, is reached.
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "täckningsyta")]
pub struct Footprint {
    /// The area, in the study's working CRS. Rings may turn either way.
    pub geometry: MultiPolygon,
    /// The service, and how it reaches the places inside.
    pub link: Link,
    /// The area's own name or id in the source, where it has one.
    pub name: Option<String>,
    /// Where it came from.
    pub origin: SourceRow,
}
