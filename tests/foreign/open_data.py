"""Reads a folder of open data with programs that we did not write, and prints as JSON what is wrong with it.

Arguments: the folder, a table of figures in the columns of indicators.csv, the key of the study's main definition.

The mandatory and recommended properties of DCAT-AP-SE are those of the examples of its editors, `exempel/obligatoriskt.ttl` and
`exempel/rekommenderat.ttl` of github.com/diggsweden/DCAT-AP-SE, which https://docs.dataportal.se/dcat/ is made from. The shapes of
DCAT-AP 3.0.0, which DCAT-AP-SE 3 rests on, are in `dcat-ap.shacl.ttl`.
"""

import csv
import hashlib
import json
import pathlib
import sqlite3
import sys
import xml.etree.ElementTree as ET

import duckdb
import geopandas
import polars as pl
import pyarrow.parquet as pq
from frictionless import Package, system
from pyshacl import validate
from rdflib import DCAT, DCTERMS, FOAF, RDF, SH, Graph, Namespace, URIRef
from rdflib.compare import isomorphic

folder, figures, profile = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
wrong, compared = [], {}


def number(value):
    """A cell as a number, or its text; nothing when it is empty."""
    if value is None or value == "" or value != value:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return str(value)


def against(name, rows, columns, text):
    """Every cell of another format against the text."""
    if len(rows) != len(text):
        wrong.append([name, "rows", len(rows), len(text)])
    for ours, theirs in zip(text, rows):
        for column in columns:
            compared[name] = compared.get(name, 0) + 1
            if column in ("code", "as_of", "name"):
                # Some programs make a time of a day.
                if str(theirs[column]).removesuffix(" 00:00:00") != ours[column]:
                    wrong.append([name, column, str(theirs[column]), ours[column]])
            elif number(ours[column]) != number(theirs[column]):
                wrong.append([name, column, theirs[column], ours[column]])


known = {}
for row in csv.DictReader(open(figures, encoding="utf-8", newline="")):
    if row["profile"] == profile and row["category"] == "all" and row["settlement"] == "all":
        known[row["level"], row["code"], row["unit"], row["measure"]] = row

for path in sorted(folder.glob("*.csv")):
    level = path.stem
    text = list(csv.DictReader(open(path, encoding="utf-8", newline="")))
    columns = list(text[0])
    for row in text:
        for (of, code, unit, measure), figure in known.items():
            if (of, code) != (level, row["code"]):
                continue
            pairs = [(f"{unit}_total", "total"), (f"{unit}_unmatched", "unmatched")]
            if measure.startswith("down>="):
                speed = measure.removeprefix("down>=").removesuffix(" Mbit/s")
                pairs += [(f"{unit}_down_{speed}", "covered"), (f"{unit}_down_{speed}_share", "share")]
            for column, key in pairs:
                compared[path.name] = compared.get(path.name, 0) + 1
                if column not in row or number(row[column]) != number(figure[key]):
                    # Weights in parts are whole in the other table.
                    if unit in ("places", "population", "households", "workplaces", "jobs", "buildings"):
                        wrong.append([path.name, row["code"], column, row.get(column), figure[key]])
    against(path.stem + ".json", json.load(open(path.with_suffix(".json"), encoding="utf-8")), columns, text)
    parquet = path.with_suffix(".parquet")
    against(parquet.name, pl.read_parquet(parquet).to_dicts(), columns, text)
    rows = duckdb.sql(f"SELECT {', '.join(columns)} FROM read_parquet('{parquet}')").fetchall()
    against(parquet.name + " (duckdb)", [dict(zip(columns, row)) for row in rows], columns, text)
    metadata = pq.read_metadata(parquet).metadata or {}
    geojson = path.with_suffix(".geojson")
    if geojson.exists():
        frame = geopandas.read_file(geojson)
        against(geojson.name, json.load(open(geojson, encoding="utf-8"))["features"] and frame.to_dict("records"), columns, text)
        if frame.crs.to_epsg() != 4326:
            wrong.append([geojson.name, "crs", str(frame.crs)])
        for shape in frame.geometry.dropna():
            west, south, east, north = shape.bounds
            if not (shape.is_valid and -180 <= west <= east <= 180 and -90 <= south <= north <= 90):
                wrong.append([geojson.name, "geometry", shape.bounds])
            for part in getattr(shape, "geoms", [shape]):
                if not part.exterior.is_ccw or any(ring.is_ccw for ring in part.interiors):
                    wrong.append([geojson.name, "right-hand rule", part.bounds])
        same = geopandas.read_parquet(parquet)
        if same.crs is None or same.crs.to_authority() not in (("OGC", "CRS84"), ("EPSG", "4326")):
            wrong.append([parquet.name, "crs", str(same.crs)])
        geo = json.loads(metadata[b"geo"])
        if (geo["version"], geo["primary_column"]) != ("1.1.0", "geometry"):
            wrong.append([parquet.name, "geo", geo])
        for a, b in zip(frame.geometry, same.geometry):
            if (a is None) != (b is None) or (a is not None and not a.equals(b)):
                wrong.append([parquet.name, "geometry"])
    elif b"geo" in metadata:
        wrong.append([parquet.name, "has borders and there is no GeoJSON"])
    package = path.with_suffix(".gpkg")
    if package.exists():
        against(package.name, geopandas.read_file(package, layer=level).to_dict("records"), columns, text)
        database = sqlite3.connect(package)
        styles = database.execute("SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles").fetchall()
        if [style[:2] + style[3:] for style in styles] != [(level, "geom", 1)]:
            wrong.append([package.name, "styles", [style[:2] for style in styles]])
        for _, _, qml, _ in styles:
            renderer = ET.fromstring(qml).find("renderer-v2")
            ranges = [(float(r.get("lower")), float(r.get("upper"))) for r in renderer.find("ranges")]
            names = {symbol.get("name") for symbol in renderer.find("symbols")}
            if renderer.get("type") != "graduatedSymbol" or renderer.get("attr") not in columns:
                wrong.append([package.name, "renderer", renderer.attrib])
            if {r.get("symbol") for r in renderer.find("ranges")} != names or ranges[0][1] != 1 or ranges[-1][0] != 0:
                wrong.append([package.name, "ranges", ranges])
            if any(a[0] != b[1] for a, b in zip(ranges, ranges[1:])):
                wrong.append([package.name, "ranges do not meet", ranges])
            compared["breaks"] = [low for low, _ in ranges]

with system.use_context(trusted=True):
    report = Package(str(folder / "datapackage.json")).validate()
wrong += [["datapackage.json", *error] for error in report.flatten(["title", "message"])]
descriptor = json.load(open(folder / "datapackage.json", encoding="utf-8"))
for resource in descriptor["resources"]:
    data = (folder / resource["path"]).read_bytes()
    if (len(data), "sha256:" + hashlib.sha256(data).hexdigest()) != (resource["bytes"], resource["hash"]):
        wrong.append(["datapackage.json", resource["path"], "bytes or hash"])
    for field in resource.get("schema", {}).get("fields", []):
        if not field["description"] or "[" in field["description"]:
            wrong.append(["datapackage.json", field["name"], field["description"]])

BASE = "https://example.org/relative/catalogue"
graph = Graph().parse(folder / "dcat.jsonld", format="json-ld", publicID=BASE)
turtle = Graph().parse(folder / "dcat.ttl", format="turtle", publicID=BASE)
if not isomorphic(graph, turtle):
    wrong.append(["dcat.ttl", "it is another graph than dcat.jsonld", len(turtle), len(graph)])

# What DCAT-AP misses, by class and property.
shapes = Graph().parse(pathlib.Path(__file__).with_name("dcat-ap.shacl.ttl"), format="turtle")


def misses(data):
    _, results, _ = validate(data, shacl_graph=shapes, ont_graph=shapes)
    found = set()
    # What stands in the report itself; the rest are details of it.
    for result in results.objects(None, SH.result):
        (focus,) = results.objects(result, SH.focusNode)
        (path,) = results.objects(result, SH.resultPath)
        kinds = [str(kind).rsplit("/", 1)[-1].rsplit("#", 1)[-1] for kind in data.objects(focus, RDF.type)]
        found.add(f"{'/'.join(sorted(kinds))} {str(path).rsplit('/', 1)[-1].rsplit('#', 1)[-1]}")
    return sorted(found)


broken = Graph() + graph
for prefix, namespace in graph.namespaces():
    broken.bind(prefix, namespace)
for subject in list(broken.subjects(RDF.type, DCAT.Distribution)):
    broken.remove((subject, DCAT.accessURL, None))
for subject in list(broken.subjects(RDF.type, DCTERMS.PeriodOfTime)):
    broken.set((subject, DCAT.startDate, URIRef("https://example.org/today")))
MANDATORY = {
    DCAT.Catalog: [DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.license, DCAT.dataset],
    DCAT.Dataset: [DCTERMS.title, DCTERMS.description, DCTERMS.publisher],
    DCAT.Distribution: [DCAT.accessURL],
    FOAF.Agent: [FOAF.name],
    VCARD.Organization: [VCARD.fn, VCARD.hasEmail],
}
RECOMMENDED = {
    DCAT.Catalog: [FOAF.homepage, DCTERMS.language, DCTERMS.issued, DCAT.themeTaxonomy],
    DCAT.Dataset: [DCAT.distribution, DCAT.keyword, DCAT.theme, DCTERMS.issued, DCAT.contactPoint, DCTERMS.temporal],
    DCAT.Distribution: [DCTERMS.license, DCTERMS["format"], DCAT.downloadURL, DCAT.byteSize, SPDX.checksum],
}
lacking = {}
for name, rules in [("mandatory", MANDATORY), ("recommended", RECOMMENDED)]:
    found = set()
    for kind, properties in rules.items():
        subjects = list(graph.subjects(RDF.type, kind))
        found |= {f"{kind.split('/')[-1].split('#')[-1]} {p.split('/')[-1].split('#')[-1]}" for s in subjects for p in properties if not list(graph.objects(s, p))}
        if not subjects:
            found.add(kind.split("/")[-1].split("#")[-1])
    lacking[name] = sorted(found)
for kind in (DCAT.Catalog, DCAT.Dataset):
    for subject in graph.subjects(RDF.type, kind):
        for what in (DCTERMS.title, DCTERMS.description):
            if sorted(o.language for o in graph.objects(subject, what)) != ["en", "sv"]:
                wrong.append(["dcat.jsonld", "languages", str(subject)])
files = {}
for subject in graph.subjects(RDF.type, DCAT.Distribution):
    (url,), (size,) = graph.objects(subject, DCAT.downloadURL), graph.objects(subject, DCAT.byteSize)
    (checksum,) = graph.objects(subject, SPDX.checksum)
    (value,) = graph.objects(checksum, SPDX.checksumValue)
    data = (folder / str(url).rsplit("/", 1)[-1]).read_bytes()
    files[str(url)] = len(data)
    if int(size) != len(data) or str(value) != hashlib.sha256(data).hexdigest():
        wrong.append(["dcat.jsonld", str(url), "size or checksum"])
    if not isinstance(url, URIRef):
        wrong.append(["dcat.jsonld", "address", str(url)])

print(json.dumps({
    "wrong": wrong[:20],
    "compared": compared,
    "lacking": lacking,
    "shapes": {"dcat.jsonld": misses(graph), "dcat.ttl": misses(turtle), "broken": misses(broken)},
    "files": files,
    "licences": sorted({str(o) for o in graph.objects(None, DCTERMS.license)}),
    "readme": (folder / "README.md").read_text(encoding="utf-8"),
}, default=str))
