"""Who asks to join, how it stands, and who may read what was said."""

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from members.people.models import Person
from networks.membership.door import rights
from networks.membership.models import Membership
from networks.membership.queries import last_spell
from networks.network.models import Entry, Network
from peernet.lib import clock

from . import rules
from .models import JoinRequest, RequestState

PAGE = 25


def front_door(slug: str, person: Person) -> Network | None:
    """The open network with this address, where the person (or somebody signed out) may ask to
    come in: one that says so, or one that they left by themselves; or that they are in."""
    network = Network.objects.filter(slug=slug, closed_at=None).first()
    if network is None or network.entry != Entry.INVITED:
        return network
    spell = last_spell(person, slug) if person.pk else None
    return network if spell and spell.reason in ("", "left", "derived") else None


def takes_people_in(slug: str) -> bool:
    """Whether there is an open network with this address that says to everybody how to come in."""
    rows = Network.objects.filter(slug=slug, closed_at=None)
    return rows.exclude(entry=Entry.INVITED).exists()


def standing(network: Network, person: Person) -> JoinRequest | None:
    """What the person asked last, while it is not taken back and nothing came after it."""
    if not person.pk:
        return None
    asked = JoinRequest.objects.filter(network=network, person=person).order_by("-pk").first()
    if asked is None or asked.state == RequestState.WITHDRAWN:
        return None
    spell = last_spell(person, network.slug)
    return asked if spell is None or spell.since <= asked.asked_at else None


def waiting(network: Network) -> QuerySet[JoinRequest]:
    """Who asks to come in and has no yes or no yet, first whom the network owes words; for
    coordinators."""
    there = Membership.objects.filter(network=network, person=OuterRef("person"), until=None)
    rows = JoinRequest.objects.filter(
        ~Exists(there), network=network, state=RequestState.ASKED, person__is_active=True
    )
    return rows.select_related("person").order_by(F("waits_since").asc(nulls_last=True), "pk")


def settled(network: Network, before: int | None) -> tuple[list[JoinRequest], int | None]:
    """PAGE requests that had an answer or were taken back, newest first, after the one with id
    `before`; and the id to go on from, if any."""
    rows = JoinRequest.objects.filter(network=network).exclude(state=RequestState.ASKED)
    rows = rows.filter(pk__lt=before) if before else rows
    found = list(rows.select_related("person", "answered_by").order_by("-pk")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def readable_by(person: Person) -> QuerySet[JoinRequest]:
    """The requests whose words the person may read: their own, and those put to networks that
    they look after now."""
    mine = rights(person)
    runs = [pk for pk, role in (mine.roles | mine.closed).items() if role == "coordinator"]
    rows = JoinRequest.objects.filter(Q(person=person) | Q(network__in=runs))
    return rows.select_related("network", "person", "answered_by")


def asked_by(person: Person) -> QuerySet[JoinRequest]:
    """What the person asked of open networks and has no answer to."""
    rows = JoinRequest.objects.filter(person=person, state=RequestState.ASKED)
    return rows.filter(network__closed_at=None).select_related("network").order_by("pk")


def last_refusal(network: Network, person: Person) -> JoinRequest | None:
    """The last "not now" that the person had from the network."""
    rows = JoinRequest.objects.filter(network=network, person=person)
    return rows.filter(state=RequestState.DECLINED).order_by("-answered_at").first()


def left_waiting(patience: timedelta) -> QuerySet[JoinRequest]:
    """Requests to open networks to which nobody there has said anything for so long."""
    now = clock.now()
    there = Membership.objects.filter(
        network=OuterRef("network"), person=OuterRef("person"), until=None
    )
    rows = JoinRequest.objects.filter(
        ~Exists(there), state=RequestState.ASKED, network__closed_at=None, person__is_active=True,
        waits_since__gt=now - rules.GIVEN_UP, waits_since__lte=now - patience,
    )  # fmt: skip
    return rows.select_related("network").order_by("pk")
