"""Answering on a phone, from the mail, without signing in."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from evaluation.surveys import actions
from evaluation.surveys.models import Answered, Response
from members.notices.tasks import tick_outbox
from networks.membership.models import Membership
from peernet.lib import clock
from tests import cast
from tests.crowd import at_once
from tests.evaluation.surveys.around import ORDER, again, answer, launch, link, members_of
from tests.sessions.around import post, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def wave(place, dan, ann):
    return launch(place, dan)


def test_the_mail_opens_the_survey_without_signing_in_and_says_who_will_see_it(wave, ann, client):
    tick_outbox()
    mail = next(one for one in post() if one.to == [ann.email])
    address = next(line for line in mail.body.splitlines() if "/survey/" in line)
    page = client.get(address.removeprefix("http://localhost"))
    assert page.status_code == 200
    said = words(page)
    assert "8 questions" in said
    assert "Nobody sees your answers with your name." in said
    assert "The funder sees totals for 10 or more people" in said
    assert "In a group this small" in said  # two people are asked
    assert not Response.objects.exists()


def test_a_survey_that_is_not_shared_says_so(place, dan, ann, client):
    page = client.get(link(launch(place, dan, shared=False), ann))
    assert "The funder does not see the results." in words(page)


def test_one_question_a_page_with_progress_skip_and_back(wave, ann, client):
    start = link(wave, ann)
    assert "2 of 8" in words(client.get(f"{start}2/"))
    assert client.post(f"{start}2/", {"press": "next", "answer": "5"}).url == f"{start}3/"
    assert client.post(f"{start}3/", {"press": "skip", "answer": "1"}).url == f"{start}4/"
    assert client.post(f"{start}4/", {"press": "back", "answer": "2"}).url == f"{start}3/"
    assert client.post(f"{start}1/", {"press": "back"}).url == start
    kept = Response.objects.get().answers
    assert kept == {"support": 5, "collaboration": 2}


def test_answers_are_there_again_when_the_link_is_opened_later(wave, ann):
    start = link(wave, ann)
    Client().post(f"{start}2/", {"press": "next", "answer": "5"})
    Client().post(f"{start}8/", {"press": "next", "answer": "More tea, <b>please</b>"})
    page = Client().get(f"{start}2/").content.decode()
    assert 'value="5" checked' in page
    assert "More tea, &lt;b&gt;please" in Client().get(f"{start}8/").content.decode()
    assert "Go on" in words(Client().get(start))
    assert "I agree strongly" in words(Client().get(f"{start}send/"))


def test_an_order_is_made_with_buttons_and_no_script(wave, ann, client):
    start = link(wave, ann)
    first = client.get(f"{start}7/").content.decode()
    assert first.count('value="up-') == first.count('value="down-') == 6
    sent = {"press": "up-o3", "order": ",".join(ORDER)}
    assert client.post(f"{start}7/", sent).url == f"{start}7/"
    assert Response.objects.get().answers["purposes"] == ["o1", "o3", "o2", "o4", "o5", "o6"]


def test_with_a_script_only_the_list_is_swapped_and_the_move_is_said(wave, ann, client):
    sent = {"press": "down-o1", "order": ",".join(ORDER)}
    part = client.post(f"{link(wave, ann)}7/", sent, headers={"HX-Request": "true"})
    assert part.content.decode().strip().startswith('<div id="ranking">')
    assert "Sharing what works is now number 2." in part.headers["HX-Trigger"]


def test_an_order_that_nobody_touched_is_no_answer_until_it_is_said_to_be_right(wave, ann, client):
    start = link(wave, ann)
    shown = client.get(f"{start}7/").content.decode()
    order = shown.split('name="order" value="')[1].split('"')[0]
    for press in ("next", "back"):
        assert client.post(f"{start}7/", {"press": press, "order": order}).status_code == 302
        assert not Response.objects.filter(answers__has_key="purposes").exists()
    assert "This order is right" in shown
    said = client.post(f"{start}7/", {"press": "right", "order": order})
    assert said.url == f"{start}8/"
    assert Response.objects.get().answers["purposes"] == order.split(",")
    client.post(f"{start}7/", {"press": "next", "order": order})  # and stays
    assert Response.objects.get().answers["purposes"] == order.split(",")
    assert "This order is right" not in client.get(f"{start}7/").content.decode()


def test_the_first_order_is_not_the_same_for_everybody(place, dan):
    people = members_of(place, 12)
    wave = launch(place, dan)
    pages = [Client().get(f"{link(wave, one)}7/").content.decode() for one in people]
    orders = {page.split('name="order" value="')[1].split('"')[0] for page in pages}
    assert len(orders) > 6
    assert all(sorted(order.split(",")) == ORDER for order in orders)


@pytest.mark.parametrize(
    ("number", "sent"),
    [(1, {"answer": "6"}), (6, {"answer": "11"}), (7, {"order": "o1,o2"}), (7, {}),
     (8, {"answer": "x" * 2001})],
)  # fmt: skip
def test_what_cannot_be_is_said_and_what_was_typed_stays(wave, ann, client, number, sent):
    page = client.post(f"{link(wave, ann)}{number}/", {"press": "next", **sent})
    assert page.status_code == 422
    assert "There is a problem" in words(page)
    if number == 8:
        assert "x" * 2001 in page.content.decode()
    assert not Response.objects.filter(answers__has_key="words").exists()


def test_sending_ends_kindly_and_nobody_can_open_the_answers_again(wave, ann):
    page = answer(wave, ann, words="My own secret")
    assert "Thank you, Ann" in words(page)
    for path in ("", "1/", "8/", "send/"):
        seen = Client().get(link(wave, ann) + path, follow=True)
        assert "Your answers have arrived." in words(seen)
        assert "My own secret" not in words(seen)
    Client().post(f"{link(wave, ann)}1/", {"press": "next", "answer": "1"})
    assert Response.objects.get().answers["learning"] == 4


def test_nothing_but_skips_cannot_be_sent(wave, ann, client):
    page = client.post(f"{link(wave, ann)}send/")
    assert page.status_code == 422
    assert "Answer one at least" in words(page)
    assert not Answered.objects.exists()


def test_a_hundred_times_the_same_post_is_one_row(wave, ann):
    start = link(wave, ann)
    client = Client()
    for _ in range(100):
        client.post(f"{start}1/", {"press": "next", "answer": "3"})
    for _ in range(20):
        client.post(f"{start}send/")
    assert Response.objects.count() == Answered.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_at_the_same_moment_are_one_row(place, dan, ann):
    start = link(launch(place, dan), ann)
    sent = {"press": "next", "answer": "3"}
    codes = at_once(lambda _n: Client().post(f"{start}1/", sent).status_code)
    codes += at_once(lambda _n: Client().post(f"{start}send/").status_code)
    assert set(codes) == {302}
    assert Response.objects.count() == Answered.objects.count() == 1


def test_looking_changes_nothing(wave, ann, client):
    start = link(wave, ann)
    with CaptureQueriesContext(connection) as seen:
        for path in ("", "1/", "7/", "send/", "stop/"):
            for method in (client.get, client.head):
                assert method(start + path).status_code == 200
    assert not [q["sql"] for q in seen if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_a_link_says_why_it_opens_nothing_any_more(wave, place, dan, ann, travel):
    new = cast.member(place, "Nia New")
    Membership.objects.filter(person=new).update(since=clock.now() + timedelta(seconds=1))
    travel(clock.now() + timedelta(minutes=5))
    late = Client().get(link(wave, new))
    assert (late.status_code, "those who were here when it opened" in words(late)) == (410, True)
    start = link(wave, ann)
    assert Client().get(start[:-3] + "x/").status_code == 404
    assert Client().get(f"{start}9/").status_code == 404
    actions.close(wave, by=dan)
    for path in ("", "1/", "send/"):
        closed = Client().get(start + path)
        assert (closed.status_code, "This survey has closed." in words(closed)) == (410, True)
        assert Client().post(start + path).status_code in (405, 410)
    Membership.objects.filter(person=ann).update(until=clock.now(), reason="left")
    assert "You are not in this network any more" in words(Client().get(start))


def test_signing_out_everywhere_makes_the_link_void(wave, ann, client):
    start = link(wave, ann)
    ann.token_version += 1
    ann.save()
    assert client.get(start).status_code == 404


def test_home_asks_until_it_is_answered(wave, place, ann, signed_in):
    assert "Answer a few questions: How it works" in words(signed_in(ann).get("/"))
    address = f"/n/{place.slug}/surveys/answer/{wave.pk}/"
    assert signed_in(ann).get(address).url == link(wave, ann)
    answer(wave, ann)
    assert "Answer a few questions" not in words(signed_in(ann).get("/"))


def test_who_joined_after_it_opened_is_not_asked(wave, place, travel, signed_in):
    travel(clock.now() + timedelta(days=1))
    new = cast.member(place, "Nia New", since=clock.now())
    assert "Answer a few questions" not in words(signed_in(new).get("/"))


def test_a_change_of_role_keeps_the_question(wave, place, ann, signed_in, travel):
    travel(clock.now() + timedelta(days=1))
    now = clock.now()
    Membership.objects.filter(person=ann).update(until=now, reason="role")
    Membership.objects.create(network=place, person=ann, role="facilitator", since=now)
    assert "Answer a few questions" in words(signed_in(ann).get("/"))
    assert "Your answers have arrived" in words(answer(again(wave), ann))
