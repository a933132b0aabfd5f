"""Is the house standing? Answered for a machine at /healthz."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import Error, connection
from django.utils.translation import ngettext

from members.notices import queries
from peernet.lib import clock, words

# decisions.md: a job five periods late is a fault.
BEAT_LATE = timedelta(minutes=5)
NOTICE_LATE = timedelta(minutes=5)
PERIODS = 5
SHORTEST = timedelta(minutes=2)  # a full outbox keeps its job longer than five of its periods


def report() -> tuple[bool, dict[str, Any]]:
    """Whether all is well, and what was seen: database, broker, beat's last tick, the watch's last
    look, oldest due notice (times ISO 8601 in UTC)."""
    seen: dict[str, Any] = {"database": _database(), "broker": _broker()}
    if seen["database"] != "ok":
        return False, seen
    beat, waiting = queries.last_beat(), queries.oldest_due()
    now = clock.now()
    seen["beat"] = beat.isoformat() if beat else None
    last_look = watched()
    seen["watch"] = last_look.isoformat() if last_look else None
    seen["oldest_due_notice"] = waiting.isoformat() if waiting else None
    on_time = beat is not None and abs(now - beat) < BEAT_LATE
    # On a server without mail they wait until it is set up; a banner on every page says so.
    moving = waiting is None or now - waiting < NOTICE_LATE or not settings.MAIL_IS_SET_UP
    return seen["broker"] == "ok" and on_time and moving, seen


@dataclass(frozen=True)
class Job:
    """A job of the beat: how often it should run, and when it last ran to its end."""

    name: str
    period: timedelta
    at: datetime | None
    late: bool  # five periods without an end

    @property
    def often(self) -> str:
        """How often, in words."""
        if self.period < timedelta(minutes=1):
            n = self.period.seconds
            return ngettext("%(n)s second", "%(n)s seconds", n) % {"n": n}
        return words.length(self.period)


def jobs(since: datetime | None = None) -> list[Job]:
    """Every job of the beat.

    One that never ran is late only when `since` (when somebody began to watch) is that long ago;
    one that ran before `since` is counted from there: a server that was off all night is not late.
    """
    return list(_jobs(queries.beats(), since))


def watched() -> datetime | None:
    """When `manage.py watch` last looked; None when it never has."""
    return queries.last_beat("watch")


def _jobs(beats: dict[str, datetime], since: datetime | None) -> Iterator[Job]:
    now = clock.now()
    rung = settings.CELERY_BEAT_SCHEDULE.items()
    periods = {name: entry["schedule"].run_every for name, entry in rung}
    for name, period in periods.items():
        at = beats.get(name)
        known = [moment for moment in (at, since) if moment]
        patience = max(PERIODS * period, SHORTEST)
        # One that is to have run in the future has not run since the clock was put back: Celery's
        # beat then rings nothing until its own last time comes round again.
        yield Job(name, period, at, late=bool(known) and abs(now - max(known)) > patience)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as broken:
        return type(broken).__name__
    return "ok"


def _broker() -> str:
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2).ping()
    except redis.RedisError as broken:
        return type(broken).__name__
    return "ok"
