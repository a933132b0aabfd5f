"""The figures themselves, in SQL: each query gives the months, the networks and the whole at once.

What comes from here is raw. Whoever shows it to people who may not read the rows behind it sends
it through peernet.lib.suppression first.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from sessions.cadence.models import Cadence

from .rules import AFTER, RHYTHM, STEPS, back, rhythm_days


@dataclass(frozen=True)
class Scope:
    """What to count: networks, each from a day of its own (its first funded one, say), from the
    month of `first` up to and with the month of `last`, as things stand `at` (aware). People are
    counted in the months before `counted`, the first day of one."""

    since: dict[int, date]
    first: date
    last: date
    at: datetime
    counted: date


Pair = tuple[int, int]


@dataclass(frozen=True)
class Counts:
    """Pairs of numbers by month and by network, and for the whole; what is missing is nought."""

    months: dict[date, Pair] = field(default_factory=dict)
    networks: dict[int, Pair] = field(default_factory=dict)
    total: Pair = (0, 0)


@dataclass(frozen=True)
class Held:
    """Sessions: how many were held, and due; how many were held in months that are counted; and
    when the last of them was."""

    held: int = 0
    due: int = 0
    counted: int = 0
    last: datetime | None = None


@dataclass(frozen=True)
class Meetings:
    """Sessions by month and by network, and for the whole; what is missing is none."""

    months: dict[date, Held] = field(default_factory=dict)
    networks: dict[int, Held] = field(default_factory=dict)
    total: Held = field(default_factory=Held)


@dataclass(frozen=True)
class Span:
    """Networks over some months before or after their money ended. `met`: those with a session
    held; `came` of `could` sessions were attended, summed over members."""

    networks: int = 0
    met: int = 0
    held: int = 0
    due: int = 0
    active: int = 0
    members: int = 0
    came: int = 0
    could: int = 0


# Each network from its own first day, with its zone; months as its own calendar has them.
SCOPE = """
WITH scope AS (
    SELECT network.id, network.zone, greatest(given.since, %(first)s) AS since
    FROM unnest(%(networks)s::bigint[], %(since)s::date[]) AS given (id, since)
    JOIN networks_network AS network ON network.id = given.id
), slot AS (
    SELECT session.*,
        date_trunc('month', session.starts_at AT TIME ZONE scope.zone)::date AS month
    FROM peer_sessions_session AS session
    JOIN scope ON scope.id = session.network_id
    WHERE session.ends_at <= %(at)s
        AND session.starts_at >= scope.since::timestamp AT TIME ZONE scope.zone
        AND session.starts_at < %(beyond)s::timestamp AT TIME ZONE scope.zone
)"""
DUE = "(state <> 'cancelled' OR settled_at > starts_at - interval '24 hours')"

SESSIONS = f"""{SCOPE}
SELECT month, network_id, count(*) FILTER (WHERE state = 'held'), count(*),
    count(*) FILTER (WHERE state = 'held' AND month < %(counted)s),
    max(starts_at) FILTER (WHERE state = 'held')
FROM slot
WHERE {DUE}
GROUP BY GROUPING SETS ((month), (network_id), ())"""  # noqa: S608 -- constants only

# Who was there, and for which organisation.
CAME = f"""{SCOPE}, came AS (
    SELECT slot.month, slot.network_id, slot.starts_at, attendance.person_id,
        coalesce(seat.organisation_id, affiliation.organisation_id) AS organisation_id
    FROM slot
    JOIN peer_sessions_attendance AS attendance
        ON attendance.session_id = slot.id AND attendance.person_id IS NOT NULL
    LEFT JOIN networks_membership AS spell
        ON spell.network_id = slot.network_id AND spell.person_id = attendance.person_id
        AND spell.since <= slot.ends_at AND (spell.until IS NULL OR spell.until > slot.starts_at)
    LEFT JOIN networks_seat AS seat ON seat.id = spell.seat_id
    LEFT JOIN members_affiliation AS affiliation
        ON seat.id IS NULL AND affiliation.person_id = attendance.person_id
        AND affiliation.since <= slot.ends_at
        AND (affiliation.until IS NULL OR affiliation.until > slot.starts_at)
    WHERE slot.state = 'held' AND slot.month < %(counted)s
)"""  # noqa: S608 -- constants only

TAKING_PART = f"""{CAME}
SELECT month, network_id, count(DISTINCT person_id), count(DISTINCT organisation_id)
FROM came
GROUP BY GROUPING SETS ((month), (network_id), ())"""  # noqa: S608 -- constants only

REGIONS = f"""{CAME}, person AS (
    SELECT DISTINCT ON (person_id) person_id, organisation_id FROM came
    ORDER BY person_id, organisation_id IS NULL, starts_at DESC, organisation_id
), line AS (
    SELECT organisation_id, 1 AS people, 0 AS bodies FROM person
    UNION ALL
    SELECT DISTINCT organisation_id, 0, 1 FROM came WHERE organisation_id IS NOT NULL
)
SELECT coalesce(min(btrim(body.region)), ''), sum(people), sum(bodies)
FROM line
LEFT JOIN members_organisation AS body ON body.id = organisation_id
GROUP BY lower(btrim(coalesce(body.region, '')))"""  # noqa: S608 -- constants only

SEVERAL = f"""{CAME}, body AS (
    SELECT count(DISTINCT person_id) AS people FROM came
    WHERE organisation_id IS NOT NULL GROUP BY organisation_id
)
SELECT count(*) FILTER (WHERE people > 1), count(*) FILTER (WHERE people = 1)
FROM body"""  # noqa: S608 -- constants only

MEMBERS = f"""{SCOPE}, month AS (
    SELECT day AS local FROM generate_series(
        %(first)s::timestamp, %(last)s::timestamp, interval '1 month') AS day
    WHERE day < %(counted)s
)
SELECT month.local::date, membership.network_id, count(DISTINCT membership.person_id), 0
FROM scope
CROSS JOIN month
JOIN networks_membership AS membership
    ON membership.network_id = scope.id
    AND membership.since < least(
        (month.local + interval '1 month') AT TIME ZONE scope.zone, %(at)s)
    AND (membership.until IS NULL OR membership.until > greatest(
        month.local, scope.since::timestamp) AT TIME ZONE scope.zone)
WHERE month.local + interval '1 month' > scope.since
GROUP BY GROUPING SETS ((month.local), (membership.network_id), ())"""  # noqa: S608 -- as above

# Whoever came, led or wrote, in a network; for the figures over long times. `since` is a day
# from which on something is looked at: the first funded one, or the last.
CONTRIBUTIONS = """
WITH given AS (
    SELECT network.id, network.zone, given.since,
        given.since::timestamp AT TIME ZONE network.zone AS origin,
        given.rhythm * interval '1 day' AS rhythm,
        %(counted)s::timestamp AT TIME ZONE network.zone AS beyond
    FROM unnest(%(networks)s::bigint[], %(since)s::date[], %(rhythms)s::int[])
        AS given (id, since, rhythm)
    JOIN networks_network AS network ON network.id = given.id
), held AS (
    SELECT session.* FROM peer_sessions_session AS session
    JOIN given ON given.id = session.network_id
    WHERE session.state = 'held' AND session.starts_at < given.beyond
), contribution AS MATERIALIZED (
    SELECT held.network_id, attendance.person_id, held.starts_at AS at
    FROM held JOIN peer_sessions_attendance AS attendance ON attendance.session_id = held.id
    WHERE attendance.person_id IS NOT NULL
    UNION ALL
    SELECT network_id, facilitator_id, starts_at FROM held WHERE facilitator_id IS NOT NULL
    UNION ALL
    SELECT post.network_id, post.author_id, post.posted_at
    FROM networks_post AS post
    JOIN given ON given.id = post.network_id AND post.posted_at < given.beyond
    JOIN networks_thread AS thread ON thread.id = post.thread_id
    JOIN networks_room AS room ON room.id = thread.room_id AND room.kind = 'open'
    WHERE post.author_id IS NOT NULL
)"""

COMING_BACK = f"""{CONTRIBUTIONS}, beginner AS (
    SELECT given.id, given.origin, given.rhythm, given.beyond, first.person_id,
        floor(extract(epoch FROM first.at - given.origin)
            / extract(epoch FROM given.rhythm)) AS cohort
    FROM given
    JOIN (SELECT network_id, person_id, min(at) AS at FROM contribution GROUP BY 1, 2) AS first
        ON first.network_id = given.id AND first.at >= given.origin
), later AS (
    SELECT beginner.id, person_id, step.months,
        origin + rhythm * (cohort + ahead.windows) AS starts,
        origin + rhythm * (cohort + ahead.windows + 1) AS ends
    FROM beginner
    CROSS JOIN unnest(%(steps)s::int[]) AS step (months)
    CROSS JOIN LATERAL (SELECT greatest(1, round(step.months * 30.4375 * 86400
        / extract(epoch FROM rhythm))) AS windows) AS ahead
    WHERE origin + rhythm * (cohort + ahead.windows + 1) <= beyond
)
SELECT later.months, count(DISTINCT later.person_id) FILTER (WHERE back.person_id IS NOT NULL),
    count(DISTINCT later.person_id)
FROM later
LEFT JOIN contribution AS back ON back.network_id = later.id
    AND back.person_id = later.person_id AND back.at >= later.starts AND back.at < later.ends
GROUP BY later.months"""  # noqa: S608 -- constants only

# The last funded day is the `since` here.
PERSISTENCE = f"""{CONTRIBUTIONS}, period AS (
    SELECT given.id, step.months, side.after,
        (since + 1 + side.starts)::timestamp AT TIME ZONE zone AS starts,
        (since + 1 + side.ends)::timestamp AT TIME ZONE zone AS ends
    FROM given
    CROSS JOIN unnest(%(steps)s::int[]) AS step (months)
    CROSS JOIN LATERAL (VALUES
        (false, interval '-3 months', interval '0'),
        (true, interval '0', step.months * interval '1 month')) AS side (after, starts, ends)
    WHERE (since + 1 + step.months * interval '1 month')::timestamp AT TIME ZONE zone <= beyond
), meeting AS (
    SELECT period.months, period.after, count(DISTINCT period.id) AS networks,
        count(DISTINCT period.id) FILTER (WHERE session.state = 'held') AS met,
        count(session.id) FILTER (WHERE session.state = 'held') AS held,
        count(session.id) AS due
    FROM period
    LEFT JOIN peer_sessions_session AS session ON session.network_id = period.id
        AND session.starts_at >= period.starts AND session.starts_at < period.ends AND {DUE}
    GROUP BY 1, 2
), membership AS (
    SELECT period.months, period.after, period.starts, period.ends, spell.*
    FROM period
    JOIN networks_membership AS spell ON spell.network_id = period.id
        AND spell.since < period.ends AND (spell.until IS NULL OR spell.until > period.starts)
), member AS (
    SELECT months, after, count(DISTINCT membership.person_id) AS members,
        count(DISTINCT membership.person_id) FILTER (WHERE contribution.at IS NOT NULL) AS active
    FROM membership
    LEFT JOIN contribution ON contribution.network_id = membership.network_id
        AND contribution.person_id = membership.person_id
        AND contribution.at >= membership.starts AND contribution.at < membership.ends
    GROUP BY 1, 2
), attended AS (
    SELECT months, after, count(*) AS could, count(attendance.id) AS came
    FROM membership
    JOIN held ON held.network_id = membership.network_id
        AND held.starts_at >= membership.starts AND held.starts_at < membership.ends
        AND held.starts_at >= membership.since
        AND (membership.until IS NULL OR held.starts_at < membership.until)
    LEFT JOIN peer_sessions_attendance AS attendance
        ON attendance.session_id = held.id AND attendance.person_id = membership.person_id
    GROUP BY 1, 2
)
SELECT months, after, networks, met, held, due, coalesce(active, 0), coalesce(members, 0),
    coalesce(came, 0), coalesce(could, 0)
FROM meeting LEFT JOIN member USING (months, after) LEFT JOIN attended USING (months, after)
"""  # noqa: S608 -- constants only

# What the page of an indicator shows as its exact query; money is reckoned in rules.
SQL = {
    "sessions-held": SESSIONS,
    "people-taking-part": TAKING_PART,
    "organisations-taking-part": TAKING_PART,
    "members-on-roll": MEMBERS,
    "people-by-region": REGIONS,
    "organisations-with-several": SEVERAL,
    "rhythm-kept": SESSIONS,
    "people-coming-back": COMING_BACK,
    "after-funding": PERSISTENCE,
}


def sessions(scope: Scope) -> Meetings:
    """Indicator sessions-held."""
    months: dict[date, Held] = {}
    networks: dict[int, Held] = {}
    total = Held()
    for month, network, *numbers in _rows(SESSIONS, _parameters(scope)):
        if month is not None:
            months[month] = Held(*numbers)
        elif network is not None:
            networks[network] = Held(*numbers)
        else:
            total = Held(*numbers)
    return Meetings(months, networks, total)


def taking_part(scope: Scope) -> Counts:
    """(people, organisations): indicators people-taking-part and organisations-taking-part."""
    return _counts(TAKING_PART, scope)


def members(scope: Scope) -> Counts:
    """(people, 0): indicator members-on-roll."""
    return _counts(MEMBERS, scope)


def regions(scope: Scope) -> dict[str, Pair]:
    """Region, "" for unknown, to (people, organisations), nobody in two of them: indicator
    people-by-region."""
    return {name: (p, b) for name, p, b in _rows(REGIONS, _parameters(scope))}


def several(scope: Scope) -> Pair:
    """Organisations with (two or more, only one) of their people: organisations-with-several."""
    found = _rows(SEVERAL, _parameters(scope))[0]
    return found[0], found[1]


def rhythms(networks: Iterable[int]) -> dict[int, int]:
    """Network to the days of its rhythm: of the shortest that runs, else of the last that ran."""
    running, ended = defaultdict(list), {}
    rows = Cadence.objects.filter(network__in=networks).order_by("pk")
    for row in rows:
        days = rhythm_days(row.rule, row.first, row.zone)
        ended[row.network_id] = days
        if row.ended_at is None:
            running[row.network_id].append(days)
    return ended | {network: min(days) for network, days in running.items()}


def coming_back(scope: Scope, rhythms: dict[int, int]) -> dict[int, Pair]:
    """Months later, 0 for the next time round, to (those who came back, of those who could):
    indicator people-coming-back. Counts from each network's own day, however long ago."""
    rows = _rows(COMING_BACK, _over_long(scope, scope.since, rhythms) | {"steps": list(STEPS)})
    return {months: (back, whole) for months, back, whole in rows}


def after_funding(scope: Scope, ended: dict[int, date]) -> dict[int, tuple[Span, Span]]:
    """Months to (the three before, those after) the networks' last funded days; only months that
    are over for one network at least: indicator after-funding."""
    if not ended:
        return {}
    sides: dict[int, dict[bool, Span]] = defaultdict(dict)
    for months, after, *numbers in _rows(
        PERSISTENCE, _over_long(scope, ended, {}) | {"steps": list(AFTER)}
    ):
        sides[months][after] = Span(*numbers)
    return {months: (pair[False], pair[True]) for months, pair in sorted(sides.items())}


def _counts(sql: str, scope: Scope) -> Counts:
    return _sorted_out(_rows(sql, _parameters(scope)))


def _rows(sql: str, parameters: dict[str, Any]) -> list[tuple]:
    """Without nested loops: these queries read much, and where the planner takes a table for empty
    (a vacuum found only rows not yet committed) it would loop over it for minutes."""
    with connection.cursor() as cursor:  # both statements are one transaction
        cursor.execute(f"SET LOCAL enable_nestloop = off; {sql}", parameters)
        return cursor.fetchall()


def _parameters(scope: Scope) -> dict[str, Any]:
    return {
        "networks": list(scope.since),
        "since": list(scope.since.values()),
        "first": back(scope.first, 0),
        "last": back(scope.last, 0),
        "beyond": back(scope.last, -1),  # months are whole, the current one so far
        "at": scope.at,
        "counted": scope.counted,
    }


def _over_long(scope: Scope, days: dict[int, date], rhythms: dict[int, int]) -> dict[str, Any]:
    return {
        "networks": list(days),
        "since": list(days.values()),
        "rhythms": [rhythms.get(network, RHYTHM) for network in days],
        "counted": scope.counted,
    }


def _sorted_out(rows: Iterable[tuple]) -> Counts:
    months: dict[date, Pair] = {}
    networks: dict[int, Pair] = {}
    total: Pair = (0, 0)
    for month, network, first, second in rows:
        if month is not None:
            months[month] = first, second
        elif network is not None:
            networks[network] = first, second
        else:
            total = first, second
    return Counts(months, networks, total)
