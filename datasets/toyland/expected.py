"""Counts toyland with shapely (GEOS) and writes expected.csv, and expected-rules.csv for rules.toml.

It shares no code with nittio and reads the same files. The figures in README.md were counted by hand
first; this script agrees with them. Made with Python 3.11 and shapely 2.2.0:

    python expected.py
"""

import csv
import json
from pathlib import Path

from shapely.geometry import Point, shape

HERE = Path(__file__).parent
AS_OF = "2024-12-31"
UNITS = ["places", "population", "households", "workplaces", "andel"]
COLUMNS = dict(zip(UNITS[1:], ["befolkning", "hushåll", "arbetsställen", "andel"]))
TECHNOLOGY = {"fiber": "fibre", "kabel-tv": "cable", "fast radio": "fwa"}
CATEGORY = {"bostad": "home", "arbetsställe": "workplace", "skola": "school"}
SETTLEMENT = {"tätort": "locality", "småort": "smaller_locality"}
# What rules.toml asks for besides.
RULES = ["down>=100 Mbit/s & up>=30 Mbit/s", "symmetrical>=100 Mbit/s", "owners>=2", "open-access", "single-owner"]
BOTH = {"connected", "passed"}
PROFILES = {
    "connected+passed": {"reach": BOTH},
    "connected": {"reach": {"connected"}},
    "+planned 2026": {"reach": BOTH, "planned": "2026-12-31"},
    "connected+passed+near": {"reach": BOTH | {"near"}},
    "order<=40000": {"reach": BOTH, "cost": 40000},
    "busy": {"reach": BOTH, "busy": True},
}
# How near, by the class of the place that asks. A connection by fibre makes its neighbours near.
NEAR = {"locality": 150, "smaller_locality": 200, "outside": 500}
SPEEDS = [10, 30, 100, 1000]
MEASURES = (
    ["covered"]
    + [f"down>={s} Mbit/s" for s in SPEEDS]
    + [f"up>={s} Mbit/s" for s in SPEEDS]
    + [f"technology={t}" for t in TECHNOLOGY.values()]
    + ["operators>=2"]
)


def features(name):
    for feature in json.loads((HERE / name).read_text(encoding="utf-8"))["features"]:
        yield feature["properties"], shape(feature["geometry"])


def service(row, reach):
    return {
        "reach": reach,
        "operator": row["operatör"],
        "owner": row["ägare"] or row["operatör"],
        "open": bool(row.get("öppet")),
        "cost": row.get("kostnad"),
        "busy": row.get("bråd_mbit"),
        "technology": TECHNOLOGY[row["teknik"]],
        "down": int(row["ned_mbit"]),
        "up": int(row["upp_mbit"]),
        "in_service": row.get("status", "i drift") == "i drift",
        "from": row.get("från"),
    }


def counts(s, reach, planned=None, cost=None, busy=False):
    if s["reach"] not in reach:
        return False
    if cost is not None and s["reach"] == "passed" and s["cost"] is not None and s["cost"] > cost:
        return False
    now = s["in_service"] and (s["from"] is None or s["from"] <= AS_OF)
    return now or bool(planned and s["from"] and s["from"] <= planned)


def down(s, busy):
    """What counts of the download speed: half of it must be stated for the busy hour."""
    if not busy:
        return s["down"]
    return min(s["down"], 2 * s["busy"]) if s["busy"] is not None else -1


def has(services, measure, busy):
    owners = {s["owner"] for s in services}
    if measure == "covered":
        return bool(services)
    if measure == "open-access":
        return any(s["open"] for s in services)
    if measure == "single-owner":
        return len(owners) == 1
    if measure == "down>=100 Mbit/s & up>=30 Mbit/s":
        return any(down(s, busy) >= 100 and s["up"] >= 30 for s in services)
    kind, _, bound = measure.replace(" Mbit/s", "").partition(">=")
    if kind == "down":
        return any(down(s, busy) >= int(bound) for s in services)
    if kind == "up":
        return any(s["up"] >= int(bound) for s in services)
    if kind == "symmetrical":
        return any(down(s, busy) >= int(bound) and s["up"] >= s["down"] for s in services)
    if kind == "operators":
        return len({s["operator"] for s in services}) >= int(bound)
    if kind == "owners":
        return len(owners) >= int(bound)
    return any(f"technology={s['technology']}" == measure for s in services)


def read_places():
    networks = [(g, service(p, "passed")) for p, g in features("nat.geojson")]
    municipalities = sorted((p["kod"], g) for p, g in features("kommuner.geojson"))
    settlements = [(SETTLEMENT[p["klass"]], g) for p, g in features("orter.geojson")]
    offers = {}
    with open(HERE / "erbjudanden.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            offers.setdefault(row["adress"], []).append(service(row, "connected"))
    seen = set()
    with open(HERE / "platser.csv", encoding="cp1252", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row["id"] in seen:
                continue
            seen.add(row["id"])
            point = None
            if row["öst"]:
                point = Point(float(row["öst"].replace(",", ".")), float(row["nord"].replace(",", ".")))
            held = [code for code, g in municipalities if point and g.covers(point)]
            code = row["kommunkod"] or (held[0] if held else "")
            inside = [c for c, g in settlements if point and g.covers(point)]
            links = offers.get(row["id"], []) + [s for g, s in networks if point and g.covers(point)]
            values = {unit: float(row[column].replace(",", ".")) for unit, column in COLUMNS.items()}
            yield {
                "id": row["id"],
                "point": point,
                "code": code,
                "category": CATEGORY[row["kategori"]],
                "settlement": (inside or ["outside"])[0] if point else "unknown",
                "matched": bool(code) and (point is not None or row["id"] in offers),
                "links": links,
                "values": {"places": 1.0} | {u: v for u, v in values.items() if v >= 0},
            }


def add_near(places):
    """Links to the services that a place's neighbours are connected to by fibre, and it is not itself."""

    def connected(p):
        return [s for s in p["links"] if s["reach"] == "connected"]

    found = []
    for p in places:
        near = []
        for other in places:
            if other is p or p["point"] is None or other["point"] is None:
                continue
            if p["point"].dwithin(other["point"], NEAR[p["settlement"]]):
                near += [s for s in connected(other) if s["technology"] == "fibre" and s not in connected(p)]
        found.append([s | {"reach": "near"} for s in near])
    for p, near in zip(places, found):
        p["links"] += near


# The output contract counts in whole numbers: `andel` has one decimal, so its counts are tenths.
SCALE = {"andel": 10}


def share(covered, total):
    """Six decimals, rounded half up."""
    millionths = (2 * covered * 1_000_000 + total) // (2 * total)
    return f"{millionths // 1_000_000}.{millionths % 1_000_000:06}"


def write(name, places, units, measures, slices):
    """One row per slice, unit and measure; a slice is a settlement class, a category, an area and a definition."""
    with open(HERE / name, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow("as_of,level,code,name,settlement,category,profile,unit,measure,total,covered,missing,unmatched,share".split(","))
        for settlement, category, (level, code, area, within), profile in slices:
            rule = PROFILES[profile]
            chosen = [
                p
                for p in places
                if within(p) and settlement in ("all", p["settlement"]) and category in ("all", p["category"])
            ]
            for unit in units:
                for measure in measures:
                    total = covered = unmatched = 0
                    for p in chosen:
                        value = round(p["values"].get(unit, 0) * SCALE.get(unit, 1))
                        total += value
                        counted = [s for s in p["links"] if counts(s, **rule)]
                        if not p["matched"]:
                            unmatched += value
                        elif has(counted, measure, rule.get("busy", False)):
                            covered += value
                    figures = [total, covered, total - covered - unmatched, unmatched]
                    row = [AS_OF, level, code, area, settlement, category, profile, unit, measure]
                    out.writerow([*row, *figures, share(covered, total) if total else ""])


def main():
    places = list(read_places())
    add_near(places)
    everyone = lambda p: True
    areas = [("total", "", "", everyone)]
    for level, digits, names in [
        ("municipality", 4, {"0001": "Västby", "0002": "Östby", "": ""}),
        ("county", 2, {"00": "Leklands län", "": ""}),
    ]:
        for code, name in names.items():
            areas.append((level, code, name, lambda p, c=code, d=digits: p["code"][:d] == c))
    classes = ["locality", "smaller_locality", "outside", "unknown"]

    slices = [("all", "all", area, profile) for area in areas for profile in list(PROFILES)[:3]]
    slices += [(settlement, "all", areas[0], "connected+passed") for settlement in classes]
    slices += [("all", category, areas[0], "connected+passed") for category in ["home", "school", "workplace"]]
    write("expected.csv", places, UNITS, MEASURES, slices)

    slices = [("all", "all", area, profile) for area in areas[:4] for profile in PROFILES]
    slices += [(settlement, "all", areas[0], "connected+passed+near") for settlement in classes]
    write("expected-rules.csv", places, UNITS[:2], MEASURES + RULES, slices)


if __name__ == "__main__":
    main()
