"""PostGIS as one who knows it sets it up: unlogged tables, COPY, ST_Subdivide, GiST, one session per core.

PostgreSQL keeps a correlated subquery in the leader even under Gather (so it does a LATERAL aggregate), hence the
sessions. postgis_cluster.sh starts a private cluster first."""

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import psycopg2
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq

from peer import *


def extra(parser):
    parser.add_argument("--dsn", default="host=127.0.0.1 port=5499 user=postgres dbname=postgres")
    parser.add_argument("--subdivide", type=int, default=128, help="most vertices of a piece (0: uncut)")


a = arguments(extra)
con = psycopg2.connect(a.dsn)
con.autocommit = True
c = con.cursor()
c.execute("SELECT postgis_lib_version(), current_setting('server_version'), postgis_geos_version(), pg_backend_pid()")
postgis, postgres, geos, pid = c.fetchone()
backend = psutil.Process(pid)
master = backend.parent()
stopped, peak = threading.Event(), [0]


def watch():
    """The private memory of the cluster's processes, and what they share once."""
    while not stopped.wait(0.2):
        private, shared = 0, 0
        for process in [master, *master.children()]:
            try:
                memory = process.memory_full_info()
                private += memory.uss
                shared = max(shared, memory.shared)
            except psutil.Error:
                pass
        peak[0] = max(peak[0], private + shared)


def cpu():
    m, b = master.cpu_times(), backend.cpu_times()
    return m.user + m.system + m.children_user + m.children_system + b.user + b.system


for table in ("places", "places_in", "fp", "fp_in", "areas", "areas_in", "best", "located"):
    c.execute(f"DROP TABLE IF EXISTS {table}")
threading.Thread(target=watch, daemon=True).start()
cpu_before = cpu()
phases = Phases("postgis", f"PostGIS {postgis}, PostgreSQL {postgres.split()[0]}, GEOS {geos}", a)
c.execute(f"SET max_parallel_workers_per_gather = {a.threads}")
c.execute("CREATE UNLOGGED TABLE places_in (id bigint, x float8, y float8, population int, workplaces int)")
text = pa.BufferOutputStream()
columns = ["id", "easting", "northing", "population", "workplaces"]
csv.write_csv(pq.read_table(places_path(a), columns=columns).select(columns), text)
c.copy_expert("COPY places_in FROM STDIN (FORMAT csv, HEADER)", io.BytesIO(text.getvalue()))
del text
c.execute("""CREATE UNLOGGED TABLE places AS SELECT id, row_number() OVER () AS row, population, workplaces,
             ST_SetSRID(ST_MakePoint(x, y), 3006) AS geom FROM places_in""")
c.execute("CREATE INDEX ON places USING brin (row)")
phases.mark("read_places")


def copy(table, rows):
    c.execute(f"CREATE UNLOGGED TABLE {table} (v int, geom geometry)")
    c.copy_expert(f"COPY {table} FROM STDIN", io.StringIO("".join(f"{v}\t{g.hex()}\n" for v, g in rows)))


if families(a):
    rows = []
    for family in families(a):
        t = pq.read_table(footprints_path(a, family), columns=["down_mbps", "status", "geometry"])
        every = zip(t["down_mbps"].to_pylist(), t["status"].to_pylist(), wkb(t).to_pylist())
        rows += [(down, shape) for down, status, shape in every if status in IN_SERVICE]
    copy("fp_in", rows)
if municipalities(a):
    copy("areas_in", enumerate(wkb(pq.read_table(municipalities_path(a))).to_pylist()))
phases.mark("read_polygons")
for table in (["fp"] if families(a) else []) + (["areas"] if municipalities(a) else []):
    shape = f"ST_Subdivide(geom, {a.subdivide})" if a.subdivide else "geom"
    c.execute(f"CREATE UNLOGGED TABLE {table} AS SELECT v, ST_SetSRID({shape}, 3006) AS geom FROM {table}_in")
    c.execute(f"CREATE INDEX ON {table} USING gist (geom)")
    c.execute(f"ANALYZE {table}")
c.execute("ANALYZE places")
phases.mark("index")


def look_up(target, column, choose, table, none):
    """Asks for every place in ranges of rows, one session per core."""
    c.execute(f"CREATE UNLOGGED TABLE {target} (id bigint, {column} int)")
    cuts = 8 * a.threads
    ranges = [(i * a.places // cuts, (i + 1) * a.places // cuts) for i in range(cuts)]

    def work(worker):
        session = psycopg2.connect(a.dsn)
        session.autocommit = True
        with session.cursor() as q:
            q.execute("SET max_parallel_workers_per_gather = 0")
            for low, high in ranges[worker :: a.threads]:
                q.execute(f"""INSERT INTO {target} SELECT id,
                    coalesce((SELECT {choose}(v) FROM {table} t WHERE ST_Intersects(t.geom, p.geom)), {none})
                    FROM places p WHERE row > {low} AND row <= {high}""")
        session.close()

    with ThreadPoolExecutor(a.threads) as pool:
        list(pool.map(work, range(a.threads)))


if families(a):
    look_up("best", "best", "max", "fp", 0)
    phases.mark("join_" + a.family)
if municipalities(a):
    look_up("located", "area", "min", "areas", -1)
    phases.mark("join_municipality")
reached = None
if a.family == "all":
    c.execute("""SELECT area, sum(population) FILTER (WHERE best >= 100)::float8 / nullif(sum(population), 0),
                 sum(workplaces) FILTER (WHERE best >= 100)::float8 / nullif(sum(workplaces), 0),
                 sum(population) FILTER (WHERE best >= 100), sum(workplaces) FILTER (WHERE best >= 100)
                 FROM places JOIN located USING (id) JOIN best USING (id) WHERE area >= 0 GROUP BY area""")
    table = c.fetchall()
    reached = [sum(row[3] or 0 for row in table), sum(row[4] or 0 for row in table)]
    phases.mark("tally")
phases.stop()
time.sleep(1)  # The server must have reaped the closed sessions, or their time is missing.
phases.cpu += cpu() - cpu_before
stopped.set()


def column(query):
    text = io.BytesIO()
    c.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv)", text)
    text.seek(0)
    return csv.read_csv(text, csv.ReadOptions(column_names=["v"]))["v"].to_numpy()


ids = column("SELECT id FROM places ORDER BY id")
best = column("SELECT best FROM best ORDER BY id") if families(a) else None
municipality = column("SELECT area FROM located ORDER BY id") if municipalities(a) else None
phases.report(a, ids, best, municipality, reached, server_peak_mb=round(peak[0] / 2**20), subdivide=a.subdivide)
