"""What the house keeps beside its rows, made by the house's own ticks once the rows are there."""

from importlib import import_module

from django.db import connection
from django.db.models import Max

from evaluation.rollups.actions import renew
from networks.articles.actions import renew_stale
from networks.discussions.models import Post
from sessions.calendar.actions import keep_events

FOUND = import_module("networks.migrations.0011_posts_are_found")


def looks() -> None:
    """What every post looks like."""
    while renew_stale():
        pass


def words() -> None:
    """What every post is found by."""
    last = Post.objects.aggregate(last=Max("pk"))["last"] or 0
    with connection.cursor() as cursor:
        for after in range(0, last, FOUND.BATCH):
            cursor.execute(FOUND.WORDS, {"after": after, "batch": FOUND.BATCH})


SETTLE = [looks, words, keep_events, renew]
