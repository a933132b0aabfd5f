"""A seat on its way from one person to another, in the Health and Social Care community."""

from datetime import timedelta

from networks.handover.actions import answer, begin_handover, choose
from networks.handover.models import Kind
from networks.handover.rules import OVERLAP
from networks.network.models import Network
from networks.seats.models import Holding
from peernet.lib import clock
from sessions.handing.actions import move_on
from sessions.handing.queries import to_choose

from . import story

INTRODUCED = 3  # people


def write() -> None:
    """Somebody moves on; a colleague has said yes and works through what is handed over."""
    place = Network.objects.get(slug="care", demo=True)
    people = Holding.objects.filter(seat__network=place).current().select_related("person")
    held = {one.person.name: one for one in people}
    leaves, follows = held[story.LEAVES], held[story.FOLLOWS].person
    first = clock.today(place.zone) - timedelta(days=story.OVERLAP_SINCE)
    row = begin_handover(
        leaves, email=follows.email, name="", starts_on=first, ends_on=first + OVERLAP,
        by=leaves.person,
    )  # fmt: skip
    answer(row, agrees=True, by=follows)
    things = [(one.kind, one.id) for one in to_choose(row)]
    met = [one for one in things if one[0] == Kind.PERSON]
    choose(row, {*things} - {*met[INTRODUCED:]}, by=leaves.person)
    move_on(row)
    for item in row.items.filter(handed_at__isnull=False)[:1]:
        item.done_at = clock.now()
        item.save(update_fields=["done_at"])
