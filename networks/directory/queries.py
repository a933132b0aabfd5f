"""Who is in a network, for those who may see it."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Lower

from members.people.models import Person
from networks.exchange.models import Topic
from networks.membership.models import CohortSpell, Membership
from networks.network.models import Cohort, Network
from networks.profiles.queries import says, who_say
from networks.profiles.rules import ABOUT, LANGUAGES, PLACE
from networks.seats.queries import by_organisation, held_with, speaks_for, with_organisations
from peernet.lib.plain import holding

PAGE = 50
ORDERS = {
    "name": ("name_key", "person_id"),
    "organisation": ("alone", "body_key", "name_key", "person_id"),
    "since": ("-joined", "name_key", "person_id"),  # the newest first
}


def visible_to(reader: Person, network: Network) -> QuerySet[Membership]:
    """The people of a network whom the reader may see, one row each: members see one another;
    coordinators also see who was in it before. Nobody else sees anybody.

    Each row says since when without a break, whatever the roles: `joined`; and for which
    organisations (networks.seats.queries.with_organisations).
    """
    rows = Membership.objects.filter(network=network, person__is_active=True)
    if reader.has_perm("networks.coordinate", network):
        # One that goes on is the last; said so, the database looks the others up once, not per row.
        rows = rows.filter(Q(until=None) | Q(pk__in=_last_spells(network)))
    elif reader.has_perm("networks.view", network):
        rows = rows.current()
    else:
        rows = rows.none()
    rows = rows.select_related("person").annotate(joined=_joined(network))
    return with_organisations(rows)


def here_on(network: Network, moment: datetime) -> QuerySet[Membership]:
    """Who was in the network at a moment, aware, one row each, by name; with what they were, and
    whom they spoke for, as it stood then. For its coordinators."""
    rows = Membership.objects.filter(network=network).at(moment).select_related("person")
    rows = rows.annotate(joined=_joined(network, until=moment))
    return ordered(with_organisations(rows, at=moment))


def counted(rows: QuerySet[Membership]) -> QuerySet[Membership]:
    """With `of_all`, how many there are, in the same statement: for a first page."""
    return rows.annotate(of_all=Window(Count("pk")))


def search(rows: QuerySet[Membership], text: str, reader: Person) -> QuerySet[Membership]:
    """Those of `rows` whose name (in any script, with or without its accents), organisation, what
    they can be asked about, or what they tell the reader holds every word of the text."""
    for word in text.split():
        topic = Topic.objects.filter(
            network=OuterRef("network"), person=OuterRef("person"), word__icontains=word
        )
        name = Q(person__in=holding(Person.objects.order_by(), "name", word).values("pk"))
        # Not row by row: of 100,000 people the database looks what they tell through once.
        told = Q(person__in=who_say(reader, (PLACE, LANGUAGES, ABOUT), word))
        rows = rows.filter(name | Exists(topic) | speaks_for(word) | told)
    return rows


def cohorts(network: Network, reader: Person) -> QuerySet[Cohort]:
    """Those by which the reader may narrow the list: coordinators any, others their own."""
    rows = Cohort.objects.filter(network=network).order_by("starts_on", "pk")
    if reader.has_perm("networks.coordinate", network):
        return rows
    return rows.filter(Exists(_in_cohort(OuterRef("pk")).filter(person=reader)))


def narrowed(
    rows: QuerySet[Membership], reader: Person, *, place: str = "", organisation: str = "",
    topic: str = "", role: str = "", cohort: Cohort | None = None,
) -> QuerySet[Membership]:  # fmt: skip
    """Those of `rows` that fit all that was asked for; "" asks for nothing. The cohort is one of
    `cohorts`."""
    if place:
        rows = rows.filter(says(reader, PLACE, place))
    if organisation:
        held = held_with().order_by()
        rows = rows.filter(Exists(held.filter(seat__organisation__name__iexact=organisation)))
    if topic:
        topics = Topic.objects.filter(network=OuterRef("network"), person=OuterRef("person"))
        rows = rows.filter(Exists(topics.filter(word__iexact=topic)))
    if role:
        rows = rows.filter(role=role)
    if cohort:
        rows = rows.filter(Exists(_in_cohort(cohort.pk).filter(person=OuterRef("person"))))
    return rows


def _in_cohort(cohort: OuterRef | int) -> QuerySet[CohortSpell]:
    return CohortSpell.objects.filter(cohort=cohort).current().order_by()


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
    return by_organisation(rows).annotate(name_key=Lower("person__name"))


def _beyond(there: Membership, order: str) -> Q:
    """The condition of standing after this row in the order."""
    further, same = Q(), Q()
    for key in ORDERS.get(order, ORDERS["name"]):
        field = key.lstrip("-")
        value = getattr(there, field)
        further |= same & Q(**{f"{field}__{'lt' if key[0] == '-' else 'gt'}": value})
        same &= Q(**{field: value})
    return further


def _joined(network: Network, *, until: datetime | None = None) -> Subquery:
    began = _beginnings(network)
    began = began.filter(since__lte=until) if until else began
    return Subquery(began.values("since")[:1])


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
