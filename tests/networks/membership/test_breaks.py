"""A break: nothing is heard, nothing is lost, and it ends by itself."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from members.notices.actions import send_due, tell
from members.notices.models import Notice, NoticeState
from members.notices.notices import kinds
from members.people.models import Person
from networks.membership.models import Pause
from networks.membership.tasks import tick_breaks
from peernet.lib import clock
from sessions.cadence.actions import cancel, invite_late_joiners, move
from sessions.meetings.actions import answer, remind
from sessions.meetings.models import Answer
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def ann(place):
    return cast.member(place)


def rest(client, place, days=30, **fields):
    day = (clock.today(place.zone) + timedelta(days=days)).isoformat() if days else ""
    return client.post(reverse("pause", args=[place.slug]), {"back_on": day, **fields}, follow=True)


def sent_to(person):
    mail.outbox.clear()
    send_due()
    return [letter.subject for letter in mail.outbox if letter.to == [person.email]]


def reminded(meeting, ann):
    mail.outbox.clear()
    clock.travel(meeting.starts_at - timedelta(days=1))
    remind()
    return sent_to(ann)


def test_a_break_is_taken_with_a_day_and_shown_to_coordinators_only(place, ann, client, signed_in):
    dan, bo = cast.coordinator(place), cast.member(place, "Bo Dale")
    assert "Have a good break" in rest(signed_in(ann), place, words="A baby").content.decode()
    assert (
        "taking a break"
        in signed_in(dan).get(reverse("people", args=[place.slug])).content.decode()
    )
    page = signed_in(dan).get(reverse("person", args=[place.slug, ann.pk])).content.decode()
    assert "A baby" in page
    page = signed_in(bo).get(reverse("person", args=[place.slug, ann.pk])).content.decode()
    assert "A baby" not in page
    assert "taking a break" not in page.lower()
    page = signed_in(bo).get(reverse("people", args=[place.slug])).content.decode()
    assert "taking a break" not in page


@pytest.mark.parametrize("days", [0, -1, 400])
def test_a_day_that_cannot_be_is_said_beside_it_and_the_words_stay(place, ann, signed_in, days):
    day = (clock.today(place.zone) + timedelta(days=days)).isoformat()
    answered = signed_in(ann).post(
        reverse("pause", args=[place.slug]), {"back_on": day, "words": "A baby"}
    )
    assert answered.status_code == 422
    assert "Choose a day" in answered.content.decode()
    assert 'value="A baby"' in answered.content.decode()
    assert not Pause.objects.exists()


def test_there_are_no_reminders_in_a_break_and_there_are_again_after_it(place, ann, signed_in):
    first = cast.session(place, starts=clock.now() + timedelta(days=5))
    second = cast.session(place, starts=clock.now() + timedelta(days=40))
    rest(signed_in(ann), place, days=20)
    assert reminded(first, ann) == []
    tick_breaks()
    assert Pause.objects.filter(ended_at=None).exists()
    clock.travel(clock.now() + timedelta(days=17))
    tick_breaks()
    assert any("Welcome back" in one for one in sent_to(ann))
    assert len(reminded(second, ann)) == 1


def test_an_invitation_waits_and_follows_when_they_are_back(place, ann, signed_in):
    rest(signed_in(ann), place, days=0)
    cast.session(place, starts=clock.now() + timedelta(days=20), title="Heating")
    cast.session(place, starts=clock.now() + timedelta(days=3), title="Past by then")
    invite_late_joiners()
    assert sent_to(ann) == []
    assert not Notice.objects.overdue(clock.now()).exists()  # /healthz must not call it late
    clock.travel(clock.now() + timedelta(days=10))
    assert sent_to(ann) == []
    client = signed_in(ann)
    back = client.post(reverse("come_back", args=[place.slug]), follow=True).content.decode()
    assert "Welcome back." in back
    assert "The next session is on" in back
    assert len(sent_to(ann)) == 1  # not to the one that is over
    assert not Pause.objects.filter(ended_at=None).exists()


def test_answers_they_gave_turn_into_no_when_they_say_so_and_stay_when_not(place, ann, signed_in):
    inside = cast.session(place, starts=clock.now() + timedelta(days=5))
    after = cast.session(place, starts=clock.now() + timedelta(days=40))
    for one in (inside, after):
        answer(one, ann, "yes", by=ann)
    page = signed_in(ann).get(reverse("pause", args=[place.slug])).content.decode()
    assert page.count("<li>") >= 2
    assert inside.title in page
    rest(signed_in(ann), place, days=30)
    assert set(Answer.objects.values_list("reply", flat=True)) == {"yes"}
    rest(signed_in(ann), place, days=30, say_no="on")
    assert Answer.objects.get(session=inside).reply == "no"
    assert Answer.objects.get(session=after).reply == "yes"


def test_who_still_comes_hears_when_it_moves_or_is_cancelled(place, ann, signed_in):
    bo = cast.member(place, "Bo Dale")
    meeting = cast.session(place, starts=clock.now() + timedelta(days=5))
    dan = cast.coordinator(place)
    invite_late_joiners()
    send_due()
    answer(meeting, ann, "yes", by=ann)
    for person in (ann, bo):
        rest(signed_in(person), place)
    to = clock.now().replace(tzinfo=None, hour=10, minute=0, second=0, microsecond=0)
    move(meeting, to=to + timedelta(days=6), minutes=60, link="", place="Hall", reason="",
         seen=meeting.sequence, by=dan)  # fmt: skip
    assert len(sent_to(ann)) == 1
    meeting.refresh_from_db()
    cancel(meeting, reason="Snow", seen=meeting.sequence, by=dan)
    mail.outbox.clear()
    send_due()
    assert {letter.to[0] for letter in mail.outbox} == {ann.email, dan.email}


def test_every_kind_of_letter_is_left_out_or_waits_in_a_break(place, ann):
    """Also those that come later: none may go by default."""
    goes_anyway = {"network_closed", "network_opened", "succession"}  # it would be too late
    Pause.objects.create(network=place, person=ann)
    for name in kinds():
        tell(Person.objects.filter(pk=ann.pk), name, 10**9, network_id=place.pk)
    send_due()
    assert not mail.outbox
    for name, kind in kinds().items():
        row = Notice.objects.get(kind=name, person=ann)
        if name not in goes_anyway:
            assert "taking a break" in row.reason, name
            kept = NoticeState.DROPPED if kind.waits else NoticeState.PENDING
            assert row.state == kept, name


def test_leaving_ends_the_break_and_a_new_role_does_not(place, ann, signed_in):
    dan = cast.coordinator(place)
    rest(signed_in(ann), place)
    spell = ann.memberships.get()
    signed_in(dan).post(
        reverse("role", args=[place.slug, ann.pk]), {"role": "facilitator", "spell": spell.pk}
    )
    assert Pause.objects.filter(ended_at=None).count() == 1
    signed_in(ann).post(reverse("leave", args=[place.slug]))
    assert not Pause.objects.filter(ended_at=None).exists()


def test_home_says_that_one_is_on_a_break_and_asks_nothing_of_them(place, ann, signed_in):
    cast.session(place, starts=clock.now() + timedelta(days=3))
    cast.session(place, starts=clock.now() + timedelta(days=5), title="Second thing")
    assert "Can you come? Second thing" in signed_in(ann).get("/").content.decode()
    rest(signed_in(ann), place)
    home = signed_in(ann).get("/").content.decode()
    assert "Can you come? Second thing" not in home
    assert "You are taking a break from" in home


def test_coming_back_reminds_of_the_no_that_the_break_said(place, ann, signed_in):
    meeting = cast.session(place, clock.now() + timedelta(days=8))
    answer(meeting, ann, "yes", by=ann)
    rest(signed_in(ann), place, say_no="on")
    assert Answer.objects.get(session=meeting, person=ann).reply == "no"
    page = (
        signed_in(ann).post(reverse("come_back", args=[place.slug]), follow=True).content.decode()
    )
    assert "Your answer is No for 1 session ahead. Change it if you can come now." in page
    rest(signed_in(ann), place)
    Answer.objects.all().delete()
    page = (
        signed_in(ann).post(reverse("come_back", args=[place.slug]), follow=True).content.decode()
    )
    assert "Your answer is No" not in page
