"""Static files as they go out: our own styles and scripts without what only their readers need."""

from collections.abc import Callable
from pathlib import PurePosixPath

from django.core.files.base import ContentFile, File
from rcssmin import cssmin
from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

OURS = ("css/", "js/")
LEAN: dict[str, Callable[[str], str]] = {".css": cssmin, ".js": jsmin}


class LeanStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Takes out comments and spaces, a tenth of what a phone loads first, before files are named
    by their content and compressed. Libraries come as small as they can be already."""

    def _save(self, name: str, content: File) -> str:
        shorten = LEAN.get(PurePosixPath(name).suffix)
        if shorten and name.startswith(OURS):
            content.seek(0)  # it may have been read for its name
            content = ContentFile(shorten(content.read().decode()).encode())
        return super()._save(name, content)
