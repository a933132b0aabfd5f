"""When a network has nobody to look after it, and whom its members' voices make the next. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

AWAY = timedelta(days=30)  # without a sign of life from any coordinator
ASKED_FOR = timedelta(days=14)  # as long members put themselves forward and say yes


class Voice(NamedTuple):
    """One member's yes. `seats`: the organisations they speak for here, and whether as its lead."""

    voter: int
    choice: int
    at: datetime
    seats: tuple[tuple[int, bool], ...] = ()


def counted(voices: Iterable[Voice]) -> dict[int, int]:
    """How many voices each choice has: one of each member, and of several who speak for the same
    organisation only one, its lead's before all others', else the first."""
    heard: set[int] = set()  # organisations
    found: Counter[int] = Counter()
    for voice in sorted(voices, key=lambda one: (not any(lead for _o, lead in one.seats), one.at)):
        bodies = {body for body, _lead in voice.seats}
        if bodies and bodies <= heard:
            continue
        heard |= bodies
        found[voice.choice] += 1
    return dict(found)


def first_of(
    standing: Mapping[int, datetime], voices: Mapping[int, int]
) -> tuple[int | None, list[int]]:
    """(whom it is, all who had as many): of those with most voices the one who has been here
    longest. `standing`: who puts themselves forward, and since when they are in the network. None
    when nobody has a voice."""
    most = max((voices.get(one, 0) for one in standing), default=0)
    if not most:
        return None, []
    tied = sorted(one for one in standing if voices.get(one, 0) == most)
    return min(tied, key=lambda one: (standing[one], one)), tied
