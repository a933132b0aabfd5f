"""What became of a thread, and what the reader may do to it."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Case, When

from members.people.models import Person
from networks.discussions.models import Room, Thread
from networks.discussions.queries import rooms
from networks.discussions.rules import called

from .models import ThreadChange
from .rules import line

MOST_LINES = 100  # shown in one part of a thread


class Line(NamedTuple):
    """What was done to a thread, behind which post, and when (aware)."""

    after: int
    words: str
    at: datetime


class Allowed(NamedTuple):
    """What somebody may do to a thread. Hosts are the network's facilitators and coordinators."""

    host: bool
    rename: bool
    move: bool


def allowed(thread: Thread, person: Person) -> Allowed:
    """Whoever began a thread (which comes with `reads_from`) may change its title while it is open;
    hosts may do everything, but nothing leaves a trusted room, and nobody changes a title that was
    given before they came."""
    host = person.has_perm("networks.facilitate", thread.network)
    own = thread.author_id == person.pk and thread.closed_at is None
    knows = thread.started_at >= thread.reads_from
    return Allowed(host, rename=knows and (host or own), move=host and not thread.room.trusted)


def lines(thread: Thread, first: int, last: int) -> dict[int, list[Line]]:
    """What was done to the thread between two of its posts, by the post it stands behind."""
    name = Case(When(by__is_active=True, then="by__name"))  # None: the account is closed
    rows = ThreadChange.objects.filter(
        network=thread.network_id, thread=thread, after_post_id__range=(first, last)
    ).annotate(name=name)
    found: dict[int, list[Line]] = {}
    fields = ("after_post_id", "deed", "name", "from_room__name", "to_room__name", "at")
    for after, deed, who, source, goal, at in rows.order_by("-pk").values_list(*fields)[
        :MOST_LINES
    ]:
        words = line(deed, called(who), source or "", goal or "")
        found.setdefault(after, []).insert(0, Line(after, words, at))
    return found


def goals(thread: Thread, person: Person) -> list[Room]:
    """The rooms that a thread can be moved to: those that open to nobody what was said."""
    return [room for room in rooms(thread.network, person) if room.takes(thread.room)]
