"""What a programme's page shows: counts of people only as peernet.lib.suppression lets them out."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from evaluation.indicators import queries as figures
from evaluation.indicators.rules import Left, back, funding_left, months
from networks.funding.models import Grant, Programme
from networks.funding.queries import shared_grants
from networks.network.models import Network
from peernet.lib import clock
from peernet.lib.suppression import Breakdown, count, with_organisations

LONGEST = 18  # months on the page: what fits on one printed sheet


@dataclass(frozen=True)
class Line:
    """A month or a network. A count of people is None when it is withheld; with no session held
    there is nobody to count, and `met` is false."""

    of: date | Network
    sessions: tuple[int, int]  # held, due
    taking_part: tuple[int | None, int | None]  # people, organisations
    members: int | None = None
    money: Left | None = None

    @property
    def held(self) -> int:
        """Sessions held."""
        return self.sessions[0]

    @property
    def due(self) -> int:
        """Sessions due, those held among them."""
        return self.sessions[1]

    @property
    def people(self) -> int | None:
        """People taking part."""
        return self.taking_part[0]

    @property
    def organisations(self) -> int | None:
        """Organisations taking part."""
        return self.taking_part[1]

    @property
    def met(self) -> bool:
        """Whether a session was held at all: if not, that nobody came is no secret."""
        return self.held > 0


@dataclass(frozen=True)
class Summary:
    """One programme as its funder may see it, at a moment."""

    at: datetime
    first: date
    months: list[Line]
    networks: list[Line]
    total: Line

    @property
    def withheld(self) -> bool:
        """Whether something on the page is not shown."""
        lines = [*self.months, *self.networks, self.total]
        counted = [n for line in lines if line.met for n in (line.people, line.organisations)]
        return None in [*counted, *(line.members for line in self.months)]


def summary(programme: Programme, zone: str) -> Summary | None:
    """The figures of the networks that both sides agreed to share; None when there are none.

    From the first month of the first of their grants, at most the last 18 months, each network
    from its own first funded day. `zone` is the reader's: it decides which month is the current.
    Four queries, however many networks and sessions there are.
    """
    grants: dict[Network, list[Grant]] = {}
    for grant in shared_grants(programme):
        grants.setdefault(grant.network, []).append(grant)
    if not grants:
        return None
    today, at = clock.today(zone), clock.now()
    since = {network.pk: min(g.starts_on for g in some) for network, some in grants.items()}
    first = max(min(min(since.values()), today), back(today, LONGEST - 1))
    return _summary(figures.Scope(since, first, today, at), grants)


def _summary(scope: figures.Scope, grants: dict[Network, list[Grant]]) -> Summary:
    sessions, members = figures.sessions(scope), figures.members(scope)
    by_month, by_network = _counts_of_people(figures.taking_part(scope), sessions)
    money = {network: _money(some) for network, some in grants.items()}
    all_money = Left(
        sum((each.amount for each in money.values()), Decimal(0)),
        sum((each.left for each in money.values()), Decimal(0)),
    )
    return Summary(
        scope.at,
        back(scope.first, 0),
        [
            Line(
                month, sessions.months.get(month, (0, 0)), _both(by_month, month),
                members=count(members.months.get(month, (0, 0))[0]),
            )
            for month in months(scope.first, scope.last)
        ],
        [
            Line(
                network, sessions.networks.get(network.pk, (0, 0)),
                _both(by_network, network.pk), money=money[network],
            )
            for network in grants
        ],
        Line(scope.last, sessions.total, _totals(by_month, by_network), money=all_money),
    )  # fmt: skip


Pair = tuple[Breakdown, Breakdown]  # people, organisations


def _counts_of_people(raw: figures.Counts, sessions: figures.Counts) -> tuple[Pair, Pair]:
    """People and organisations by month, and by network, with what must not be shown left out."""
    pairs = []
    for parts, held in ((raw.months, sessions.months), (raw.networks, sessions.networks)):
        # Where no session was held there is nobody to protect, and nothing to count.
        met = [key for key, (times, _due) in held.items() if times]
        people, bodies = ({key: parts.get(key, (0, 0))[i] for key in met} for i in (0, 1))
        pairs.append(with_organisations(people, raw.total[0], bodies, raw.total[1]))
    return pairs[0], pairs[1]


def _both(pair: Pair, key: object) -> tuple[int | None, int | None]:
    return pair[0].parts.get(key), pair[1].parts.get(key)


def _totals(by_month: Pair, by_network: Pair) -> tuple[int | None, int | None]:
    """A total stands over the months and over the networks: shown only if neither forbids it."""
    people, bodies = (
        None if None in (one.total, other.total) else one.total
        for one, other in zip(by_month, by_network, strict=True)
    )
    return people, bodies


def _money(grants: list[Grant]) -> Left:
    today = clock.today(grants[0].network.zone)
    return funding_left(((g.amount, g.starts_on, g.ends_on) for g in grants), today)
