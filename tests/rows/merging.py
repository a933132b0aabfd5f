"""Two accounts of one person, and organisations that are written twice."""

from members.organisations.actions import recognise
from networks.seats.models import Seat
from peernet.lib import clock
from tests.pages import DONE, OK, Page, nobody, signed_in


def _pair(world):
    pair = [recognise(f"Octopus Centre {n}") for n in "ab"]
    for body in pair:
        Seat.objects.get_or_create(
            network=world.place, organisation=body, until=None, defaults={"since": clock.now()}
        )
    return tuple(body.pk for body in pair)


def _more(world, n):
    for number in range(min(n, 40)):
        body = recognise(f"Octopus Centre {number} {n}")
        Seat.objects.create(network=world.place, organisation=body, since=clock.now())


ROWS = [
    Page("accounts_merge", get=signed_in(), post=signed_in(DONE), look_as="member",
         data=lambda world: {"do": "away"}),
    Page("doubles", get=nobody(coordinator=OK, other_coordinator=OK, operator=OK),
         grow=_more),
    Page("double", get=nobody(coordinator=OK, operator=OK),
         post=nobody(coordinator=DONE, operator=DONE),
         args=_pair, data=lambda world: {"do": "apart"}),
]  # fmt: skip
