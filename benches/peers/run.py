#!/usr/bin/env python3
"""Runs nittio and its peers on the same generated data, checks that all give the same answers, and writes a dated
table and chart to benches/results/.

    python benches/peers/run.py --places 1000000 --seed 1
    python benches/peers/run.py --places 100000 --seed 1 --only nittio,shapely-expert,duckdb --repeat 1

Needs Python 3.11 and what builds nittio. The peers go into an environment of their own under target/peers; one that
cannot be installed is named with the reason, and the others are run. ../README.md says how to read the results."""

import argparse
import datetime
import json
import os
import pwd
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import report

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
WORK = TARGET / "peers"
PYTHON = WORK / "venv/bin/python"
RESULTS = HERE.parent / "results"

FAMILIES = ["fibre", "mobile", "parcel", "municipality", "all"]

# Name, what runs it, and the packages without which it cannot run. The reference comes first: what the others say is
# held against what it says.
REFERENCE = "shapely-expert"
PEERS = {
    REFERENCE: (["shapely_expert.py"], ["shapely", "pyarrow"]),
    "nittio": (["engine"], []),
    "rust-itree": (["plain-rust", "--engine", "itree"], []),
    "rust-monotone": (["plain-rust", "--engine", "monotone"], []),
    "rust-naive": (["plain-rust", "--engine", "naive", "--explode"], []),
    "duckdb": (["duckdb_spatial.py", "--tile", "128"], ["duckdb", "duckdb_extension_spatial"]),
    "sedonadb": (["sedonadb_join.py", "--library", "tg", "--explode"], ["sedonadb"]),
    "geopandas": (["geopandas_sjoin.py"], ["geopandas"]),
    "polars-st": (["polars_st_sjoin.py"], ["polars", "polars_st"]),
    "postgis": (["postgis_join.py", "--subdivide", "128"], ["psycopg2", "psutil"]),
}


def main():
    a = arguments()
    # Being ended is an exception, so that what was started is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("run: ended"))
    WORK.mkdir(parents=True, exist_ok=True)
    absent = {}
    if "nittio" in a.only or not a.data:
        build_nittio()
    names = [name for name in PEERS if name in a.only or name == REFERENCE]
    install(names, absent)
    if REFERENCE in absent:
        sys.exit(f"run: the reference cannot be run, so no answer can be checked: {absent[REFERENCE]}")
    cluster = Cluster() if "postgis" in names and "postgis" not in absent else None
    if cluster and (why := cluster.start()):
        absent["postgis"], cluster = why, None
    for name, why in absent.items():
        say(f"{name} is not run: {why}")
    try:
        session = Session(a, [name for name in names if name not in absent], cluster)
        session.run()
    finally:
        if cluster:
            cluster.stop()
    outcome = {
        "date": datetime.date.today().isoformat(),
        "places": a.places,
        "seed": a.seed,
        "threads": a.threads,
        "repeat": a.repeat,
        "timeout_s": a.timeout,
        "command": "python benches/peers/run.py " + " ".join(sys.argv[1:]),
        "commit": revision(),
        "machine": machine(),
        "data": session.data_facts,
        "absent": absent,
        "measurements": session.measurements,
        "program": session.program,
    }
    a.output.mkdir(parents=True, exist_ok=True)
    for path in report.write(outcome, a.output):
        say(f"wrote {path}")
    wrong = [m for m in session.measurements if m.get("differ") or m.get("error")]
    for m in wrong:
        say(f"{m['engine']}, {m['family']}: " + (m.get("error") or f"differs on {m['differ']} of {m['places']} places"))
    if wrong:
        sys.exit(1)
    checked = [m for m in session.measurements if "differ" in m]
    say(f"{len(checked)} answers are the same as the reference's, place by place")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, of which the median is taken")
    parser.add_argument("--only", default=",".join(PEERS), help="some of: " + ", ".join(PEERS))
    parser.add_argument("--families", default=",".join(FAMILIES), help="some of: " + ", ".join(FAMILIES))
    parser.add_argument("--timeout", type=int, default=120, help="seconds after which a run is stopped")
    parser.add_argument("--few", type=int, help="places for a peer that was stopped, so that it has a figure "
                        "[default: a tenth of --places]")
    parser.add_argument("--data", type=Path, help="a folder that nittio generate made, instead of making one")
    parser.add_argument("--output", type=Path, default=RESULTS)
    a = parser.parse_args()
    a.only, a.families = a.only.split(","), a.families.split(",")
    a.few = a.few or max(a.places // 10, 1)
    for given, known in ((a.only, PEERS), (a.families, FAMILIES)):
        if unknown := [name for name in given if name not in known]:
            parser.error(f"there is no {unknown[0]}; there are {', '.join(known)}")
    return a


class Session:
    """Every peer on every family, one process at a time."""

    def __init__(self, a, names, cluster):
        self.a, self.names, self.cluster = a, names, cluster
        self.measurements = []
        self.program = None
        self.folder = WORK / "answers"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.data = {a.places: a.data or generate(a.places, a.seed)}
        self.data_facts = facts(self.data[a.places])

    def run(self):
        for family in self.a.families:
            stopped = []
            for name in self.names:
                measurement = self.measure(name, family, self.a.places)
                if "stopped_s" in measurement:
                    stopped.append(name)
            if stopped and self.a.few < self.a.places and not self.a.data:
                self.data.setdefault(self.a.few, generate(self.a.few, self.a.seed))
                for name in [REFERENCE, "nittio", *stopped]:
                    if name in self.names and (name in stopped or not self.measured(name, family, self.a.few)):
                        self.measure(name, family, self.a.few)
        if "nittio" in self.names and "all" in self.a.families:
            self.program = self.whole_program()

    def measured(self, name, family, places):
        return any((m["engine"], m["family"], m["places"]) == (name, family, places) for m in self.measurements)

    def measure(self, name, family, places):
        answer = self.folder / f"{name}-{family}-{places}.parquet"
        lines = []
        for turn in range(self.a.repeat):
            command = self.command(name) + ["--data", self.data[places], "--places", places, "--family", family]
            command += ["--threads", self.a.threads]
            command += ["--result", answer] if turn == 0 else []
            ran = timed(command, self.a.timeout, self.a.threads)
            if ran.stopped or ran.code != 0:
                break
            lines.append(json.loads(ran.output.strip().splitlines()[-1]))
            if ran.seconds > self.a.timeout / 4:
                break  # Long runs vary little.
        m = {"engine": name, "family": family, "places": places}
        if not lines and ran.stopped:
            m["stopped_s"] = self.a.timeout
            say(f"{name:<16}{family:<14}{places:>9}  stopped after {self.a.timeout} s")
        elif not lines:
            m["error"] = (ran.errors.strip().splitlines() or [f"ended with {ran.code}"])[-1]
            say(f"{name:<16}{family:<14}{places:>9}  failed: {m['error']}")
        else:
            m |= summary(lines)
            self.check(m, name, family, places, answer, lines[0])
            say(f"{name:<16}{family:<14}{places:>9}{m['total_s']:>9.2f} s{m['join_ns_per_place']:>9.0f} ns"
                f"{m['peak_mb']:>7.0f} MB  {self.verdict(m)}")
        self.measurements.append(m)
        return m

    def check(self, m, name, family, places, answer, line):
        if name == REFERENCE:
            self.reached = line.get("reached")
            return
        reference = self.folder / f"{REFERENCE}-{family}-{places}.parquet"
        compared = subprocess.run(
            [PYTHON, HERE / "compare.py", reference, answer, self.data[places], family],
            capture_output=True,
            text=True,
            check=False,
        )
        result = json.loads(compared.stdout) if compared.returncode == 0 else {"error": compared.stderr.strip()}
        m |= {key: result[key] for key in ("differ", "on_border", "error") if key in result}
        if result.get("differ"):
            m["examples"] = result["examples"]
        more = result.get("reached_more", [0, 0])
        if "error" not in m and self.reached and line.get("reached") != [sum(pair) for pair in zip(self.reached, more)]:
            m["error"] = f"reached {line.get('reached')} where the reference has {self.reached}"
        answer.unlink(missing_ok=True)

    def verdict(self, m):
        if m["engine"] == REFERENCE:
            return "the reference"
        return m.get("error") or f"{m['differ']} places differ" + (f", {m['on_border']} on a border" if m.get("on_border") else "")

    def command(self, name):
        program, *options = PEERS[name][0]
        if program == "engine":
            return [TARGET / "release/engine"]
        if program == "plain-rust":
            return [WORK / "rust/release/plain-rust", *options]
        extra = ["--dsn", self.cluster.dsn] if name == "postgis" else []
        return [PYTHON, HERE / program, *options, *extra]

    def whole_program(self):
        """nittio run: reading, checking and mending every file, all questions, and every output."""
        project = self.data[self.a.places]
        if not (project / "nittio.toml").exists():
            return {"error": f"{project} has no nittio.toml"}
        runs = []
        for _ in range(self.a.repeat):
            with tempfile.TemporaryDirectory(dir=WORK) as output:
                command = [TARGET / "release/nittio", "run", "--project", project, "--output", Path(output) / "out",
                           "--threads", self.a.threads]
                ran = timed(command, max(self.a.timeout, 600), self.a.threads)
            if ran.stopped or ran.code not in (0, 1):
                why = "stopped" if ran.stopped else (ran.errors.strip().splitlines() or ["failed"])[-1]
                return {"error": why}
            runs.append(ran)
        result = {
            "total_s": round(statistics.median(ran.seconds for ran in runs), 3),
            "peak_mb": round(statistics.median(ran.peak_mb for ran in runs)),
            "runs": len(runs),
        }
        say(f"nittio run, whole program: {result['total_s']} s, {result['peak_mb']} MB")
        return result


def summary(lines):
    """The medians of several runs."""

    def median(value):
        return statistics.median(value(line) for line in lines)

    phases = {name: round(median(lambda line: line["phases_s"].get(name, 0.0)), 4) for name in lines[0]["phases_s"]}
    # A server's memory is its own; everything else is in the process.
    peak = median(lambda line: line["peak_mb"] + line.get("server_peak_mb", 0))
    return {
        "version": lines[0]["version"],
        "runs": len(lines),
        "phases_s": phases,
        "index_s": phases.get("index", 0.0),
        "join_ns_per_place": round(median(lambda line: line["join_ns_per_place"]), 1),
        "total_s": round(median(lambda line: line["total_s"]), 4),
        "total_s_of_runs": [line["total_s"] for line in lines],
        "peak_mb": round(peak),
    }


class Ran:
    def __init__(self, code, output, errors, seconds, peak_mb, stopped):
        self.code, self.output, self.errors = code, output, errors
        self.seconds, self.peak_mb, self.stopped = seconds, peak_mb, stopped


def timed(command, timeout, threads):
    """Runs a command in a process group of its own, which is ended when its time is up."""
    environment = os.environ | {
        "POLARS_MAX_THREADS": str(threads),
        "RAYON_NUM_THREADS": str(threads),
        "OMP_NUM_THREADS": str(threads),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = time.monotonic()
        child = subprocess.Popen(
            [str(word) for word in command], stdout=out, stderr=err, env=environment, start_new_session=True
        )
        stopped, pid = False, 0
        try:
            while not pid:
                pid, status, usage = os.wait4(child.pid, os.WNOHANG)
                if not pid and not stopped and time.monotonic() - begun > timeout:
                    stopped = True
                    os.killpg(child.pid, signal.SIGKILL)
                time.sleep(0 if pid else 0.002)
        except BaseException:
            if not pid:
                os.killpg(child.pid, signal.SIGKILL)
            raise
        seconds = time.monotonic() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    return Ran(child.returncode, *texts, seconds, round(usage.ru_maxrss / 1024), stopped)


def build_nittio():
    say("building nittio …")
    build = ["cargo", "build", "--release", "--quiet", "-p", "nittio", "-p", "nittio-benches", "--bins"]
    subprocess.run(build, cwd=ROOT, check=True)


def generate(places, seed):
    """The folder of the data, made anew when the program is newer."""
    folder, program = WORK / f"data-{places}-{seed}", TARGET / "release/nittio"
    made = folder / "places.parquet"
    if not made.exists() or made.stat().st_mtime < program.stat().st_mtime:
        say(f"generating {places} places with the seed {seed} …")
        shutil.rmtree(folder, ignore_errors=True)
        command = [program, "generate", "--places", places, "--seed", seed, "--output", folder]
        subprocess.run([str(word) for word in command], check=True)
    return folder


def install(names, absent):
    """The Python peers by pip, one at a time where all at once fails; the Rust peer by cargo."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", WORK / "venv"], check=True)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    wanted = HERE / "requirements.txt"
    say("installing the peers …")
    if subprocess.run([*pip, "-r", wanted], capture_output=True, check=False).returncode != 0:
        for line in wanted.read_text().splitlines():
            if line and not line.startswith("#"):
                subprocess.run([*pip, line], capture_output=True, check=False)
    for name in names:
        for module in PEERS[name][1]:
            tried = subprocess.run([PYTHON, "-c", f"import {module}"], capture_output=True, text=True, check=False)
            if tried.returncode != 0:
                absent[name] = (tried.stderr.strip().splitlines() or [f"{module} cannot be imported"])[-1]
    rust = [name for name in names if PEERS[name][0][0] == "plain-rust"]
    if rust:
        # For this machine, as one who wants the last per cent would build it; nittio is built for any.
        environment = os.environ | {"CARGO_TARGET_DIR": str(WORK / "rust"), "RUSTFLAGS": "-C target-cpu=native"}
        build = ["cargo", "build", "--release", "--quiet", "--locked"]
        built = subprocess.run(build, cwd=HERE / "rust", env=environment, capture_output=True, text=True, check=False)
        if built.returncode != 0:
            absent.update(dict.fromkeys(rust, built.stderr.strip().splitlines()[0]))


class Cluster:
    """A private PostgreSQL in a folder of its own, which goes away afterwards."""

    def start(self):
        """Says why it cannot be started, if so."""
        if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
            return "PostgreSQL is not installed; on Debian: apt-get install postgresql-15-postgis-3"
        if not list(Path("/usr/share/postgresql").glob("*/extension/postgis.control")):
            return "PostGIS is not installed; on Debian: apt-get install postgresql-15-postgis-3"
        self.folder = Path(tempfile.mkdtemp(prefix="nittio-postgis-"))
        self.script = self.folder / "cluster.sh"
        shutil.copy(HERE / "postgis_cluster.sh", self.script)
        self.user = []
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            for path in (self.folder, self.script):
                os.chown(path, owner.pw_uid, owner.pw_gid)
            self.user = ["runuser", "-u", "postgres", "--"]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.dsn = f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"
        command = [*self.user, self.script, "start", self.folder, str(self.port)]
        # Its output goes to files: the server inherits it and would hold a pipe open.
        with open(self.folder / "start.log", "w+") as log:
            started = subprocess.run(command, stdout=log, stderr=log, cwd="/", check=False)
            log.seek(0)
            return None if started.returncode == 0 else (log.read().strip().splitlines() or ["it does not start"])[-1]

    def stop(self):
        subprocess.run([*self.user, self.script, "stop", self.folder], cwd="/", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


def machine():
    def field(path, name):
        for line in Path(path).read_text().splitlines():
            if line.startswith(name):
                return line.split(":", 1)[1].strip()
        return "unknown"

    return {
        "cpu": field("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory_gb": round(int(field("/proc/meminfo", "MemTotal").split()[0]) / 2**20, 1),
        "system": " ".join([os.uname().sysname, os.uname().release.split("-")[0], os.uname().machine]),
        "rustc": subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip(),
        "python": sys.version.split()[0],
    }


def facts(folder):
    """How many rows and vertices the files have."""
    script = (
        "import sys, json, pathlib, pyarrow.parquet as pq, shapely\n"
        "facts = {}\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).glob('*.parquet')):\n"
        "    facts[path.stem] = {'rows': pq.read_metadata(path).num_rows, 'mb': round(path.stat().st_size / 1e6, 1)}\n"
        "    if path.stem != 'places':\n"
        "        column = pq.read_table(path, columns=['geometry'])['geometry'].combine_chunks()\n"
        "        shapes = shapely.from_wkb(getattr(column, 'storage', column).to_numpy(zero_copy_only=False))\n"
        "        facts[path.stem]['vertices'] = int(shapely.get_num_coordinates(shapes).sum())\n"
        "print(json.dumps(facts))\n"
    )
    read = subprocess.run([PYTHON, "-c", script, folder], capture_output=True, text=True, check=True)
    return json.loads(read.stdout)


def revision():
    said = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    changed = subprocess.run(["git", "status", "--porcelain", "-uno"], cwd=ROOT, capture_output=True, text=True, check=False)
    return (said.stdout.strip() or "unknown") + (" with changes" if changed.stdout.strip() else "")


def say(text):
    print(f"run: {text}", flush=True)


if __name__ == "__main__":
    main()
