"""A parent sees of each of its networks what that one gives, and nothing else."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from networks.discussions.models import Room, RoomKind, Thread
from networks.links.actions import end
from networks.links.models import Flow
from networks.links.queries import linked
from networks.links.rules import FACTS, FIGURES, MONEY, SESSIONS
from networks.network.models import Network
from peernet.lib import clock
from peernet.pages import ours
from sessions.cadence.models import SessionState
from tests import cast
from tests.rows.links import stand

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def parent():
    return cast.network("Builders", slug="builders")


@pytest.fixture
def ann(parent):
    return cast.member(parent)


def child(parent, name, gives=(FACTS, SESSIONS, FIGURES, MONEY), people=0, **fields):
    """Opened a year ago; so many people, each of an organisation of their own."""
    place = cast.network(name, opened_at=clock.now() - 365 * DAY, **fields)
    for number in range(people):
        cast.member(place, f"P{number} {name}", organisation=f"{name} Trust {number}")
    link = stand(parent, place, gives=())
    Flow.objects.bulk_create(Flow(link=link, giver=place, what=what) for what in gives)
    return place


def held(place, days):
    cast.session(place, starts=clock.now() - days * DAY, state=SessionState.HELD, title="Past one")


def page(signed_in, ann, **query):
    answer = signed_in(ann).get(reverse("our_networks", args=["builders"]), query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split("<main")[1].split())


def file(signed_in, ann, **query):
    answer = signed_in(ann).get(reverse("our_networks_csv", args=["builders"]), query)
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    return {row["Network"]: row for row in rows}


def test_each_line_says_what_the_network_it_names_gives(parent, ann, signed_in):
    libraries = child(parent, "Libraries", people=7)
    held(libraries, 5)
    cast.session(libraries, starts=clock.now() + 3 * DAY, title="Opening again")
    cast.grant(libraries)
    child(parent, "Pubs", gives=(), people=7)
    lines = file(signed_in, ann)
    assert lines["Libraries"]["How it stands"] == "Meets"
    assert lines["Libraries"]["Next session"].startswith("Opening again, ")
    assert lines["Libraries"]["People"] == lines["Libraries"]["Organisations"] == "5"
    assert lines["Libraries"]["Money until"]
    assert set(lines["Pubs"].values()) == {"Pubs", "Not shared", "not shared"}
    seen = page(signed_in, ann)
    assert "Opening again" in seen
    assert "Pubs" in seen


@pytest.mark.parametrize(
    ("people", "said"), [(0, "fewer than 5"), (4, "fewer than 5"), (5, "5"), (8, "10")]
)
def test_fewer_than_five_people_are_never_shown(parent, ann, signed_in, people, said):
    child(parent, "Libraries", people=people)
    line = file(signed_in, ann)["Libraries"]
    assert (line["People"], line["Organisations"]) == (said, said)


def test_few_people_hide_their_organisations_and_many_people_do_not_show_few(
    parent, ann, signed_in
):
    place = child(parent, "Libraries")
    for number in range(6):
        cast.member(place, f"P{number}", organisation="One Trust")
    line = file(signed_in, ann)["Libraries"]
    assert (line["People"], line["Organisations"]) == ("5", "fewer than 5")


def test_a_network_says_how_it_stands(parent):
    today, fund = clock.today("Europe/London"), cast.programme()
    stands = {
        "meets": (3, None, True),
        "light": (3, today - 30 * DAY, True),
        "risk": (3, today + 30 * DAY, True),
        "stopped": (90, None, True),
    }
    for name, (days, money, ahead) in stands.items():
        place = child(parent, name)
        held(place, days)
        if money:
            cast.grant(place, fund, starts_on=today - 300 * DAY, ends_on=money)
        if ahead:
            cast.session(place, starts=clock.now() + 3 * DAY)
    child(parent, "closed", closed_at=clock.now())
    worn = child(parent, "worn")
    held(worn, 3)
    cast.grant(worn, fund, starts_on=today - 300 * DAY, ends_on=today - 9 * DAY)
    cast.session(worn, starts=clock.now() + 9 * DAY, state=SessionState.TENTATIVE)
    quiet = child(parent, "quiet about money", gives=[FIGURES])
    held(quiet, 3)
    cast.grant(quiet, fund, starts_on=today - 300 * DAY, ends_on=today - 9 * DAY)
    found = {card.network.name: card.state for card in ours.cards(linked(parent))}
    expected = {name: name for name in [*stands, "closed"]}
    assert found == expected | {"worn": "risk", "quiet about money": "meets"}


def test_nothing_private_of_a_child_is_shown_or_counted(parent, ann, signed_in):
    place = child(parent, "Libraries", people=6)
    cohort = place.cohorts.create(name="Secret cohort", starts_on=clock.today(place.zone))
    cast.session(place, starts=clock.now() + DAY, cohort=cohort, title="Secret session")
    cast.session(place, starts=clock.now() + 2 * DAY, title="Open to all", agenda="Secret agenda")
    room = Room.objects.create(network=place, name="Secret room", kind=RoomKind.TRUSTED)
    thread, _post = cast.thread(place, place.memberships.first().person, "Secret thread")
    Thread.objects.filter(pk=thread.pk).update(room=room)
    before = page(signed_in, ann)
    link = parent.links_down.get()
    client = signed_in(ann)
    pages = [before, client.get(reverse("link", args=["builders", link.pk])).content.decode()]
    pages.append(client.get(reverse("our_networks_csv", args=["builders"])).content.decode())
    for text in pages:
        assert "Open to all" in text
        assert "Secret" not in text
        assert "P0 Libraries" not in text
    cast.thread(place, place.memberships.first().person, "One more")
    assert page(signed_in, ann) == before, "what is said there counts nowhere"
    assert client.get(reverse("network", args=[place.slug])).status_code == 404


def test_when_a_link_ends_the_line_is_gone_and_the_others_stay(parent, ann, signed_in):
    place = child(parent, "Libraries", people=6)
    child(parent, "Pubs", people=6)
    cast.session(place, starts=clock.now() + DAY, title="Opening again")
    link = parent.links_down.get(lower=place)
    end(link, place, words="", by=cast.person())
    assert set(file(signed_in, ann)) == {"Pubs"}
    assert signed_in(ann).get(reverse("link", args=["builders", link.pk])).status_code == 404


def test_the_list_is_searched_sorted_and_read_in_parts(parent, ann, signed_in):
    for number in range(60):
        held(child(parent, f"Network {number:02}", gives=[FIGURES]), 60 - number)
    seen = page(signed_in, ann)
    assert "Network 49" in seen
    assert "Network 50" not in seen
    assert [*file(signed_in, ann, sort="last")][:2] == ["Network 00", "Network 01"]
    assert set(file(signed_in, ann, q="work 07")) == {"Network 07"}
    onward = seen.split("After=")[0].split("after=")[1].split('"')[0]
    further = page(signed_in, ann, after=onward)
    assert "Network 50" in further
    assert "Network 49" not in further
    assert "No network here has" in page(signed_in, ann, q="zzz")


def test_a_page_of_many_networks_asks_no_more_than_a_page_of_one(parent, ann, signed_in):
    client, counts = signed_in(ann), []
    for more in (1, 20):
        for number in range(more):
            place = child(parent, f"N{more}-{number}", people=1)
            held(place, 3)
            cast.cadence(place, first=clock.today(place.zone))
        client.get(reverse("our_networks", args=["builders"]))  # what is kept is kept now
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("our_networks", args=["builders"]))
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert Network.objects.count() == 22
