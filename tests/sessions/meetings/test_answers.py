# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""Yes, maybe, no: on the page, in the list, and from the mail without signing in."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from peernet.lib import tokens
from sessions.meetings.actions import answer
from sessions.meetings.models import Answer
from tests import cast
from tests.sessions.around import cancel, dates, move, plan, post, ring, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(place, dan, ann):
    return plan(place, dan)


def at(name, session):
    return reverse(name, args=[session.network.slug, session.pk])


def said(session):
    return sorted(Answer.objects.filter(session=session).values_list("person__name", "reply"))


def links(letter):
    """The links of a letter to our own pages, in order, without the site's address."""
    return [found[len("http://localhost") :] for found in re.findall(r"http://\S+", letter.body)]


# --- On the page -------------------------------------------------------------------------------


def test_a_member_answers_on_the_page_and_changes_her_mind(first, ann, signed_in):
    client = signed_in(ann)
    page = client.post(at("answer", first), {"answer": "yes"}, follow=True)
    assert "You said yes" in text(page)
    assert "Ann Lee" in text(page)
    client.post(at("answer", first), {"answer": "no"})
    assert said(first) == [("Ann Lee", "no")]


def test_an_answer_is_for_one_date_only(first, ann, signed_in):
    signed_in(ann).post(at("answer", first), {"answer": "yes"})
    assert [len(said(one)) for one in dates(first)[:3]] == [1, 0, 0]


def test_htmx_gets_the_part_that_changed_and_what_to_read_out(first, ann, signed_in):
    response = signed_in(ann).post(
        at("answer", first), {"answer": "maybe"}, headers={"HX-Request": "true"}
    )
    assert text(response).startswith(f'<div id="answer-{first.pk}">')
    assert "<html" not in text(response)
    assert re.search(r'value="maybe" aria-pressed="true"', text(response))
    assert "You said maybe." in response.headers["HX-Trigger"]


@pytest.mark.parametrize("reply", ["", "perhaps", "YES", "yes\x00"])
def test_another_word_is_no_answer(first, ann, signed_in, reply):
    page = signed_in(ann).post(at("answer", first), {"answer": reply}, follow=True)
    assert "Choose yes, maybe or no." in text(page)
    assert said(first) == []


def test_what_is_over_or_cancelled_takes_no_answer(first, dan, ann, signed_in, travel):
    second = cancel(dates(first)[1], dan)
    travel(first.ends_at)
    client = signed_in(ann)
    for one, sentence in [(first, "This session is over"), (second, "This session was cancelled")]:
        page = client.post(at("answer", one), {"answer": "yes"}, follow=True)
        assert sentence in text(page)
        assert said(one) == []


def test_an_answer_can_change_until_the_end(first, ann, signed_in, travel):
    travel(first.ends_at - timedelta(minutes=1))
    signed_in(ann).post(at("answer", first), {"answer": "yes"})
    assert said(first) == [("Ann Lee", "yes")]


@pytest.mark.django_db(transaction=True)
def test_twenty_presses_at_once_leave_one_answer(first, ann):
    def press(n):
        client = Client()
        client.force_login(ann, backend="allauth.account.auth_backends.AuthenticationBackend")
        try:
            return client.post(at("answer", first), {"answer": ["yes", "no"][n % 2]}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as hands:
        assert set(hands.map(press, range(20))) == {302}
    assert len(said(first)) == 1


def test_the_count_leaves_out_who_has_left(first, dan, ann, signed_in):
    gone = cast.member(first.network, "Gus Hill")
    answer(first, gone, "yes", by=gone)
    answer(first, ann, "yes", by=ann)
    gone.memberships.update(until=datetime(2026, 3, 1, 12, tzinfo=UTC))
    page = text(signed_in(dan).get(at("session", first)))
    assert "Gus Hill" not in page
    assert "1 said yes" in page


# --- From the mail -----------------------------------------------------------------------------


def test_the_mail_leads_to_a_page_where_one_press_answers_without_signing_in(first, ann, client):
    ring()
    (letter,) = post(ann)
    yes, maybe, no, *_others = links(letter)
    page = client.get(yes)
    assert said(first) == []  # opening the page changes nothing
    assert "Yes, I can come" in text(page)
    client.post(yes.partition("?")[0], {"answer": "yes"})
    assert said(first) == [("Ann Lee", "yes")]
    assert "You said yes" in text(client.get(yes))
    client.post(no.partition("?")[0], {"answer": "no"})
    assert said(first) == [("Ann Lee", "no")]
    assert maybe.endswith("?reply=maybe")


def test_the_page_from_the_mail_names_nobody_else(first, dan, ann, client):
    answer(first, dan, "yes", by=dan)
    page = text(client.get(reverse("answer_by_mail", args=[token(first, ann)])))
    assert "You answer as Ann." in page
    assert dan.name not in page
    assert dan.email not in page
    assert first.link not in page


def token(session, person, deed="answer"):
    return tokens.make(deed, session.pk, person.pk, person.token_version)


def test_a_link_for_one_deed_opens_no_other(first, ann, client):
    wrong = tokens.make("join", first.pk, ann.pk, 0)
    response = client.post(reverse("answer_by_mail", args=[wrong]), {"answer": "yes"})
    assert response.status_code == 404
    assert said(first) == []


@pytest.mark.parametrize("bad", ["x", "1-2-0.forged", "1-2-0", "..", "%00", "é"])
def test_a_forged_link_opens_nothing(first, client, bad):
    response = client.get(f"/answer/{bad}/")
    assert response.status_code == 404
    assert "This link does not work any more." in text(response)


def test_a_link_dies_with_the_persons_tokens(first, ann, client):
    page = reverse("answer_by_mail", args=[token(first, ann)])
    ann.token_version += 1
    ann.save()
    assert client.post(page, {"answer": "yes"}).status_code == 404
    assert said(first) == []


def test_who_has_left_is_told_so_and_answers_nothing(first, ann, client):
    ann.memberships.update(until=datetime(2026, 3, 1, 12, tzinfo=UTC))
    page = client.post(reverse("answer_by_mail", args=[token(first, ann)]), {"answer": "yes"})
    assert page.status_code == 410
    assert "You are not in this network any more" in text(page)
    assert said(first) == []


def test_an_old_mail_says_what_became_of_its_session_and_when_the_next_is(
    first, dan, ann, client, travel
):
    second = cancel(dates(first)[1], dan, reason="No key")
    page = text(client.get(reverse("answer_by_mail", args=[token(second, ann)])))
    assert "This session was cancelled." in page
    assert "No key" in page
    travel(first.ends_at)
    page = text(client.get(reverse("answer_by_mail", args=[token(first, ann)])))
    assert "This session is over." in page
    assert "The next one is on Tuesday 14 April, 10am." in page


def test_the_page_shows_the_time_as_it_is_now(first, dan, ann, client):
    ring()
    (letter,) = post(ann)
    move(first, datetime(2026, 3, 4, 15), dan)
    assert "Wednesday 4 March, 3pm" in text(client.get(links(letter)[0]))


# --- Joining -----------------------------------------------------------------------------------


def test_the_way_in_opens_a_day_before_and_pressing_it_is_a_yes(first, ann, signed_in, travel):
    client = signed_in(ann)
    assert first.link not in text(client.get(at("session", first)))
    page = text(client.post(at("session_join", first)))
    assert "from 24 hours before" in page
    assert first.link not in page
    travel(first.starts_at - timedelta(hours=24))
    assert "Join online" in text(client.get(at("session", first)))
    page = client.get(at("session_join", first))
    assert said(first) == []
    assert first.link not in text(page)
    page = client.post(at("session_join", first))
    assert f'href="{first.link}"' in text(page)
    assert said(first) == [("Ann Lee", "yes")]
    travel(first.ends_at)
    assert first.link not in text(client.post(at("session_join", first)))


def test_the_page_to_join_says_why_there_is_nothing_to_join(first, dan, ann, signed_in, travel):
    second = dates(first)[1]
    cancel(second, dan)
    page = text(signed_in(ann).get(at("session_join", second)))
    assert "This session was cancelled." in page
    assert "24 hours" not in page
    travel(first.ends_at)
    page = text(signed_in(ann).get(at("session_join", first)))
    assert "This session is over." in page
    assert f'href="{at("session", first)}"' in page


def test_a_quarter_of_an_hour_before_joining_comes_first(first, ann, signed_in, travel):
    client = signed_in(ann)
    travel(first.starts_at - timedelta(minutes=16))
    page = text(client.get(at("session", first)))
    assert page.index("<h1>") < page.index("Join online")
    travel(first.starts_at - timedelta(minutes=15))
    page = text(client.get(at("session", first)))
    assert page.index("Join online") < page.index("<h1>")


def test_the_link_in_the_calendar_leads_to_the_session_that_is_on(first, ann, client, travel):
    second = dates(first)[1]
    page = reverse("join_by_mail", args=[tokens.make("join_next", first.cadence_id, ann.pk, 0)])
    travel(second.starts_at + timedelta(minutes=5))
    assert f'href="{second.link}"' in text(client.post(page))
    assert (said(first), said(second)) == ([], [("Ann Lee", "yes")])


def test_who_has_left_does_not_get_in(first, ann, client, travel):
    travel(first.starts_at)
    ann.memberships.update(until=datetime(2026, 3, 1, 12, tzinfo=UTC))
    page = client.post(reverse("join_by_mail", args=[token(first, ann, "join")]))
    assert page.status_code == 410
    assert first.link not in text(page)
