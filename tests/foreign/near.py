"""Prints, as JSON, how what GEOS' dwithin finds near connected places differs from what a run found.

The folder has places.csv, offers.csv and the run's results in out/. Everything but the numbers of services is read
from the input."""

import csv
import json
import pathlib
import sys

import numpy as np
import polars as pl
import shapely

folder = pathlib.Path(sys.argv[1])
NEAR = 50.0

positions = {}
for row in csv.DictReader(open(folder / "places.csv", encoding="utf-8")):
    if row["id"] not in positions:
        positions[row["id"]] = (float(row["e"]), float(row["n"])) if row["e"] else None
ids = [place for place, at in positions.items() if at]
points = shapely.points(np.array([positions[place] for place in ids]))
numbers = {row["operator"]: int(row["service"]) for row in csv.DictReader(open(folder / "out/services.csv", encoding="utf-8"))}

near = {place: set() for place in positions}
exact, closest = 0, {}
by_operator = {}
for row in csv.DictReader(open(folder / "offers.csv", encoding="utf-8")):
    by_operator.setdefault((row["operator"], row["technology"]), set()).add(row["id"])
for (operator, technology), connected in by_operator.items():
    if technology != "fibre":
        continue
    neighbours = np.array([i for i, place in enumerate(ids) if place in connected])
    tree = shapely.STRtree(points[neighbours])
    asking, found = tree.query(points, predicate="dwithin", distance=NEAR)
    distances = shapely.distance(points[asking], points[neighbours[found]])
    exact += int((distances == NEAR).sum())
    for i, distance in zip(asking.tolist(), distances.tolist()):
        if ids[i] not in connected:
            near[ids[i]].add(numbers[operator])
            key = (ids[i], operator)
            closest[key] = min(closest.get(key, distance), distance)

ours = pl.read_parquet(folder / "out/places.parquet")
said = {row["id"]: set(row["near"] or []) for row in ours.iter_rows(named=True)}
print(json.dumps({
    "places": len(said),
    "near": sum(1 for services in near.values() if services),
    "pairs at exactly 50 m": exact,
    "near by nothing closer": sum(1 for distance in closest.values() if distance == NEAR),
    "differences": [place for place in near if near[place] != said.get(place)][:20],
}))
