"""Prints, as JSON, what polars and DuckDB find in the tables of an output folder."""

import json
import pathlib
import sys

import duckdb
import polars as pl

folder = pathlib.Path(sys.argv[1])
COUNTS = ["total", "covered", "missing", "unmatched"]


def with_polars():
    found = {}
    text = {"code": pl.String}
    for name, table in {
        "indicators.parquet": pl.read_parquet(folder / "indicators.parquet"),
        "indicators.csv": pl.read_csv(folder / "indicators.csv", schema_overrides=text),
    }.items():
        found[name] = [table.height] + [int(table[column].sum()) for column in COUNTS]
    codes = pl.read_parquet(folder / "indicators.parquet").filter(pl.col("code") != "")["code"]
    found["first code"] = codes.min()
    places = pl.read_parquet(folder / "places.parquet")
    assert places["services"].dtype == pl.List(pl.UInt32), places.schema
    found["places.parquet"] = [places.height, int(places["population"].sum())]
    return found


def with_duckdb():
    found = {}
    sums = ", ".join(f"sum({column})::BIGINT" for column in COUNTS)
    for name, source in {
        "indicators.parquet": f"read_parquet('{folder}/indicators.parquet')",
        "indicators.csv": f"read_csv('{folder}/indicators.csv', types={{'code': 'VARCHAR'}})",
    }.items():
        found[name] = list(duckdb.sql(f"SELECT count(*), {sums} FROM {source}").fetchall()[0])
    (found["first code"],) = duckdb.sql(
        f"SELECT min(code) FROM read_parquet('{folder}/indicators.parquet') WHERE code != ''"
    ).fetchall()[0]
    places = f"read_parquet('{folder}/places.parquet')"
    found["places.parquet"] = list(duckdb.sql(f"SELECT count(*), sum(population)::BIGINT FROM {places}").fetchall()[0])
    (of_list,) = duckdb.sql(f"SELECT typeof(services) FROM {places} LIMIT 1").fetchall()[0]
    assert of_list == "UINTEGER[]", of_list
    return found


print(json.dumps({"polars": with_polars(), "duckdb": with_duckdb()}))
