"""GeoPandas as most people write it: sjoin, then groupby max."""

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import shapely

from peer import *

a = arguments()
version = f"geopandas {gpd.__version__}, shapely {shapely.__version__}, GEOS {shapely.geos_version_string}"
phases = Phases("geopandas", version, a)
table = pq.read_table(places_path(a)).to_pandas()
points = gpd.points_from_xy(table.easting, table.northing)
places = gpd.GeoDataFrame(table[["id", "population", "workplaces"]], geometry=points, crs=3006)
phases.mark("read_places")


def polygons(path):
    if says_geometry(path):
        return gpd.read_parquet(path)
    frame = pq.read_table(path).to_pandas()
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=gpd.GeoSeries.from_wkb(frame.geometry), crs=3006)


sets = {}
for family in families(a):
    frame = polygons(footprints_path(a, family))
    sets[family] = frame[frame.status.isin(IN_SERVICE)][["down_mbps", "geometry"]]
areas = polygons(municipalities_path(a)) if municipalities(a) else None
phases.mark("read_polygons")
places.sindex
phases.mark("index")
best = np.zeros(len(places), np.int32) if sets else None
for family, frame in sets.items():
    joined = gpd.sjoin(places[["geometry"]], frame, predicate="within", how="inner")
    fastest = joined["down_mbps"].groupby(level=0).max()
    best[fastest.index.values] = np.maximum(best[fastest.index.values], fastest.values)
    del joined, fastest
    phases.mark("join_" + family)
municipality = None
if areas is not None:
    joined = gpd.sjoin(places[["geometry"]], areas[["geometry"]], predicate="within", how="inner")
    municipality = np.full(len(places), -1, np.int32)
    municipality[joined.index.values] = joined["index_right"].values
    del joined
    phases.mark("join_municipality")
reached = None
if a.family == "all":
    _, reached = shares(municipality, best, places.population, places.workplaces, len(areas))
    phases.mark("tally")
phases.stop()
phases.report(a, places.id.values, best, municipality, reached)
