"""A filled database from one run to the next: what a run wrote is taken away, the dates move on."""

from datetime import date

from django.db import connection

from members.notices.models import Notice
from networks.discussions.models import Post, Thread

from .size import Size

MOVE = """
UPDATE peer_sessions_session SET date = date + %(days)s,
    settled_at = settled_at + %(days)s * interval '1 day',
    starts_at = (date + %(days)s + time) AT TIME ZONE zone,
    ends_at = (date + %(days)s + time) AT TIME ZONE zone + minutes * interval '1 minute';
UPDATE networks_grant SET starts_on = starts_on + %(days)s, ends_on = ends_on + %(days)s;
UPDATE bench_filled SET day = day + %(days)s"""


def say_full(fingerprint: str, day: date) -> None:
    """Write down that the database was filled to its end, and by what."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_filled (made_by text, day date)")
        cursor.execute("INSERT INTO bench_filled VALUES (%s, %s)", [fingerprint, day])


def is_full() -> bool:
    return "bench_filled" in connection.introspection.table_names()


def tidy(size: Size) -> None:
    """Take away the replies and the messages of earlier runs."""
    Notice.objects.filter(pk__gt=size.posts).delete()
    gone, _rows = Post.objects.filter(pk__gt=size.posts).delete()
    if gone:
        rows = Post.objects.filter(thread=size.followed, network=1).order_by("-pk")
        last = rows.first()
        Thread.objects.filter(pk=size.followed).update(
            posts_count=rows.count(), last_post_id=last.pk, last_post_at=last.posted_at
        )


def move_to(day: date) -> None:
    """Let the sessions and grants be as far from today as they were on the day of the filling."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s - day FROM bench_filled", [day])
        if days := cursor.fetchone()[0]:
            cursor.execute(MOVE, {"days": days})
