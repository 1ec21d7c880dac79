"""SedonaDB: a spatial join in SQL.

--library chooses its refiner (tg with a y-stripes index is its default); --explode splits multipolygons into their
parts first, without which a large one is searched whole."""

import sedonadb

from peer import *


def extra(parser):
    parser.add_argument("--library", default="tg", choices=["tg", "geos", "geo"])
    parser.add_argument("--explode", action="store_true")


a = arguments(extra)
name = "sedonadb-" + a.library + ("-explode" if a.explode else "")
phases = Phases(name, f"sedonadb {sedonadb.__version__}", a)
sd = sedonadb.connect()
sd.sql(f"SET datafusion.execution.target_partitions = {a.threads}").execute()
sd.sql(f"SET sedona.spatial_join.spatial_library = '{a.library}'").execute()
phases.mark("start")


def keep(view, query):
    sd.sql(query).to_memtable().to_view(view, overwrite=True)


def geometry(path):
    return "geometry" if says_geometry(path) else "ST_GeomFromWKB(geometry)"


sd.read_parquet(places_path(a)).to_view("places_file", overwrite=True)
keep("places", """
    SELECT id, population, workplaces, ST_SetCRS(ST_Point(easting, northing), 'EPSG:3006') AS geom FROM places_file""")
phases.mark("read_places")
for family in families(a):
    path = footprints_path(a, family)
    sd.read_parquet(path).to_view(f"file_{family}", overwrite=True)
    query = f"""SELECT CAST(down_mbps AS INT) AS down_mbps, {geometry(path)} AS geom FROM file_{family}
                WHERE {IN_SERVICE_SQL}"""
    if a.explode:
        query = f"SELECT down_mbps, d['geom'] AS geom FROM (SELECT down_mbps, unnest(ST_Dump(geom)) AS d FROM ({query}))"
    keep("fp_" + family, f"SELECT down_mbps, ST_SetCRS(geom, 'EPSG:3006') AS geom FROM ({query})")
if municipalities(a):
    path = municipalities_path(a)
    sd.read_parquet(path).to_view("areas_file", overwrite=True)
    keep("areas", f"""
        SELECT CAST(row_number() OVER () - 1 AS INT) AS area, ST_SetCRS({geometry(path)}, 'EPSG:3006') AS geom
        FROM areas_file""")
phases.mark("read_polygons")
for family in families(a):
    keep("best_" + family, f"""
        SELECT p.id, max(f.down_mbps) AS best FROM places p JOIN fp_{family} f ON ST_Intersects(f.geom, p.geom)
        GROUP BY p.id""")
    phases.mark("join_" + family)
if families(a):
    every = " UNION ALL ".join(f"SELECT * FROM best_{family}" for family in families(a))
    keep("best", f"""
        SELECT p.id, coalesce(max(b.best), 0) AS best FROM places p LEFT JOIN ({every}) b ON p.id = b.id
        GROUP BY p.id""")
    phases.mark("join_combine")
if municipalities(a):
    keep("located", "SELECT p.id, m.area FROM places p JOIN areas m ON ST_Intersects(m.geom, p.geom)")
    phases.mark("join_municipality")
reached = None
if a.family == "all":
    table = sd.sql("""
        SELECT l.area, sum(CASE WHEN best >= 100 THEN population ELSE 0 END) AS people,
               sum(CASE WHEN best >= 100 THEN workplaces ELSE 0 END) AS work,
               sum(population) AS all_people, sum(workplaces) AS all_work
        FROM places p JOIN located l ON p.id = l.id JOIN best b ON p.id = b.id GROUP BY l.area""").to_arrow_table()
    [p / max(t, 1) for p, t in zip(table["people"].to_pylist(), table["all_people"].to_pylist())]
    [w / max(t, 1) for w, t in zip(table["work"].to_pylist(), table["all_work"].to_pylist())]
    reached = [sum(table["people"].to_pylist()), sum(table["work"].to_pylist())]
    phases.mark("tally")
phases.stop()
ids = sd.sql("SELECT id FROM places ORDER BY id").to_arrow_table()["id"].to_numpy()
best = sd.sql("SELECT best FROM best ORDER BY id").to_arrow_table()["best"].to_numpy() if families(a) else None
municipality = None
if municipalities(a):
    municipality = sd.sql("""
        SELECT coalesce(l.area, -1) AS area FROM places p LEFT JOIN located l ON p.id = l.id
        ORDER BY p.id""").to_arrow_table()["area"].to_numpy()
phases.report(a, ids, best, municipality, reached)
