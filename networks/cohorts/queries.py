"""The cohorts of a network, and who is in them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from members.people.models import Person
from networks.membership.queries import members
from networks.network.models import Cohort, Network

MOST = 200  # people shown on a cohort's page


def cohorts(network: Network) -> QuerySet[Cohort]:
    """The network's cohorts, the first one first, with `people`: how many are in each now."""
    inside = Q(spells__until=None, spells__person__is_active=True)
    return network.cohorts.annotate(people=Count("spells", filter=inside))


def people(cohort: Cohort) -> list[Person]:
    """Who is in the cohort now, by name; the first MOST."""
    return list(members(cohort.network, cohort=cohort).order_by("name", "pk")[:MOST])


@dataclass(frozen=True)
class Found:
    """Who was meant by what somebody typed; what means nobody, and what means several."""

    people: list[Person]
    missing: list[str]
    several: list[str]


def members_called(network: Network, typed: Iterable[str]) -> Found:
    """The members who read mail at these addresses or have these names; one statement for the
    ones, one for the others, however many there are."""
    wanted = {" ".join(one.split()).lower(): one for one in typed}
    here = members(network).alias(low=Lower("name"))
    mails = here.filter(emailaddress__verified=True, emailaddress__email__in=list(wanted))
    names = here.filter(low__in=[one for one in wanted if "@" not in one])
    known: dict[str, set[int]] = {}
    for rows in (mails.values_list("emailaddress__email", "pk"), names.values_list("name", "pk")):
        for said, pk in rows:
            known.setdefault(said.lower(), set()).add(pk)
    meant = {pk for pks in known.values() if len(pks) == 1 for pk in pks}
    return Found(
        people=list(Person.objects.filter(pk__in=meant).order_by("name", "pk")),
        missing=[one for low, one in wanted.items() if low not in known],
        several=[one for low, one in wanted.items() if len(known.get(low, ())) > 1],
    )
