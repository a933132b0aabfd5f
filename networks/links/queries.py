"""Which networks stand together, what each lets the other see, and whom a network is made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from members.people.models import Person
from networks.membership.door import rights
from networks.membership.models import Membership, Role
from networks.network.models import Network
from peernet.lib import clock

from . import rules
from .models import Flow, Link, LinkKind, MadeOf

# Whether one network is part of another, however far down.
PART = """
WITH RECURSIVE parts (id) AS (
    SELECT %(upper)s::bigint
    UNION
    SELECT link.lower_id FROM networks_link link JOIN parts ON link.upper_id = parts.id
    WHERE link.kind = 'child' AND link.agreed_at IS NOT NULL AND link.ended_at IS NULL
) SELECT EXISTS (SELECT FROM parts WHERE id = %(lower)s)"""


@dataclass(frozen=True)
class Linked:
    """A network that another stands with: how it stands, and what each sees of the other."""

    link: Link
    other: Network
    where: str
    gets: frozenset[str]  # what we see of it
    gives: frozenset[str]  # what it sees of us
    we_see: str
    they_see: str


def visible_to(person: Person, network: Network) -> QuerySet[Link]:
    """The links of a network that the person may see: those that stand, to whoever is in it; what
    was proposed, declined or ended, to those who look after it."""
    found = Link.objects.of(network).with_names()
    role = (rights(person).roles | rights(person).closed).get(network.pk)
    if role == Role.COORDINATOR:
        return found
    return found.standing() if role else found.none()


def proposed_to(network: Network) -> QuerySet[Link]:
    """Proposals to this network that wait for its answer, the oldest first."""
    rows = Link.objects.of(network).waiting().exclude(asker=network)
    return rows.with_names().order_by("asked_at", "pk")


def linked(network: Network, links: Iterable[Link] | None = None) -> list[Linked]:
    """The networks that this one stands with (or those of `links`), by name."""
    rows = list(Link.objects.of(network).standing().with_names() if links is None else links)
    given: dict[tuple[int, int], set[str]] = {}
    flows = Flow.objects.filter(link__in=rows, until=None).values_list("link", "giver", "what")
    for link, giver, what in flows:
        given.setdefault((link, giver), set()).add(what)
    found = [
        _linked(link, network, other, given) for link in rows if (other := link.other(network))
    ]
    return sorted(found, key=lambda one: (one.other.name.casefold(), one.link.pk))


def _linked(link: Link, mine: Network, other: Network, given: dict) -> Linked:
    gets = frozenset(given.get((link.pk, other.pk), ()))
    gives = frozenset(given.get((link.pk, mine.pk), ()))
    return Linked(
        link, other, link.where(mine), gets, gives,
        rules.sees(mine.name, other.name, gets), rules.sees(other.name, mine.name, gives),
    )  # fmt: skip


def children(network: Network) -> QuerySet[Network]:
    """The networks that are part of this one now, closed ones too."""
    rows = Link.objects.standing().filter(kind=LinkKind.CHILD, upper=network)
    return Network.objects.filter(pk__in=rows.values("lower"))


def parents_to_ask(network: Network) -> QuerySet[Network]:
    """The open networks above this one, whose coordinators hear when nobody here answers."""
    rows = Link.objects.standing().filter(kind=LinkKind.CHILD, lower=network)
    looked_after = Membership.objects.filter(role=Role.COORDINATOR, person__is_active=True)
    return Network.objects.filter(
        pk__in=rows.values("upper"), closed_at=None, memberships__in=looked_after.current()
    ).distinct()


def is_part_of(lower: Network, upper: Network) -> bool:
    """Whether `lower` is `upper`, or part of it, or of a part of it, and so on."""
    with connection.cursor() as cursor:
        cursor.execute(PART, {"upper": upper.pk, "lower": lower.pk})
        return cursor.fetchone()[0]


def known_to(person: Person, network: Network) -> QuerySet[Network]:
    """The open networks that a coordinator may find by name when they look for one to link:
    those they are in, and those that stand with one of them."""
    mine = rights(person).roles
    around = Link.objects.standing().filter(Q(upper__in=mine) | Q(lower__in=mine))
    found = Network.objects.filter(
        Q(pk__in=mine) | Q(pk__in=around.values("upper")) | Q(pk__in=around.values("lower"))
    )
    return found.filter(closed_at=None).exclude(pk=network.pk).order_by("name", "pk")


def coordinators_of(networks: Iterable[Network]) -> dict[int, list[Person]]:
    """Who looks after each of these networks, by name; network id -> people. One query."""
    spells = Membership.objects.filter(
        network__in=list(networks), role=Role.COORDINATOR, person__is_active=True
    ).current()  # fmt: skip
    found: dict[int, list[Person]] = {}
    for spell in spells.select_related("person").order_by("person__name", "pk"):
        found.setdefault(spell.network_id, []).append(spell.person)
    return found


# --- Whom a network is made of -----------------------------------------------------------------


def made_of(network: Network) -> MadeOf | None:
    """Whose roles make somebody a member of this network; None when it is not made that way."""
    return MadeOf.objects.filter(network=network, until=None).first()


def roles_of(made: MadeOf) -> list[str]:
    """The roles in the parts of the network that bring somebody into it."""
    if made.role == Role.FACILITATOR:
        return [Role.FACILITATOR, Role.COORDINATOR]
    return [Role.COORDINATOR]


def until_when(made: MadeOf) -> dict[int, datetime | None]:
    """Everybody who has or had such a role in a network while it was part of this one, by id:
    until when, None when they still have."""
    links = Link.objects.filter(kind=LinkKind.CHILD, upper=made.network, agreed_at__isnull=False)
    part: dict[int, list[tuple[datetime, datetime | None]]] = {}
    for network, since, *ends in links.values_list(
        "lower", "agreed_at", "ended_at", "lower__closed_at"
    ):
        part.setdefault(network, []).append((since, _first(ends)))
    spells = Membership.objects.filter(network__in=part, role__in=roles_of(made))
    found: dict[int, datetime | None] = {}
    for network, person, since, until, active in spells.values_list(
        "network", "person", "since", "until", "person__is_active"
    ):
        for begun, ended in part[network]:
            end = _first([until, ended, None if active else clock.now()])
            if end is not None and end <= max(since, begun):
                continue  # the role and the link were never at the same time
            before = found.get(person, begun)
            found[person] = None if end is None or before is None else max(before, end)
    return found


def _first(moments: Iterable[datetime | None]) -> datetime | None:
    return min((one for one in moments if one), default=None)


def over_since_yesterday(end: datetime | None, zone: str) -> bool:
    """Whether a role that ended then ended on a day that is past in the IANA zone."""
    return end is not None and end < clock.midnight(clock.today(zone), zone)


def gone_by_choice(network: Network) -> set[int]:
    """Who left the network, or was removed from it, when their last time there ended."""
    last = Membership.objects.filter(network=network).order_by("person", "-since", "-pk")
    rows = last.distinct("person").values_list("person", "until", "reason")
    return {person for person, until, reason in rows if until and reason in ("left", "removed")}
