"""Serves the one font that comes from npm, under a short name. Without npm the site works:
the stylesheet falls back to the system's font."""

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

FIGTREE = "@fontsource-variable/figtree/files"
FILES = {
    "fonts/figtree.woff2": f"{FIGTREE}/figtree-latin-wght-normal.woff2",
    "fonts/figtree-ext.woff2": f"{FIGTREE}/figtree-latin-ext-wght-normal.woff2",
}


class Renamed(FileSystemStorage):
    """node_modules, seen under the short names of FILES."""

    def path(self, name):
        return super().path(FILES[name])


class NpmFinder(BaseFinder):
    storage = Renamed(location=settings.BASE_DIR / "node_modules")

    def check(self, **_kwargs):
        return []

    def find(self, path, find_all=False, **_kwargs):
        found = [self.storage.path(path)] if path in FILES and self.storage.exists(path) else []
        return found if find_all else (found[0] if found else [])

    def list(self, _ignore_patterns):
        return [(name, self.storage) for name in FILES if self.storage.exists(name)]
