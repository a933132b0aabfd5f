"""Who is in a network, for those who may see it."""

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Lower

from members.people.models import Person
from networks.exchange.models import Topic
from networks.membership.models import Membership
from networks.network.models import Network

PAGE = 50
ORDERS = {
    "name": ("name_key", "person_id"),
    "organisation": ("alone", "body_key", "name_key", "person_id"),
    "since": ("-joined", "name_key", "person_id"),  # the newest first
}


def visible_to(reader: Person, network: Network) -> QuerySet[Membership]:
    """The people of a network whom the reader may see, one row each: members see one another;
    coordinators also see who was in it before. Nobody else sees anybody.

    Each row says since when without a break, whatever the roles: `joined`.
    """
    rows = Membership.objects.filter(network=network, person__is_active=True)
    if reader.has_perm("networks.coordinate", network):
        rows = rows.filter(pk__in=_last_spells(network))
    elif reader.has_perm("networks.view", network):
        rows = rows.current()
    else:
        rows = rows.none()
    return rows.select_related("person", "seat__organisation").annotate(joined=_joined(network))


def search(rows: QuerySet[Membership], text: str) -> QuerySet[Membership]:
    """Those of `rows` whose name, organisation or what they can be asked about holds every word of
    the text."""
    for word in text.split():
        topic = Topic.objects.filter(
            network=OuterRef("network"), person=OuterRef("person"), word__icontains=word
        )
        name = Q(person__name__icontains=word) | Q(Exists(topic))
        rows = rows.filter(name | Q(seat__organisation__name__icontains=word))
    return rows


def ordered(rows: QuerySet[Membership], order: str = "name") -> QuerySet[Membership]:
    """By one of ORDERS; who is in no organisation comes after all who are."""
    return _keyed(rows).order_by(*ORDERS.get(order, ORDERS["name"]))


def page(
    rows: QuerySet[Membership], network: Network, after: int | None, order: str = "name"
) -> tuple[list[Membership], int | None]:
    """PAGE people in one of ORDERS, from beyond the person with the id `after`; and the id to go
    on from, if there are more. Whoever was never in the network is no place to go on from.
    """
    rows = ordered(rows, order)
    if after:
        spells = Membership.objects.filter(network=network, person=after)
        there = _keyed(spells.annotate(joined=_joined(network))).order_by("-since", "-pk").first()
        rows = rows.filter(_beyond(there, order)) if there else rows.none()
    found = list(rows[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].person_id if len(found) > PAGE else None


def _keyed(rows: QuerySet[Membership]) -> QuerySet[Membership]:
    """With what the orders go by."""
    return rows.annotate(
        name_key=Lower("person__name"),
        body_key=Coalesce(Lower("seat__organisation__name"), Value("")),
        alone=ExpressionWrapper(Q(seat=None), output_field=BooleanField()),
    )


def _beyond(there: Membership, order: str) -> Q:
    """The condition of standing after this row in the order."""
    further, same = Q(), Q()
    for key in ORDERS.get(order, ORDERS["name"]):
        field = key.lstrip("-")
        value = getattr(there, field)
        further |= same & Q(**{f"{field}__{'lt' if key[0] == '-' else 'gt'}": value})
        same &= Q(**{field: value})
    return further


def _joined(network: Network) -> Subquery:
    return Subquery(_beginnings(network).values("since")[:1])


def _last_spells(network: Network) -> QuerySet:
    """The id of each person's last spell."""
    spells = Membership.objects.filter(network=network)
    return spells.order_by("person", "-since", "-pk").distinct("person").values("pk")


def _beginnings(network: Network) -> QuerySet[Membership]:
    """A person's spells that did not begin as a change of role, newest first."""
    before = Membership.objects.filter(
        network=network, person=OuterRef("person"), until=OuterRef("since"), reason="role"
    )
    spells = Membership.objects.filter(network=network, person=OuterRef("person"))
    return spells.annotate(changed=Exists(before)).filter(changed=False).order_by("-since")
