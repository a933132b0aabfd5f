"""Who belongs where, at any moment."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from members.organisations.models import Organisation
from members.people.models import Person
from networks.funding.models import FunderSeat
from networks.network.models import Charter, Cohort, Network
from peernet.lib import clock

from .models import CharterAcceptance, Membership, Role
from .rules import SECOND_THOUGHTS

RUNS = (Role.FACILITATOR, Role.COORDINATOR)


def members(
    network: Network, *, cohort: Cohort | None = None, at: datetime | None = None
) -> QuerySet[Person]:
    """People in the network (or one cohort of it) at a moment, aware; now by default."""
    spells = Membership.objects.filter(network=network).at(at or clock.now())
    if cohort:
        spells = spells.filter(cohort=cohort)
    return Person.objects.filter(is_active=True, pk__in=spells.values("person"))


def coordinators(network: Network) -> QuerySet[Person]:
    """Who looks after the network now."""
    spells = Membership.objects.filter(network=network, role=Role.COORDINATOR).current()
    return Person.objects.filter(is_active=True, pk__in=spells.values("person"))


def networks_of(person: Person) -> QuerySet[Network]:
    """The networks that the person is in now, by name."""
    mine = Membership.objects.filter(person=person).current().values("network")
    return Network.objects.filter(pk__in=mine, closed_at=None).order_by("name")


def may_hear(person_id: int, network_id: int) -> bool:
    """Whether a message on behalf of the network may still go to the person (NOTICE_GUARD):
    its members, and who sits for a funder of it."""
    spells = Membership.objects.filter(person_id=person_id, network_id=network_id)
    seats = FunderSeat.objects.filter(person_id=person_id, until=None)
    return (
        spells.current().exists()
        or seats.filter(funder__programmes__grants__network=network_id).exists()
    )


def member_with_address(network: Network, email: str) -> Person | None:
    """The member who reads mail at this address, whichever of their addresses it is."""
    other = Q(emailaddress__email__iexact=email, emailaddress__verified=True)
    mine = Q(email__iexact=email) | other
    return Person.objects.filter(mine, pk__in=members(network).values("pk")).distinct().first()


def owns_address(person: Person, email: str) -> bool:
    """Whether the person has shown that they read mail at this address."""
    return (
        person.email.lower() == email.lower()
        or person.emailaddress_set.filter(email__iexact=email, verified=True).exists()
    )


@dataclass(frozen=True)
class Standing:
    """How a network's house rules stand with its people."""

    mine: datetime | None  # when the reader accepted them
    accepted: int
    members: int


def charter_standing(charter: Charter, reader: Person) -> Standing:
    """How many of today's members accepted these house rules, and when the reader did."""
    people = members(charter.network)
    taken = CharterAcceptance.objects.filter(charter=charter, person__in=people)
    mine = taken.filter(person=reader).values_list("at", flat=True).first()
    return Standing(mine, taken.count(), people.count())


def seats(network: Network) -> QuerySet[Organisation]:
    """The organisations that have a place in the network now, by name."""
    return Organisation.objects.filter(seats__network=network, seats__until=None).distinct()


def spell_of(network: Network, person: Person) -> Membership | None:
    """The person's time in the network that is going on."""
    return Membership.objects.filter(network=network, person=person).current().first()


def just_left(person: Person) -> QuerySet[Membership]:
    """What the person left so lately that they can still think again."""
    spells = Membership.objects.filter(
        person=person,
        reason="left",
        until__gt=clock.now() - SECOND_THOUGHTS,
        network__closed_at=None,
    )
    back = Membership.objects.filter(person=person, until=None).values("network")
    return spells.exclude(network__in=back).select_related("network").order_by("-until")
