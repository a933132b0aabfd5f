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

from .rules import back, rhythm_days


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
    SELECT slot.month, slot.network_id, slot.starts_at, attendance.person_id, held.part,
        coalesce(seat.organisation_id, affiliation.organisation_id) AS organisation_id
    FROM slot
    JOIN peer_sessions_attendance AS attendance
        ON attendance.session_id = slot.id AND attendance.person_id IS NOT NULL
    LEFT JOIN (networks_holding AS held JOIN networks_seat AS seat ON seat.id = held.seat_id)
        ON seat.network_id = slot.network_id AND held.person_id = attendance.person_id
        AND held.since <= slot.ends_at AND (held.until IS NULL OR held.until > slot.starts_at)
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

# Of each cohort: who is in it now; its sessions held and due; and who came to them.
COHORTS = f"""{SCOPE}
SELECT cohort.id,
    (SELECT count(*) FROM networks_cohortspell AS inside
        JOIN members_person AS person ON person.id = inside.person_id AND person.is_active
        WHERE inside.cohort_id = cohort.id
            AND inside.since <= %(at)s AND (inside.until IS NULL OR inside.until > %(at)s)),
    count(DISTINCT slot.id) FILTER (WHERE slot.state = 'held'), count(DISTINCT slot.id),
    count(DISTINCT attendance.person_id) FILTER (WHERE slot.state = 'held')
FROM networks_cohort AS cohort
JOIN scope ON scope.id = cohort.network_id
LEFT JOIN (SELECT * FROM slot WHERE {DUE}) AS slot ON slot.cohort_id = cohort.id
LEFT JOIN peer_sessions_attendance AS attendance
    ON attendance.session_id = slot.id AND attendance.person_id IS NOT NULL
GROUP BY cohort.id"""  # noqa: S608 -- constants only

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

# By kind, by size and by part: people and organisations; of parts there are only people.
REACH = f"""{CAME}, person AS (
    SELECT DISTINCT ON (person_id) person_id, organisation_id, coalesce(part, '') AS part FROM came
    ORDER BY person_id, organisation_id IS NULL, starts_at DESC, organisation_id
), line AS (
    SELECT organisation_id, 1 AS people, 0 AS bodies FROM person
    UNION ALL
    SELECT DISTINCT organisation_id, 0, 1 FROM came WHERE organisation_id IS NOT NULL
), told AS (
    SELECT coalesce(body.kind, '') AS kind, coalesce(body.size, '') AS size, people, bodies
    FROM line
    LEFT JOIN members_organisation AS body ON body.id = organisation_id
)
SELECT 'kind', kind, sum(people), sum(bodies) FROM told GROUP BY kind
UNION ALL
SELECT 'size', size, sum(people), sum(bodies) FROM told GROUP BY size
UNION ALL
SELECT 'part', part, count(*), count(*) FROM person GROUP BY part"""  # noqa: S608 -- constants only

# Of those who said that they cannot come, and what keeps them away: each once for each reason.
KEPT_AWAY = f"""{SCOPE}
SELECT answer.why, count(DISTINCT answer.person_id)
FROM slot
JOIN peer_sessions_answer AS answer ON answer.session_id = slot.id AND answer.why <> ''
WHERE slot.state <> 'cancelled' AND slot.month < %(counted)s
GROUP BY answer.why"""  # noqa: S608 -- constants only

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

# What the page of an indicator shows as its exact query; money is reckoned in rules.
SQL = {
    "sessions-held": SESSIONS,
    "people-taking-part": TAKING_PART,
    "organisations-taking-part": TAKING_PART,
    "members-on-roll": MEMBERS,
    "people-by-region": REGIONS,
    "people-by-kind": REACH,
    "kept-away": KEPT_AWAY,
    "organisations-with-several": SEVERAL,
    "rhythm-kept": SESSIONS,
}


def sessions(scope: Scope) -> Meetings:
    """Indicator sessions-held."""
    return meetings_from(rows(SESSIONS, parameters(scope)))


def taking_part(scope: Scope) -> Counts:
    """(people, organisations): indicators people-taking-part and organisations-taking-part."""
    return counts_from(rows(TAKING_PART, parameters(scope)))


def members(scope: Scope) -> Counts:
    """(people, 0): indicator members-on-roll."""
    return counts_from(rows(MEMBERS, parameters(scope)))


def regions(scope: Scope) -> dict[str, Pair]:
    """Region, "" for unknown, to (people, organisations), nobody in two of them: indicator
    people-by-region."""
    return regions_from(rows(REGIONS, parameters(scope)))


def reach(scope: Scope) -> dict[str, dict[str, Pair]]:
    """ "kind", "size" or "part" -> which, "" for unknown -> (people, organisations), nobody in two
    of one's: indicator people-by-kind. Of a part the second number is people too."""
    return reach_from(rows(REACH, parameters(scope)))


def kept_away(scope: Scope) -> dict[str, int]:
    """What keeps people away (sessions.meetings Why) -> how many: indicator kept-away."""
    return dict(rows(KEPT_AWAY, parameters(scope)))


def several(scope: Scope) -> Pair:
    """Organisations with (two or more, only one) of their people: organisations-with-several."""
    return several_from(rows(SEVERAL, parameters(scope)))


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


def rows(sql: str, values: dict[str, Any]) -> list[tuple]:
    """What one of these queries gives; they read much. Without nested loops: where the planner
    takes a table for empty (a vacuum found only rows not yet committed) it would loop over it for
    minutes. With room to sort in memory."""
    with connection.cursor() as cursor:  # all statements are one transaction
        cursor.execute(
            f"SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'; {sql}", values
        )
        return cursor.fetchall()


def parameters(scope: Scope) -> dict[str, Any]:
    """What the queries of this page want to be told of a scope."""
    return {
        "networks": list(scope.since),
        "since": list(scope.since.values()),
        "first": back(scope.first, 0),
        "last": back(scope.last, 0),
        "beyond": back(scope.last, -1),  # months are whole, the current one so far
        "at": scope.at,
        "counted": scope.counted,
    }


def meetings_from(found: Iterable[tuple]) -> Meetings:
    """As `sessions`, of the rows of its query."""
    months: dict[date, Held] = {}
    networks: dict[int, Held] = {}
    total = Held()
    for month, network, *numbers in found:
        if month is not None:
            months[month] = Held(*numbers)
        elif network is not None:
            networks[network] = Held(*numbers)
        else:
            total = Held(*numbers)
    return Meetings(months, networks, total)


def counts_from(found: Iterable[tuple]) -> Counts:
    """As `taking_part` and `members`, of the rows of their queries."""
    months: dict[date, Pair] = {}
    networks: dict[int, Pair] = {}
    total: Pair = (0, 0)
    for month, network, first, second in found:
        if month is not None:
            months[month] = first, second
        elif network is not None:
            networks[network] = first, second
        else:
            total = first, second
    return Counts(months, networks, total)


def regions_from(found: Iterable[tuple]) -> dict[str, Pair]:
    """As `regions`, of the rows of its query."""
    return {name: (people, bodies) for name, people, bodies in found}


def reach_from(found: Iterable[tuple]) -> dict[str, dict[str, Pair]]:
    """As `reach`, of the rows of its query."""
    told: dict[str, dict[str, Pair]] = {"kind": {}, "size": {}, "part": {}}
    for by, which, people, bodies in found:
        told[by][which] = people, bodies
    return told


def several_from(found: Iterable[tuple]) -> Pair:
    """As `several`, of the one row of its query."""
    [(two, one)] = found
    return two, one
