"""The funder's one page: what it shows, and what it never shows."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networks.discussions.models import Room
from networks.seats.models import Holding
from sessions.attendance.models import Attendance, Source
from sessions.cadence.models import SessionState
from tests import cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
DATES = {"starts_on": date(2026, 9, 1), "ends_on": date(2027, 8, 31)}


@pytest.fixture(autouse=True)
def a_day_in_november(travel):
    travel(NOW)


@pytest.fixture
def support():
    return cast.programme("Peer Networks Programme")


def a_network(support, name, people, sessions=2, **grant):
    """A network under the programme whose people all came to each of its sessions."""
    place = cast.network(name)
    cast.grant(place, support, **(DATES | grant))
    members = [
        cast.member(place, f"{name} Person {n}", organisation=f"{name} {n}", since=LONG_AGO)
        for n in range(people)
    ]
    for number in range(sessions):
        starts = NOW - timedelta(days=27 + number)
        meeting = cast.session(place, starts, state=SessionState.HELD, settled_at=starts)
        Attendance.objects.bulk_create(
            Attendance(session=meeting, person=one, source=Source.TICK) for one in members
        )
    return place


def body(signed_in, support, person=None):
    client = signed_in(person or cast.funder_person(support))
    response = client.get(f"/programmes/{support.slug}/")
    assert response.status_code == 200
    return response.content.decode()


def rows(text):
    """Cells of each table row, as plain text, by the row's head."""
    found = {}
    for part in text.split("<tr>")[1:]:
        cells = [
            cell.split("<")[0] for cell in part.replace('<span class="withheld">', "").split(">")
        ]
        words = [cell.strip() for cell in cells if cell.strip()]
        found[words[0]] = words[1:]
    return found


def test_the_page_says_what_came_of_the_support(signed_in, support):
    a_network(support, "Libraries", 12)
    text = body(signed_in, support)
    assert "Peer Networks Programme" in text
    assert "2 of 2" in text
    assert "As of Monday 23 November, midday: 1 network, since September 2026." in text
    assert rows(text)["October 2026"][:4] == ["2 of 2", "10", "10", "10"]
    assert rows(text)["September 2026"][:3] == ["none due", "no session", "no session"]
    assert "£60,000" in text
    assert "/figures/people-taking-part/" in text


def test_a_chart_with_words_and_without_inline_style(signed_in, support):
    place = a_network(support, "Libraries", 12, sessions=0, starts_on=date(2026, 8, 1))
    people = [m.person for m in place.memberships.all()]
    for month in (8, 9, 10):
        starts = datetime(2026, month, 3, 10, tzinfo=UTC)
        meeting = cast.session(place, starts, state=SessionState.HELD, settled_at=starts)
        for one in people[: 3 if month == 9 else 12]:
            Attendance.objects.create(session=meeting, person=one, source=Source.TICK)
    text = body(signed_in, support)
    assert 'role="img" aria-label="A line chart of people and organisations' in text
    assert "The most people, about 10, took part in August 2026." in text
    assert "In October 2026 there were about 10." in text
    assert "url(#hatch-" in text
    assert "style=" not in text
    assert rows(text)["September 2026"][1:3] == ["not shown", "not shown"]


def test_people_from_few_organisations_are_shown_without_them(signed_in, support):
    place = a_network(support, "Libraries", 12, sessions=2)
    Holding.objects.filter(seat__network=place).update(seat=place.seats.first())
    found = rows(body(signed_in, support))
    assert found["Libraries"][2:4] == ["10", "not shown"]


def test_fewer_than_five_are_withheld_with_a_second_network(signed_in, support):
    a_network(support, "Libraries", 30)
    a_network(support, "Pubs", 12)
    a_network(support, "Farms", 3)
    found = rows(body(signed_in, support))
    assert found["Farms"][2:4] == ["not shown", "not shown"]
    assert found["Pubs"][2:4] == ["not shown", "not shown"], "45 - 30 - 10 would tell"
    assert found["Libraries"][2:4] == ["30", "30"]


def test_a_total_that_would_tell_of_a_small_network_stands_nowhere(signed_in, support):
    """All of a small network are in a large one too: what both have together tells that."""
    large = a_network(support, "Libraries", 8)
    small = cast.network("Farms")
    cast.grant(small, support, **DATES)
    starts = NOW - timedelta(days=30)
    meeting = cast.session(small, starts, state=SessionState.HELD, settled_at=starts)
    for spell in large.memberships.all()[:3]:
        cast.member(small, person=spell.person, since=LONG_AGO)
        Attendance.objects.create(session=meeting, person=spell.person, source=Source.TICK)
    text = body(signed_in, support)
    total = text.split('<ul class="stats">')[1].split("people taking part")[0]
    assert "not shown" in total
    assert rows(text)["Farms"][2] == "not shown"
    assert "too few people and organisations to tell them by region" in text


def test_one_small_network_shows_no_number_of_people_at_all(signed_in, support):
    a_network(support, "Farms", 3)
    text = body(signed_in, support)
    assert "not shown" in text
    assert "fewer than 5" in text
    assert rows(text)["Farms"][0] == "2 of 2"


def test_only_what_both_sides_agreed_to_is_shown(signed_in, support):
    a_network(support, "Libraries", 12)
    a_network(support, "Askers", 9, funder_agreed_at=None)
    a_network(support, "Keepers", 8, network_agreed_at=None, funder_agreed_at=None)
    other = cast.programme("Another programme", funder="Another Trust")
    a_network(other, "Elsewhere", 10)
    text = body(signed_in, support)
    assert "Askers" in text
    assert "/agree/" in text
    assert "Askers" not in rows(text)
    assert "Keepers" not in text
    assert "Elsewhere" not in text
    assert "2 of 2" in text


def test_a_programme_without_figures_says_why(signed_in, support):
    assert "No figures yet" in body(signed_in, support)


def test_a_grant_that_has_not_begun_has_nothing_to_show_yet(signed_in, support):
    dates = {"starts_on": date(2027, 1, 1), "ends_on": date(2027, 12, 31)}
    a_network(support, "Libraries", 12, **dates)
    text = body(signed_in, support)
    assert "none due" in text
    assert "£60,000" in text


def test_no_name_and_no_word_of_anybody_is_on_the_page(signed_in, support):
    place = a_network(support, "Libraries", 12)
    Room.objects.create(network=place, name="Canary room")
    Attendance.objects.create(
        session=place.sessions.first(), shown_name="Canary guest", source=Source.FILE
    )
    text = body(signed_in, support)
    for word in ("Person", "Canary", "Opening our building", "@example.org"):
        assert word not in text.replace("People", "")


def test_who_may_see_it(signed_in, support):
    place = a_network(support, "Libraries", 5)
    page = f"/programmes/{support.slug}/"
    other = cast.funder_person(cast.programme("Other", funder="Other Trust"), "Olu Other")
    for person in (place.memberships.first().person, cast.coordinator(place), other):
        assert signed_in(person).get(page).status_code == 404


def test_queries_do_not_grow_with_networks_and_sessions(signed_in, support):
    a_network(support, "First", 5)
    client = signed_in(cast.funder_person(support))
    page = f"/programmes/{support.slug}/"
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for number in range(9):
        a_network(support, f"Network {number}", 5, sessions=4)
    with CaptureQueriesContext(connection) as many:
        assert client.get(page).status_code == 200
    assert len(many) == len(few) <= 18


def test_the_page_is_light(signed_in, support):
    for number in range(13):
        a_network(support, f"Network number {number}", 5)
    assert len(body(signed_in, support)) < 50_000
