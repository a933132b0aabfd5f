"""Organisations that are probably one, and what they hold. From the keys that models have to an
organisation, so that models of later rooms join by themselves."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models
from django.db.models.functions import Lower
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from members.organisations.models import Different, KnownAs, Organisation
from members.people.models import Person
from networks.membership.models import Membership, Role
from networks.network.models import Network
from networks.seats.models import Holding, Seat

MOST = 50  # pairs on a page: whoever has dealt with them sees the next
ALIKE = 0.5  # so much must two names have in common: trigrams
NAMED = {
    "networks.Seat": _("Places in networks"),
    "networks.Invitation": _("Invitations to speak for it"),
    "networks.Entry": _("Asks and offers"),
    "members.Affiliation": _("Times that people work there"),
    "members.KnownAs": _("Other names"),
}
# The operator `%` finds likely names by the index `organisations_alike`, and its own threshold is
# lower than ours.
PAIRS = """
SELECT one.id, other.id, similarity(lower(one.name), lower(other.name))
FROM unnest(%(within)s::bigint[]) mine(id)
JOIN members_organisation one ON one.id = mine.id
JOIN members_organisation other
    ON lower(other.name) %% lower(one.name) AND other.id > one.id AND other.id = ANY(%(within)s)
WHERE similarity(lower(one.name), lower(other.name)) >= %(alike)s
    AND NOT EXISTS (SELECT FROM members_different said
                    WHERE said.one_id = one.id AND said.other_id = other.id)
ORDER BY 3 DESC, 1, 2 LIMIT %(most)s
"""
# Who stands in a network, or is asked into one that the person looks after.
NEARLY = """
WITH known AS MATERIALIZED (
    SELECT organisation_id AS id FROM networks_seat WHERE network_id = ANY(%(mine)s)
    UNION
    SELECT organisation_id FROM networks_invitation
    WHERE network_id = ANY(%(ruled)s) AND organisation_id IS NOT NULL
)
SELECT typed.name, found.names
FROM unnest(%(names)s::text[], %(low)s::text[]) AS typed (name, low)
CROSS JOIN LATERAL (
    SELECT array_agg(near.name ORDER BY near.alike DESC, near.id) AS names
    FROM (
        SELECT one.id, one.name, similarity(lower(one.name), typed.low) AS alike
        FROM members_organisation one
        WHERE lower(one.name) %% typed.low AND (%(all)s OR one.id IN (SELECT id FROM known))
            AND similarity(lower(one.name), typed.low) >= %(alike)s
        ORDER BY 3 DESC, 1 LIMIT %(most)s
    ) AS near
) AS found
WHERE found.names IS NOT NULL
    AND NOT EXISTS (SELECT FROM members_organisation same WHERE lower(same.name) = typed.low)
    AND NOT EXISTS (SELECT FROM members_knownas same WHERE lower(same.name) = typed.low)
"""


@dataclass(frozen=True)
class Pair:
    """Two organisations that are probably one, the one that was here first first."""

    one: Organisation
    other: Organisation


@dataclass(frozen=True)
class Preview:
    """What merging two organisations would do."""

    moving: list[tuple[str, int]]  # what of the second goes to the first
    joined: list[Network]  # where both have a place at one time
    networks: list[Network]  # all where either stands


def looks_after_any(person: Person) -> bool:
    """Whether there is anything for them to look at: they coordinate a network, or all of it."""
    return person.is_operator or bool(_coordinated(person))


def pairs(person: Person, text: str = "") -> list[Pair]:
    """Likely doubles among the organisations that the person may merge, the likeliest first; an
    operator, for whom that is all of them, sees those like `text`."""
    within = _like(text) if person.is_operator else _theirs(person)
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, {"within": within, "alike": ALIKE, "most": MOST})
        found = [(one, other) for one, other, _alike in cursor.fetchall()]
    rows = Organisation.objects.in_bulk({pk for pair in found for pk in pair})
    return [Pair(rows[one], rows[other]) for one, other in found]


def nearly(names: Iterable[str], person: Person, *, most: int = 5) -> dict[str, list[str]]:
    """Of these names, those that nearly are those of organisations in the person's own networks,
    with theirs, the likeliest first; one statement. A name that is there already is none of them,
    and of one name an operator knows all (of many it would take too long). Nobody learns here who
    is in networks of others."""
    tidy = {name: " ".join(name.split()).lower() for name in names}
    mine = Membership.objects.filter(person=person).current()
    ruled = list(mine.filter(role=Role.COORDINATOR).values_list("network", flat=True))
    asked = {
        "names": list(tidy), "low": list(tidy.values()), "alike": ALIKE, "most": most,
        "all": person.is_operator and len(tidy) == 1, "ruled": ruled,
        "mine": list(mine.values_list("network", flat=True)),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(NEARLY, asked)
        return dict(cursor.fetchall())


def may_merge(person: Person, one: Organisation, other: Organisation) -> bool:
    """Whether the person coordinates every network that either stands in, or runs the platform:
    an organisation is shared, and its name is on everybody's pages."""
    if person.is_operator:
        return True
    stands = networks_of(one, other)
    return bool(stands) and stands <= _coordinated(person)


def networks_of(*organisations: Organisation) -> set[int]:
    """The networks in which anything names one of the organisations, now or once."""
    found: set[int] = set()
    for model, path in naming():
        if any(field.name == "network" for field in model._meta.concrete_fields):
            rows = model._base_manager.filter(**{f"{path}__in": organisations})
            found.update(rows.values_list("network", flat=True).distinct())
    return found


def naming() -> list[tuple[type[models.Model], str]]:
    """Every key that a model has to an organisation."""
    return [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Organisation and model is not Different
    ]


def preview(one: Organisation, other: Organisation) -> Preview:
    """What would become of the second, were it merged into the first."""
    counted = [
        (str(NAMED.get(model._meta.label) or capfirst(model._meta.verbose_name_plural)), n)
        for model, path in naming()
        if (n := model._base_manager.filter(**{path: other}).count())
    ]
    if held := Holding.objects.filter(seat__organisation=other).count():
        counted.append((str(_("Times that people spoke for it")), held))
    joined = [seats[0].network for seats in overlapping(one, other)]
    stands = networks_of(one, other)
    networks = Network.objects.filter(pk__in=stands).order_by(Lower("name"))
    return Preview(counted, joined, list(networks))


def overlapping(one: Organisation, other: Organisation) -> list[list[Seat]]:
    """Places of the two in one network at one time, in groups that will be one place each."""
    rows = Seat.objects.filter(organisation__in=[one, other]).select_related("network")
    groups: list[list[Seat]] = []
    for row in rows.order_by("network", "since", "pk"):
        last = groups[-1] if groups else []
        until = None if any(seat.until is None for seat in last) else max(
            (seat.until for seat in last), default=row.since)  # fmt: skip
        if last and last[0].network_id == row.network_id and (until is None or until > row.since):
            last.append(row)
        else:
            groups.append([row])
    return [group for group in groups if len(group) > 1]


def _coordinated(person: Person) -> set[int]:
    rows = Membership.objects.filter(person=person, role=Role.COORDINATOR).current()
    return set(rows.values_list("network", flat=True))


def _theirs(person: Person) -> list[int]:
    """Organisations that stand in networks of the person's, and in none besides."""
    mine = _coordinated(person)
    inside = Seat.objects.filter(network__in=mine).values("organisation")
    rows = Organisation.objects.filter(pk__in=inside)
    for model, path in naming():
        if any(field.name == "network" for field in model._meta.concrete_fields):
            outside = model._base_manager.exclude(network__in=mine).filter(
                **{path: models.OuterRef("pk")}
            )
            rows = rows.filter(~models.Exists(outside))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _like(text: str) -> list[int]:
    low = " ".join(text.split()).lower()
    if not low:
        return []
    rows = Organisation.objects.alias(low=Lower("name"))
    named = models.Q(low__trigram_word_similar=low) | models.Q(low__contains=low)
    return list(rows.filter(named).order_by("pk").values_list("pk", flat=True)[:500])


def other_names(organisation: Organisation) -> list[str]:
    """The names under which it was here before."""
    rows = KnownAs.objects.filter(organisation=organisation).order_by(Lower("name"))
    return list(rows.values_list("name", flat=True))
