"""What somebody muted in the talk of a network."""

from typing import NamedTuple

from members.people.models import Person
from networks.discussions.models import Mute
from networks.network.models import Network


class Muted(NamedTuple):
    """What somebody muted: all talk of the network, rooms and threads of it by their ids."""

    all: bool
    rooms: frozenset[int]
    threads: frozenset[int]


def muted(network: Network, person: Person) -> Muted:
    """What of the network's talk the person muted. Their own business: nobody else is shown it."""
    rows = list(
        Mute.objects.filter(network=network, person=person).values_list("room_id", "thread_id")
    )
    return Muted(
        all=(None, None) in rows,
        rooms=frozenset(room for room, _thread in rows if room),
        threads=frozenset(thread for _room, thread in rows if thread),
    )
