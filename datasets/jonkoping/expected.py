"""Counts who has 100 Mbit/s with geopandas (GEOS) and writes expected.csv. It shares no code with nittio.

    pip install geopandas==1.2.0 shapely==2.2.0 pandas==3.1.1 pyarrow==26.0.1
    python expected.py

Definition `connected+passed` on 31 December 2024: footprints and offers in service on that day, of any technology, with at
least 100 Mbit/s down; a boundary is covered. A place belongs to the municipality of its own code, where that is a
known one, else to the one with the lowest code that holds it. The first row of an id counts; a negative number is missing.
"""

from pathlib import Path

import geopandas
import pandas

HERE = Path(__file__).parent
AS_OF = "2024-12-31"
UNITS = {
    "population": "befolkning",
    "households": "hushall",
    "workplaces": "arbetsstallen",
    "jobs": "arbetstillfallen",
}
CLASSES = {"tätort": "locality", "småort": "smaller_locality"}


def read():
    """All places with code, settlement class, whether they are matched and whether they have 100 Mbit/s."""
    places = pandas.read_parquet(HERE / "places.parquet").drop_duplicates("id", keep="first").set_index("id")
    for column in UNITS.values():
        places[column] = places[column].where(places[column] >= 0, 0)
    places.insert(0, "places", 1)
    # A position outside Sweden's box is no position: six rows have their axes swapped.
    swapped = (places["e"] > 1_000_000) | (places["n"] < 6_000_000)
    places.loc[swapped, ["e", "n"]] = None
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(places["e"], places["n"]), index=places.index, crs=3006)
    points = points[places["e"].notna()]

    def within(layer):
        return geopandas.sjoin(points, layer, predicate="intersects")

    kommuner = geopandas.read_file(HERE / "kommuner.geojson")
    position = within(kommuner).groupby(level=0)["kod"].min().reindex(places.index)
    own = places["kommunkod"].where(places["kommunkod"].isin(kommuner["kod"]))
    places["code"] = own.fillna(position).fillna("")

    orter = within(geopandas.read_file(HERE / "settlements.geojson"))
    klass = orter["klass"].map(CLASSES).groupby(level=0).min().reindex(places.index)
    places["settlement"] = klass.fillna("outside").where(places["e"].notna(), "unknown")

    offers = pandas.read_parquet(HERE / "offers.parquet")
    fast = set(offers.loc[offers["ned_mbit"] >= 100, "adress"])
    for name in ["fibre", "cable", "copper", "radio"]:
        layer = geopandas.read_file(HERE / f"{name}.geojson")
        assert layer.is_valid.all(), name
        day = layer["fran"].astype(str).str[:10].where(layer["fran"].notna(), "0000-00-00")
        layer = layer[(layer["status"] == "i drift") & (day <= AS_OF) & (layer["ned_mbit"] >= 100)]
        fast |= set(within(layer[["geometry"]]).index)
    places["matched"] = (places["code"] != "") & (places["e"].notna() | places.index.isin(offers["adress"]))
    places["fast"] = places["matched"] & places.index.isin(fast)
    return places


def main():
    places = read()
    rows = []
    for code in ["total", *sorted(places["code"].unique())]:
        area = places if code == "total" else places[places["code"] == code]
        for settlement in ["all", "locality", "smaller_locality", "outside", "unknown"]:
            part = area if settlement == "all" else area[area["settlement"] == settlement]
            for unit, column in {"places": "places", **UNITS}.items():
                values = part[column]
                figures = [values.sum(), values[part["fast"]].sum(), values[~part["matched"]].sum()]
                rows.append([code, settlement, unit, *map(int, figures)])
    columns = ["code", "settlement", "unit", "total", "covered_down100", "unmatched"]
    pandas.DataFrame(rows, columns=columns).to_csv(HERE / "expected.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
