"""An attack on a public edition, by integer programming: python attack.py PUBLIC INTERNAL [naive]

Everything that holds for any study is used: parts add up to wholes, settlement classes, categories and levels add up,
municipalities add up to their county, one measure implies another, one definition counts all that another counts, and whoever
is covered is so by some technology. HiGHS then looks for the most that each small count can be. Prints JSON: how many
small counts were attacked, how many were found out to be small, and the first of them.

With "naive" the public figures are those of the internal edition with small counts blanked and nothing else.
"""

import csv
import itertools
import json
import random
import sys
from pathlib import Path

import numpy
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

COUNTS = ["total", "covered", "missing", "unmatched"]
KEY = ["level", "code", "settlement", "category", "profile", "unit", "measure"]


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {tuple(r[k] for k in KEY): [int(r[c]) if r[c] else None for c in COUNTS] for r in rows}


def recoded(truth):
    """Places without a position with those outside, as in the public edition."""
    out = {}
    for key, counts in truth.items():
        key = key[:2] + ("outside" if key[2] == "unknown" else key[2],) + key[3:]
        out[key] = [a + b for a, b in zip(out.get(key, [0] * 4), counts)]
    return out


def narrower(a, b):
    technologies = b["technologies"] is None or (a["technologies"] is not None and set(a["technologies"]) <= set(b["technologies"]))
    return set(a["reach"]) <= set(b["reach"]) and technologies and (a["planned_until"] or "") <= (b["planned_until"] or "")


class Attack:
    def __init__(self, shown, unit, profiles):
        self.rows = [k for k in shown if k[5] == unit]
        self.known = {}
        self.number = {}
        for key in self.rows:
            for column in range(4):
                # Totals and unmatched are the same whatever is asked.
                same = key[:4] + ("", unit, "") if column in (0, 3) else key
                name = (same, column)
                self.number.setdefault(name, len(self.number))
                if shown[key][column] is not None:
                    self.known[self.number[name]] = shown[key][column]
        self.matrix, self.low, self.high = [], [], []
        self.equalities(unit)
        self.orders(profiles)

    def variable(self, key, column):
        return self.number[(key[:4] + ("", key[5], "") if column in (0, 3) else key, column)]

    def rule(self, terms, low, high):
        self.matrix.append(terms)
        self.low.append(low)
        self.high.append(high)

    def equalities(self, unit):
        axes = [sorted({k[i] for k in self.rows}) for i in range(7)]
        areas = sorted({k[:2] for k in self.rows})
        for key in self.rows:
            self.rule([(self.variable(key, 0), 1)] + [(self.variable(key, c), -1) for c in (1, 2, 3)], 0, 0)
            splits = []
            for axis in (2, 3):
                if key[axis] == "all":
                    splits.append([key[:axis] + (v,) + key[axis + 1 :] for v in axes[axis] if v != "all"])
            if key[0] == "total":
                for level in {level for level, _ in areas if level != "total"}:
                    splits.append([area + key[2:] for area in areas if area[0] == level])
            if key[0] == "county" and key[1]:
                splits.append([a + key[2:] for a in areas if a[0] == "municipality" and a[1].startswith(key[1])])
            for parts in filter(None, splits):
                for column in range(4):
                    self.rule([(self.variable(key, column), 1)] + [(self.variable(p, column), -1) for p in parts], 0, 0)

    def orders(self, profiles):
        measures = sorted({k[6] for k in self.rows})
        chains = [["covered"] + sorted((m for m in measures if m.startswith(s)), key=lambda m: float(m.split("=")[1].split()[0])) for s in ("down>=", "up>=")]
        pairs = [p for chain in chains for p in itertools.pairwise(chain)]
        pairs += [("covered", m) for m in measures if m.startswith(("technology=", "operators>="))]
        technologies = [m for m in measures if m.startswith("technology=")]
        nested = [(a["key"], b["key"]) for a, b in itertools.permutations(profiles, 2) if narrower(a, b)]
        rows = set(self.rows)
        for key in self.rows:
            for wide, narrow in pairs:
                if key[6] == narrow and (wider := key[:6] + (wide,)) in rows:
                    self.rule([(self.variable(wider, 1), 1), (self.variable(key, 1), -1)], 0, numpy.inf)
            for narrow, wide in nested:
                if key[4] == narrow and (wider := key[:4] + (wide,) + key[5:]) in rows:
                    self.rule([(self.variable(wider, 1), 1), (self.variable(key, 1), -1)], 0, numpy.inf)
            if key[6] == "covered" and technologies:
                parts = [key[:6] + (m,) for m in technologies]
                self.rule([(self.variable(p, 1), 1) for p in parts] + [(self.variable(key, 1), -1)], 0, numpy.inf)

    def solver(self):
        size = len(self.number)
        entries = [(r, v, c) for r, terms in enumerate(self.matrix) for v, c in terms]
        r, v, c = zip(*entries)
        matrix = csr_matrix((c, (r, v)), shape=(len(self.matrix), size))
        low, high = numpy.zeros(size), numpy.full(size, 1e6)
        for variable, count in self.known.items():
            low[variable] = high[variable] = count
        rules = LinearConstraint(matrix, numpy.array(self.low), numpy.array(self.high))

        def most(variable, enough):
            # The most does not matter, only whether it can be enough.
            floor = low.copy()
            floor[variable] = max(floor[variable], enough)
            zero = numpy.zeros(size)
            return milp(zero, constraints=rules, bounds=Bounds(floor, high), integrality=numpy.ones(size)).success

        return most


def main():
    public, internal = Path(sys.argv[1]), Path(sys.argv[2])
    manifest = json.loads((public / "manifest.json").read_text())
    threshold = manifest["suppression"]["threshold"]
    truth, shown = recoded(table(internal / "indicators.csv")), table(public / "indicators.csv")
    if "naive" in sys.argv[3:]:
        shown = {k: [None if 0 < n < threshold else n for n in truth[k]] for k in shown}
    attacked, found = 0, []
    for unit in ("places", "population"):
        attack = Attack(shown, unit, manifest["definitions"]["profiles"])
        most = attack.solver()
        targets = sorted({attack.variable(k, c): (k, COUNTS[c], truth[k][c]) for k in attack.rows for c in range(4) if 0 < truth[k][c] < threshold}.items())
        random.Random(1).shuffle(targets)
        for variable, (key, column, count) in targets[:60]:
            attacked += 1
            if not most(variable, threshold):
                found.append([*key, column, count])
    print(json.dumps({"attacked": attacked, "found": len(found), "first": found[:3]}))


if __name__ == "__main__":
    main()
