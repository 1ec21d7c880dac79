"""Changes one number of a table that is not text, for cases about differences that must be seen.

Arguments: the file, the column. The first number in it becomes one more.
"""

import json
import pathlib
import sqlite3
import sys

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

path, column = pathlib.Path(sys.argv[1]), sys.argv[2]
if path.suffix == ".parquet":
    table = pq.read_table(path)
    at = table.column_names.index(column)
    numbers = table.column(column).to_pylist()
    first = next(i for i, number in enumerate(numbers) if number is not None)
    numbers[first] += 1
    changed = table.set_column(at, table.schema.field(at), pa.array(numbers, type=table.schema.field(at).type))
    assert pc.sum(changed.column(column)).as_py() == pc.sum(table.column(column)).as_py() + 1
    pq.write_table(changed, path, compression="none")
else:
    database = sqlite3.connect(path)
    # Triggers of the spatial index name functions that plain SQLite has not; no geometry changes.
    for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        database.create_function(name, 1, lambda geometry: 0)
    (layer,) = database.execute("SELECT table_name FROM gpkg_contents WHERE data_type = 'features' LIMIT 1").fetchone()
    row = f"(SELECT min(fid) FROM {layer} WHERE {column} IS NOT NULL)"
    number = database.execute(f"UPDATE {layer} SET {column} = {column} + 1 WHERE fid = {row}").rowcount
    assert number == 1, (layer, column)
    database.commit()
    database.close()
print(json.dumps({"changed": column}))
