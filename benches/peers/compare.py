"""compare.py REFERENCE.parquet OTHER.parquet DATA FAMILY: on how many places two answers differ, as one JSON line.

The reference says that a footprint holds what is inside it (GEOS' contains); on its border others may say so too. A
place on a border counts as differing unless the other answer is what GEOS' intersects gives; such places are counted
apart, with what they change in the sums reached.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import shapely

IN_SERVICE = ("existing", "in-service")
FAMILIES = ("fibre", "mobile", "parcel")
THRESHOLD = 100


def load(path):
    table = pq.read_table(path)
    order = np.argsort(table["id"].to_numpy(), kind="stable")
    return {name: table[name].to_numpy()[order] for name in table.column_names}


def polygons(path):
    table = pq.read_table(path)
    geometry = shapely.from_wkb(np.array(table["geometry"].to_pylist(), dtype=object))
    if "status" not in table.column_names:
        return geometry, np.arange(len(geometry))
    kept = np.array([status in IN_SERVICE for status in table["status"].to_pylist()])
    return geometry[kept], table["down_mbps"].to_numpy()[kept]


def best(tree, values, point, predicate, nothing):
    """The largest value among the polygons of which the predicate holds with a point."""
    found = tree.query(point, predicate=predicate)
    return int(values[found].max()) if len(found) else nothing


def with_borders(data, family, x, y):
    """What GEOS' intersects says of places: the best speed and the municipality, where they are asked for."""
    answers = {}
    points = shapely.points(x, y)
    if family != "municipality":
        asked = FAMILIES if family == "all" else (family,)
        read = [polygons(data / f"footprints_{name}.parquet") for name in asked]
        trees = [(shapely.STRtree(geometry), values) for geometry, values in read]
        answers["best_mbps"] = [max(best(tree, values, p, "intersects", 0) for tree, values in trees) for p in points]
    if family in ("all", "municipality"):
        geometry, rows = polygons(data / "municipalities.parquet")
        tree = shapely.STRtree(geometry)
        # A place on the border of two municipalities may be said to be in either.
        answers["municipality"] = [set(rows[tree.query(p, predicate="intersects")].tolist()) or {-1} for p in points]
    return answers


def main():
    reference, other = load(sys.argv[1]), load(sys.argv[2])
    data, family = Path(sys.argv[3]), sys.argv[4]
    line = {"places": len(reference["id"])}
    if list(reference) != list(other) or not np.array_equal(reference["id"], other["id"]):
        line["error"] = f"not the same places or columns: {list(reference)} {line['places']}, {list(other)} {len(other['id'])}"
        return line
    differs = np.zeros(len(reference["id"]), bool)
    for name in reference:
        differs |= reference[name] != other[name]
    at = np.flatnonzero(differs)
    on_border = []
    line["reached_more"] = [0, 0]
    # More than this are no accident of borders.
    if 0 < len(at) <= 10_000:
        table = pq.read_table(data / "places.parquet", columns=["id", "easting", "northing", "population", "workplaces"])
        ids = table["id"].to_numpy()
        rows = np.flatnonzero(np.isin(ids, reference["id"][at]))
        row = {int(ids[r]): int(r) for r in rows}
        rows = [row[int(i)] for i in reference["id"][at]]
        x, y = table["easting"].to_numpy()[rows], table["northing"].to_numpy()[rows]
        truth = with_borders(data, family, x, y)
        for k, i in enumerate(at):
            best_is = "best_mbps" not in truth or other["best_mbps"][i] == truth["best_mbps"][k]
            area_is = "municipality" not in truth or int(other["municipality"][i]) in truth["municipality"][k]
            if best_is and area_is:
                on_border.append(i)
                if family == "all":
                    counts = lambda answer: bool(answer["best_mbps"][i] >= THRESHOLD and answer["municipality"][i] >= 0)
                    change = int(counts(other)) - int(counts(reference))
                    for unit, name in enumerate(("population", "workplaces")):
                        line["reached_more"][unit] += change * int(table[name][rows[k]].as_py())
    wrong = np.setdiff1d(at, np.array(on_border, dtype=at.dtype))
    line |= {"differ": len(wrong), "on_border": len(on_border)}
    line["examples"] = [
        {name: [int(reference[name][i]), int(other[name][i])] for name in reference} for i in wrong[:3]
    ]
    return line


print(json.dumps(main()))
