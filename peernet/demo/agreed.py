"""What people of the demo agreed to: pictures, being named to the funder, being seen elsewhere; one
text changed since, so that its people are asked again. And how long their network keeps things."""

from datetime import datetime, timedelta

from members.people.models import Person
from networks.consents.models import Consent, ConsentText, Door, Ended
from networks.consents.rules import LINKED, NAMED, PICTURES
from networks.membership.models import Membership
from networks.network.models import Network
from networks.profiles.models import Detail
from networks.profiles.rules import LINKED as TO_LINKED
from peernet.lib import clock
from sessions.keeping.models import Keeping

from . import story

TEXT = ("I may be seen and heard in pictures and recordings of our sessions. They may be shown in "
        "our newsletter and to our funder, for two years.")  # fmt: skip
STILL = ("Amina Begum", "Helen Marsh", "Bronwen Rees", story.COORDINATOR)  # who said yes again


def write() -> None:
    """Told after people have said who sees what of them."""
    place = Network.objects.get(slug="care", demo=True)
    dan = Person.objects.get(name=story.COORDINATOR, demo=True)
    changed = clock.now() - timedelta(days=12)
    ConsentText.objects.create(
        network=place, purpose=PICTURES, version=2, text=TEXT, published_at=changed,
        published_by=dan,
    )  # fmt: skip
    spells = Membership.objects.filter(network=place).current().select_related("person")
    for number, spell in enumerate(spells.order_by("pk")):
        began = spell.here_since or spell.since
        if spell.person.name in STILL:
            _said(place, spell.person, PICTURES, max(began, changed) + timedelta(days=1), version=2)
        elif number % 3:
            ended = {"until": max(began, changed) + timedelta(hours=2), "ended": Ended.NEW_TEXT}
            _said(place, spell.person, PICTURES, began + timedelta(hours=1), **ended)
        told = Detail.objects.filter(person=spell.person, level__gte=TO_LINKED)
        if told.exists():
            _said(place, spell.person, LINKED, began + timedelta(days=2), door=Door.DETAILS)
    _said(place, dan, NAMED, changed)
    chosen = {"network": place, "chosen_by": dan, "chosen_at": changed}
    Keeping.objects.create(kind="requests", months=12, **chosen)
    soon = clock.today(place.zone) + timedelta(days=9)
    for kind in ("answers", "attendance"):
        Keeping.objects.create(kind=kind, then=6, begins_on=soon, **chosen)


def _said(place: Network, person: Person, purpose: str, at: datetime, **more: object) -> None:
    now = min(at, clock.now())
    Consent.objects.create(
        network=place, person=person, purpose=purpose, yes=True, at=now, **more
    )  # fmt: skip
