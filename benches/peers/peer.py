"""What every Python peer shares: arguments, the files it reads, the clock, and the line it prints."""

import argparse
import json
import os
import resource
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FAMILIES = ["fibre", "mobile", "parcel"]

# The words that mean that a service can be had now.
IN_SERVICE = ("in-service", "existing")
IN_SERVICE_SQL = "status IN ('in-service', 'existing')"


def arguments(extra=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, help="folder made by nittio generate")
    parser.add_argument("--places", type=int, required=True, help="how many places the folder holds")
    parser.add_argument("--family", required=True, choices=[*FAMILIES, "municipality", "all"])
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--result", help="write the answer for each place to this Parquet file (not timed)")
    if extra:
        extra(parser)
    return parser.parse_args()


def families(a):
    return FAMILIES if a.family == "all" else [f for f in FAMILIES if f == a.family]


def municipalities(a):
    return a.family in ("all", "municipality")


def places_path(a):
    return os.path.join(a.data, "places.parquet")


def footprints_path(a, family):
    return os.path.join(a.data, f"footprints_{family}.parquet")


def municipalities_path(a):
    return os.path.join(a.data, "municipalities.parquet")


def says_geometry(path):
    """Whether the file has GeoParquet metadata, so that readers turn its WKB into geometry themselves."""
    return b"geo" in (pq.read_metadata(path).metadata or {})


def wkb(table):
    """The geometry column as an array of byte strings."""
    column = table["geometry"].combine_chunks()
    return getattr(column, "storage", column)


class Phases:
    """Named spans of wall-clock time, one after the other."""

    def __init__(self, engine, version, a):
        self.line = dict(engine=engine, version=version, places=a.places, family=a.family, threads=a.threads)
        self.spans = {}
        self.start = self.last = time.perf_counter()
        self.cpu_start = os.times()

    def mark(self, name):
        now = time.perf_counter()
        self.spans[name] = self.spans.get(name, 0.0) + now - self.last
        self.last = now

    def stop(self):
        self.total = time.perf_counter() - self.start
        self.cpu = sum(os.times()[:4]) - sum(self.cpu_start[:4])

    def report(self, a, ids, best=None, municipality=None, reached=None, **more):
        """Prints the line; ids, best and municipality are in the same order."""
        assert len(ids) == a.places, f"{len(ids)} places, not {a.places}: rates would be wrong"
        used = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        join = sum(seconds for name, seconds in self.spans.items() if name.startswith("join"))
        self.line.update(
            phases_s={name: round(seconds, 4) for name, seconds in self.spans.items()},
            total_s=round(self.total, 4),
            cpu_s=round(self.cpu, 3),
            peak_mb=round(used / 1024),
            join_ns_per_place=round(1e9 * join / a.places, 1),
            **more,
        )
        if reached is not None:
            self.line["reached"] = [int(value) for value in reached]
        if a.result:
            columns = {"id": pa.array(np.asarray(ids, dtype=np.int64))}
            if best is not None:
                columns["best_mbps"] = pa.array(np.asarray(best).astype(np.int32))
            if municipality is not None:
                columns["municipality"] = pa.array(np.asarray(municipality).astype(np.int32))
            pq.write_table(pa.table(columns), a.result)
        print(json.dumps(self.line), flush=True)


def shares(municipality, best, population, workplaces, count):
    """The share of population and of workplaces with 100 Mbit/s or more per municipality, and the sums reached."""
    inside = np.asarray(municipality) >= 0
    area = np.asarray(municipality)[inside]
    fast = np.asarray(best)[inside] >= 100
    table, reached = [], []
    for weight in (population, workplaces):
        weight = np.asarray(weight)[inside].astype(np.float64)
        total = np.bincount(area, weight, count)
        part = np.bincount(area, weight * fast, count)
        table.append(np.divide(part, total, out=np.zeros(count), where=total > 0))
        reached.append(part.sum())
    return table, reached
