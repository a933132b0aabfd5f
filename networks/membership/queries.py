"""Who belongs where, at any moment."""

from datetime import datetime

from django.db.models import QuerySet

from members.people.models import Person
from networks.network.models import Cohort, Network
from peernet.lib import clock

from .models import Membership, Role

RUNS = (Role.FACILITATOR, Role.COORDINATOR)


def members(network: Network, *, cohort: Cohort | None = None, at: datetime | None = None) -> QuerySet[Person]:
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
    """Whether a message on behalf of the network may still go to the person (NOTICE_GUARD)."""
    return Membership.objects.filter(person_id=person_id, network_id=network_id).current().exists()
