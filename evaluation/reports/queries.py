"""What a programme's page shows: counts of people only as peernet.lib.suppression lets them out.
And a network's own figures, for those who look after it and may read the rows behind them."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower

from evaluation.indicators import queries as figures
from evaluation.indicators.rules import (
    RHYTHM,
    Left,
    back,
    counted_next,
    funding_left,
    lapsed,
    months,
)
from evaluation.lasting.queries import Span
from evaluation.rollups.queries import Counted, of_programme
from evaluation.surveys.models import Wave
from evaluation.surveys.queries import for_funder, last_rounds, rate, results
from members.organisations.models import Organisation
from members.people.models import Person
from networks.discussions.models import Post, RoomKind
from networks.funding.models import Grant, Programme
from networks.funding.queries import shared_grants
from networks.membership.models import Membership
from networks.membership.queries import on_break
from networks.network.models import Cohort, Network
from networks.seats.models import Holding, Seat
from networks.seats.queries import alone
from peernet.lib import clock
from peernet.lib.suppression import (
    Breakdown,
    agreeing,
    breakdown,
    count,
    with_organisations,
)
from sessions.attendance.models import Attendance
from sessions.cadence.models import Session, SessionState

from .reach import kept_away, reach, regions
from .rules import Line, Period, Rate, Summary

Grants = dict[Network, list[Grant]]


@dataclass(frozen=True)
class Page:
    """What a programme's page is made of: its shared grants, and their figures; none of these
    when to count them takes longer than somebody would wait."""

    grants: Grants
    counted: Counted | None

    @property
    def mark(self) -> Hashable:
        """Of two pages with one mark each shows the same; None for one counted just now."""
        if self.counted is None or self.counted.edition is None:
            return None
        told = [
            (place.name, place.closed_at, clock.today(place.zone), grant.amount, grant.ends_on)
            for place, some in self.grants.items()
            for grant in some
        ]
        return (
            self.counted.edition,
            repr(told),
            tuple(last_rounds(self.grants).values_list("pk", flat=True)),
        )


def page(programme: Programme, shared: Iterable[Grant] | None = None) -> Page | None:
    """What the programme's page is made of; None when nothing is shared. `shared`: its shared
    grants, for who has read them."""
    some = list(shared_grants(programme) if shared is None else shared)
    grants: Grants = {}
    for grant in some:
        grants.setdefault(grant.network, []).append(grant)
    return Page(grants, of_programme(programme, some)) if grants else None


def summary(made_of: Page | None) -> Summary | None:
    """The figures of the networks that both sides agreed to share; None when there are none, or
    none yet.

    From the first month of the first of their grants, at most the last 18 months, each network
    from its own first funded day; who comes back, and what is left after the money, from that day
    on however long ago. People up to the last month that is counted (S4). The same for every
    reader.
    """
    if made_of is None or made_of.counted is None:
        return None
    shown = _with_the_long_run(_summary(made_of.counted, made_of.grants), made_of.counted)
    return replace(shown, surveys=for_funder(made_of.grants))


def programmes_of(network: Network) -> QuerySet[Programme]:
    """The programmes whose funders see the network's figures now."""
    shared = network.grants.filter(
        network_agreed_at__isnull=False, funder_agreed_at__isnull=False
    ).values("programme")
    return Programme.objects.filter(pk__in=shared).select_related("funder").order_by("name", "pk")


def _summary(counted: Counted, grants: Grants) -> Summary:
    scope, sessions, members = counted.scope, counted.sessions, counted.members
    people, bodies = _counts_of_people(counted.taking_part, sessions, counted.several)
    total_people, total_bodies = people[0].total, bodies[0].total
    # Each person is in one region: all regions together would tell a total that is hidden.
    named = [] if None in (total_people, total_bodies) else regions(counted.regions)
    return Summary(
        scope.at,
        back(scope.first, 0),
        scope.counted,
        counted_next(scope.last),
        [
            Line(
                month, _pair(at := sessions.months.get(month, figures.Held())),
                (people[0].parts.get(month), bodies[0].parts.get(month)),
                met=at.held > 0, counted=month < scope.counted,
                members=count(members.months.get(month, (0, 0))[0]),
            )
            for month in months(scope.first, scope.last)
        ],
        [
            replace(
                _network(network, counted),
                taking_part=(people[1].parts.get(network.pk), bodies[1].parts.get(network.pk)),
                money=_money(some),
            )
            for network, some in grants.items()
        ],
        Line(
            None, _pair(sessions.total), (total_people, total_bodies),
            met=sessions.total.held > 0,
            counted=not sessions.total.held or sessions.total.counted > 0,
            money=_sum([_money(some) for some in grants.values()]),
        ),
        regions=named,
        reach={} if None in (total_people, total_bodies) else reach(counted.reach),
        kept_away=kept_away(counted.kept_away),
        several=bodies[2],
    )  # fmt: skip


def _network(network: Network, counted: Counted) -> Line:
    """Its sessions, and whether it still meets; nothing of its people."""
    scope = counted.scope
    held = counted.sessions.networks.get(network.pk, figures.Held())
    start = max(scope.since[network.pk], back(scope.first, 0))
    since = clock.midnight(start, network.zone)
    gone = lapsed(held.last, since, counted.rhythms.get(network.pk, RHYTHM), scope.at)
    return Line(
        network, _pair(held), (None, None), met=held.held > 0,
        counted=not held.held or held.counted > 0, last=held.last,
        lapsed=gone and since <= scope.at and network.closed_at is None,
        closed=network.closed_at is not None,
    )  # fmt: skip


def _counts_of_people(
    raw: figures.Counts, sessions: figures.Meetings, several: figures.Pair
) -> tuple[list[Breakdown], list[Breakdown]]:
    """People, and organisations, by month and by network, with what must not be shown left out;
    organisations also by whether several of their people came. All under the same totals."""
    tables: tuple[list, list] = ([], [])
    for parts, held in ((raw.months, sessions.months), (raw.networks, sessions.networks)):
        # Where no session was held there is nobody to protect, and nothing to count.
        met = [key for key, one in held.items() if one.counted]
        people, bodies = ({key: parts.get(key, (0, 0))[i] for key in met} for i in (0, 1))
        both = with_organisations(people, raw.total[0], bodies, raw.total[1])
        tables[0].append((both[0], people))
        tables[1].append((both[1], bodies))
    by_width = dict(zip(("several", "one"), several, strict=True))
    tables[1].append((breakdown(by_width, raw.total[1]), by_width))
    people = agreeing(raw.total[0], *tables[0])
    bodies = agreeing(raw.total[1], *tables[1])
    if people[0].total is None:  # as in with_organisations: none tells how many people there were
        bodies = [Breakdown(dict.fromkeys(one.parts), None) for one in bodies]
    return people, bodies


def _with_the_long_run(shown: Summary, counted: Counted) -> Summary:
    """The page with who comes back, and with what is left after the money."""
    return replace(
        shown,
        back={months: _rate(*pair) for months, pair in sorted(counted.back.items())},
        after={
            months: (_period(pair[0]), _period(pair[1])) for months, pair in counted.after.items()
        },
    )


def _rate(part: int, whole: int) -> Rate:
    """Withheld when few did. How many did not is no figure here, and cannot be worked out from
    numbers rounded to 5 any more than members who stayed away from the months."""
    did = count(part)
    return Rate(None, None) if did is None else Rate(did, count(whole))


def _period(span: Span) -> Period:
    people = _rate(span.active, span.members)
    attended = None
    if people.part is not None and span.could:
        attended = 5 * round(20 * span.came / span.could)
    return Period(span.networks, span.met, (span.held, span.due), people, attended)


def _pair(held: figures.Held) -> tuple[int, int]:
    return held.held, held.due


def _sum(money: list[Left]) -> Left:
    return Left(
        sum((each.amount for each in money), Decimal(0)),
        sum((each.left for each in money), Decimal(0)),
    )


def _money(grants: list[Grant]) -> Left:
    today = clock.today(grants[0].network.zone)
    return funding_left(((g.amount, g.starts_on, g.ends_on) for g in grants), today)


# --- A network's own, exact: only for those who may read the rows ------------------------------

RECENT = 8  # sessions
QUIET_AFTER = 3  # sessions held without them
MONTH = timedelta(days=365.25 / 12)
LATELY = timedelta(days=183)


def own(network: Network, counted: Counted | None) -> Summary | None:
    """The network's figures since it opened, at most the last 18 months; every number as it is.
    Only for those who may read the rows behind them. None while they are being counted."""
    if counted is None:
        return None
    scope, sessions, raw = counted.scope, counted.sessions, counted.taking_part
    several, one = counted.several
    return Summary(
        scope.at, back(scope.first, 0), scope.counted, scope.last,
        [
            Line(
                month, _pair(at := sessions.months.get(month, figures.Held())),
                raw.months.get(month, (0, 0)) if at.held else (None, None), met=at.held > 0,
                members=counted.members.months.get(month, (0, 0))[0],
            )
            for month in months(scope.first, scope.last)
        ],
        [_network(network, counted)],
        Line(None, _pair(sessions.total), raw.total, met=sessions.total.held > 0),
        several=Breakdown({"several": several, "one": one}, several + one),
        kept_away=kept_away(counted.kept_away),
        back={
            later: Rate(*pair, rounded=False) for later, pair in sorted(counted.back.items())
        },
        after={
            later: (_exactly(pair[0]), _exactly(pair[1])) for later, pair in counted.after.items()
        },
    )  # fmt: skip


@dataclass(frozen=True)
class CohortLine:
    """What a network's own page says of one cohort; exact, like all of that page."""

    cohort: Cohort
    people: int
    held: int
    due: int
    came: int


def cohorts_of(network: Network, counted: Counted | None) -> list[CohortLine]:
    """The network's cohorts as they were counted, the first one first."""
    found = counted.cohorts if counted else {}
    rows = network.cohorts.filter(pk__in=found)
    return [CohortLine(one, *found[one.pk]) for one in rows]


def _exactly(span: Span) -> Period:
    attended = round(100 * span.came / span.could) if span.could else None
    people = Rate(span.active, span.members, rounded=False)
    return Period(span.networks, span.met, (span.held, span.due), people, attended)


def organisations_of(network: Network) -> QuerySet[Organisation]:
    """The organisations with a place in the network: how many hold it (`members`), and how many
    people came for it in the last six months (`came`)."""
    held = Q(seats__network=network, seats__until=None)
    here = Q(seats__holdings__until=None, seats__holdings__person__is_active=True)
    lately = Q(
        seats__holdings__person__attendances__session__network=network,
        seats__holdings__person__attendances__session__state=SessionState.HELD,
        seats__holdings__person__attendances__session__starts_at__gte=clock.now() - LATELY,
    )
    return (
        Organisation.objects.filter(held)
        .annotate(
            members=Count("seats__holdings__person", filter=held & here, distinct=True),
            came=Count("seats__holdings__person", filter=held & lately, distinct=True),
        )
        .order_by(Lower("name"))
    )


def single(network: Network) -> list[tuple[Seat, int | None]]:
    """Organisations of which one person holds the place now, by name, each with the whole months
    since somebody else who held it came to a session; None when nobody else ever did."""
    now_held = Holding.objects.filter(seat=OuterRef("seat"), person=OuterRef("person")).current()
    others = Holding.objects.filter(
        seat=OuterRef("pk"),
        until__isnull=False,
        person__attendances__session__network=network,
        person__attendances__session__state=SessionState.HELD,
        person__attendances__session__ends_at__gte=F("since"),
        person__attendances__session__starts_at__lt=F("until"),
    ).filter(~Exists(now_held))
    came = others.values("person__attendances__session__starts_at")
    last = Subquery(came.order_by("-person__attendances__session__starts_at")[:1])
    rows = alone(network).annotate(last=last).order_by(Lower("organisation__name"), "pk")
    return [(row, (clock.now() - row.last) // MONTH if row.last else None) for row in rows]


def recent(network: Network) -> QuerySet[Session]:
    """The last sessions that were held, with how many members came (`people`)."""
    there = Attendance.objects.filter(session=OuterRef("pk"), person__isnull=False)
    there = there.order_by().values("session").annotate(people=Count("pk")).values("people")
    return _held(network).annotate(people=Coalesce(Subquery(there), 0))[:RECENT]


def _held(network: Network) -> QuerySet[Session]:
    rows = Session.objects.filter(network=network, state=SessionState.HELD)
    return rows.order_by("-starts_at")


def quiet(network: Network) -> QuerySet[Person]:
    """Members for longer than the last three sessions held for all, who since then came to none,
    not of their cohort either, led none, and wrote nothing in a room open to all; nobody who takes
    a break."""
    last = list(_held(network).filter(cohort=None)[:QUIET_AFTER])
    if len(last) < QUIET_AFTER:
        return Person.objects.none()
    begins = last[-1].starts_at
    spells = Membership.objects.filter(network=network).current()
    held = _held(network).filter(starts_at__gte=begins).order_by()
    there = Attendance.objects.filter(session__in=held, person__isnull=False)
    led = held.filter(facilitator__isnull=False).values("facilitator")
    wrote = Post.objects.filter(
        network=network, posted_at__gte=begins, thread__room__kind=RoomKind.OPEN,
        author__isnull=False,
    )  # fmt: skip
    since = spells.filter(since__lt=begins)
    return (
        Person.objects.filter(is_active=True, pk__in=since.values("person"))
        .exclude(pk__in=there.values("person"))
        .exclude(pk__in=wrote.values("author"))
        .exclude(pk__in=led)
        .exclude(pk__in=on_break(network))
        .order_by(Lower("name"), "pk")
    )


def survey_given(pk: int) -> dict:
    """What a round of a survey adds up to, for its network's archive: the numbers of its page,
    rounded and withheld as there, and nobody's own words."""
    wave = Wave.objects.select_related("study").get(pk=pk)
    found = results(wave, list(wave.study.items.all()))
    said = [
        {"question": one.item.uid, "n": one.n, "mean": one.mean, "median": one.median}
        | {"groups": [[str(label), n] for label, n in one.groups], "order": one.order}
        for one in found
    ]
    return {"answered": rate(wave).answered, "asked": rate(wave).asked, "questions": said}
