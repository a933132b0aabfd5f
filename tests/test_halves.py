"""The guard against deeds that stop in the middle, held against deeds that do.

tests/faults cuts connections at random moments and asks `halves` what is left; here each deed is
cut at each of its statements in turn, once as it is and once without its transaction.
"""

from contextlib import suppress
from itertools import count

import pytest
from django.db import OperationalError, connection

from networks.discussions import actions as talk
from sessions.meetings import actions as meetings
from tests.faults.writers import Cast, halves


class Cut:
    """Lets so many statements through, then cuts once."""

    def __init__(self, after):
        self.left = after

    def __call__(self, execute, sql, params, many, context):
        self.left -= 1
        if self.left == -1:
            raise OperationalError("the connection was cut")
        return execute(sql, params, many, context)


DEEDS = {
    "reply": lambda town, whole: whole(talk.reply)(
        town.first, words="Yes, by the hour.", by=town.member
    ),
    "start a thread": lambda town, whole: whole(talk.start_thread)(
        town.first.room, title="Keys", words="Who has them?", by=town.member
    ),
    "write to a session": lambda town, whole: whole(meetings.write)(
        town.meeting, "yes", "Bring a pen.", by=town.coordinator
    ),
}


def left(deed, whole):
    """What is left after each cut, in turn, until the deed gets through."""
    town, found = Cast(), []
    for number in count():
        with connection.execute_wrapper(cut := Cut(number)), suppress(OperationalError):
            deed(town, whole)
        found += halves()
        if cut.left >= 0:
            break
    return number, found


@pytest.mark.django_db
@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_a_deed_that_is_cut_anywhere_leaves_nothing_half_done(deed):
    cuts, found = left(deed, lambda action: action)
    assert cuts > 3
    assert found == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", ["start a thread", "write to a session"])
def test_without_its_transaction_the_guard_finds_what_it_leaves(deed):
    _cuts, found = left(DEEDS[deed], lambda action: action.__wrapped__)
    assert found
