"""Writing a post with all that belongs to it, and keeping what it then looks like."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation

from members.people.models import Person
from networks.discussions import actions as talk
from networks.discussions.models import Post, Room, Thread
from networks.discussions.rules import ARTICLE
from networks.files import actions as filing
from networks.files.queries import Parcel, of_posts_in

BATCH = 500
MOST = 20_000  # made anew in one tick: some seconds


@transaction.atomic
def start_thread(room: Room, parcel: Parcel, *, by: Person, **said: Any) -> Thread:
    """Start a thread, with files in its first post."""
    thread = talk.start_thread(room, by=by, **said)
    if parcel.waiting:
        posts = Post.objects.filter(network=thread.network_id, thread=thread)
        _add(posts.earliest("pk"), parcel, by)
    return thread


@transaction.atomic
def reply(thread: Thread, parcel: Parcel, *, by: Person, **said: Any) -> Post:
    """Reply, with files."""
    post = talk.reply(thread, by=by, **said)
    if parcel.waiting:
        _add(post, parcel, by)
    return post


@transaction.atomic
def edit(post: Post, parcel: Parcel, *, by: Person, **said: Any) -> Post:
    """Change one's own post and its files."""
    post = talk.edit(post, by=by, more=filing.changes(parcel), **said)
    filing.change(post, parcel, by=by)
    renew([post.pk])
    return post


@transaction.atomic
def restore(post: Post, taken: talk.Taken, *, by: Person) -> Post:
    """Put one's own deleted post back, with its files."""
    post = talk.restore(post, taken, by=by)
    renew([post.pk])
    return post


@transaction.atomic
def renew(posts: Collection[int]) -> None:
    """Keep anew what these posts look like."""
    # Locked: whoever changes one of them meanwhile must not have it said as it was before.
    rows = list(Post.objects.select_for_update(no_key=True).filter(pk__in=posts).order_by("pk"))
    files = of_posts_in({row.network_id for row in rows}, [row.pk for row in rows])
    for row in rows:
        row.article, row.look = ARTICLE.kept(row, files.get(row.pk, ()))
    Post.objects.bulk_update(rows, ["article", "look"], batch_size=BATCH)


def renew_stale(most: int = MOST) -> int:
    """Keep anew what looks otherwise by now: since a new version, an import, or a deed that left
    it to us. At most so many; returns how many."""
    done = 0
    while done < most and (batch := _stale(min(BATCH, most - done))):
        renew(batch)
        done += len(batch)
    return done


def _stale(limit: int) -> list[int]:
    with translation.override(settings.LANGUAGE_CODE):
        look = ARTICLE.look
    # In two halves, each a part of the index: "<>" would read all posts there are.
    found: list[int] = []
    for side in ("look__lt", "look__gt"):
        rows = Post.objects.filter(**{side: look}).order_by("look")
        found += rows.values_list("pk", flat=True)[: limit - len(found)]
    return found


def _add(post: Post, parcel: Parcel, by: Person) -> None:
    filing.add(post, parcel, by=by)
    renew([post.pk])
