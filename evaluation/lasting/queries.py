"""Figures over long times: who comes back, and what is left after the money. Raw, like those of
evaluation.indicators, whose definitions they stand beside."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from evaluation.indicators.queries import DUE, Pair, Scope, rows
from evaluation.indicators.rules import AFTER, RHYTHM, STEPS


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

COMING_BACK = f"""{CONTRIBUTIONS}, there AS (
    SELECT DISTINCT given.id, contribution.person_id,
        floor(extract(epoch FROM contribution.at - origin)
            / extract(epoch FROM rhythm))::int AS visited
    FROM given JOIN contribution ON contribution.network_id = given.id
), beginner AS (
    SELECT id, person_id, min(visited) AS cohort
    FROM there GROUP BY 1, 2 HAVING min(visited) >= 0
), later AS (
    SELECT beginner.id, person_id, step.months, cohort + ahead.windows AS due
    FROM beginner
    JOIN given ON given.id = beginner.id
    CROSS JOIN unnest(%(steps)s::int[]) AS step (months)
    CROSS JOIN LATERAL (SELECT greatest(1, round(step.months * 30.4375 * 86400
        / extract(epoch FROM rhythm)))::int AS windows) AS ahead
    WHERE origin + rhythm * (cohort + ahead.windows + 1) <= beyond
)
SELECT later.months, count(DISTINCT later.person_id) FILTER (WHERE back.person_id IS NOT NULL),
    count(DISTINCT later.person_id)
FROM later
LEFT JOIN there AS back ON back.id = later.id
    AND back.person_id = later.person_id AND back.visited = later.due
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


# What the page of an indicator shows as its exact query.
SQL = {"people-coming-back": COMING_BACK, "after-funding": PERSISTENCE}


def coming_back(scope: Scope, rhythms: Mapping[int, int]) -> dict[int, Pair]:
    """Months later, 0 for the next time round, to (those who came back, of those who could):
    indicator people-coming-back. Counts from each network's own day, however long ago."""
    return back_from(back_rows(scope, rhythms))


def after_funding(scope: Scope, ended: Mapping[int, date]) -> dict[int, tuple[Span, Span]]:
    """Months after the last funded day (network to that day) to (before, after), once they
    are over for one network at least: indicator after-funding."""
    return after_from(after_rows(scope, ended))


def back_rows(scope: Scope, rhythms: Mapping[int, int]) -> list[tuple]:
    """What COMING_BACK gives."""
    return rows(COMING_BACK, _over_long(scope, scope.since, rhythms) | {"steps": list(STEPS)})


def after_rows(scope: Scope, ended: Mapping[int, date]) -> list[tuple]:
    """What PERSISTENCE gives."""
    if not ended:
        return []
    return rows(PERSISTENCE, _over_long(scope, ended, {}) | {"steps": list(AFTER)})


def back_from(found: Iterable[tuple]) -> dict[int, Pair]:
    """As `coming_back`, of the rows of its query."""
    return {months: (part, whole) for months, part, whole in found}


def after_from(found: Iterable[tuple]) -> dict[int, tuple[Span, Span]]:
    """As `after_funding`, of the rows of its query."""
    sides: dict[int, dict[bool, Span]] = defaultdict(dict)
    for months, after, *numbers in found:
        sides[months][after] = Span(*numbers)
    return {months: (pair[False], pair[True]) for months, pair in sorted(sides.items())}


def _over_long(
    scope: Scope, days: Mapping[int, date], rhythms: Mapping[int, int]
) -> dict[str, Any]:
    return {
        "networks": list(days),
        "since": list(days.values()),
        "rhythms": [rhythms.get(network, RHYTHM) for network in days],
        "counted": scope.counted,
    }
