"""A disk that is full leaves no part of a file behind."""

import resource
from contextlib import contextmanager

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage

from peernet.lib.whole import WholeFiles

ROOM = 10_000  # bytes


@contextmanager
def no_room():
    """As by `ulimit -f`: no file of this process may grow larger."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def left_behind(storage):
    with no_room(), pytest.raises(OSError, match="File too large"):
        storage.save("a/b", ContentFile(b"x" * 3 * ROOM))
    return storage.listdir("a")[1]


def test_the_part_that_had_room_is_removed_and_djangos_own_storage_would_leave_it(tmp_path):
    assert left_behind(WholeFiles(tmp_path / "ours")) == []
    assert left_behind(FileSystemStorage(tmp_path / "djangos")) == ["b"]


def test_it_is_the_one_in_use():
    assert isinstance(default_storage, WholeFiles)
