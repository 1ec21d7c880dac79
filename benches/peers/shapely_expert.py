"""Shapely 2, that is GEOS, used well: vectorised, prepared polygons, no table of pairs, one thread per core.

A few large polygons are tested with contains_xy on the points of their bounding box, fastest footprint first; many
small ones go through an STRtree over each chunk of the points. Its answer is the reference: GEOS is the geometry that
most trust, and none of it is ours."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow.parquet as pq
import shapely

from peer import *

a = arguments()
phases = Phases("shapely-expert", f"shapely {shapely.__version__}, GEOS {shapely.geos_version_string}", a)
places = pq.read_table(places_path(a))
x, y = places["easting"].to_numpy(), places["northing"].to_numpy()
phases.mark("read_places")


def polygons(path):
    table = pq.read_table(path)
    return table, shapely.from_wkb(wkb(table).to_numpy(zero_copy_only=False))


def footprints(path):
    table, geometry = polygons(path)
    now = np.isin(table["status"].to_numpy(zero_copy_only=False).astype(str), IN_SERVICE)
    return geometry[now], table["down_mbps"].to_numpy()[now]


sets = {family: footprints(footprints_path(a, family)) for family in families(a)}
areas = polygons(municipalities_path(a))[1] if municipalities(a) else None
phases.mark("read_polygons")

# One tree per contiguous chunk of points: the trees are built and asked in parallel. Prepared geometries must not be
# shared by threads, so every worker has its own copies.
chunks = -(-max(a.threads, len(x) // 500_000) // a.threads) * a.threads
cuts = np.linspace(0, len(x), chunks + 1).astype(int)
pool = ThreadPoolExecutor(a.threads)


def few(geometry):
    return len(geometry) <= 100


def each(work):
    """Calls work(worker, chunk) for every chunk; a chunk always belongs to the same worker."""

    def of(worker):
        for chunk in range(worker, chunks, a.threads):
            work(worker, chunk)

    list(pool.map(of, range(a.threads)))


trees, own = [None] * chunks, [None] * a.threads


def build(_, chunk):
    part = slice(cuts[chunk], cuts[chunk + 1])
    trees[chunk] = shapely.STRtree(shapely.points(x[part], y[part]))
    trees[chunk].query(shapely.Point(0, 0))  # GEOS builds the tree when it is first asked.


for worker in range(a.threads):
    every = {family: geometry for family, (geometry, _) in sets.items()}
    if areas is not None:
        every["municipality"] = areas
    own[worker] = {k: g if worker == 0 else shapely.from_wkb(shapely.to_wkb(g)) for k, g in every.items()}
    for geometry in own[worker].values():
        shapely.prepare(geometry)
if areas is not None or not all(few(geometry) for geometry, _ in sets.values()):
    each(build)
phases.mark("index")

best = np.zeros(len(x), np.int32) if sets else None


def through_tree(chunk, geometry, down):
    polygon, point = trees[chunk].query(geometry, predicate="contains")
    np.maximum.at(best[cuts[chunk] : cuts[chunk + 1]], point, down[polygon])


def one_by_one(chunk, geometry, down):
    part = slice(cuts[chunk], cuts[chunk + 1])
    xs, ys, reached = x[part], y[part], best[part]
    for i in np.argsort(-down, kind="stable"):  # Fastest first: settled points are skipped.
        todo = np.flatnonzero(reached < down[i])
        x0, y0, x1, y1 = geometry[i].bounds
        xx, yy = xs[todo], ys[todo]
        todo = todo[(xx >= x0) & (xx <= x1) & (yy >= y0) & (yy <= y1)]
        reached[todo[shapely.contains_xy(geometry[i], xs[todo], ys[todo])]] = down[i]


for family, (geometry, down) in sets.items():
    through = one_by_one if few(geometry) else through_tree
    each(lambda worker, chunk: through(chunk, own[worker][family], down))
    phases.mark("join_" + family)
municipality = None
if areas is not None:
    municipality = np.full(len(x), -1, np.int32)

    def locate(worker, chunk):
        polygon, point = trees[chunk].query(own[worker]["municipality"], predicate="contains")
        municipality[cuts[chunk] + point] = polygon

    each(locate)
    phases.mark("join_municipality")
reached = None
if a.family == "all":
    _, reached = shares(
        municipality, best, places["population"].to_numpy(), places["workplaces"].to_numpy(), len(areas)
    )
    phases.mark("tally")
phases.stop()
phases.report(a, places["id"].to_numpy(), best, municipality, reached)
