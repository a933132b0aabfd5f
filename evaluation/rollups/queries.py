"""The figures of a page as they were last counted, and which have to be counted anew.

A roll-up holds what the queries of evaluation.indicators and evaluation.lasting gave for the
networks of one page. Different people over months and networks do not add up, so it is kept for
the page as a whole. What was agreed to be shown is asked of the grants whenever somebody looks:
a roll-up of other grants is none (docs/decisions/0018-roll-ups.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet, Sum

from evaluation.indicators import queries as figures
from evaluation.indicators.rules import back, counted_before
from evaluation.lasting import queries as lasting
from networks.funding.models import Grant, Programme
from networks.funding.queries import funded_until
from networks.network.models import Network
from peernet.lib import clock

from . import rules
from .models import Rollup

LONGEST = 18  # months on a page: what fits on one printed sheet


@dataclass(frozen=True)
class Basis:
    """What decides who is counted: the first day of each network, and its last funded one."""

    since: dict[int, date]
    ended: dict[int, date]

    def kept(self) -> dict[str, list[list]]:
        """As a roll-up keeps it."""
        return rules.kept(
            {"since": sorted(self.since.items()), "ended": sorted(self.ended.items())}
        )


@dataclass(frozen=True)
class Counted:
    """Figures as they were counted; `edition` names those of a roll-up, and is none for what was
    counted just now."""

    scope: figures.Scope
    rows: dict[str, list[tuple]]
    edition: UUID | None = None

    @property
    def stale(self) -> bool:
        """Whether they should have been counted anew long ago, and nobody did."""
        return clock.now() - self.scope.at > 2 * rules.OLDEST

    @cached_property
    def sessions(self) -> figures.Meetings:
        return figures.meetings_from(self.rows["sessions"])

    @cached_property
    def taking_part(self) -> figures.Counts:
        return figures.counts_from(self.rows["taking_part"])

    @cached_property
    def members(self) -> figures.Counts:
        return figures.counts_from(self.rows["members"])

    @cached_property
    def regions(self) -> dict[str, figures.Pair]:
        return figures.regions_from(self.rows["regions"])

    @cached_property
    def reach(self) -> dict[str, dict[str, figures.Pair]]:
        return figures.reach_from(self.rows.get("reach", []))

    @cached_property
    def kept_away(self) -> dict[str, int]:
        return dict(self.rows.get("kept_away", []))

    @cached_property
    def several(self) -> figures.Pair:
        return figures.several_from(self.rows["several"])

    @cached_property
    def rhythms(self) -> dict[int, int]:
        return dict(self.rows["rhythms"])

    @cached_property
    def cohorts(self) -> dict[int, tuple[int, int, int, int]]:
        """Cohort's number -> people in it, its sessions held and due, people who came to them."""
        return {pk: numbers for pk, *numbers in self.rows.get("cohorts", [])}

    @cached_property
    def back(self) -> dict[int, figures.Pair]:
        return lasting.back_from(self.rows["back"])

    @cached_property
    def after(self) -> dict[int, tuple[lasting.Span, lasting.Span]]:
        return lasting.after_from(self.rows["after"])


# --- What a page asks for ------------------------------------------------------------------------


def of_programme(programme: Programme, shared: Iterable[Grant]) -> Counted | None:
    """The figures of a programme's page, with these grants shared (funding.queries.shared_grants).

    As last counted if that was of the same grants, else counted now. None when that would take
    too long: the next tick counts them.
    """
    basis = basis_of(shared)
    return _kept(Rollup.objects.filter(programme=programme), basis) or _now(basis, funders(basis))


def of_network(network: Network) -> Counted | None:
    """The figures of a network's own page, as `of_programme`."""
    basis = own_basis(network)
    return _kept(Rollup.objects.filter(network=network), basis) or _now(basis, own(basis, network))


def basis_of(shared: Iterable[Grant]) -> Basis:
    """Of a programme's page: each network from the first day of its first grant."""
    since: dict[int, date] = {}
    ended: dict[int, date] = {}
    for grant in shared:
        pk = grant.network_id
        since[pk] = min(since.get(pk, grant.starts_on), grant.starts_on)
        ended[pk] = max(ended.get(pk, grant.ends_on), grant.ends_on)
    return Basis(since, ended)


def own_basis(network: Network) -> Basis:
    """Of a network's own page: from the day on which it opened."""
    start = network.opened_at.astimezone(ZoneInfo(network.zone)).date()
    until = funded_until(network)
    return Basis({network.pk: start}, {network.pk: until} if until else {})


def funders(basis: Basis) -> figures.Scope:
    """From the first month of the first grant, at most the last 18 months; people up to the last
    month that is counted (S4). The same for every reader."""
    today = clock.today(settings.DEFAULT_ZONE)
    first = max(min(*basis.since.values(), today), back(today, LONGEST - 1))
    return figures.Scope(basis.since, first, today, clock.now(), counted_before(today))


def own(basis: Basis, network: Network) -> figures.Scope:
    """From the month in which the network opened, at most the last 18 months, to this moment."""
    today = clock.today(network.zone)
    first = max(min(*basis.since.values(), today), back(today, LONGEST - 1))
    return figures.Scope(basis.since, first, today, clock.now(), today + timedelta(days=1))


def count(basis: Basis, scope: figures.Scope) -> Counted:
    """Everything a page of figures shows, counted now: eleven queries, however much there is."""
    values = figures.parameters(scope)
    rhythms = figures.rhythms(scope.since)
    over = {network: day for network, day in basis.ended.items() if day < scope.counted}
    return Counted(
        scope,
        {
            "sessions": figures.rows(figures.SESSIONS, values),
            "taking_part": figures.rows(figures.TAKING_PART, values),
            "members": figures.rows(figures.MEMBERS, values),
            "regions": figures.rows(figures.REGIONS, values),
            "reach": figures.rows(figures.REACH, values),
            "kept_away": figures.rows(figures.KEPT_AWAY, values),
            "cohorts": figures.rows(figures.COHORTS, values),
            "several": figures.rows(figures.SEVERAL, values),
            "rhythms": list(rhythms.items()),
            "back": lasting.back_rows(scope, rhythms),
            "after": lasting.after_rows(scope, over),
            "months": [(scope.first, scope.last, scope.counted)],
        },
    )


def _kept(found: QuerySet[Rollup], basis: Basis) -> Counted | None:
    row = found.filter(at__isnull=False).first()
    if row is None or row.basis != basis.kept():
        return None
    rows = rules.told(row.figures)
    [(first, last, counted)] = rows["months"]
    return Counted(figures.Scope(basis.since, first, last, row.at, counted), rows, row.edition)


def _now(basis: Basis, scope: figures.Scope) -> Counted | None:
    apart = Rollup.objects.filter(network__in=basis.since).aggregate(took=Sum("took"))["took"]
    return None if (apart or 0) > rules.LONG else count(basis, scope)


# --- What is due ---------------------------------------------------------------------------------

# Every deed in a network is written down in the audit trail, with its time; that a session ended
# and that somebody wrote are facts with a time as well. What is dated by none of them (a region
# put right) is counted within the hour.
DUE = """
SELECT rollup.id FROM evaluation_rollup AS rollup
WHERE at IS NULL OR at > %(now)s OR at <= %(now)s - %(oldest)s
    OR (at + rollup.took * %(patience)s * interval '1 second' <= %(now)s AND EXISTS (
        SELECT FROM (
            SELECT unnest(rollup.networks) UNION
            SELECT network_id FROM networks_grant
            WHERE networks_grant.programme_id = rollup.programme_id
        ) AS one (id)
        WHERE (
            SELECT entry.at FROM members_auditentry AS entry
            WHERE entry.network_id = one.id ORDER BY entry.id DESC LIMIT 1
        ) > rollup.at - %(half_written)s
        OR EXISTS (
            SELECT FROM peer_sessions_session AS session
            WHERE session.network_id = one.id AND session.starts_at > rollup.at - interval '1 day'
                AND session.ends_at > rollup.at AND session.ends_at <= %(now)s
        )
        OR (rollup.network_id IS NOT NULL AND EXISTS (
            SELECT FROM networks_thread AS thread
            WHERE thread.network_id = one.id
                AND thread.last_post_at > rollup.at - %(half_written)s
        ))
    ))
ORDER BY at NULLS FIRST, id"""


def due(now: datetime) -> list[int]:
    """Ids of the roll-ups that have to be counted at a moment (aware), the oldest first."""
    values = {
        "now": now, "oldest": rules.OLDEST, "patience": rules.PATIENCE,
        "half_written": rules.HALF_WRITTEN,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(DUE, values)
        return [pk for (pk,) in cursor.fetchall()]
