"""The demo's people, and the places they are in."""

from datetime import date, datetime, time
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.utils.text import slugify

from members.organisations.models import Affiliation, BodyKind, Organisation, Size
from members.people.models import Person
from networks.discussions.models import Room
from networks.funding.models import Grant, Programme
from networks.membership.models import CharterAcceptance, Membership, Role
from networks.network.models import Charter, Cohort, Network
from networks.network.rules import slugs
from networks.seats.models import Holding, Part, Seat
from peernet.lib import clock

from . import story

ZONE = "Europe/London"


class Cast:
    """Makes people, each with a name, an address and an organisation of their own."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.taken: set[str] = set()
        self.pool = [f"{first} {last}" for first in story.FIRST_NAMES for last in story.LAST_NAMES]
        dice.shuffle(self.pool)
        theirs = {body for _name, body, _region in story.CARE_FIRST + story.CARE_SECOND}
        named = [f"{place} {kind}" for place in story.PLACES for kind in story.KINDS]
        self.bodies = [name for name in named if name not in theirs]
        dice.shuffle(self.bodies)

    def person(self, name: str = "") -> Person:
        """Somebody new; a name from the pool when none is given. Without quiet hours."""
        name = name or next(n for n in self.pool if n not in self.taken)
        self.taken.add(name)
        address = f"{slugify(name).replace('-', '.')}@example.org"
        made = Person.objects.create_user(address, name=name, quiet_hours=False, demo=True)
        EmailAddress.objects.create(user=made, email=address, verified=True, primary=True)
        return made

    def body(self, name: str = "", region: str = "") -> Organisation:
        """An organisation; a name from the pool when none is given."""
        name = name or self.bodies.pop()
        n = sum(map(ord, name))  # so that the dice fall for everything else as they did
        told = {
            "region": region,
            "kind": BodyKind.values[n % len(BodyKind.values)],
            "size": Size.values[n // 7 % len(Size.values)],
        }
        made, _ = Organisation.objects.get_or_create(name=name, defaults=told | {"demo": True})
        return made

    def join(
        self, place: Network, person: Person, body: Organisation | None, since: datetime,
        role: str = Role.MEMBER, cohort: Cohort | None = None, part: str = "",
    ) -> Membership:  # fmt: skip
        """The person's time in the network begins, in the seat of their organisation: the first
        leads, and who comes later is a deputy, unless a part is named."""
        if body:
            seat, new = Seat.objects.get_or_create(
                network=place, organisation=body, until=None, defaults={"since": since}
            )
            Affiliation.objects.get_or_create(
                person=person, organisation=body, until=None, defaults={"since": since}
            )
            part = part or (Part.LEAD if new else Part.DEPUTY)
            Holding.objects.create(seat=seat, person=person, part=part, since=since)
        if cohort:
            cohort.spells.create(person=person, since=since)
        spell = Membership.objects.create(network=place, person=person, role=role, since=since)
        accept(spell)
        return spell


def accept(spell: Membership) -> None:
    """They accepted the house rules as they came: else nobody could have written."""
    for charter in spell.network.charters.all():
        CharterAcceptance.objects.get_or_create(
            charter=charter, person=spell.person, membership=spell, defaults={"at": spell.since}
        )


def network(
    name: str, purpose: str, opened: datetime, accent: int, charter: str, slug: str = ""
) -> Network:
    """A network with its house rules and its first room."""
    place = Network.objects.create(
        name=name, slug=slug or next(slugs(name)), purpose=purpose, zone=ZONE, accent=accent,
        opened_at=opened, demo=True,
    )  # fmt: skip
    Charter.objects.create(network=place, version=1, text=charter, published_at=opened)
    Room.objects.create(network=place, name="Everyone", opened_at=opened)
    return place


def grant(place: Network, programme: Programme, amount: int, first: date, last: date) -> Grant:
    agreed = min(moment(first), clock.now())
    return Grant.objects.create(
        network=place, programme=programme, amount=Decimal(amount), starts_on=first, ends_on=last,
        network_agreed_at=agreed, funder_agreed_at=agreed,
    )  # fmt: skip


def moment(day: date, hour: int = 9) -> datetime:
    """That hour of the day, in the demo's zone."""
    return datetime.combine(day, time(hour), ZoneInfo(ZONE))
