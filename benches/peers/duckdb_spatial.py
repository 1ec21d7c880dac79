"""DuckDB with its spatial extension, which comes as a wheel: nothing is fetched at run time.

--tile N first cuts polygons into pieces of at most N vertices (there is no ST_Subdivide), as one who knows DuckDB does
before such a join; that time is in the phase index."""

import glob
import os

import duckdb
import duckdb_extension_spatial

from peer import *

a = arguments(lambda p: p.add_argument("--tile", type=int, default=128, help="most vertices of a piece (0: uncut)"))
where = os.path.join(list(duckdb_extension_spatial.__path__)[0], "extensions", f"v{duckdb.__version__}", "*")
phases = Phases("duckdb" if a.tile else "duckdb-uncut", f"duckdb {duckdb.__version__}", a)
con = duckdb.connect()
con.execute(f"LOAD '{glob.glob(where)[0]}'")
con.execute(f"SET threads={a.threads}; SET preserve_insertion_order=false; SET memory_limit='14GB'")
phases.mark("start")
con.execute(f"""
    CREATE TABLE places AS SELECT id, population, workplaces, ST_Point(easting, northing) AS geom
    FROM read_parquet('{places_path(a)}')""")
phases.mark("read_places")


def geometry(path):
    return "geometry" if says_geometry(path) else "ST_GeomFromWKB(geometry)"


for family in families(a):
    path = footprints_path(a, family)
    con.execute(f"""
        CREATE TABLE fp_{family} AS SELECT down_mbps::INT AS down_mbps, {geometry(path)} AS geom
        FROM read_parquet('{path}') WHERE {IN_SERVICE_SQL}""")
if municipalities(a):
    path = municipalities_path(a)
    con.execute(f"""
        CREATE TABLE areas AS SELECT file_row_number::INT AS area, {geometry(path)} AS geom
        FROM read_parquet('{path}', file_row_number=true)""")
phases.mark("read_polygons")


def cut(table, key):
    """Splits by ever finer grids until every piece has few vertices."""
    con.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {key}, unnest(ST_Dump(geom)).geom AS geom FROM {table}")
    for s in (256e3, 64e3, 16e3, 4e3, 1e3):
        con.execute(f"""CREATE OR REPLACE TABLE {table} AS
            WITH large AS (SELECT * FROM {table} WHERE ST_NPoints(geom) > {a.tile}),
            col AS (SELECT *, unnest(range(floor(ST_XMin(geom)/{s})::INT, floor(ST_XMax(geom)/{s})::INT + 1)) AS i
                    FROM large),
            strip AS (SELECT {key}, ST_Intersection(geom,
                      ST_MakeEnvelope(i*{s}, ST_YMin(geom)-1, (i+1)*{s}, ST_YMax(geom)+1)) AS geom FROM col),
            cell AS (SELECT *, unnest(range(floor(ST_YMin(geom)/{s})::INT, floor(ST_YMax(geom)/{s})::INT + 1)) AS j
                     FROM strip),
            piece AS (SELECT {key}, ST_Intersection(geom,
                      ST_MakeEnvelope(ST_XMin(geom)-1, j*{s}, ST_XMax(geom)+1, (j+1)*{s})) AS geom FROM cell)
            SELECT {key}, geom FROM {table} WHERE ST_NPoints(geom) <= {a.tile}
            UNION ALL SELECT {key}, unnest(ST_Dump(geom)).geom FROM piece WHERE ST_Area(geom) > 0""")


if a.tile:
    for family in families(a):
        if family != "parcel":  # Parcels have no more than twenty vertices.
            cut("fp_" + family, "down_mbps")
    if municipalities(a):
        cut("areas", "area")
phases.mark("index")
for family in families(a):
    con.execute(f"""
        CREATE TABLE best_{family} AS SELECT p.id, max(f.down_mbps) AS best
        FROM places p JOIN fp_{family} f ON ST_Intersects(f.geom, p.geom) GROUP BY p.id""")
    phases.mark("join_" + family)
if families(a):
    every = " UNION ALL ".join(f"SELECT * FROM best_{family}" for family in families(a))
    con.execute(f"""
        CREATE TABLE best AS SELECT p.id, coalesce(max(b.best), 0) AS best
        FROM places p LEFT JOIN ({every}) b USING (id) GROUP BY 1""")
    phases.mark("join_combine")
if municipalities(a):
    # A point on a cut meets two pieces of one municipality: min() keeps one row.
    con.execute("""
        CREATE TABLE located AS SELECT p.id, min(m.area) AS area FROM places p JOIN areas m
        ON ST_Intersects(m.geom, p.geom) GROUP BY 1""")
    phases.mark("join_municipality")
reached = None
if a.family == "all":
    rows = con.execute("""
        SELECT area, sum(population) FILTER (best >= 100) / sum(population),
               sum(workplaces) FILTER (best >= 100) / sum(workplaces),
               sum(population) FILTER (best >= 100), sum(workplaces) FILTER (best >= 100)
        FROM places JOIN located USING (id) JOIN best USING (id) GROUP BY area""").fetchall()
    reached = [sum(row[3] or 0 for row in rows), sum(row[4] or 0 for row in rows)]
    phases.mark("tally")
phases.stop()
ids = con.execute("SELECT id FROM places ORDER BY 1").fetchnumpy()["id"]
best = con.execute("SELECT best FROM best ORDER BY id").fetchnumpy()["best"] if families(a) else None
municipality = None
if municipalities(a):
    municipality = con.execute("""
        SELECT coalesce(area, -1) AS area FROM places LEFT JOIN located USING (id) ORDER BY id""").fetchnumpy()["area"]
phases.report(a, ids, best, municipality, reached, tile=a.tile)
