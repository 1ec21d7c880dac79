#!/usr/bin/env python3
"""Times the report pack: everything that is drawn of a saved result. Writes a dated table to benches/results/.

    cargo build --release -p nittio --features pdf
    python benches/pack/run.py
    python benches/pack/run.py --only county --repeat 5

Two packs. County: the embedded study of thirteen kommuner, in all formats. Country: a made-up one of 290 kommuner, page,
pages per kommun and pictures. Each is drawn by the built program from the result that a run has saved, into an empty folder;
seconds are on the clock, memory is the most that the process held, and bytes are those of the files. Needs Python 3.11 on
a system with wait4."""

import argparse
import datetime
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
RESULTS = HERE.parent / "results"

COUNTY = "html,kommun,pictures,tables,pdf"
COUNTRY = "html,kommun,pictures"
PARTS = {"html": "page", "kommun": "pages per kommun", "pictures": "pictures", "tables": "tables", "pdf": "PDF"}


def main():
    a = arguments()
    if not a.program.exists():
        sys.exit(f"run: {a.program} is not there; build it: cargo build --release -p nittio --features pdf")
    rows = []
    with tempfile.TemporaryDirectory(prefix="nittio-pack-") as folder:
        work = Path(folder)
        for name in a.only:
            say(f"{name}: making the study and running it")
            result, kommuner, places = MAKE[name](a, work)
            parts = a.county_parts if name == "county" else COUNTRY
            for only in [parts, *parts.split(",")]:
                rows.append(measure(a, work, name, result, kommuner, places, only))
    a.output.mkdir(parents=True, exist_ok=True)
    path = a.output / f"{datetime.date.today().isoformat()}-pack.md"
    path.write_text(markdown(a, rows), encoding="utf-8")
    say(f"wrote {path}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, default=TARGET / "release/nittio")
    parser.add_argument("--only", default="county,country", help="some of: county, country")
    parser.add_argument("--places", type=int, default=1_000_000, help="places of the made-up country")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, of which the median is taken")
    parser.add_argument("--output", type=Path, default=RESULTS)
    a = parser.parse_args()
    a.only = a.only.split(",")
    if unknown := set(a.only) - set(MAKE):
        parser.error(f"there is no pack {', '.join(sorted(unknown))}; there are county and country")
    if a.repeat < 1:
        parser.error("--repeat is 1 or more")
    a.program = a.program.resolve()
    # A program without PDF says so at once, and the pack is then what it can draw.
    pdf = subprocess.run([a.program, "report", "nowhere", "--only", "pdf"], capture_output=True, text=True) if a.program.exists() else None
    a.county_parts = COUNTY if pdf is None or "features pdf" not in pdf.stderr else COUNTY.removesuffix(",pdf")
    return a


def county(a, work):
    """The embedded study, run."""
    ran(a, work, "init", "--example", "jonkoping", "county")
    ran(a, work, "run", "--project", "county", "--output", "county-out")
    return work / "county-out", count(work / "county-out"), 136_018


def country(a, work):
    """A made-up country, run without its places, which no report needs."""
    ran(a, work, "generate", "--places", str(a.places), "--seed", "1", "--output", "country")
    ran(a, work, "run", "--project", "country", "--output", "country-out", "--without-places")
    shutil.rmtree(work / "country")
    return work / "country-out", count(work / "country-out"), a.places


MAKE = {"county": county, "country": country}


def ran(a, work, *arguments):
    subprocess.run([a.program, *arguments], cwd=work, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def count(result):
    """How many areas have a page: all files but the list of them."""
    return len(list((result / "kommun").glob("*.html"))) - 1


def measure(a, work, name, result, kommuner, places, only):
    """One pack, or one part of it, drawn several times."""
    seconds, peaks, wrote = [], [], None
    for number in range(a.repeat):
        say(f"{name}, {only}: {number + 1} of {a.repeat}")
        out = work / "pack"
        shutil.rmtree(out, ignore_errors=True)
        started = time.perf_counter()
        child = subprocess.Popen(
            [a.program, "report", result, "--only", only, "--output", out], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        errors = child.stderr.read()
        _, status, used = os.wait4(child.pid, 0)
        seconds.append(time.perf_counter() - started)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            sys.exit(f"run: nittio report ended with {child.returncode}: {errors.decode()}")
        # Kilobytes on Linux, bytes on macOS.
        peaks.append(used.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
        files = [path for path in out.rglob("*") if path.is_file()]
        found = (len(files), sum(path.stat().st_size for path in files))
        if wrote not in (None, found):
            sys.exit(f"run: {name}, {only}: {found} files and bytes, and {wrote} before: the same result gives the same files")
        wrote = found
    return {
        "pack": name,
        "only": only,
        "kommuner": kommuner,
        "places": places,
        "seconds": seconds,
        "peak": max(peaks),
        "files": wrote[0],
        "bytes": wrote[1],
    }


def markdown(a, rows):
    date = datetime.date.today().isoformat()
    lines = [
        f"# Report packs, {date}",
        "",
        f"Machine: {machine()}. Commit {revision()}. `python benches/pack/run.py {' '.join(sys.argv[1:])}`".rstrip(" `") + "`",
        "",
        f"`nittio report` of a saved result into an empty folder, the median of {a.repeat} runs (shortest to longest). *Peak* is the most "
        "memory that the process held in any run. A part by itself opens the result too. How to read this: [README](../README.md).",
        "",
        "| pack | kommuner | places | what is drawn | s | shortest–longest | peak MB | files | MB written |",
        "|---|--:|--:|---|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        parts = row["only"].split(",")
        what = "**all of it**" if len(parts) > 1 else PARTS[parts[0]]
        if len(parts) > 1:
            what += f" ({', '.join(PARTS[part] for part in parts)})"
        lines.append(
            f"| {row['pack']} | {grouped(row['kommuner'])} | {grouped(row['places'])} | {what} | "
            f"{statistics.median(row['seconds']):.2f} | {min(row['seconds']):.2f}–{max(row['seconds']):.2f} | "
            f"{row['peak'] / 1e6:.0f} | {grouped(row['files'])} | {row['bytes'] / 1e6:.1f} |"
        )
    return "\n".join(lines) + "\n"


def grouped(number):
    return f"{number:,}".replace(",", " ")


def machine():
    cpu = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    return f"{cpu}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"


def revision():
    said = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    return said.stdout.strip() or "unknown"


def say(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
