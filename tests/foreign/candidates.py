"""Prints, as JSON, what GEOS and scipy find of candidates: how many places and inhabitants lack 100 Mbit/s, how many of those places lie
in each outline, how long the shortest tree between them is, and how many outlines are not valid.

The first argument is the folder of candidates, the second that of a run."""

import json
import pathlib
import sys

import geopandas as gpd
import numpy as np
import polars as pl
import shapely
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import pdist, squareform

candidates, run = map(pathlib.Path, sys.argv[1:3])
outlines = gpd.read_file(candidates / "candidates.gpkg", layer="candidates")
places = pl.read_parquet(run / "places.parquet")
lacking = places.filter(pl.col("matched") & ~(pl.col("best_down_mbps:+planned 2027").fill_null(0) >= 100))
placed = lacking.filter(pl.col("easting").is_not_null())
at = placed.select("easting", "northing").to_numpy()
points = shapely.points(at)
tree = shapely.STRtree(points)


def shortest(points):
    points, twice = np.unique(points, axis=0, return_counts=True)
    return float(minimum_spanning_tree(squareform(pdist(points))).sum()) if len(points) > 1 else 0.0


inside = [np.sort(tree.query(outline, predicate="intersects")) for outline in outlines.geometry]
print(json.dumps({
    "lacking": [len(lacking), int(lacking["population"].fill_null(0).sum())],
    "inside": [len(found) for found in inside],
    "trees": [shortest(at[found]) for found in inside],
    "invalid": int((~outlines.geometry.is_valid).sum()),
}))
