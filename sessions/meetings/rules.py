"""When people are reminded, when the door to a session opens. Pure."""

from datetime import datetime, timedelta

from members.notices.rules import considerate
from sessions.cadence.rules import instant, wall

WEEK, DAY, HOUR = 10_080, 1_440, 60  # minutes before the start
OFFSETS = (WEEK, DAY, HOUR)
CHOICES = {WEEK: "remind_week", DAY: "remind_day", HOUR: "remind_hour"}  # networks/preferences
FARTHEST = timedelta(days=9)  # nothing is due longer before a start, wherever people live
JOIN_FROM = timedelta(hours=24)
JOIN_FIRST = timedelta(minutes=15)


def due(offset: int, start: datetime, zone: str, *, quiet: bool) -> datetime:
    """When somebody in `zone` is to be reminded of `start`, in UTC.

    A week and a day are days on their own wall calendar, the hour is sixty minutes. In their
    quiet hours it waits for morning, or comes the evening before when morning is too late.
    """
    if offset % DAY == 0:
        moment = instant(wall(start, zone) - timedelta(minutes=offset), zone)
    else:
        moment = start - timedelta(minutes=offset)
    return considerate(moment, zone, start) if quiet else moment


def due_between(
    since: datetime, until: datetime, start: datetime, zone: str, *, quiet: bool
) -> tuple[int, datetime] | None:
    """The one reminder (offset, due time) that fell due after `since` and up to `until`.

    Of several only the last: who was not reminded in time is not reminded three times at once.
    None when the last one due was due earlier, or the session has begun.
    """
    if start <= until:
        return None
    moments = [(due(offset, start, zone, quiet=quiet), -offset) for offset in OFFSETS]
    passed = [found for found in moments if found[0] <= until]
    if not passed or max(passed)[0] <= since:
        return None
    moment, offset = max(passed)
    return -offset, moment


def may_join(now: datetime, starts: datetime, ends: datetime) -> bool:
    """Whether the way in is open: from a day before the start until the end."""
    return starts - JOIN_FROM <= now < ends


def join_comes_first(now: datetime, starts: datetime, ends: datetime) -> bool:
    """Whether joining is all that anybody wants now: from 15 minutes before until the end."""
    return starts - JOIN_FIRST <= now < ends
