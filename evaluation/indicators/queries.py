"""The figures themselves, in SQL: each query gives the months, the networks and the whole at once.

What comes from here is raw. Whoever shows it to people who may not read the rows behind it sends
it through peernet.lib.suppression first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from .rules import back


@dataclass(frozen=True)
class Scope:
    """What to count: networks, each from a day of its own (its first funded one, say), from the
    month of `first` up to and with the month of `last`, as things stand `at` (aware)."""

    since: dict[int, date]
    first: date
    last: date
    at: datetime


Pair = tuple[int, int]


@dataclass(frozen=True)
class Counts:
    """Pairs of numbers by month and by network, and for the whole; what is missing is nought."""

    months: dict[date, Pair] = field(default_factory=dict)
    networks: dict[int, Pair] = field(default_factory=dict)
    total: Pair = (0, 0)


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

SESSIONS = f"""{SCOPE}
SELECT month, network_id, count(*) FILTER (WHERE state = 'held'), count(*)
FROM slot
WHERE state <> 'cancelled' OR settled_at > starts_at - interval '24 hours'
GROUP BY GROUPING SETS ((month), (network_id), ())"""  # noqa: S608 -- constants only

TAKING_PART = f"""{SCOPE}
SELECT slot.month, slot.network_id, count(DISTINCT attendance.person_id),
    count(DISTINCT coalesce(seat.organisation_id, affiliation.organisation_id))
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
WHERE slot.state = 'held'
GROUP BY GROUPING SETS ((slot.month), (slot.network_id), ())"""  # noqa: S608 -- constants only

MEMBERS = f"""{SCOPE}, month AS (
    SELECT day AS local FROM generate_series(
        %(first)s::timestamp, %(last)s::timestamp, interval '1 month') AS day
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
}


def sessions(scope: Scope) -> Counts:
    """(held, due): indicator sessions-held."""
    return _counts(SESSIONS, scope)


def taking_part(scope: Scope) -> Counts:
    """(people, organisations): indicators people-taking-part and organisations-taking-part."""
    return _counts(TAKING_PART, scope)


def members(scope: Scope) -> Counts:
    """(people, 0): indicator members-on-roll."""
    return _counts(MEMBERS, scope)


def _counts(sql: str, scope: Scope) -> Counts:
    with connection.cursor() as cursor:
        cursor.execute(sql, _parameters(scope))
        return _sorted_out(cursor.fetchall())


def _parameters(scope: Scope) -> dict[str, Any]:
    return {
        "networks": list(scope.since),
        "since": list(scope.since.values()),
        "first": back(scope.first, 0),
        "last": back(scope.last, 0),
        "beyond": back(scope.last, -1),  # months are whole, the current one so far
        "at": scope.at,
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
