"""The faults of tests/faults, a few times each; `make faults` makes them as often as promised."""

from dataclasses import replace
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from sessions.meetings import rules as reminders
from tests.faults import gathered
from tests.faults.clocks import SCENARIOS as CLOCKS
from tests.faults.clocks import changes
from tests.faults.planted import planted
from tests.faults.smtp import lost, troubled
from tests.faults.spread_killed import killed as killed_spreading
from tests.faults.web_killed import killed as sent_again
from tests.faults.worker_killed import killed


@pytest.fixture(autouse=True)
def real_database(django_db_setup, django_db_blocker):
    """Each stage has a copy of the tests' own, with nothing around it that is rolled back."""
    with django_db_blocker.unblock():
        yield


QUICK = [fault for fault in gathered() if fault.quick]


@pytest.mark.parametrize("fault", QUICK, ids=lambda fault: fault.name)
def test_nothing_is_lost_when(fault):
    result = fault.run(fault.quick)
    untimed = replace(fault, latest=None)  # of another machine's speed a test says nothing
    assert untimed.misses(fault.quick, result) == []


# --- The guards themselves, on faults that were planted ------------------------------------------


def test_an_outbox_that_marks_a_letter_as_sent_before_it_is_would_be_found():
    result = killed(1, letters=3, seconds=2, **planted("marks_first"))
    assert result.lost > 0


def test_what_is_taken_away_before_all_are_told_of_it_would_be_found():
    assert killed_spreading(1, **planted("takes_first")).lost > 0


def test_a_message_id_that_is_new_for_each_try_would_be_found():
    result = troubled(15, answer=lost, **planted("fresh_ids"))
    assert any("a Message-ID of its own" in sentence for sentence in result.broken)


def test_a_form_without_its_key_that_is_sent_again_would_be_found():
    result = sent_again(1, kept_first=True, key=False)
    assert result.doubled > 0


def test_a_day_before_that_is_24_hours_before_would_be_found(monkeypatch):
    def elapsed(local, zone):
        """As if the clocks were today what they are when the session starts."""
        there = ZoneInfo(zone)
        start = (local + timedelta(days=1)).replace(tzinfo=there)
        return (start.astimezone(UTC) - timedelta(days=1)).astimezone(UTC)

    monkeypatch.setattr(reminders, "instant", elapsed)
    assert CLOCKS[0].misses(1, changes(1)) != []
