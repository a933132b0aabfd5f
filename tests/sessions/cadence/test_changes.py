# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""A date is moved or cancelled, a rhythm ends: with a reason, and everybody hears of it."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from members.notices.models import Notice
from peernet.lib import clock
from sessions.cadence.models import Session
from sessions.meetings.actions import answer
from sessions.meetings.tasks import tick_reminders
from tests import cast
from tests.sessions.around import dates, plan, post, ring, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(place, dan, ann):
    """The second date of a rhythm that everybody has heard of: Tuesday 24 March, 10am."""
    first = plan(place, dan)
    ring()
    post()
    return dates(first)[1]


def at(name, thing):
    return reverse(name, args=[thing.network.slug, thing.pk])


def change(session, **changes):
    return {
        "date": "2026-03-25",
        "time": "11:00",
        "minutes": "60",
        "link": "",
        "place": "Town Hall",
        "reason": "The building is shut.",
        "seen": str(session.sequence),
    } | changes


def test_before_moving_she_sees_whom_it_touches(second, dan, ann, signed_in):
    answer(second, ann, "yes", by=ann)
    page = text(signed_in(dan).get(at("session_move", second)))
    assert "1 person said yes to this date." in page
    assert "All 2 people invited get a message, and their calendars are put right." in page
    assert 'value="2026-03-24"' in page


def test_a_move_tells_everybody_the_new_time_and_why(second, dan, ann, signed_in):
    answer(second, ann, "yes", by=ann)
    signed_in(dan).post(at("session_move", second), change(second))
    second.refresh_from_db()
    assert second.starts_at == datetime(2026, 3, 25, 11, tzinfo=UTC)
    assert second.slot == "2026-03-24T10:00"  # whatever moves, it is the same date of the rhythm
    ring()
    (letter,) = post(ann)
    assert letter.subject == "[Health and Social Care] Now Wednesday 25 March 11am: " + second.title
    assert "> The building is shut." in letter.body
    assert "You said yes. If that has changed, tell us here:" in letter.body
    assert "Town Hall" in letter.body


def test_two_moves_before_the_mail_leaves_are_one_mail(second, dan, ann, signed_in):
    client = signed_in(dan)
    client.post(at("session_move", second), change(second))
    client.post(at("session_move", second), change(second, time="12:00", seen="1"))
    ring()
    assert [one.subject for one in post(ann)] == [
        "[Health and Social Care] Now Wednesday 25 March midday: Action learning set"
    ]


def test_a_stale_move_is_refused_and_keeps_what_was_typed(second, dan, signed_in):
    client = signed_in(dan)
    client.post(at("session_move", second), change(second))
    response = client.post(at("session_move", second), change(second, time="15:00"))
    page = text(response)
    assert response.status_code == 422
    assert "Somebody else has just changed this session. Look at it again first." in page
    assert 'value="15:00"' in page
    second.refresh_from_db()
    assert second.time.hour == 11


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": ""}, "Fill in “Why?”."),
        ({"reason": "x" * 301}, "Use 300 characters or fewer."),
        ({"date": "2026-02-01"}, "Choose a date and time that are still to come."),
        ({"place": ""}, "Add a link to join online, or a place."),
        ({"seen": "x"}, "Enter a whole number"),
        ({"seen": "99999999999999"}, "Enter 2147483647 or less."),
    ],
)
def test_a_move_that_cannot_be_is_refused_in_words(second, dan, signed_in, changes, sentence):
    response = signed_in(dan).post(at("session_move", second), change(second, **changes))
    assert response.status_code == 422
    assert sentence in text(response)
    second.refresh_from_db()
    assert second.sequence == 0


def test_a_move_past_the_grant_is_refused(second, dan, signed_in):
    cast.grant(second.network, ends_on=clock.today("Europe/London").replace(day=24))
    response = signed_in(dan).post(at("session_move", second), change(second))
    assert "The funding ends before that day." in text(response)


def test_cancelling_tells_everybody_why_and_the_others_stay(second, dan, ann, signed_in):
    said = {"reason": "Nobody has the key.", "seen": "0"}
    signed_in(dan).post(at("session_cancel", second), said)
    ring()
    (letter,) = post(ann)
    assert letter.subject == (
        "[Health and Social Care] Cancelled, Tuesday 24 March 10am: Action learning set"
    )
    assert "> Nobody has the key." in letter.body
    page = text(signed_in(dan).get(reverse("sessions", args=[second.network.slug])))
    assert "Tuesday 3 March, 10am" in page
    assert "Tuesday 24 March, 10am" not in page


def test_what_waits_to_be_sent_goes_when_its_date_does(place, dan, ann, signed_in):
    one = plan(place, dan, rhythm="once", first=datetime(2026, 3, 2, 11))
    tick_reminders()
    signed_in(dan).post(at("session_cancel", one), {"reason": "No room", "seen": "0"})
    assert not Notice.objects.waiting().exists()
    ring()
    assert post() == []  # nobody had heard of it


def test_cancelling_twice_is_refused_in_words(second, dan, signed_in):
    client = signed_in(dan)
    said = {"reason": "No room", "seen": "0"}
    client.post(at("session_cancel", second), said)
    again = client.post(at("session_cancel", second), said)
    assert "This session has already been cancelled." in text(again)
    assert Notice.objects.filter(kind="session_cancelled").count() == 2


def test_what_has_begun_cannot_be_moved(second, dan, signed_in, travel):
    travel(datetime(2026, 3, 24, 10, 5, tzinfo=UTC))
    response = signed_in(dan).post(at("session_cancel", second), {"reason": "Late", "seen": "0"})
    assert "This session has begun, so it cannot be changed." in text(response)


def test_hostile_reasons_stay_words(second, dan, ann, signed_in):
    bad = "<script>alert(1)</script>\r\nBcc: eve@example.org"
    signed_in(dan).post(at("session_cancel", second), {"reason": bad, "seen": "0"})
    ring()
    (letter,) = post(ann)
    html = letter.alternatives[0][0]
    assert "<script>" not in html
    assert letter.recipients() == [ann.email]
    assert "<script>" not in text(signed_in(ann).get(at("session", second)))


def test_the_end_of_a_rhythm_is_one_message(second, dan, ann, signed_in):
    cadence = second.cadence
    client = signed_in(dan)
    page = text(client.get(at("rhythm_end", cadence)))
    assert f"{cadence.sessions.count()} dates are cancelled, the first of them:" in page
    assert "2 people get one message" in page
    client.post(at("rhythm_end", cadence), {"reason": "We have done what we came for."})
    ring()
    (letter,) = post(ann)
    assert letter.subject == "[Health and Social Care] Has ended: Action learning set"
    assert "> We have done what we came for." in letter.body
    assert not Session.objects.sure().exists()
    ring()
    assert post() == []
    again = client.post(at("rhythm_end", cadence), {"reason": "Again"})
    assert "This rhythm has already ended." in text(again)


def test_the_end_keeps_what_somebody_moved(second, dan, signed_in):
    client = signed_in(dan)
    client.post(at("session_move", second), change(second))
    client.post(at("rhythm_end", second.cadence), {"reason": "Enough"})
    assert list(Session.objects.sure()) == [second]


@pytest.mark.parametrize("name", ["session_move", "session_cancel"])
def test_a_member_may_not_change_dates(second, ann, signed_in, name):
    client = signed_in(ann)
    assert client.get(at(name, second)).status_code == 403
    assert client.post(at(name, second), change(second)).status_code == 403


@pytest.mark.parametrize("name", ["session", "session_move", "session_cancel", "session_take_on"])
def test_a_session_of_another_network_is_not_there(second, signed_in, name):
    elsewhere = cast.network("Elsewhere")
    otto = cast.coordinator(elsewhere, "Otto Else")
    wrong = reverse(name, args=[elsewhere.slug, second.pk])
    huge = reverse(name, args=[elsewhere.slug, 10**30])
    client = signed_in(otto)
    assert client.get(wrong).status_code == 404
    assert client.get(huge).status_code == 404
    assert client.get(at(name, second)).status_code == 404
