"""compare.py REFERENCE.parquet OTHER.parquet: on how many places two answers differ, as one JSON line."""

import json
import sys

import numpy as np
import pyarrow.parquet as pq


def load(path):
    table = pq.read_table(path)
    order = np.argsort(table["id"].to_numpy(), kind="stable")
    return {name: table[name].to_numpy()[order] for name in table.column_names}


reference, other = load(sys.argv[1]), load(sys.argv[2])
line = {"places": len(reference["id"])}
if list(reference) != list(other) or not np.array_equal(reference["id"], other["id"]):
    line["error"] = f"not the same places or columns: {list(reference)} {line['places']}, {list(other)} {len(other['id'])}"
else:
    differs = np.zeros(len(reference["id"]), bool)
    for name in reference:
        differs |= reference[name] != other[name]
    line["differ"] = int(differs.sum())
    line["examples"] = [
        {name: [int(reference[name][i]), int(other[name][i])] for name in reference} for i in np.flatnonzero(differs)[:3]
    ]
print(json.dumps(line))
