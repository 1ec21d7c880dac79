"""Prints, as JSON, what readers by others find in places-lacking.pmtiles, beside what places.parquet says.

    python tiles.py FOLDER HIGHEST_SPEED
"""

import json
import pathlib
import sys
from collections import Counter

import mapbox_vector_tile
import polars as pl
import pyogrio
from pmtiles.reader import MmapSource, Reader, all_tiles
from pyproj import Transformer
from scipy.spatial import cKDTree

folder, highest = pathlib.Path(sys.argv[1]), float(sys.argv[2])
SIDE = 2 * 20037508.342789244


def seen():
    """Every zoom level's places, and the dots of the closest one in metres on Mercator's map."""
    with open(folder / "places-lacking.pmtiles", "rb") as file:
        source = MmapSource(file)
        reader = Reader(source)
        header, metadata = reader.header(), reader.metadata()
        levels, dots = {}, []
        for (zoom, x, y), data in all_tiles(source):
            # The same tile by its name, which goes through the directories.
            assert reader.get(zoom, x, y) == data
            layers = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
            assert list(layers) == ["lacking"], layers.keys()
            layer = layers["lacking"]
            level = levels.setdefault(zoom, {"tiles": 0, "dots": 0, "places": 0})
            level["tiles"] += 1
            level["dots"] += len(layer["features"])
            for feature in layer["features"]:
                properties = feature["properties"]
                level["places"] += properties["places"]
                if zoom == header["max_zoom"]:
                    across, down = feature["geometry"]["coordinates"]
                    part = lambda tile, inside: (tile + inside / layer["extent"]) / 2**zoom
                    dots.append(((part(x, across) - 0.5) * SIDE, (0.5 - part(y, down)) * SIDE, properties))
        return header, metadata, levels, dots


def expected(keys):
    places = pl.read_parquet(folder / "places.parquet")
    speeds = pl.any_horizontal([pl.col(key).fill_null(-1) < highest for key in keys])
    places = places.filter(pl.col("matched") & pl.col("easting").is_not_null() & speeds)
    transformer = Transformer.from_crs("EPSG:3006", "EPSG:3857", always_xy=True)
    x, y = transformer.transform(places["easting"].to_numpy(), places["northing"].to_numpy())
    return places, list(zip(x, y))


header, metadata, levels, dots = seen()
keys = metadata["nittio"]["keys"]
places, points = expected(keys)
at = [(x, y) for x, y, _ in dots]
far = max(cKDTree(points).query(at)[0].max(), cKDTree(at).query(points)[0].max())
has_classes = "settlement" in places.columns
look = lambda row: tuple([row.get(key) for key in keys] + ([row["settlement"]] if has_classes else []))
same = Counter(look(row) for row in places.iter_rows(named=True)) == Counter(look(p) for _, _, p in dots)
with_gdal = None
if "PMTiles" in pyogrio.list_drivers():
    info = pyogrio.read_info(folder / "places-lacking.pmtiles", layer="lacking")
    with_gdal = {"features": info["features"], "crs": info["crs"], "fields": sorted(info["fields"])}
print(
    json.dumps(
        {
            "levels": levels,
            "closest": header["max_zoom"],
            "places": places.height,
            "far": far,
            "same": same,
            "gdal": with_gdal,
            "vector_layers": metadata["vector_layers"],
        }
    )
)
