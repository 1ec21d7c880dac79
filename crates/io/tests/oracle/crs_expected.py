"""Writes crs_expected.csv: what PROJ makes of points in every CRS that nittio supports.

Run from this directory: python3 crs_expected.py > crs_expected.csv   (needs pyproj)

The points are drawn with a fixed seed. Each row is one point: from, to, its coordinates, and PROJ's answer
with 17 significant digits; easting or longitude first throughout.
"""

import random

import pyproj
from pyproj.transformer import TransformerGroup

SWEDEN = (10.0, 24.5, 55.0, 69.5)
NORDIC = (4.0, 32.0, 53.0, 72.0)
EUROPE = (-9.0, 39.0, 35.0, 72.0)
CONTIGUOUS_US = (-124.5, -67.0, 24.6, 49.3)
WORLD = (-180.0, 180.0, -85.0, 85.0)

AREAS = {3857: WORLD, 4258: EUROPE, 4269: CONTIGUOUS_US, 4619: SWEDEN, 3006: NORDIC, 3067: NORDIC}
AREAS |= {code: SWEDEN for code in range(3007, 3025)}
AREAS |= {code: EUROPE for code in range(25832, 25836)}
SWEDISH = {4619, *range(3007, 3025)}

random.seed(20090607)


def transformer(source, target):
    """PROJ's first choice: the most accurate operation that needs no grid."""
    return TransformerGroup(source, target, always_xy=True).transformers[0]


def points(area, count):
    west, east, south, north = area
    return [(round(random.uniform(west, east), 4), round(random.uniform(south, north), 4)) for _ in range(count)]


def rows(source, target, coordinates):
    step = transformer(source, target)
    for x, y in coordinates:
        east, north = step.transform(x, y, errcheck=True)
        print(f"{source},{target},{x!r},{y!r},{east:.17g},{north:.17g}")


def projected(code, area, count):
    """Points given in the CRS itself: to the centimetre, or to 4 decimals of a degree."""
    step = transformer(4326, code)
    digits = 4 if pyproj.CRS.from_epsg(code).is_geographic else 2
    return [tuple(round(value, digits) for value in step.transform(*point)) for point in points(area, count)]


print(f"# PROJ {pyproj.proj_version_str} through pyproj {pyproj.__version__}, crs_expected.py")
print("from,to,x,y,expected_x,expected_y")
for code, area in sorted(AREAS.items()):
    swedish = code in SWEDISH
    rows(4326, code, points(area, 100 if swedish else 150))
    rows(code, 4326, projected(code, area, 100 if swedish else 150))
    if swedish:
        rows(3006, code, projected(3006, area, 50))
        rows(code, 3006, projected(code, area, 50))
# Between two projected CRSs. RT 90 to an ETRS89 projection is left out: there PROJ takes an older set of seven
# parameters (EPSG operation 1437), half a metre from Lantmateriet's (1895) that nittio takes for every target.
for pair in [(25832, 25833), (3067, 3006), (25835, 3006), (3857, 3006)]:
    rows(*pair, projected(pair[0], SWEDEN, 60))
