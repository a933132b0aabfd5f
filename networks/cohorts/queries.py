"""The cohorts of a network, and who is in them."""

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

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


def members_at(network: Network, addresses: Iterable[str]) -> tuple[list[Person], list[str]]:
    """The members who read mail at these addresses, and the addresses at which none does; one
    statement however many there are."""
    wanted = {address.casefold(): address for address in addresses}
    rows = members(network).filter(
        emailaddress__verified=True, emailaddress__email__in=list(wanted)
    )
    found = rows.values_list("pk", "emailaddress__email")
    known = {email.casefold(): pk for pk, email in found}
    missing = [typed for folded, typed in wanted.items() if folded not in known]
    return list(Person.objects.filter(pk__in=known.values()).order_by("name", "pk")), missing
