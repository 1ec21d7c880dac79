"""polars-st: GeoDataFrame.st.sjoin, then group_by max."""

import numpy as np
import polars as pl
import polars_st as st

from peer import *

a = arguments()
phases = Phases("polars-st", f"polars-st {st.__version__}, polars {pl.__version__}", a)
places = pl.read_parquet(places_path(a), columns=["id", "easting", "northing", "population", "workplaces"])
points = places.select("id", geometry=st.point(pl.concat_arr("easting", "northing")))
phases.mark("read_places")
sets = {
    family: pl.read_parquet(footprints_path(a, family), columns=["down_mbps", "status", "geometry"])
    .filter(pl.col("status").is_in(list(IN_SERVICE)))
    .select("down_mbps", geometry=st.from_wkb(pl.col("geometry").cast(pl.Binary)))
    for family in families(a)
}
areas = None
if municipalities(a):
    areas = pl.read_parquet(municipalities_path(a), columns=["geometry"]).select(
        area=pl.int_range(pl.len()).cast(pl.Int32), geometry=st.from_wkb(pl.col("geometry").cast(pl.Binary))
    )
phases.mark("read_polygons")
best = np.zeros(len(places), np.int32) if sets else None
ids = places["id"].to_numpy()
first = int(ids.min())
slot = np.empty(int(ids.max()) - first + 1, np.int64)
slot[ids - first] = np.arange(len(ids))
phases.mark("index")
for family, frame in sets.items():
    joined = points.st.sjoin(frame, on="geometry", how="inner", predicate="within")
    fastest = joined.group_by("id").agg(pl.col("down_mbps").max())
    at = slot[fastest["id"].to_numpy() - first]
    best[at] = np.maximum(best[at], fastest["down_mbps"].to_numpy())
    del joined, fastest
    phases.mark("join_" + family)
municipality = None
if areas is not None:
    joined = points.st.sjoin(areas, on="geometry", how="inner", predicate="within").select("id", "area")
    municipality = np.full(len(places), -1, np.int32)
    municipality[slot[joined["id"].to_numpy() - first]] = joined["area"].to_numpy()
    phases.mark("join_municipality")
reached = None
if a.family == "all":
    _, reached = shares(
        municipality, best, places["population"].to_numpy(), places["workplaces"].to_numpy(), len(areas)
    )
    phases.mark("tally")
phases.stop()
phases.report(a, ids, best, municipality, reached)
