"""Asking to join: the way in, the conversation, the answer; what happens when nobody answers."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from members.notices.actions import send_due
from members.people.models import Person
from networks.joining import actions
from networks.joining.models import JoinRequest
from networks.joining.tasks import tick_requests
from networks.links import queries as links
from networks.membership import actions as membership
from networks.membership.models import Membership, Role
from networks.membership.queries import spell_of
from networks.network.actions import SETTINGS
from networks.network.models import Network
from peernet.lib import clock, seen
from peernet.lib.errors import Refused
from tests import cast
from tests.rows.links import stand

pytestmark = pytest.mark.django_db
BEGUN = datetime(2026, 3, 3, 10, tzinfo=UTC)
QUESTION = "What do you do, and where?"


@pytest.fixture
def place(travel):
    travel(BEGUN)
    return cast.network("Libraries", entry="question", question=QUESTION)


@pytest.fixture
def dan(place):
    return cast.coordinator(place, "Dan Price")


@pytest.fixture
def zed(dan):
    return cast.person("Zed New")


def ask(place, person, words="I run a library"):
    return actions.come_in(place, words=words, charter=1, by=person)


def sent():
    mail.outbox.clear()
    send_due()
    return {(letter.to[0].split("-")[0], letter.subject) for letter in mail.outbox}


def door(place):
    return reverse("ask", args=[place.slug])


def talk(asked):
    return reverse("request", args=[asked.network.slug, asked.pk])


# --- The way in --------------------------------------------------------------------------------


def press(client, place, email, **more):
    """Signed out: what was typed, then the code from the mail."""
    said = {"email": email, "name": "Nia Moss", "words": "Books", "charter": "1"}
    answer = client.post(door(place), said | {"accepts_charter": "on"} | more)
    code = re.search(r"\b\d{6}\b", mail.outbox[-1].body)[0]
    return answer, client.post(answer.headers["Location"], {"code": code})


def test_a_visitor_asks_and_has_asked_as_soon_as_the_code_is_typed(place, dan):
    client = Client()
    assert client.get(place.get_absolute_url()).headers["Location"] == door(place)
    assert QUESTION in client.get(door(place)).content.decode()
    _first, last = press(client, place, "nia@example.org")
    asked = JoinRequest.objects.get()
    assert last.headers["Location"] == talk(asked)
    assert (asked.person.name, asked.words, asked.question) == ("Nia Moss", "Books", QUESTION)
    assert "They read it and write back here" in client.get(talk(asked)).content.decode()
    assert sent() == {("dan", "[Libraries] Nia Moss would like to join")}
    assert client.get(door(place)).headers["Location"] == talk(asked)
    assert talk(asked) in client.get("/").content.decode()


def test_an_open_network_is_joined_with_one_press(place, dan):
    Network.objects.filter(pk=place.pk).update(entry="open")
    client = Client()
    _first, last = press(client, place, "nia@example.org")
    assert last.headers["Location"] == place.get_absolute_url()
    nia = Person.objects.get(email="nia@example.org")
    assert spell_of(place, nia)
    assert nia.pk in place.charters.get().acceptances.values_list("person", flat=True)
    assert not JoinRequest.objects.exists()


def test_the_page_does_not_tell_who_has_an_account(place, dan):
    answers = []
    for email in (cast.member(place).email, cast.person("Zed").email, "new@example.org"):
        answer, _last = press(Client(), place, email)
        answers.append((answer.status_code, answer.headers["Location"]))
    assert len(set(answers)) == 1
    assert JoinRequest.objects.count() == 2  # the member is led inside


def test_what_is_missing_is_said_and_nothing_typed_is_lost(place, zed, signed_in):
    page = signed_in(zed).post(door(place), {"words": "We lend ladders", "charter": "1"})
    assert page.status_code == 422
    assert "We lend ladders" in page.content.decode()
    page = signed_in(zed).post(door(place), {"words": "", "charter": "1", "accepts_charter": "on"})
    assert page.status_code == 422
    place.charters.create(version=2, text="New ones")
    with pytest.raises(Refused, match="changed a moment ago"):
        ask(place, zed)


def test_by_invitation_there_is_no_door_and_nobody_learns_of_the_network(place, zed, signed_in):
    Network.objects.filter(pk=place.pk).update(entry="invited")
    nowhere = reverse("ask", args=["nowhere"])
    assert signed_in(zed).get(door(place)).status_code == 404
    assert signed_in(zed).get(nowhere).status_code == 404
    for path in (door(place), place.get_absolute_url(), nowhere):
        assert Client().get(path).headers["Location"].startswith("/accounts/login/")
    with pytest.raises(Refused, match="by invitation"):
        ask(place, zed)


def test_a_coordinator_chooses_how_people_come_in(place, dan, signed_in):
    path = reverse("network_edit", args=[place.slug])
    said = {"name": "Libraries", "purpose": "Tea", "zone": "Europe/London", "accent": "1"}
    said["mark"] = seen.mark(place, SETTINGS)
    page = signed_in(dan).post(path, said | {"entry": "question", "question": " "})
    assert page.status_code == 422
    signed_in(dan).post(path, said | {"entry": "question", "question": "Why us?"})
    assert Network.objects.get(pk=place.pk).question == "Why us?"
    assert "the page where they join" in signed_in(dan).get(path).content.decode()


# --- The conversation ----------------------------------------------------------------------------


def test_it_is_talked_over_and_ends_with_a_welcome(place, dan, zed, signed_in):
    asked = ask(place, zed)
    sent()
    run = signed_in(dan).get(reverse("run", args=[place.slug])).content.decode()
    assert "1 person asks to join" in run
    signed_in(dan).post(talk(asked), {"text": "How many books?", "deed": "say"})
    assert sent() == {("zed", "[Libraries] Dan Price has written to you about joining")}
    run = signed_in(dan).get(reverse("run", args=[place.slug])).content.decode()
    assert "asks to join" not in run  # it is their turn
    assert "It is your turn" in signed_in(zed).get(talk(asked)).content.decode()
    signed_in(zed).post(talk(asked), {"text": "Nine thousand", "deed": "say"})
    assert sent() == {("dan", "[Libraries] Zed New has written to you about joining")}
    said = {"text": "Come in!", "deed": "welcome", "seen": "asked"}
    page = signed_in(dan).post(talk(asked), said, follow=True).content.decode()
    assert "Nine thousand" in page
    assert sent() == {("zed", "[Libraries] Welcome")}
    assert "Come in!" in mail.outbox[0].body
    assert spell_of(place, zed).role == Role.MEMBER


def test_a_doubled_press_says_it_once(place, dan, zed, signed_in):
    asked = ask(place, zed)
    key = {"once": "6b9f1f0e-64b1-4c39-9b3b-0d8e7a1f5c11"}
    for _again in range(2):
        signed_in(dan).post(talk(asked), {"text": "Hello", "deed": "say"} | key)
    assert [one.text for one in asked.said.all()] == ["Hello"]


def test_who_may_read_it_the_two_sides_of_this_moment_and_nobody_else(place, dan, zed, signed_in):
    lea = cast.coordinator(place, "Lea")
    asked = ask(place, zed, words="Only for you")
    ann, fay = cast.member(place), cast.facilitator(place)
    above = cast.network("Builders")
    top = cast.coordinator(above, "Top")
    stand(above, place)
    for reader, status in [(zed, 200), (dan, 200), (lea, 200), (ann, 404), (fay, 404), (top, 404)]:
        assert signed_in(reader).get(talk(asked)).status_code == status, reader.name
    spell = dan.memberships.get()
    membership.change_role(spell, Role.MEMBER, by=lea)
    assert signed_in(dan).get(talk(asked)).status_code == 404
    assert {who for who, _subject in sent()} == {"lea"}  # not who was one when it was sent
    other = reverse("request", args=[above.slug, asked.pk])
    assert signed_in(top).get(other).status_code == 404
    assert signed_in(zed).get(reverse("requests", args=[place.slug])).status_code == 404


def test_only_the_right_side_does_each_deed(place, dan, zed, signed_in):
    asked = ask(place, zed)
    signed_in(zed).post(talk(asked), {"text": "Me!", "deed": "welcome"})
    signed_in(dan).post(talk(asked), {"text": "No", "deed": "take_back"})
    asked.refresh_from_db()
    assert asked.state == "asked"
    assert spell_of(place, zed) is None
    assert asked.said.count() == 2  # both were words, no more


def test_not_now_is_told_kindly_and_holds_for_a_month(place, dan, zed):
    asked = ask(place, zed)
    actions.answer(asked, welcome=False, words="We are full until May", by=dan)
    assert sent() == {("zed", "[Libraries] Not now")}
    assert "full until May" in mail.outbox[0].body
    with pytest.raises(Refused, match="ask again later"):
        ask(place, zed)
    clock.travel(BEGUN + timedelta(days=31))
    assert ask(place, zed).pk != asked.pk


def test_two_answers_do_not_mix_but_a_not_now_can_become_a_welcome(place, dan, zed):
    asked = ask(place, zed)
    actions.answer(asked, welcome=False, by=dan)
    with pytest.raises(Refused, match="Somebody answered already"):
        actions.answer(asked, welcome=True, seen="asked", by=dan)
    sent()
    for _again in range(2):
        actions.answer(asked, welcome=True, seen="declined", by=dan)
    assert sent() == {("zed", "[Libraries] Welcome")}
    with pytest.raises(Refused, match="Somebody answered already"):
        actions.answer(asked, welcome=False, seen="welcome", by=dan)


def test_a_request_can_be_taken_back_but_is_no_way_round_the_pace(place, dan, zed):
    for _number in range(3):
        actions.take_back(ask(place, zed), by=zed)
    assert sent() == set()  # nobody reads of what was taken back
    with pytest.raises(Refused, match="several times this month"):
        ask(place, zed)
    for number in range(5):
        ask(cast.network(f"N{number}", entry="question", question="?"), zed)
    with pytest.raises(Refused, match="5 networks have not answered"):
        ask(cast.network("More", entry="question", question="?"), zed)


def test_whoever_writes_on_and_on_is_asked_to_wait(place, dan, zed):
    asked = ask(place, zed)
    for number in range(5):
        actions.say(asked, f"And {number}", by=zed)
    with pytest.raises(Refused, match="Wait until they write back"):
        actions.say(asked, "And", by=zed)
    actions.say(asked, "Yes", by=dan)
    actions.say(asked, "At last", by=zed)


# --- Coming back ---------------------------------------------------------------------------------


def test_whoever_left_asks_in_the_same_way_also_where_others_are_invited(place, dan, signed_in):
    Network.objects.filter(pk=place.pk).update(entry="invited")
    ann = cast.member(place, organisation="Octopus Centre")
    membership.leave(place, by=ann)
    clock.travel(BEGUN + timedelta(days=3))
    client = signed_in(ann)
    assert client.get(reverse("left", args=[place.slug])).headers["Location"] == door(place)
    client.post(door(place), {"words": "I miss you", "charter": "1", "accepts_charter": "on"})
    assert sent() == {("dan", "[Libraries] Ann Lee would like to come back")}
    actions.answer(JoinRequest.objects.get(), welcome=True, by=dan)
    assert Membership.objects.filter(person=ann).count() == 2
    assert ann.holdings.current().get().seat.organisation.name == "Octopus Centre"
    assert sent() == {("ann", "[Libraries] Welcome back")}


def test_whoever_was_taken_out_cannot_come_in_by_the_door(place, dan, signed_in):
    bo = cast.member(place, "Bo Dale")
    membership.remove_member(bo.memberships.get(), by=dan)
    for entry in ("question", "open"):
        Network.objects.filter(pk=place.pk).update(entry=entry)
        with pytest.raises(Refused, match="Speak with them first"):
            ask(place, bo)
    assert "ended your time there" in signed_in(bo).get(f"/n/{place.slug}/left/").content.decode()


# --- When nobody answers -------------------------------------------------------------------------


def parent(place, name, lead):
    above = cast.network(name)
    cast.coordinator(above, lead)
    stand(above, place)
    return above


WAITS = ("dan", "[Libraries] Zed New still waits for your answer")
SLOW = ("zed", "[Libraries] Still no answer for you")
ABOVE = ("lea", "[Builders] Somebody waits for an answer from Libraries")


def ring(days, minutes=1):
    clock.travel(BEGUN + timedelta(days=days, minutes=minutes))
    tick_requests()
    return sent()


def test_an_unanswered_request_goes_up_to_the_parent_network_after_seven_days(place, dan, zed):
    parent(place, "Builders", "Lea Lead")
    stand(place, cast.network("Peer"), kind="peer")
    ask(place, zed, words="It is me")
    sent()
    assert ring(2) == set()
    assert ring(3) == {WAITS}
    assert ring(7, minutes=-1) == set()
    assert ring(7) == {WAITS, SLOW, ABOVE}
    (above,) = [one for one in mail.outbox if "Builders" in one.subject]
    assert "Zed" not in above.body
    assert "It is me" not in above.body
    (slow,) = [one for one in mail.outbox if one.to == [zed.email]]
    assert "told those who look after the networks" in " ".join(slow.body.split())
    assert ring(8) == ring(30) == set()


def test_words_from_the_network_stop_the_clock_and_a_reply_starts_it_anew(place, dan, zed):
    parent(place, "Builders", "Lea Lead")
    asked = ask(place, zed)
    sent()
    clock.travel(BEGUN + timedelta(days=2))
    actions.say(asked, "Where?", by=dan)
    sent()
    assert ring(10) == set()  # it was their turn
    actions.say(asked, "Here", by=zed)
    sent()
    assert ring(16) == {WAITS}
    assert ring(18) == {WAITS, SLOW, ABOVE}


def test_an_answer_between_the_telling_and_the_sending_stops_the_letters(place, dan, zed):
    parent(place, "Builders", "Lea Lead")
    asked = ask(place, zed)
    sent()
    clock.travel(BEGUN + timedelta(days=9))
    tick_requests()
    actions.say(asked, "Here I am", by=dan)
    assert [subject for _who, subject in sent()] == [
        "[Libraries] Dan Price has written to you about joining"
    ]


def test_where_nobody_is_above_whoever_waits_is_told_so(place, dan, zed, signed_in):
    asked = ask(place, zed)
    sent()
    assert ring(7) == {WAITS, SLOW}
    page = signed_in(zed).get(talk(asked)).content.decode()
    assert "It is part of no other network" in page


def test_only_open_networks_above_that_somebody_looks_after_are_asked(place):
    above, empty, closed = parent(place, "A", "Ann A"), cast.network("B"), parent(place, "C", "C C")
    stand(empty, place)
    ended = stand(cast.network("D"), place, ended_at=clock.now())
    cast.coordinator(ended.upper)
    Network.objects.filter(pk=closed.pk).update(closed_at=clock.now())
    assert list(links.parents_to_ask(place)) == [above]
    assert not links.parents_to_ask(above).exists()
