"""A few words from whoever runs a session, to those who said yes or nothing yet."""

from datetime import timedelta

import pytest

from members.notices.models import Notice
from members.notices.tasks import tick_outbox
from peernet.lib.errors import Refused
from sessions.meetings import actions
from sessions.meetings.models import SessionMessage
from tests import cast
from tests.sessions.around import cancel, post, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(place, dan, ann):
    """Ann said yes, Bo no, Cy nothing."""
    one = cast.session(place, facilitator=dan)
    bo, cy = cast.member(place, "Bo Adeyemi"), cast.member(place, "Cy Ward")
    actions.answer(one, ann, "yes", by=ann)
    actions.answer(one, bo, "no", by=bo)
    one.bo, one.cy = bo, cy
    return one


def page(meeting):
    return f"/n/{meeting.network.slug}/sessions/{meeting.pk}/message/"


def received():
    tick_outbox()
    return {message.to[0]: message for message in post()}


@pytest.mark.parametrize("whom", ["yes", "silent"])
def test_it_reaches_those_meant_and_nobody_else(meeting, dan, ann, signed_in, whom):
    sent = {"whom": whom, "text": "Bring a cup.\nThe kettle is on."}
    answer = signed_in(dan).post(page(meeting), sent, follow=True)
    assert "1 person gets it." in words(answer)
    letters = received()
    reader = ann if whom == "yes" else meeting.cy
    assert list(letters) == [reader.email]
    body = letters[reader.email].body
    assert "Bring a cup." in body
    assert "The kettle is on." in body
    assert "Dan writes" in body
    assert ("reply=yes" in body) == (whom == "silent")  # who has answered is not asked again


def test_a_doubled_press_is_one_message_and_one_mail(meeting, dan, signed_in):
    sent = {"whom": "yes", "text": "Bring a cup.", "once": "7b0e0a6e-8f0b-4b6c-9d0a-0c5a3f0d7a11"}
    for _ in range(2):
        signed_in(dan).post(page(meeting), sent)
    assert SessionMessage.objects.count() == 1
    assert len(received()) == 1


def test_who_answers_before_it_leaves_is_not_urged(meeting, dan):
    actions.write(meeting, "silent", "Can you come?", by=dan)
    actions.answer(meeting, meeting.cy, "no", by=meeting.cy)
    assert received() == {}
    assert Notice.objects.get(kind="session_message").reason == "They have answered since."


def test_of_a_cancelled_session_it_does_not_leave(meeting, dan):
    actions.write(meeting, "yes", "Bring a cup.", by=dan)
    cancel(meeting, dan)
    assert not [one for one in received().values() if "Bring a cup" in one.body]
    meeting.refresh_from_db()
    with pytest.raises(Refused):
        actions.write(meeting, "yes", "Bring a cup.", by=dan)


def test_with_nobody_to_write_to_nothing_is_kept_and_the_form_says_why(meeting, dan, signed_in):
    for one in (meeting.cy, dan):
        actions.answer(meeting, one, "no", by=one)
    answer = signed_in(dan).post(page(meeting), {"whom": "silent", "text": "Hello?"})
    assert answer.status_code == 422
    assert "There is nobody to write to" in words(answer)
    assert "Hello?" in words(answer)
    assert not SessionMessage.objects.exists()


@pytest.mark.parametrize(
    "sent", [{}, {"whom": "all", "text": "a"}, {"whom": "yes", "text": "a" * 1001}]
)
def test_what_is_missing_or_too_long_is_said(meeting, dan, signed_in, sent):
    sent = sent or {"whom": "yes", "text": "  "}
    assert signed_in(dan).post(page(meeting), sent).status_code == 422
    assert not SessionMessage.objects.exists()


def test_after_the_session_nobody_is_written_to(meeting, dan, travel):
    travel(meeting.ends_at + timedelta(minutes=1))
    with pytest.raises(Refused):
        actions.write(meeting, "yes", "Bring a cup.", by=dan)
