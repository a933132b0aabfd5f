"""Counting what pages of figures show. The clock's deeds: nobody signs them."""

import uuid
from time import monotonic

from django.db import transaction
from django.db.models import Exists, OuterRef

from networks.funding.models import Grant, Programme
from networks.funding.queries import shared_grants
from networks.network.models import Network
from peernet.lib import clock

from . import queries, rules
from .models import Rollup

AT_MOST = 240  # seconds of one tick; the next one goes on


def renew() -> int:
    """Count what is due, the oldest first; returns how many. Again at once, it finds nothing."""
    _keep_a_row_of_each_page()
    until, done = monotonic() + AT_MOST, 0
    for pk in queries.due(clock.now()):
        if monotonic() < until:
            done += _renew(pk)
    return done


@transaction.atomic
def _keep_a_row_of_each_page() -> None:
    """One for each network, and for each programme that shares something; no other."""
    shared = Grant.objects.filter(
        network_agreed_at__isnull=False, funder_agreed_at__isnull=False
    ).values("programme")
    Rollup.objects.filter(programme__isnull=False).exclude(programme__in=shared).delete()
    sharing = Programme.objects.filter(pk__in=shared)
    for field, pages in (("programme", sharing), ("network", Network.objects.all())):
        without = pages.filter(~Exists(Rollup.objects.filter(**{field: OuterRef("pk")})))
        missing = without.values_list("pk", flat=True)
        Rollup.objects.bulk_create(
            [Rollup(**{f"{field}_id": pk}) for pk in missing], ignore_conflicts=True
        )


@transaction.atomic
def _renew(pk: int) -> bool:
    """Count one page's figures; False when another worker is at it, or its page is gone."""
    rows = Rollup.objects.select_for_update(skip_locked=True, of=("self",))
    row = rows.select_related("programme", "network").filter(pk=pk).first()
    if row is None:
        return False
    started = monotonic()
    if row.programme:
        basis = queries.basis_of(shared_grants(row.programme))
        if not basis.since:
            return False
        counted = queries.count(basis, queries.funders(basis))
    else:
        basis = queries.own_basis(row.network)
        counted = queries.count(basis, queries.own(basis, row.network))
    row.at, row.took, row.edition = counted.scope.at, monotonic() - started, uuid.uuid4()
    row.networks, row.basis = sorted(basis.since), basis.kept()
    row.figures = rules.kept(counted.rows)
    row.save()
    return True
