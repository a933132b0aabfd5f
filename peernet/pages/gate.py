"""What Home need not ask: one statement says which of its parts may have something to show to a
person, so that the parts with nothing cost nothing. It may say yes for nothing, and never no for
something: tests/peernet/pages/test_gate.py."""

from collections.abc import Collection
from typing import NamedTuple

from django.db import connection

from members.people.models import Person
from peernet.lib import clock

from .steps import NEW


class Gate(NamedTuple):
    """Whether there may be any."""

    asked: bool  # invitations to an address of theirs, or seats
    rules: bool  # house rules they have not said yes to
    breaks: bool
    surveys: bool
    sessions: bool  # sure ones to come
    steps: bool  # they are new somewhere


GATE = """
SELECT EXISTS (SELECT FROM account_emailaddress mine
               WHERE mine.user_id = %(person)s AND mine.verified AND (
                   EXISTS (SELECT FROM networks_invitation asked
                           WHERE lower(asked.email) = lower(mine.email)
                             AND asked.accepted_at IS NULL AND asked.withdrawn_at IS NULL)
                   OR EXISTS (SELECT FROM networks_funderseat seat
                              WHERE lower(seat.email) = lower(mine.email)
                                AND seat.person_id IS NULL AND seat.until IS NULL))),
       EXISTS (SELECT FROM networks_charter charter
               WHERE charter.network_id = ANY(%(networks)s::bigint[])
               AND NOT EXISTS (SELECT FROM networks_charteracceptance said
                               WHERE said.charter_id = charter.id AND said.person_id = %(person)s)),
       EXISTS (SELECT FROM networks_pause pause
               WHERE pause.person_id = %(person)s AND pause.ended_at IS NULL),
       EXISTS (SELECT FROM evaluation_wave wave JOIN evaluation_study study
               ON study.id = wave.study_id WHERE study.network_id = ANY(%(networks)s::bigint[])
               AND wave.opened_at IS NOT NULL AND wave.closed_at IS NULL),
       EXISTS (SELECT FROM peer_sessions_session session
               WHERE session.network_id = ANY(%(networks)s::bigint[]) AND session.state = 'planned'
               AND session.ends_at > %(now)s),
       EXISTS (SELECT FROM networks_membership spell WHERE spell.person_id = %(person)s
               AND spell.until IS NULL AND spell.since >= %(new)s AND NOT spell.steps_put_away)
"""


def gate(person: Person, networks: Collection[int]) -> Gate:
    """What there may be for the person, who is in these networks."""
    now = clock.now()
    ask = {"person": person.pk, "networks": list(networks), "now": now, "new": now - NEW}
    with connection.cursor() as cursor:
        cursor.execute(GATE, ask)
        return Gate(*cursor.fetchone())
