"""What somebody finds of their own attendance among the past sessions."""

from datetime import UTC, datetime, timedelta

import pytest

from sessions.attendance.models import Attendance, Source
from tests import cast
from tests.sessions.around import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def past(place):
    """Three sessions, the last of them the newest: Ann was at two, Bo at none."""
    first = datetime(2026, 2, 3, 10, tzinfo=UTC)
    return [cast.session(place, first + timedelta(days=7 * n), title=f"Set {n}") for n in range(3)]


def sessions(client, place):
    return words(client.get(f"/n/{place.slug}/sessions/"))


def test_one_finds_ones_own_attendance_with_its_minutes(place, ann, past, signed_in):
    Attendance.objects.create(session=past[0], person=ann, source=Source.FILE, minutes=61)
    Attendance.objects.create(session=past[2], person=ann, source=Source.TICK)
    said = sessions(signed_in(ann), place)
    newest, middle, oldest = said.split("Past sessions")[1].split("Set ")[1:]
    assert "You were there" in newest
    assert "You were there" not in middle
    assert "You were there for 61 minutes" in oldest


def test_nobody_else_finds_it_not_even_who_runs_the_network(place, dan, ann, past, signed_in):
    for one in past:
        Attendance.objects.create(session=one, person=ann, source=Source.TICK, minutes=61)
    bo = cast.member(place, "Bo Adeyemi")
    for other in (bo, dan):
        assert "You were" not in sessions(signed_in(other), place)
