//! A country, drawn from a seed.

use crate::{
    error::GenerateError,
    fibre,
    land::{Land, Municipality},
    layer::{Footprint, Settlement},
    mobile,
    order::Order,
    parcel,
    place::{MOST_PLACES, Places},
    settlement,
    spot::Spots,
};

/// A country that does not exist: its borders, towns and networks, and any number of places.
#[derive(Debug)]
pub struct Country {
    pub(crate) seed: u64,
    pub(crate) scale: f64,
    pub(crate) land: Land,
    pub(crate) spots: Spots,
}

impl Country {
    /// Draws borders, towns and connected parcels. `scale`, over 0 and up to 1, is the part of the footprints that are
    /// made; municipalities, towns and settlements are always all there.
    ///
    /// # Errors
    /// When the scale is out of range, or the seed gives borders that cross however little they are bent.
    pub fn draw(seed: u64, scale: f64) -> Result<Self, GenerateError> {
        if !(scale > 0.0 && scale <= 1.0) {
            return Err(GenerateError::Scale { found: scale });
        }
        let land = Land::draw(seed)?;
        let spots = Spots::draw(seed, scale, &land);
        Ok(Self { seed, scale, land, spots })
    }

    /// The municipalities, in order of code; neighbours share their borders to the last bit.
    #[must_use]
    pub fn municipalities(&self) -> &[Municipality] {
        &self.land.municipalities
    }

    /// Places, none of which is drawn before it is asked for.
    ///
    /// # Errors
    /// When there are none or more than [`MOST_PLACES`].
    pub fn places(&self, count: u64, order: Order) -> Result<Places<'_>, GenerateError> {
        if !(1..=MOST_PLACES).contains(&count) {
            return Err(GenerateError::Places { found: count, most: MOST_PLACES });
        }
        Ok(Places::new(self, count, order))
    }

    /// Fibre areas around towns.
    #[must_use]
    pub fn fibre(&self) -> Vec<Footprint> {
        fibre::draw(self)
    }

    /// National mobile coverage, one footprint per operator and technology.
    #[must_use]
    pub fn mobile(&self) -> Vec<Footprint> {
        mobile::draw(self)
    }

    /// Connected parcels.
    #[must_use]
    pub fn parcels(&self) -> Vec<Footprint> {
        parcel::draw(self)
    }

    /// Localities and smaller localities.
    #[must_use]
    pub fn settlements(&self) -> Vec<Settlement> {
        settlement::draw(self)
    }
}
