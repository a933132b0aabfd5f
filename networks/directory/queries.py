"""Who is in a network, for those who may see it."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower

from members.people.models import Person
from networks.membership.models import Membership
from networks.network.models import Network

PAGE = 50


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
    return rows.select_related("person", "seat__organisation").annotate(
        joined=Subquery(_beginnings(network).values("since")[:1])
    )


def search(rows: QuerySet[Membership], text: str) -> QuerySet[Membership]:
    """Those of `rows` whose name or organisation holds every word of the text."""
    for word in text.split():
        name = Q(person__name__icontains=word)
        rows = rows.filter(name | Q(seat__organisation__name__icontains=word))
    return rows


def page(
    rows: QuerySet[Membership], network: Network, after: int | None
) -> tuple[list[Membership], int | None]:
    """PAGE people by name, from beyond the person with the id `after`; and the id to go on from,
    if there are more. Whoever was never in the network is no place to go on from.
    """
    rows = rows.annotate(key=Lower("person__name")).order_by("key", "person_id")
    there = Membership.objects.filter(network=network, person=after).values("person__name")[:1]
    if after:
        name = Lower(Subquery(there))
        rows = rows.filter(Q(key__gt=name) | Q(key=name, person_id__gt=after))
    found = list(rows[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].person_id if len(found) > PAGE else None


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
