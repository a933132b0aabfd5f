"""Work that no page waits for: writing the reminders that a hundred thousand answers are owed, and
telling a thousand people of each of twenty replies. In a process of its own, beside the same rows
written by plain SQL:

python -m tests.bench.deeds 1000000 100000 2026-11-23 5

Prints a line of JSON: for each deed the median milliseconds, the processor time, and the rows.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as hour
from functools import partial
from statistics import median
from zoneinfo import ZoneInfo

import django
import psutil

django.setup()

from django.db import connection, transaction  # noqa: E402 -- Django's models, so after it

from members.causes.actions import spread  # noqa: E402
from members.notices.actions import tell_of  # noqa: E402
from members.people.models import Person  # noqa: E402
from networks.discussions.actions import reply  # noqa: E402
from networks.discussions.models import Thread  # noqa: E402
from peernet.lib import clock  # noqa: E402
from sessions.meetings.actions import remind  # noqa: E402
from tests.bench.size import COORDINATOR, Size  # noqa: E402

RAW = """INSERT INTO members_notice (kind, about_id, version, "offset", channel, person_id, address,
    network_id, due_at, state, attempts, doubtful, reason, created_at)
SELECT 'reminder', session.id, session.sequence, 1440, 'mail', spell.person_id, '',
    session.network_id, %(now)s, 'pending', 0, false, '', %(now)s
FROM peer_sessions_session session
JOIN networks_membership spell ON spell.network_id = session.network_id AND spell.until IS NULL
JOIN members_person person ON person.id = spell.person_id AND person.is_active
WHERE session.date IN (%(day)s + 1, %(day)s + 7) AND NOT EXISTS (SELECT FROM peer_sessions_answer
    answer WHERE answer.session_id = session.id AND answer.person_id = spell.person_id
    AND answer.reply = 'no')
ON CONFLICT DO NOTHING"""

REPLIES = 20
TOLD = """INSERT INTO members_notice (kind, about_id, version, "offset", channel, person_id,
    address, network_id, due_at, state, attempts, doubtful, reason, created_at)
SELECT 'post', %(post)s, 0, 0, 'mail', person_id, '', 1, %(now)s, 'pending', 0, false, '', %(now)s
FROM networks_follow WHERE network_id = 1 AND thread_id = %(thread)s AND "on"
ON CONFLICT DO NOTHING"""


def rows_written(after: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM members_notice WHERE id > %s", [after])
        return cursor.fetchone()[0]


def taken_away(after: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM members_notice WHERE id > %s", [after])
        cursor.execute("VACUUM members_notice")


def timed(deed: Callable[[], object]) -> tuple[float, float]:
    """How many ms it took, and how many of processor time, here and in PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0])

    def used() -> float:
        there = backend.cpu_times()
        return time.process_time() + there.user + there.system

    was, began = used(), time.perf_counter()
    with transaction.atomic():
        deed()
    return 1000 * (time.perf_counter() - began), 1000 * (used() - was)


def raw(day: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(RAW, {"now": clock.now(), "day": day})


def raw_told(thread: int, posts: list[int]) -> None:
    with connection.cursor() as cursor:
        for post in posts:
            cursor.execute(TOLD, {"now": clock.now(), "thread": thread, "post": post})


def replied(thread: int) -> list[int]:
    """So many replies of the coordinator, of which nobody is told yet."""
    there, by = Thread.objects.get(pk=thread), Person.objects.get(pk=COORDINATOR)
    return [reply(there, words="A short reply.", by=by).pk for _ in range(REPLIES)]


def main(posts: str, members: str, today: str, rounds: str) -> None:
    kept, day = int(posts), date.fromisoformat(today)
    followed = Size(kept, int(members)).followed
    # Five minutes after the reminders of a day before and of a week before are due.
    moment = datetime.combine(day, hour(10, 30), ZoneInfo("Europe/London"))
    clock.travel(moment + timedelta(minutes=5))
    found: dict[str, list[tuple[float, float, int]]] = {}

    def note(name: str, deed: Callable[[], object]) -> None:
        took = timed(deed)
        found.setdefault(name, []).append((*took, rows_written(kept)))

    try:
        for _ in range(int(rounds)):
            taken_away(kept)
            note("remind", remind)
            note("remind, nothing new", remind)
            taken_away(kept)
            note("remind, raw SQL", lambda: raw(day))
            taken_away(kept)
            written = replied(followed)
            note("tell", lambda: spread(tell_of))
            taken_away(kept)
            note("tell, raw SQL", partial(raw_told, followed, written))
        taken_away(kept)
    finally:
        clock.travel(None)
    names = ("ms", "cpu", "rows")
    print(json.dumps({
        deed: dict(zip(names, map(median, zip(*rows, strict=True)), strict=True))
        for deed, rows in found.items()
    }))  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
