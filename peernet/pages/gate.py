"""What Home need not ask: one statement says which of its parts may have something to show to a
person, so that the parts with nothing cost nothing. It may say yes for nothing, and never no for
something: tests/peernet/pages/test_gate.py. Their sessions come with it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.db import connection

from members.people.models import Person
from networks.charter.queries import owes
from networks.network.models import Network
from peernet.lib import clock
from sessions.pages.queries import NEXT, Next, next_of

from .steps import NEW

MONTH = timedelta(days=31)  # so far ahead Home asks whether they can come


class Gate(NamedTuple):
    """Whether there may be any."""

    asked: bool  # invitations to an address of theirs, or seats
    rules: bool  # house rules they have not said yes to
    breaks: bool
    surveys: bool
    steps: bool  # they are new somewhere


GATE = f"""
SELECT EXISTS (SELECT FROM account_emailaddress mine
               WHERE mine.user_id = %(person)s AND mine.verified AND (
                   EXISTS (SELECT FROM networks_invitation asked
                           WHERE lower(asked.email) = lower(mine.email)
                             AND asked.accepted_at IS NULL AND asked.withdrawn_at IS NULL)
                   OR EXISTS (SELECT FROM networks_funderseat seat
                              WHERE lower(seat.email) = lower(mine.email)
                                AND seat.person_id IS NULL AND seat.until IS NULL))),
       EXISTS (SELECT FROM unnest(%(networks)s::bigint[]) AS place (id)
               WHERE {owes("place.id", "NULL::bigint", "%(person)s")}),
       EXISTS (SELECT FROM networks_pause pause
               WHERE pause.person_id = %(person)s AND pause.ended_at IS NULL),
       EXISTS (SELECT FROM evaluation_wave wave JOIN evaluation_study study
               ON study.id = wave.study_id WHERE study.network_id = ANY(%(networks)s::bigint[])
               AND wave.opened_at IS NOT NULL AND wave.closed_at IS NULL),
       EXISTS (SELECT FROM networks_membership spell WHERE spell.person_id = %(person)s
               AND spell.until IS NULL AND spell.since >= %(new)s AND NOT spell.steps_put_away),
       next.*
FROM (VALUES (1)) AS one LEFT JOIN LATERAL ({NEXT}) next ON true
"""  # noqa: S608 -- our own


def gate(person: Person, networks: Iterable[Network], most: int) -> tuple[Gate, Next]:
    """What there may be for the person, who is in these open networks, and at most so many of
    their sessions to come."""
    now, places = clock.now(), {place.pk: place for place in networks}
    ask = {"person": person.pk, "networks": list(places), "now": now, "new": now - NEW}
    with connection.cursor() as cursor:
        cursor.execute(GATE, ask | {"month": now + MONTH, "most": most})
        found = cursor.fetchall()
    parts = len(Gate._fields)
    sessions = (row[parts:] for row in found if row[parts] is not None)
    return Gate(*found[0][:parts]), next_of(sessions, places)
