"""Serves the one font that comes from npm, under a short name. Without npm the site works: an
empty file stands in for the font, and browsers fall back to the system's."""

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

FIGTREE = "@fontsource-variable/figtree/files"
FILES = {
    "fonts/figtree.woff2": f"{FIGTREE}/figtree-latin-wght-normal.woff2",
    "fonts/figtree-ext.woff2": f"{FIGTREE}/figtree-latin-ext-wght-normal.woff2",
}
NO_FONT = settings.BASE_DIR / "peernet/no-font.woff2"


class Renamed(FileSystemStorage):
    """node_modules, seen under the short names of FILES."""

    def path(self, name):
        there = settings.BASE_DIR / "node_modules" / FILES[name]
        return str(there if there.exists() else NO_FONT)


class NpmFinder(BaseFinder):
    storage = Renamed()

    def check(self, **_kwargs):
        return []

    def find(self, path, find_all=False, **_kwargs):
        found = [self.storage.path(path)] if path in FILES else []
        return found if find_all else (found[0] if found else [])

    def list(self, _ignore_patterns):
        return [(name, self.storage) for name in FILES]
