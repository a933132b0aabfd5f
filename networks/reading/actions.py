"""How somebody reads: what they want to hear nothing about, and what they have had enough of.
All of it is their own setting; none of it is noted, and nobody is told."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection, transaction

from members.people.models import Person
from networks.discussions.models import Mute, ReadMark, Room, Thread
from networks.network.models import Network


class Mark(NamedTuple):
    """How far a thread was read before (None: not at all), and how far it counts as read now."""

    thread: int
    before: int | None
    now: int


def mute(
    network: Network, *, room: Room | None = None, thread: Thread | None = None, by: Person
) -> None:
    """No mail about the thread, the room or (neither named) all talk; nothing counts as new."""
    Mute.objects.get_or_create(network=network, person=by, room=room, thread=thread)


def unmute(
    network: Network, *, room: Room | None = None, thread: Thread | None = None, by: Person
) -> None:
    """Hear of it again."""
    Mute.objects.filter(network=network, person=by, room=room, thread=thread).delete()


ALL_READ = """
WITH news AS (
    SELECT thread.network_id, thread.id, thread.last_post_id, mark.last_post_id AS before
    FROM unnest(%(networks)s::bigint[], %(rooms)s::bigint[], %(from)s::timestamptz[])
         AS place (network_id, room_id, reads_from)
    JOIN networks_thread thread ON thread.network_id = place.network_id
         AND thread.room_id = place.room_id AND thread.last_post_at >= place.reads_from
    LEFT JOIN networks_readmark mark ON mark.network_id = thread.network_id
          AND mark.thread_id = thread.id AND mark.person_id = %(person)s
    WHERE thread.last_post_id > coalesce(mark.last_post_id, 0)
), marked AS (
    INSERT INTO networks_readmark (network_id, thread_id, person_id, last_post_id)
    SELECT network_id, id, %(person)s, last_post_id FROM news
    ON CONFLICT (network_id, person_id, thread_id)
    DO UPDATE SET last_post_id = greatest(networks_readmark.last_post_id, EXCLUDED.last_post_id)
)
SELECT id, before, last_post_id FROM news
"""


@transaction.atomic
def mark_all_read(within: Iterable[Room], *, by: Person) -> list[Mark]:
    """Everything in these rooms (from `visible_to`) counts as read; gives what that changed."""
    rooms = list(within)
    ask = {
        "person": by.pk,
        "networks": [room.network_id for room in rooms],
        "rooms": [room.pk for room in rooms],
        "from": [room.reads_from for room in rooms],
    }
    with connection.cursor() as cursor:
        cursor.execute(ALL_READ, ask)
        return [Mark(*row) for row in cursor]


@transaction.atomic
def put_back(network: Network, marks: Iterable[Mark], *, by: Person) -> None:
    """Take `mark_all_read` back, but for threads that were read further meanwhile."""
    mine = ReadMark.objects.filter(network=network, person=by)
    for mark in marks:
        row = mine.filter(thread=mark.thread, last_post_id=mark.now)
        if mark.before is None:
            row.delete()
        else:
            row.update(last_post_id=mark.before)
