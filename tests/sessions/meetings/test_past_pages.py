"""The page of a session that is over says what fits the past."""

from datetime import timedelta

import pytest

from peernet.lib import clock
from sessions.meetings.models import Answer
from tests import cast
from tests.sessions.around import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def last_week(place):
    return cast.session(place, starts=clock.now() - timedelta(days=7))


def test_it_says_kindly_why_there_are_no_notes(last_week, dan, ann, signed_in):
    read = words(signed_in(ann).get(last_week.get_absolute_url()))
    assert "Nobody has written notes yet. Those who were there or had said yes can still" in read
    assert "Write the notes" not in read
    Answer.objects.create(session=last_week, person=ann, reply="yes")
    read = words(signed_in(ann).get(last_week.get_absolute_url()))
    assert "A few lines are enough, for those who could not come." in read
    assert "Write the notes" in read


def test_it_names_who_said_yes_and_does_not_count_who_was_asked(last_week, place, ann, signed_in):
    bea = cast.member(place, "Bea Lane")
    page = words(signed_in(ann).get(last_week.get_absolute_url()))
    assert "Who said yes" not in page
    Answer.objects.create(session=last_week, person=bea, reply="yes")
    Answer.objects.create(session=last_week, person=ann, reply="no")
    page = words(signed_in(ann).get(last_week.get_absolute_url()))
    assert "Who said yes" in page
    assert "Bea Lane" in page
    assert "invited" not in page
    assert "cannot come" not in page
