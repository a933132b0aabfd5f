"""The page of a session and the list of a network's sessions, each in one statement. Read as
tuples: after talk, no pages are opened more often, and their cost is Python's. The rows of a list
are of a few kinds: each kind is rendered once, and filled with what is a row's own.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from members.people.models import Person
from networks.consents.queries import unsaid
from networks.consents.rules import PICTURES
from networks.network.models import Cohort, Network
from peernet.lib import clock, words
from peernet.lib.jinja import url
from peernet.lib.rendered import Rendering, fill
from sessions.cadence.models import Cadence, Session
from sessions.cadence.queries import INVITED, VISIBLE, for_them
from sessions.follow_up.queries import Kept
from sessions.meetings.models import Reply
from sessions.meetings.queries import NAMES_SHOWN, Row, as_row

NAMES = [one.attname for one in Session._meta.concrete_fields]
COLUMNS = ", ".join(f"session.{name}" for name in NAMES)
AHEAD = Rendering("sessions/cadence/_row.html", "ahead")
PAST = Rendering("sessions/cadence/_row.html", "past")
FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)

MINE = """(SELECT reply FROM peer_sessions_answer mine
           WHERE mine.session_id = session.id AND mine.person_id = %(person)s)"""
# As in sessions.meetings.queries.answers: only people still in the network count.
SAID = f"""
    SELECT count(*) FILTER (WHERE answer.reply = '{Reply.YES}') AS yes,
           count(*) FILTER (WHERE answer.reply = '{Reply.MAYBE}') AS maybe,
           count(*) FILTER (WHERE answer.reply = '{Reply.NO}') AS no
    FROM peer_sessions_answer answer JOIN members_person person ON person.id = answer.person_id
    JOIN networks_membership spell ON spell.person_id = person.id AND spell.until IS NULL
         AND spell.network_id = session.network_id
    WHERE answer.session_id = session.id AND person.is_active"""  # noqa: S608 -- our own words
# Whose spell covers this moment, as networks.membership.queries.members says.
NOW = "spell.since <= %(now)s AND (spell.until IS NULL OR spell.until > %(now)s)"


# --- One session ---------------------------------------------------------------------------------


class Opened(NamedTuple):
    """A session as its reader finds it. `coming`: names of those who said yes; `asked`: how many
    it is for, 0 once it is over; `before`: whether something agreed earlier may be open still;
    `unsaid`: what the reader has yet to say of pictures (networks.consents.queries)."""

    row: Row
    coming: list[str]
    asked: int
    before: bool
    unsaid: list[str] | None


OPENED = f"""
SELECT {COLUMNS}, cohort.name, cadence.title, lead.name, lead.is_active,
       {MINE}, said.yes, said.maybe, said.no,
       ARRAY(SELECT person.name FROM peer_sessions_answer answer
             JOIN members_person person ON person.id = answer.person_id
             WHERE answer.session_id = session.id AND answer.reply = '{Reply.YES}'
               AND person.is_active AND EXISTS (
                   SELECT FROM networks_membership spell WHERE spell.person_id = person.id
                      AND spell.network_id = session.network_id AND {NOW})
             ORDER BY answer.at, answer.id LIMIT {NAMES_SHOWN}),
       CASE WHEN session.ends_at > %(now)s THEN (
           SELECT count(*) FROM networks_membership spell
           WHERE spell.network_id = session.network_id AND {NOW}
             AND {for_them("session", "spell.person_id")}
             AND NOT EXISTS (SELECT FROM members_person gone
                             WHERE gone.id = spell.person_id AND NOT gone.is_active)) ELSE 0 END,
       session.ends_at > %(now)s AND EXISTS (
           SELECT FROM peer_sessions_session earlier JOIN peer_sessions_agreedaction agreed
           ON agreed.session_id = earlier.id
           WHERE earlier.cadence_id = session.cadence_id AND agreed.outcome = 'open'),
       {unsaid("session.network_id", "%(person)s", PICTURES)}
FROM peer_sessions_session session
LEFT JOIN networks_cohort cohort ON cohort.id = session.cohort_id
LEFT JOIN peer_sessions_cadence cadence ON cadence.id = session.cadence_id
LEFT JOIN members_person lead ON lead.id = session.facilitator_id
CROSS JOIN LATERAL ({SAID}) said
WHERE session.network_id = %(network)s AND session.id = %(session)s AND {VISIBLE}
"""  # noqa: S608 -- the parts are our own


def opened(network: Network, person: Person, pk: int) -> Opened | None:
    """The session, if the person may see it."""
    ask = {"network": network.pk, "person": person.pk, "session": pk, "now": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(OPENED, ask)
        row = cursor.fetchone()
    if row is None:
        return None
    one = _session(network, row)
    cohort, cadence, lead, active, mine, yes, maybe, no, coming, asked, before, say = row[
        len(NAMES) :
    ]
    one.cohort = Cohort(pk=one.cohort_id, name=cohort) if one.cohort_id else None
    one.cadence = Cadence(pk=one.cadence_id, title=cadence) if one.cadence_id else None
    leads = one.facilitator_id
    one.facilitator = Person(pk=leads, name=lead, is_active=active) if leads else None
    counts = Counter({Reply.YES: yes, Reply.MAYBE: maybe, Reply.NO: no})
    names = [Person(name=name).shown_name for name in coming]
    return Opened(as_row(one, mine or "", counts), names, asked, before, say)


def _session(network: Network, row: tuple) -> Session:
    one = Session.from_db(connection.alias, NAMES, row[: len(NAMES)])
    one.network = network
    return one


def next_here(network: Network, person: Person) -> Row | None:
    """The next sure session of the network that the person may see, of the first few to come."""
    ahead = listed(network, person, ahead=8, past=0).ahead
    first = next((row.session.pk for row in ahead if row.session.state == "planned"), None)
    seen = opened(network, person, first) if first else None
    return seen.row if seen else None


# --- A list of them ------------------------------------------------------------------------------


class Edge(NamedTuple):
    """The place of a session in a list, from which its next page goes on."""

    at: datetime
    id: int


class Past(NamedTuple):
    """A session that is over, as a list shows it. `there`: whether its reader was, and for how
    many minutes, if somebody knows."""

    session: Session
    there: bool
    minutes: int | None
    kept: Kept


class Listed(NamedTuple):
    """The sessions of a network for one person: those to come in order, those over newest first."""

    ahead: list[Row]
    past: list[Past]


SHOWN = [
    name
    for name in NAMES  # in the order of the model
    if name in {"id", "title", "state", "starts_at", "ends_at", "minutes", "link", "cohort_id"}
]
LISTED = f"""
SELECT session.ahead, {", ".join(f"session.{name}" for name in SHOWN)}, cohort.name,
       {MINE}, said.yes, came.id IS NOT NULL, came.minutes,
       NOT session.ahead AND EXISTS (
           SELECT FROM peer_sessions_notes notes WHERE notes.session_id = session.id),
       CASE WHEN session.ahead THEN 0 ELSE (
           SELECT count(*) FROM peer_sessions_agreedaction agreed
           WHERE agreed.session_id = session.id AND agreed.outcome <> 'dropped') END
FROM (
    (SELECT true AS ahead, session.* FROM peer_sessions_session session
     WHERE session.network_id = %(network)s AND session.state <> 'cancelled'
       AND session.ends_at > %(now)s AND {VISIBLE}
       AND (session.starts_at, session.id) > (%(after)s, %(after_id)s)
     ORDER BY session.starts_at, session.id LIMIT %(most_ahead)s)
    UNION ALL
    (SELECT false, session.* FROM peer_sessions_session session
     WHERE session.network_id = %(network)s AND session.ends_at <= %(now)s AND {VISIBLE}
       AND (session.starts_at, session.id) < (%(before)s, %(before_id)s)
     ORDER BY session.starts_at DESC, session.id DESC LIMIT %(most_past)s)
) session
LEFT JOIN networks_cohort cohort ON cohort.id = session.cohort_id
LEFT JOIN LATERAL ({SAID}) said ON session.ahead
LEFT JOIN peer_sessions_attendance came ON NOT session.ahead
     AND came.session_id = session.id AND came.person_id = %(person)s
ORDER BY session.ahead DESC, CASE WHEN session.ahead THEN session.starts_at END,
         CASE WHEN session.ahead THEN session.id END, session.starts_at DESC, session.id DESC
"""  # noqa: S608 -- the parts are our own


def listed(
    network: Network,
    person: Person,
    *,
    ahead: int,
    past: int,
    after: Edge | None = None,
    before: Edge | None = None,
) -> Listed:
    """At most so many of the sessions to come, behind `after`, and of those that are over, before
    `before` (None: from the first on), that the person may see."""
    after, before = after or Edge(FIRST, 0), before or Edge(LAST, 0)
    ask: dict[str, Any] = {"network": network.pk, "person": person.pk, "now": clock.now()}
    ask |= {"after": after.at, "after_id": after.id, "before": before.at, "before_id": before.id}
    with connection.cursor() as cursor:
        cursor.execute(LISTED, ask | {"most_ahead": ahead, "most_past": past})
        rows = cursor.fetchall()
    return Listed(
        [_ahead(network, *row[1:]) for row in rows if row[0]],
        [_past(network, *row[1:]) for row in rows if not row[0]],
    )


def _ahead(network: Network, *row: Any) -> Row:
    cohort, mine, yes = row[len(SHOWN) :][:3]
    one = _shown(network, row, cohort)
    return as_row(one, mine or "", Counter({Reply.YES: yes}))


def _past(network: Network, *row: Any) -> Past:
    cohort, _mine, _yes, there, minutes, notes, agreed = row[len(SHOWN) :]
    return Past(_shown(network, row, cohort), there, minutes, Kept(notes, agreed))


def _shown(network: Network, row: Iterable[Any], cohort: str | None) -> Session:
    one = Session.from_db(connection.alias, SHOWN, list(row)[: len(SHOWN)])
    one.network = network
    one.cohort = Cohort(pk=one.cohort_id, name=cohort) if cohort is not None else None
    return one


# --- What is next for somebody, anywhere ---------------------------------------------------------


class Next(NamedTuple):
    """Sure sessions that somebody is invited to: the next ones, and those of the next month that
    they have not answered, but in networks they take a break from."""

    ahead: list[Row]
    unanswered: list[Session]


# For a larger statement (peernet/pages/gate.py), with the parameters `person`, `networks` (open
# ones that they are in), `now`, `month` and `most`. What people said is counted only of the next.
NEXT_COLUMNS = [name for name in NAMES if name in {*SHOWN, "network_id", "facilitator_id"}]
NEXT = f"""
SELECT session.ahead, {", ".join(f"session.{name}" for name in NEXT_COLUMNS)},
       lead.name, lead.is_active, {MINE}, said.yes
FROM (
    (SELECT true AS ahead, session.* FROM peer_sessions_session session
     WHERE {INVITED} AND session.state = 'planned' AND session.ends_at > %(now)s
     ORDER BY session.starts_at, session.id LIMIT %(most)s)
    UNION ALL
    (SELECT false, session.* FROM peer_sessions_session session
     WHERE {INVITED} AND session.state = 'planned'
       AND session.starts_at BETWEEN %(now)s AND %(month)s
       AND NOT EXISTS (SELECT FROM peer_sessions_answer answer
                       WHERE answer.session_id = session.id AND answer.person_id = %(person)s)
       AND NOT EXISTS (SELECT FROM networks_pause pause WHERE pause.ended_at IS NULL
                       AND pause.network_id = session.network_id AND pause.person_id = %(person)s)
     ORDER BY session.starts_at, session.id LIMIT %(most)s)
) session
LEFT JOIN members_person lead ON lead.id = session.facilitator_id
LEFT JOIN LATERAL ({SAID}) said ON session.ahead
ORDER BY session.ahead DESC, session.starts_at, session.id
"""  # noqa: S608 -- the parts are our own


def next_of(found: Iterable[tuple], networks: dict[int, Network]) -> Next:
    """What the rows of NEXT say; `networks`: those of the parameter, by id."""
    ahead, unanswered = [], []
    for first, *row in found:
        lead, active, mine, yes = row[len(NEXT_COLUMNS) :]
        one = Session.from_db(connection.alias, NEXT_COLUMNS, row[: len(NEXT_COLUMNS)])
        one.network = networks[one.network_id]
        leads = one.facilitator_id
        one.facilitator = Person(pk=leads, name=lead, is_active=active) if leads else None
        if first:
            ahead.append(as_row(one, mine or "", Counter({Reply.YES: yes})))
        else:
            unanswered.append(one)
    return Next(ahead, unanswered)


# --- What their rows look like -------------------------------------------------------------------


def lines_ahead(rows: Iterable[Row], csrf: Markup) -> list[Markup]:
    """Rows of sessions to come, with the buttons to answer. `csrf`: what each form must hold."""
    return [_line_ahead(row, csrf) for row in rows]


def lines_past(rows: Iterable[Past]) -> list[Markup]:
    """Rows of sessions that are over."""
    return [_line_past(row) for row in rows]


def _line_ahead(row: Row, csrf: Markup) -> Markup:
    one = row.session
    slug, coming = one.network.slug, row.coming
    people = ngettext("%(n)s person is coming", "%(n)s people are coming", coming) % {"n": coming}
    group = one.cohort.name if one.cohort else ""
    said = [words.length(one.minutes), group, people if coming else ""]
    own = {
        "id": str(one.pk),
        "url": url("session", slug, one.pk),
        "iso": words.iso(one.starts_at),
        "when": words.when(one.starts_at),
        "title": one.title,
        "meta": " · ".join(part for part in said if part),
        "answer": url("answer", slug, one.pk),
        "csrf": csrf,
    }
    return fill(AHEAD.pattern(row.reply, row.may_answer), own)


def _line_past(row: Past) -> Markup:
    one, n = row.session, row.kept.agreed
    agreed = ngettext("%(n)s thing agreed", "%(n)s things agreed", n) % {"n": n} if n else ""
    kept = [_("Notes") if row.kept.notes else "", agreed]
    own = {
        "url": url("session", one.network.slug, one.pk),
        "when": words.when(one.starts_at),
        "title": one.title,
        "kept": " · ".join(part for part in kept if part),
        "mine": _mine(row) if row.there else "",
    }
    return fill(PAST.pattern(one.state, bool(own["kept"]), row.there), own)


def _mine(row: Past) -> str:
    if not row.minutes:
        return _("You were there")
    return _("You were there for %(time)s") % {"time": words.length(row.minutes)}
