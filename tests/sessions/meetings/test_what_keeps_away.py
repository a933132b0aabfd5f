"""Who cannot come may say what keeps them away: it is counted, and nobody is told who said it."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from sessions.meetings.models import Answer, Reply, Why
from tests import cast
from tests.sessions.around import plan, post, ring, text

pytestmark = pytest.mark.django_db
ASKED = "What keeps you away?"


@pytest.fixture
def first(place, dan, ann):
    return plan(place, dan)


def at(name, session):
    return reverse(name, args=[session.network.slug, session.pk])


def whys(session):
    return sorted(Answer.objects.filter(session=session).values_list("person__name", "why"))


def test_it_is_asked_of_who_said_no_and_of_nobody_else(first, ann, signed_in):
    client = signed_in(ann)
    assert ASKED not in text(client.get(at("session", first)))
    for reply in ("yes", "maybe"):
        client.post(at("answer", first), {"answer": reply})
        assert ASKED not in text(client.get(at("session", first)))
    client.post(at("answer", first), {"answer": "no"})
    assert ASKED in text(client.get(at("session", first)))


def test_a_press_says_it_and_the_page_shows_it_to_who_said_it(first, ann, signed_in):
    client = signed_in(ann)
    client.post(at("answer", first), {"answer": "no"})
    page = client.post(at("answer", first), {"why": "travel"}, follow=True)
    assert whys(first) == [("Ann Lee", "travel")]
    assert re.search(r'value="travel"\s+aria-pressed="true"', text(page))


def test_with_a_script_the_part_is_swapped_and_asks_at_once(first, ann, signed_in):
    client = signed_in(ann)
    swap = {"HX-Request": "true"}
    part = text(client.post(at("answer", first), {"answer": "no"}, headers=swap))
    assert part.startswith(f'<div id="answer-{first.pk}">')
    assert ASKED in part
    part = text(client.post(at("answer", first), {"why": "time"}, headers=swap))
    assert re.search(r'value="time"\s+aria-pressed="true"', part)


def test_another_answer_forgets_it(first, ann, signed_in):
    client = signed_in(ann)
    client.post(at("answer", first), {"answer": "no"})
    client.post(at("answer", first), {"why": "access"})
    client.post(at("answer", first), {"answer": "yes"})
    assert whys(first) == [("Ann Lee", "")]
    client.post(at("answer", first), {"answer": "no"})
    assert whys(first) == [("Ann Lee", "")]


@pytest.mark.parametrize("why", ["nothing", "TIME", "time\x00", "x" * 500])
def test_another_word_is_no_reason(first, ann, signed_in, why):
    client = signed_in(ann)
    client.post(at("answer", first), {"answer": "no"})
    page = client.post(at("answer", first), {"why": why}, follow=True)
    assert "Choose one of the reasons." in text(page)
    assert whys(first) == [("Ann Lee", "")]


def test_who_did_not_say_no_gives_no_reason(first, ann, signed_in):
    client = signed_in(ann)
    page = client.post(at("answer", first), {"why": "time"}, follow=True)
    assert "Say first that you cannot come." in text(page)
    client.post(at("answer", first), {"answer": "yes"})
    client.post(at("answer", first), {"why": "time"})
    assert whys(first) == [("Ann Lee", "")]
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(session=first).update(why="time")


def test_after_the_session_nothing_is_said_any_more(first, ann, signed_in, travel):
    client = signed_in(ann)
    client.post(at("answer", first), {"answer": "no"})
    travel(first.ends_at)
    page = client.post(at("answer", first), {"why": "time"}, follow=True)
    assert "This session is over" in text(page)
    assert whys(first) == [("Ann Lee", "")]


def test_from_the_mail_it_is_said_without_signing_in(first, ann):
    ring()
    page = next(
        found for letter in post(ann) if (found := re.search(r"/answer/[^?\s]+", letter.body))
    ).group()
    client = Client()
    assert ASKED not in text(client.get(page))
    assert ASKED in text(client.post(page, {"answer": "no"}, follow=True))
    client.post(page, {"why": "other"})
    assert whys(first) == [("Ann Lee", "other")]


def test_nobody_else_sees_who_said_what_not_even_who_runs_the_session(
    place, first, dan, ann, signed_in
):
    Answer.objects.create(session=first, person=ann, reply=Reply.NO, why=Why.ACCESS)
    client = signed_in(dan)
    for page in (at("session", first), f"/n/{place.slug}/figures/", f"/n/{place.slug}/members/"):
        assert str(Why.ACCESS.label) not in text(client.get(page, follow=True)), page
    friend = cast.member(place, "Bo Marsh")
    assert str(Why.ACCESS.label) not in text(signed_in(friend).get(at("session", first)))
