"""How people come into the demo's networks: one asks a question and owes two people words, one is
open to whoever accepts its rules; the others take people in by invitation."""

from datetime import timedelta

from networks.invitations.models import Invitation, Nomination
from networks.joining.models import JoinRequest
from networks.membership.models import Role
from networks.network.models import Entry, Network
from networks.seats.models import Holding, Part
from peernet.lib import clock

from . import story
from .cast import Cast


def open_doors(cast: Cast) -> None:
    """The doors, and who stands before one of them."""
    Network.objects.filter(name=story.OPEN_DOOR, demo=True).update(entry=Entry.OPEN)
    place = Network.objects.get(slug="care", demo=True)
    Network.objects.filter(pk=place.pk).update(entry=Entry.QUESTION, question=story.QUESTION)
    lead = place.memberships.current().filter(role=Role.COORDINATOR).first().person
    for name, days, words, asked_back in story.ASKING:
        then = clock.now() - timedelta(days=days)
        row = JoinRequest.objects.create(
            network=place, person=cast.person(name), question=story.QUESTION, words=words,
            asked_at=then, waits_since=then,
        )  # fmt: skip
        for number, text in enumerate(asked_back):
            at = then + timedelta(days=1, hours=5 * number)
            theirs = bool(number % 2)
            row.said.create(author=row.person if theirs else lead, text=text, theirs=theirs, at=at)
            row.turns, row.waits_since = number + 1, at if theirs else None
        row.save(update_fields=["turns", "waits_since"])
    _named(place)


def _named(place: Network) -> None:
    """A lead names somebody, and a link that has run out is asked for anew: both wait for a yes."""
    now = clock.now()
    held = Holding.objects.filter(seat__network=place, part=Part.LEAD).current()
    lead = held.select_related("seat__organisation", "person").order_by("pk").first()
    Invitation.objects.create(
        network=place, name="Ffion Rowlands", email="ffion.rowlands@example.org",
        organisation=lead.seat.organisation, part=Part.DEPUTY, invited_by=lead.person,
        nomination=Nomination.WAITS, invited_at=now - timedelta(days=1),
    )  # fmt: skip
    then = now - timedelta(days=34)
    Invitation.objects.filter(network=place, name="Nia Powell").update(
        invited_at=then, sent_at=then, times_sent=1, wanted=True, wanted_at=now - timedelta(days=2)
    )
