"""First steps on Home: for who is new, each gone when done, and put away for good."""

from datetime import timedelta

import pytest
from django.urls import reverse

from networks.membership.actions import accept_charter, change_role
from networks.membership.models import Role
from networks.network.queries import charter_in_force
from peernet.lib import clock
from sessions.calendar.actions import make_address
from sessions.meetings.actions import answer
from tests import cast

pytestmark = pytest.mark.django_db
ALL = [
    "Say if you can come to the next session",
    "Read the house rules",
    "Put the sessions into your calendar",
    "Ask or offer one thing",
]


@pytest.fixture
def place():
    return cast.network("Community Pubs")


def shown(client):
    home = client.get("/").content.decode()
    return [title for title in ["Say who you are", *ALL] if f">{title}<" in home]


def test_what_is_done_is_gone_and_at_the_end_the_list(place, signed_in):
    meeting = cast.session(place)
    ann = cast.member(place, accepts=False)
    client = signed_in(ann)
    assert shown(client) == ALL
    answer(meeting, ann, "maybe", by=ann)
    assert shown(client) == ALL[1:]
    accept_charter(charter_in_force(place), by=ann)
    assert shown(client) == ALL[2:]
    make_address(ann, by=ann)
    assert shown(client) == ALL[3:]
    cast.thread(place, ann)
    assert "First steps" not in client.get("/").content.decode()


def test_without_a_name_the_first_step_is_to_say_it(place, signed_in):
    assert shown(signed_in(cast.member(place, "")))[0] == "Say who you are"


def test_they_are_put_away_for_good(place, signed_in):
    client = signed_in(cast.member(place, accepts=False))
    client.post(reverse("steps_away", args=[place.slug]))
    assert shown(client) == []


def test_nobody_else_is_shown_any(place, signed_in):
    long_ago = clock.now() - timedelta(days=90)
    ann = cast.member(place, since=long_ago)
    assert shown(signed_in(ann)) == []
    change_role(ann.memberships.get(), Role.FACILITATOR, by=ann)
    assert shown(signed_in(ann)) == []
    assert shown(signed_in(cast.coordinator(place))) == []
    assert shown(signed_in(cast.funder_person(cast.programme()))) == []
    assert shown(signed_in(cast.person("Oz"))) == []


def test_what_they_ask_is_not_asked_twice(place, signed_in):
    home = signed_in(cast.member(place, accepts=False)).get("/").content.decode()
    assert home.count("Read the house rules") == 1
