"""Since when a group has met.

A group is those who are in it now. It has been a group since half of them were here: from the
first session held at that moment or after it, it has met. So one who joins twelve changes
nothing, and twelve who join six begin anew with them. Whoever leaves takes their months along:
only those who are here now are counted, each from when they came to stay.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

MONTH = timedelta(days=30.44)
LATELY = timedelta(days=60)  # so long somebody who came is new


class Met(NamedTuple):
    """Since when a group has met (aware), and how often."""

    since: datetime
    times: int

    def months(self, now: datetime) -> int:
        """Whole months since the first time."""
        return max(0, (now - self.since) // MONTH)


def middle(people: int) -> int | None:
    """Who of so many, in the order in which they came, is the one with whom half of them were
    here, counted from 0. Nobody, or one alone, is no group."""
    return (people - 1) // 2 if people > 1 else None


def met(start: datetime | None, held: Collection[datetime]) -> Met | None:
    """How long a group has met of which half was here from `start` on, in sessions `held` then."""
    times = sorted(at for at in held if start and at >= start)
    return Met(times[0], len(times)) if times else None


def set_back(before: Met | None, after: Met | None) -> bool:
    """Whether those who came lately make a new group of it: `before` is how long it had met
    without them."""
    return before is not None and (after is None or after.since > before.since)
