"""Is the house standing? Answered for a machine at /healthz."""

from datetime import timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import Error, connection

from members.notices import queries
from peernet.lib import clock

# decisions.md: a job five periods late is a fault.
BEAT_LATE = timedelta(minutes=5)
NOTICE_LATE = timedelta(minutes=5)


def report() -> tuple[bool, dict[str, Any]]:
    """Whether all is well, and what was seen: database, broker, beat's last tick, oldest due
    notice (times ISO 8601 in UTC)."""
    seen: dict[str, Any] = {"database": _database(), "broker": _broker()}
    if seen["database"] != "ok":
        return False, seen
    beat, waiting = queries.last_beat(), queries.oldest_due()
    now = clock.now()
    seen["beat"] = beat.isoformat() if beat else None
    seen["oldest_due_notice"] = waiting.isoformat() if waiting else None
    on_time = beat is not None and now - beat < BEAT_LATE
    # On a server without mail they wait until it is set up; a banner on every page says so.
    moving = waiting is None or now - waiting < NOTICE_LATE or not settings.MAIL_IS_SET_UP
    return seen["broker"] == "ok" and on_time and moving, seen


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
