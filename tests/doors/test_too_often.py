"""What reaches other people is counted: too much of it waits, and nothing typed is lost. Nobody
counting is no way round it."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from networks.exchange.models import About, Entry
from networks.joining.models import JoinRequest
from networks.links.models import Link
from networks.links.rules import BESIDE
from networks.phone.actions import open_line
from networks.phone.models import PhoneCall
from tests import cast

pytestmark = pytest.mark.django_db
WORDS = "Who has a kettle to lend?"
OFTEN, NOBODY_COUNTS = "That was often in a short time.", "We cannot count just now"


def signed_in(person):
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def doors(db):
    """Each counted door: name of its count -> who presses, where, what they type (their words
    being WORDS), and the rows that come of it."""
    place, other = cast.network("Libraries"), cast.network("Pubs", entry="question", question="?")
    dan, ann, bo = cast.coordinator(place), cast.member(place), cast.member(place, "Bo Dale")
    cast.coordinator(other)
    open_line(place, number="07700 900111", times="", topics="", by=bo)
    ask = {
        "kind": "ask",
        "title": "A kettle",
        "text": WORDS,
        "about": About.values[0],
        "weeks": "4",
    }
    link = f"{reverse('link_new', args=[place.slug])}?to={other.slug}"
    slug = [place.slug]
    return {
        "entry": (signed_in(ann), reverse("entry_new", args=slug), ask, Entry),
        "call": (
            signed_in(ann), reverse("call_ask", args=[*slug, bo.pk]),
            {"number": "07700 900222", "words": WORDS}, PhoneCall,
        ),
        "link": (signed_in(dan), link, {"where": BESIDE, "words": WORDS}, Link),
        "come_in": (
            signed_in(ann), reverse("ask", args=[other.slug]),
            {"words": WORDS, "charter": "1", "accepts_charter": "on"}, JoinRequest,
        ),
    }  # fmt: skip


def held_back(doors, said):
    """Every door says so, keeps the words, and nothing comes of it."""
    for name, (browser, address, typed, rows) in doors.items():
        answer = browser.post(address, typed)
        shown = BeautifulSoup(answer.content, "html.parser").main
        assert answer.status_code == 422, name
        assert said in shown.get_text(" "), name
        assert WORDS in str(shown), name
        assert not rows.objects.exists(), name


def test_too_much_waits_with_a_sentence_and_the_words_stay(doors, settings):
    usual = settings.ACCOUNT_RATE_LIMITS
    settings.ACCOUNT_RATE_LIMITS = usual | dict.fromkeys(doors, "0/h/key")
    held_back(doors, OFTEN)
    settings.ACCOUNT_RATE_LIMITS = usual | dict.fromkeys(doors, "1/h/key")
    for name, (browser, address, typed, rows) in doors.items():
        assert browser.post(address, typed).status_code == 302, name
        assert rows.objects.count() == 1, name
        again = browser.post(address, typed)
        assert rows.objects.count() == 1, name
        assert name == "come_in" or OFTEN in again.content.decode(), name  # who asked waits


def test_ten_an_hour_of_each_person_and_no_other_is_held_back(doors):
    browser, address, typed, rows = doors["entry"]
    for at in range(12):
        browser.post(address, typed | {"title": f"Kettle {at}"})
    assert rows.objects.count() == 10
    cy = signed_in(cast.member(rows.objects.first().network, "Cy"))
    assert cy.post(address, typed).status_code == 302


def test_without_the_cache_nothing_goes_and_the_words_stay(doors, settings):
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    held_back(doors, NOBODY_COUNTS)


def test_a_visitors_words_stay_when_nobody_can_count_codes(client, doors, settings):
    _browser, address, typed, _rows = doors["come_in"]
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1"}}
    answer = client.post(address, typed | {"email": "nia@x.org", "name": "Nia"})
    assert NOBODY_COUNTS in answer.content.decode()
    assert WORDS in answer.content.decode()
