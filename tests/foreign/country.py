"""Prints, as JSON, what GEOS and Arrow find in a folder that `nittio generate` wrote: figures per municipality, by
brute force, and whether every polygon is valid."""

import json
import pathlib
import sys
from collections import defaultdict

import numpy as np
import pyarrow.parquet as pq
import shapely

folder = pathlib.Path(sys.argv[1])


def layer(name):
    table = pq.read_table(folder / f"{name}.parquet")
    geo = json.loads(pq.read_metadata(folder / f"{name}.parquet").metadata[b"geo"])["columns"]["geometry"]
    assert geo["encoding"] == "WKB" and geo["crs"]["id"] == {"authority": "EPSG", "code": 3006}, geo
    shapes = shapely.from_wkb(np.array(table["geometry"].to_pylist(), dtype=object))
    assert np.allclose(shapely.total_bounds(shapes), geo["bbox"])
    return table, shapes


table, municipalities = layer("municipalities")
codes = table["code"].to_pylist()
layers = {name: layer(f"footprints_{name}") for name in ("fibre", "mobile", "parcel")}
_, settlements = layer("settlements")
every = [municipalities, settlements] + [shapes for _, shapes in layers.values()]

places = pq.read_table(folder / "places.parquet")
points = shapely.points(places["easting"].to_numpy(), places["northing"].to_numpy())
column = {name: places[name].to_pylist() for name in ("population", "households", "workplaces")}

fast = np.zeros(len(points), dtype=bool)
for attributes, shapes in layers.values():
    good = [
        status == "existing" and down >= 100
        for status, down in zip(attributes["status"].to_pylist(), attributes["down_mbps"].to_pylist())
    ]
    if any(good):
        at, _ = shapely.STRtree(shapes[good]).query(points, predicate="intersects")
        fast[at] = True

home = {}
at, area = shapely.STRtree(municipalities).query(points, predicate="intersects")
for place, number in zip(at.tolist(), area.tolist()):
    home[place] = min(codes[number], home.get(place, "9999"))

figures = defaultdict(lambda: {"places": 0, "population": 0, "households": 0, "workplaces": 0, "fast": 0})
for place in range(len(points)):
    row = figures[home.get(place, "")]
    row["places"] += 1
    for unit, values in column.items():
        row[unit] += values[place]
    row["fast"] += column["population"][place] * bool(fast[place])

print(
    json.dumps(
        {
            "ids": places["id"].to_pylist() == list(range(1, len(points) + 1)),
            "invalid": sum(int((~shapely.is_valid(shapes)).sum()) for shapes in every),
            "coverage": bool(shapely.coverage_is_valid(municipalities)),
            "codes": codes,
            "municipalities": figures,
        }
    )
)
