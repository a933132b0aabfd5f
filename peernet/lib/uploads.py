"""How a file comes in: in memory while small, never larger than we would ever keep, and a full
disk is a sentence later on instead of a fault now.

What is cut off here is longer than every limit of ours: whoever reads the file says so.
"""

from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

IN_MEMORY = 1024 * 1024  # of each file; more of it waits on the disk
LEAST = 12 * 1024 * 1024  # what lists of people and of participants may need, whatever talk may


class Arrived(UploadedFile):
    """A file that somebody sent; `lost`: the disk had no room for it."""

    lost = False


class Careful(FileUploadHandler):
    """Django's handler for every upload."""

    taken = 0  # bytes of all files of this request

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 -- the request closes it
        self.lost = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        room = min(
            max(settings.FILE_MAX_BYTES, LEAST) + 1 - self.file.tell(),
            max(settings.POST_MAX_BYTES, LEAST) + 1 - self.taken,
        )
        part = raw_data[: max(room, 0)]
        self.taken += len(part)
        try:
            if not self.lost:
                self.file.write(part)
        except OSError:
            self.lost = True

    def file_complete(self, file_size: int) -> Arrived:
        size = self.file.tell()
        self.file.seek(0)
        made = Arrived(self.file, self.file_name, self.content_type, size, self.charset)
        made.lost = self.lost
        return made
