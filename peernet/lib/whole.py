"""Uploads on the disk: a file is there whole, or it is not there."""

from contextlib import suppress
from typing import Any

from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """Django's storage, which leaves the part of a file that a full disk had room for."""

    def _save(self, name: str, content: Any) -> str:
        try:
            return str(super()._save(name, content))  # type: ignore[misc]  # the stubs forgot it
        except OSError:
            with suppress(OSError):  # the disk is what is broken: upkeep removes it later
                self.delete(name)  # which nobody else had: `save` has just made sure of it
            raise
