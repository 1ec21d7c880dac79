"""Prints, as JSON, what borders that are some metres off could change of the Jönköping study, as GEOS counts it: per unit, how many
with 100 Mbit/s are lost at the worst, and gained at the best. Definition: connected or passed, in service on the day.

The folder has the study's files; the second argument is the distance."""

import json
import pathlib
import sys

import numpy as np
import polars as pl
import shapely

folder, distance = pathlib.Path(sys.argv[1]), float(sys.argv[2])
DAY = "2024-12-31"
UNITS = {"population": "befolkning", "workplaces": "arbetsstallen"}

places = pl.read_parquet(folder / "places.parquet").unique("id", keep="first", maintain_order=True)
places = places.filter(pl.col("e").is_not_null() & pl.col("n").is_not_null())
points = shapely.points(places["e"].to_numpy(), places["n"].to_numpy())


def fast(row):
    begun = (row.get("fran") or DAY) <= DAY
    planned = row.get("status") not in (None, "i drift")
    return begun and not planned and (row.get("ned_mbit") or 0) >= 100


# Each polygon by itself.
parts = []
for name in ["fibre", "cable", "copper", "radio"]:
    for feature in json.load(open(folder / f"{name}.geojson", encoding="utf-8"))["features"]:
        row = feature["properties"]
        if fast(row):
            parts.extend(shapely.get_parts(shapely.from_geojson(json.dumps(feature["geometry"]))))

n = len(places)
said, worst, best = (np.zeros(n, bool) for _ in range(3))
parts = np.array(parts)
part, place = shapely.STRtree(points).query(parts, predicate="dwithin", distance=distance)
best[place] = True
shapely.prepare(parts)
inside = shapely.covers(parts[part], points[place])
part, place = part[inside], place[inside]
said[place] = True
near_border, near_place = shapely.STRtree(points).query(shapely.boundary(parts), predicate="dwithin", distance=distance)
distances = shapely.distance(shapely.boundary(parts[near_border]), points[near_place])
near = {pair for pair, far in zip(zip(near_border.tolist(), near_place.tolist()), distances.tolist()) if far < distance}
deep = np.array([pair not in near for pair in zip(part.tolist(), place.tolist())])
worst[place[deep]] = True

offers = pl.read_parquet(folder / "offers.parquet")
offered = set(offers.filter(pl.col("ned_mbit") >= 100)["adress"].to_list())
by_offer = np.array([place in offered for place in places["id"].to_list()])
for has in (said, worst, best):
    has |= by_offer
areas = shapely.union_all([shapely.from_geojson(json.dumps(f["geometry"])) for f in json.load(open(folder / "kommuner.geojson"))["features"]])
matched = shapely.covers(areas, points)
if "kommunkod" in places.columns:
    matched |= places["kommunkod"].is_not_null().to_numpy()
out = {}
for unit, column in UNITS.items():
    weight = places[column].fill_null(0).to_numpy()
    weight = np.where((weight > 0) & matched, weight, 0)
    out[unit] = [int(weight[said & ~worst].sum()), int(weight[best & ~said].sum())]
print(json.dumps(out))
