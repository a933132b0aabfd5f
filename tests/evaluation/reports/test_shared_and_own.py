"""What a network's members may see of what funders see; and its own figures, for coordinators."""

from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from networks.funding.models import Grant
from sessions.attendance.models import Attendance, Source
from sessions.cadence.models import SessionState
from tests import cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def a_day_in_november(travel):
    travel(NOW)


@pytest.fixture
def support():
    return cast.programme("Peer Networks Programme")


def a_network(support, name, people, opened=LONG_AGO):
    place = cast.network(name, slug=name.lower(), opened_at=opened)
    cast.grant(place, support, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    members = [
        cast.member(place, f"{name} {n}", organisation=f"{name} body {n}", since=LONG_AGO)
        for n in range(people)
    ]
    for days in (5, 26, 47, 68):
        starts = NOW - timedelta(days=days)
        meeting = cast.session(place, starts, state=SessionState.HELD, settled_at=starts)
        Attendance.objects.bulk_create(
            Attendance(session=meeting, person=one, source=Source.TICK) for one in members
        )
    return place


def look(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def parts(page):
    """The page's figures as they stand there, but for where a definition leads back to."""
    for link in page.select('a[href^="/figures/"]'):
        link["href"] = link["href"].partition("?")[0]
    found = {part["aria-labelledby"]: str(part) for part in page.select("main section")}
    return found | {"stats": str(page.select_one(".stats"))}


FIGURES = ["stats", "months", "reach", "back", "networks"]


def test_a_member_reads_letter_by_letter_what_the_funder_reads(support, signed_in):
    place = a_network(support, "Libraries", 12)
    funder = parts(look(signed_in(cast.funder_person(support)), f"/programmes/{support.slug}/"))
    member = signed_in(place.memberships.first().person)
    mine = parts(look(member, "/n/libraries/funder-view/"))
    assert "10" in funder["months"]
    for part in FIGURES:
        assert mine[part] == funder[part], part


def test_who_can_see_it_is_said_without_names(support, signed_in):
    place = a_network(support, "Libraries", 12)
    cast.funder_person(support, "Uma Grant")
    words = look(
        signed_in(place.memberships.first().person), "/n/libraries/funder-view/"
    ).get_text()
    assert "1 person at Example Trust can see this" in words
    assert "Uma" not in words


def test_of_other_networks_a_member_sees_nothing_but_their_own_line_as_the_funder_does(
    support, signed_in
):
    place = a_network(support, "Libraries", 30)
    a_network(support, "Pubs", 12)
    a_network(support, "Farms", 3)
    page = look(signed_in(cast.funder_person(support)), f"/programmes/{support.slug}/")
    (row,) = (r for r in page.select("tbody tr") if "Libraries" in r.get_text())
    member = look(signed_in(place.memberships.first().person), "/n/libraries/funder-view/")
    assert [str(r) for r in member.select("main tbody tr")] == [str(row)]
    words = member.get_text()
    assert "adds up your figures with those of 2 other networks" in " ".join(words.split())
    for other in ("Pubs", "Farms", "45"):
        assert other not in words


def test_two_programmes_are_two_views_and_a_strange_one_is_none(support, signed_in):
    place = a_network(support, "Libraries", 12)
    other = cast.programme("Another line", funder="Other Trust")
    cast.grant(place, other)
    client = signed_in(place.memberships.first().person)
    first = look(client, "/n/libraries/funder-view/").get_text()
    assert "at Other Trust" in first
    chosen = look(client, f"/n/libraries/funder-view/?of={support.slug}").get_text()
    assert "at Example Trust" in chosen
    strange = cast.programme("Not theirs", funder="Third Trust")
    a_network(strange, "Elsewhere", 9)
    assert (
        "Third Trust" not in look(client, f"/n/libraries/funder-view/?of={strange.slug}").get_text()
    )


@pytest.mark.parametrize("side", ["network_agreed_at", "funder_agreed_at"])
def test_without_both_agreements_nobody_sees_anything(support, signed_in, side):
    place = a_network(support, "Libraries", 12)
    Grant.objects.update(**{side: None})
    client = signed_in(place.memberships.first().person)
    assert "No funder sees anything" in look(client, "/n/libraries/funder-view/").get_text()


def test_the_way_there_is_on_the_front_page_and_beside_the_house_rules(support, signed_in):
    place = a_network(support, "Libraries", 1)
    client = signed_in(place.memberships.first().person)
    for page in ("/n/libraries/", "/n/libraries/charter/"):
        assert look(client, page).select_one('main a[href="/n/libraries/funder-view/"]')


# --- A network's own figures ---------------------------------------------------------------------


@pytest.fixture
def own(support, signed_in):
    place = a_network(support, "Libraries", 3)
    dan = cast.coordinator(place, since=LONG_AGO)
    return place, signed_in(dan)


def test_coordinators_see_every_number_as_it_is_and_up_to_today(own):
    page = look(own[1], "/n/libraries/figures/")
    assert [b.get_text().strip() for b in page.select(".stat b")] == ["4 of 4", "3", "3"]
    november = next(r for r in page.select("#months ~ * tbody tr") if "November" in r.get_text())
    assert [td.get_text().strip() for td in november.select("td")] == ["1 of 1", "3", "3", "4"]
    assert "not shown" not in page.get_text()


def test_behind_the_numbers_are_their_rows(own):
    place, dan = own
    page = look(dan, "/n/libraries/figures/")
    newest = place.sessions.order_by("-starts_at").first()
    links = [a["href"] for a in page.select('section[aria-labelledby="recent"] a')]
    assert links[0] == f"/n/libraries/sessions/{newest.pk}/attendance/"
    assert dan.get(links[0]).status_code == 200
    bodies = page.select('section[aria-labelledby="organisations"] tbody tr')
    assert [" ".join(row.get_text(" ").split()) for row in bodies] == [
        f"Libraries body {n} not known not known 1 1" for n in range(3)
    ]


def quiet(client):
    rows = look(client, "/n/libraries/figures/").select('section[aria-labelledby="quiet"] a')
    return {row.get_text().strip(): row["href"] for row in rows}


def test_who_came_to_none_of_the_last_three_sessions_has_gone_quiet(own):
    place, dan = own
    ann = cast.member(place, "Ann Quiet", since=LONG_AGO)
    cast.member(place, "Nia New", since=NOW - timedelta(days=10))
    cast.former_member(place, "Gus Gone", since=LONG_AGO)
    bo = cast.member(place, "Bo Writes", since=LONG_AGO)
    cast.thread(place, bo)
    found = quiet(dan)
    assert set(found) == {"Ann Quiet", "Dan Price"}
    assert found["Ann Quiet"] == f"/n/libraries/people/{ann.pk}/"
    Attendance.objects.create(
        session=place.sessions.order_by("-starts_at")[2], person=ann, source=Source.TICK
    )
    assert set(quiet(dan)) == {"Dan Price"}


def test_with_fewer_than_three_sessions_nobody_is_quiet(own):
    place, dan = own
    place.sessions.filter(pk__in=place.sessions.values("pk")[:2]).delete()
    assert quiet(dan) == {}


def test_a_network_without_sessions_has_a_page_too(signed_in):
    place = cast.network("Fresh", slug="fresh")
    page = look(signed_in(cast.coordinator(place)), "/n/fresh/figures/")
    assert "No session has been noted as held" in page.get_text()


def test_members_are_not_shown_their_coordinators_page(own, signed_in):
    person = own[0].memberships.first().person
    assert signed_in(person).get("/n/libraries/figures/").status_code == 403
