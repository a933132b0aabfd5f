"""Is there room on the disk? Standard library only: `make` asks before anything is installed."""

import os
import shutil
import sys
from pathlib import Path


def lacking(folder: Path, megabytes: int) -> str | None:
    """The sentence to say when the disk under `folder` has less than `megabytes` free.

    PEERNET_MIN_FREE_MB, when set, is the limit instead.
    """
    limit = int(os.environ.get("PEERNET_MIN_FREE_MB") or megabytes)
    there = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(there).free // 1_000_000
    if free >= limit:
        return None
    return (
        f"The disk is full: {folder} has {free} MB free and PeerNet needs {limit} MB. "
        "Make room, then start again."
    )


if __name__ == "__main__":
    sys.exit(lacking(Path(sys.argv[1]).resolve(), int(sys.argv[2])))
