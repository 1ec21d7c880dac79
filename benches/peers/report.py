"""The dated results: JSON with everything, Markdown for people, and the chart."""

import json

import chart

TITLES = {
    "fibre": "Fibre",
    "mobile": "Mobile",
    "parcel": "Parcels",
    "municipality": "Municipality",
    "all": "Everything",
}

ASKED = {
    "fibre": "best speed at each place over some thousand areas of a few hundred vertices",
    "mobile": "best speed at each place over a few national layers of up to hundreds of thousands of vertices",
    "parcel": "best speed at each place over very many small parcels",
    "municipality": "the municipality of each place",
    "all": "all of these, and per municipality the share of population and of workplaces with 100 Mbit/s or more",
}

# A run that was stopped has no such figure.
NONE = "–"


def write(outcome, folder):
    """Writes the three files and gives their paths."""
    stem = f"{outcome['date']}-{outcome['places']}"
    paths = [folder / f"{stem}.{ending}" for ending in ("json", "md", "svg")]
    texts = [
        json.dumps(outcome, indent=1) + "\n",
        markdown(outcome, f"{stem}.svg"),
        chart.svg(subtitle(outcome), panels(outcome)),
    ]
    for path, text in zip(paths, texts):
        path.write_text(text, encoding="utf-8")
    return paths


def subtitle(outcome):
    machine = outcome["machine"]
    return (
        f"{grouped(outcome['places'])} places, seed {outcome['seed']}, {outcome['threads']} threads, "
        f"{machine['cpu']}, {outcome['date']}"
    )


def panels(outcome):
    """What the chart shows: for everything the seconds from files to answer, for each family index and join.

    Index and join together, since some engines build their index inside the join."""
    found = []
    per_place = 1e9 / outcome["places"]
    for family in ("all", "fibre", "mobile", "parcel", "municipality"):
        rows = []
        for m in at(outcome, family, outcome["places"]):
            if "stopped_s" in m:
                stopped = m["stopped_s"] if family == "all" else m["stopped_s"] * per_place
                rows.append((m["engine"], stopped, f"more than {m['stopped_s']} s"))
            elif "total_s" in m and family == "all":
                rows.append((m["engine"], m["total_s"], f"{figures(m['total_s'])} s"))
            elif "total_s" in m:
                taken = m["index_s"] * per_place + m["join_ns_per_place"]
                rows.append((m["engine"], taken, f"{figures(taken)} ns"))
        if rows:
            what = "seconds from files to answer" if family == "all" else "index and join, nanoseconds per place"
            found.append((TITLES[family], what, rows))
    return found


def at(outcome, family, places):
    rows = [m for m in outcome["measurements"] if m["family"] == family and m["places"] == places]
    return sorted(rows, key=lambda m: m.get("total_s", float("inf")))


def markdown(outcome, picture):
    machine = outcome["machine"]
    lines = [
        f"# {grouped(outcome['places'])} places, {outcome['date']}",
        "",
        f"![Time by engine, on a logarithmic scale]({picture})",
        "",
        f"Machine: {machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}; "
        f"{machine['rustc']}, Python {machine['python']}. Commit {outcome['commit']}. `{outcome['command']}`",
        "",
        f"The median of {outcome['repeat']} runs at most, with {outcome['threads']} threads; a run of more than "
        f"{figures(outcome['timeout_s'] / 4)} s is not repeated, and one of more than {outcome['timeout_s']} s is stopped. "
        "*Index* is what is built before the first place is asked for, where an engine does that apart. *Join* is per place. "
        "*Total* is from files to answer, without the start of the program. *Ratio* is total over nittio's: **below 1 nittio "
        "is slower**. *Differ* is on how many places the answer is not the reference's (shapely-expert). How to read this: "
        "[README](../README.md).",
        "",
    ]
    for family in ("all", "fibre", "mobile", "parcel", "municipality"):
        tables = sorted({m["places"] for m in outcome["measurements"] if m["family"] == family}, reverse=True)
        for places in tables:
            few = "" if places == outcome["places"] else f", {grouped(places)} places"
            lines += [f"## {TITLES[family]}{few}", "", f"{ASKED[family][0].upper()}{ASKED[family][1:]}.", ""]
            if few:
                lines += ["The peers that were stopped above, on fewer places and the same polygons.", ""]
            lines += [
                "| engine | index s | join ns/place | total s | peak MB | ratio | differ |",
                "|---|--:|--:|--:|--:|--:|--:|",
                *table(at(outcome, family, places)),
                "",
            ]
    if outcome["program"]:
        lines += ["## The whole program", "", whole(outcome["program"]), ""]
    lines += ["## Data", "", "| file | rows | vertices | MB |", "|---|--:|--:|--:|"]
    for name, fact in outcome["data"].items():
        vertices = grouped(fact["vertices"]) if "vertices" in fact else NONE
        lines.append(f"| {name} | {grouped(fact['rows'])} | {vertices} | {fact['mb']} |")
    versions = {m["engine"]: m["version"] for m in outcome["measurements"] if "version" in m}
    lines += ["", "## Versions", "", *(f"- {engine}: {version}" for engine, version in versions.items())]
    lines += [f"- {engine}: not run: {why}" for engine, why in outcome["absent"].items()]
    return "\n".join(lines) + "\n"


def table(rows):
    ours = next((m["total_s"] for m in rows if m["engine"] == "nittio" and "total_s" in m), None)
    for m in rows:
        engine = f"**{m['engine']}**" if m["engine"] == "nittio" else m["engine"]
        if "stopped_s" in m:
            yield f"| {engine} | {NONE} | {NONE} | > {m['stopped_s']} | {NONE} | {beyond(m['stopped_s'], ours)} | {NONE} |"
        elif "total_s" not in m:
            yield f"| {engine} | {NONE} | {NONE} | failed: {m['error']} | {NONE} | {NONE} | {NONE} |"
        else:
            differ = grouped(m["differ"]) if "differ" in m else "reference"
            if m.get("on_border"):
                differ += f" ({grouped(m['on_border'])} on a border)"
            yield (
                f"| {engine} | {figures(m['index_s'])} | {grouped(round(m['join_ns_per_place']))} | "
                f"{figures(m['total_s'])} | {grouped(m['peak_mb'])} | {ratio(m['total_s'], ours)} | "
                f"{m.get('error') or differ} |"
            )


def ratio(total, ours):
    if not ours:
        return NONE
    text = f"{figures(total / ours)} ×"
    return f"**{text}**" if total < ours else text


def beyond(stopped, ours):
    return f"> {figures(stopped / ours)} ×" if ours else NONE


def whole(program):
    if "error" in program:
        return f"`nittio run` was not measured: {program['error']}"
    return (
        f"`nittio run` on the same folder takes {figures(program['total_s'])} s and {grouped(program['peak_mb'])} MB from start "
        f"to end (median of {program['runs']}): it also checks and mends every polygon, keeps planned footprints, "
        "answers every threshold, unit and goal, and writes the tables, the map and the report. No peer does this."
    )


def grouped(number):
    return f"{number:,}".replace(",", " ")


def figures(value):
    """Two or three figures: 0.012, 0.34, 5.6, 78, 910."""
    if value == 0:
        return "0"
    if value >= 100:
        return grouped(round(value))
    if value >= 10:
        return f"{value:.0f}" if value >= 20 else f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}" if value >= 0.001 else f"{value:.1g}"
