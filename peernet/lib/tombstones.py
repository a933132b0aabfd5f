"""Who closed their account, written down beside the database: an older backup that is restored
must bring nobody back.

A file in VAR_DIR, because it has to outlive the database. It holds ids and when they joined, by
which a row is known for sure; no name and no address.
"""

import logging
from datetime import datetime
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)


def keep(pk: int, joined: datetime) -> None:
    """Write down that somebody is erased."""
    try:
        with path().open("a") as file:
            file.write(f"{pk} {joined.isoformat()}\n")
    except OSError as broken:  # they are erased all the same
        logger.error("an erasure could not be written down: %s", type(broken).__name__)


def kept() -> set[tuple[int, str]]:
    """(id, when they joined) of everybody who is erased, as far as it was written down."""
    try:
        lines = path().read_text().splitlines()
    except FileNotFoundError:
        return set()
    found = [line.split(" ") for line in lines]
    return {(int(one[0]), one[1]) for one in found if len(one) == 2 and one[0].isdigit()}


def path() -> Path:
    """Where they are written down."""
    return Path(settings.VAR_DIR) / "erased"
