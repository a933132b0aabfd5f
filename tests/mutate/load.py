"""Modules that hold conditions are rewritten while they are imported; no file is touched."""

import importlib.abc
import importlib.machinery
import sys

from .sites import ROOT, Site, looked_at, rewritten

FIRST: dict[str, int] = {}  # path -> the number of its first condition


class Loader(importlib.machinery.SourceFileLoader):
    """Compiles the rewritten module, never one kept from before."""

    def get_code(self, fullname: str):
        path = self.get_filename(fullname)
        named = path.removeprefix(f"{ROOT}/")
        tree, _sites = rewritten(self.get_data(path).decode(), named, FIRST[named])
        return compile(tree, path, "exec")


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname, path, target=None):
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec and spec.origin and spec.origin.startswith(f"{ROOT}/"):
            named = spec.origin.removeprefix(f"{ROOT}/")
            if named in FIRST and looked_at(named):
                spec.loader = Loader(fullname, spec.origin)
                return spec
        return None


def install(found: dict[str, list[Site]]) -> None:
    """From now on the modules that hold conditions are rewritten as they are imported."""
    FIRST.update({path: sites[0].number for path, sites in found.items()})
    sys.meta_path.insert(0, Finder())
