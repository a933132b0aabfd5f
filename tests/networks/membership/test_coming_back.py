"""Coming back after having left: asked, answered, a new spell, the old words."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from members.notices.actions import send_due
from networks.membership import actions, queries
from networks.membership.models import Comeback, Membership
from peernet.lib import clock
from peernet.lib.errors import Refused
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


@pytest.fixture
def ann(place):
    ann = cast.member(place, organisation="Octopus Centre")
    cast.thread(place, ann)
    actions.leave(place, by=ann)
    clock.travel(clock.now() + timedelta(days=3))
    return ann


def ask(client, place, words="I miss you all"):
    return client.post(reverse("left", args=[place.slug]), {"words": words}, follow=True)


def test_they_ask_a_coordinator_says_yes_and_a_new_spell_begins(place, dan, ann, signed_in):
    page = signed_in(ann).get(reverse("left", args=[place.slug])).content.decode()
    assert "Ask to come back" in page
    assert "You have asked to come back" in ask(signed_in(ann), place).content.decode()
    send_due()
    assert [letter.to for letter in mail.outbox] == [[dan.email]]
    assert "I miss you all" in mail.outbox[0].body
    run = signed_in(dan).get(reverse("run", args=[place.slug])).content.decode()
    assert "1 person asks to come back" in run
    where = reverse("comebacks", args=[place.slug])
    assert "I miss you all" in signed_in(dan).get(where).content.decode()
    answer = reverse("comeback_answer", args=[place.slug, Comeback.objects.get().pk])
    signed_in(dan).post(answer, {"answer": "welcome"})
    assert Membership.objects.filter(person=ann).count() == 2
    now = queries.spell_of(place, ann)
    (held,) = ann.holdings.current()
    assert (now.role, held.seat.organisation.name) == ("member", "Octopus Centre")
    mail.outbox.clear()
    send_due()
    (letter,) = mail.outbox
    assert letter.to == [ann.email]
    assert "Welcome back" in letter.subject
    talk = signed_in(ann).get(reverse("talk", args=[place.slug])).content.decode()
    assert "How do you charge for room hire?" in talk


def test_not_now_is_told_kindly_and_holds_for_a_month(place, dan, ann, signed_in):
    ask(signed_in(ann), place)
    asked = Comeback.objects.get()
    actions.answer_comeback(asked, welcome=False, by=dan)
    assert queries.spell_of(place, ann) is None
    send_due()
    assert "not now" in next(one.body for one in mail.outbox if one.to == [ann.email])
    with pytest.raises(Refused, match="ask again later"):
        actions.ask_to_come_back(place, words="", by=ann)
    clock.travel(clock.now() + timedelta(days=31))
    assert actions.ask_to_come_back(place, words="", by=ann).pk != asked.pk


def test_asked_twice_is_asked_once_and_two_answers_do_not_mix(place, dan, ann, signed_in):
    for _again in range(2):
        ask(signed_in(ann), place)
    asked = Comeback.objects.get()
    actions.answer_comeback(asked, welcome=True, by=dan)
    actions.answer_comeback(asked, welcome=True, by=dan)
    with pytest.raises(Refused, match="Somebody answered already"):
        actions.answer_comeback(asked, welcome=False, by=dan)
    assert Membership.objects.filter(person=ann).count() == 2


def test_who_was_taken_out_cannot_ask_and_is_told_what_to_do(place, dan, signed_in):
    bo = cast.member(place, "Bo Dale")
    actions.remove_member(bo.memberships.get(), by=dan)
    page = signed_in(bo).get(reverse("left", args=[place.slug])).content.decode()
    assert "A coordinator ended your time there" in page
    ask(signed_in(bo), place)
    assert not Comeback.objects.exists()


def test_a_new_invitation_brings_them_back_too(place, dan, ann):
    from_now = actions.begin(place, ann, by=dan)
    assert from_now.until is None
    assert Membership.objects.filter(person=ann).count() == 2


def test_a_word_too_long_comes_back_with_the_form(place, ann, signed_in):
    answer = ask(signed_in(ann), place, words="x" * 301)
    assert answer.status_code == 422
    assert "x" * 301 in answer.content.decode()


def test_every_old_link_says_since_when_they_are_not_in_it(place, dan, ann, signed_in):
    """Also to what never existed: the page says nothing of what is there."""
    foreign = cast.network("Secret Pubs")
    client = signed_in(ann)
    pages = [client.get(reverse(name, args=[place.slug])) for name in ("network", "talk", "run")]
    pages += [client.get(reverse("thread", args=[place.slug, pk])) for pk in (1, 10**9)]
    for page in pages:
        assert page.status_code == 404
        assert "You are not in this network any more" in page.content.decode()
        assert reverse("left", args=[place.slug]) in page.content.decode()
    other = client.get(reverse("network", args=[foreign.slug]))
    nowhere = client.get(reverse("network", args=["nowhere-at-all"]))
    assert len(other.content) == len(nowhere.content)
    assert "Secret Pubs" not in other.content.decode()


def test_home_leads_back_to_what_one_left(place, ann, signed_in):
    client = signed_in(ann)  # who has left
    page = client.get("/").content.decode()
    assert "Networks you left" in page
    assert reverse("left", args=[place.slug]) in page
    assert "not in a network yet" not in page
    place.closed_at = clock.now()
    place.save()
    assert "Networks you left" not in client.get("/").content.decode()
