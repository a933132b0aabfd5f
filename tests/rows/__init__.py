"""Rows of tests/declared.py for one part of the house each: a module here holds a list `ROWS`."""

from importlib import import_module
from pkgutil import iter_modules


def gathered():
    names = sorted(module.name for module in iter_modules(__path__))
    return [row for name in names for row in import_module(f"{__name__}.{name}").ROWS]
