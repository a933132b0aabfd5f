"""A copy of a network, and the sealed parts of it."""

from functools import cache

from networks.archives import actions, queries
from networks.archives.models import NetworkArchive, SealedRoom
from networks.discussions.models import Room
from peernet.lib import clock
from peernet.lib.sealed import new_key
from tests.pages import DONE, NO, Page, coordinators, here, members, nobody


@cache
def spare_key():
    """A real key, made once a process: making one takes half a second."""
    return new_key()


def packed(world):
    """The coordinator's, ready."""
    rows = NetworkArchive.objects.filter(network=world.place, by=world["coordinator"])
    made = next((row for row in rows if queries.is_there(row)), None)
    if made is None:
        rows.delete()
        made = actions.ask(world.place, by=world["coordinator"])
        actions.pack_due()
    return (world.place.slug, made.pk)


def sealed(world):
    """A room that the member is in, with a key of the coordinator's archive."""
    _slug, archive = packed(world)
    row = SealedRoom.objects.filter(archive=archive).first()
    if row is None:
        today = clock.today(world.place.zone)
        cohort = world.place.cohorts.create(name="Sealed", starts_on=today)
        cohort.spells.create(person=world["member"])
        room = Room.objects.create(network=world.place, name="Sealed", cohort=cohort)
        key, certificate = spare_key()
        row = SealedRoom.objects.create(
            archive_id=archive, room=room, key=key, certificate=certificate, first_at=clock.now()
        )
    return (world.place.slug, row.pk)


def _file():
    return nobody(member=NO, facilitator=NO, coordinator="200")


ROWS = [
    Page("network_archive", get=coordinators(), post=coordinators(DONE), args=here, look_as="coordinator"),
    Page("network_archive_file", post=_file(), args=packed, why="an archive"),
    Page("sealed", get=members(), post=members(DONE), args=here, look_as="member"),
    Page("sealed_key", post=nobody(member="200"), args=sealed, why="a key"),
]  # fmt: skip
