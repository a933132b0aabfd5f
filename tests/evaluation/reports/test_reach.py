"""F18: does it reach the right people, many kinds of them, and what keeps the others away? As a
funder sees it, as a coordinator does, and in the files: numbers of many, nobody singled out."""

from datetime import UTC, date, datetime

import pytest

from members.organisations.models import Organisation
from networks.seats.models import Holding
from sessions.meetings.models import Answer
from tests import cast
from tests.evaluation.reports.test_the_whole_page import cells, file, held, look

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 6, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def a_day_in_november(travel):
    travel(NOW)


@pytest.fixture
def support():
    return cast.programme("Peer Networks Programme")


@pytest.fixture
def uma(signed_in, support):
    return signed_in(cast.funder_person(support))


def people(place, kind, size, number, part="lead"):
    """So many, each of an organisation of their own, who came to one session in October."""
    made = [
        cast.member(place, f"{kind} {n}", organisation=f"{kind} body {n}", since=LONG_AGO)
        for n in range(number)
    ]
    Organisation.objects.filter(name__startswith=f"{kind} body").update(kind=kind, size=size)
    Holding.objects.filter(person__in=made).update(part=part)
    return made


@pytest.fixture
def place(support):
    made = cast.network("Libraries", opened_at=LONG_AGO)
    cast.grant(made, support, starts_on=date(2026, 1, 5), ends_on=date(2027, 7, 31))
    came = [
        *people(made, "charity", "1-9", 12),
        *people(made, "public", "250+", 7, part="deputy"),
        *people(made, "umbrella", "10-49", 3),
    ]
    held(made, OCTOBER, came)
    return made


def away(place, why, number, prefix="Away"):
    """So many who said that they cannot come, and why."""
    session = place.sessions.get()
    for n in range(number):
        person = cast.member(place, f"{prefix} {why} {n}", since=LONG_AGO)
        Answer.objects.create(session=session, person=person, reply="no", why=why)


def test_a_funder_sees_kinds_sizes_and_parts_of_many_and_the_others_added_up(place, support, uma):
    rows = cells(look(uma, support), "kinds")
    assert rows[:2] == [
        ["Charity or voluntary group", "10", "10"],
        ["All others", "10", "10"],
    ], "three of umbrella bodies are few, and so the seven of public ones stand with them"
    assert "Umbrella" not in str(rows)
    assert ["1 to 9 people are paid", "10", "10"] in rows


def test_of_what_keeps_people_away_a_funder_sees_numbers_of_five_and_more(place, support, uma):
    away(place, "travel", 11)
    away(place, "time", 6)
    away(place, "access", 2)
    rows = {row[0]: row[1] for row in cells(look(uma, support), "kept-away")}
    assert rows["The way there"] == "10"
    assert rows["Access or care"] == "not shown"
    assert rows["Something else"] == "not shown"
    assert ["The way there", "10"] in file(uma, support, "reasons")


def test_where_few_said_why_nothing_is_told(place, support, uma):
    away(place, "travel", 4)
    page = look(uma, support)
    assert cells(page, "kept-away") == []
    assert "Fewer than five people have said what keeps them away." in page.get_text()


def test_who_looks_after_the_network_sees_no_more_of_it_than_a_funder(
    place, support, uma, signed_in
):
    away(place, "travel", 11)
    away(place, "access", 2)
    dan = signed_in(cast.coordinator(place))
    page = dan.get(f"/n/{place.slug}/figures/").content.decode()
    part = page[page.index('id="kept-away"') :]
    part = part[: part.index("</table>")]
    assert ">10<" in part
    assert ">11<" not in part
    assert ">2<" not in part
    assert "Away access" not in part


def test_an_answer_of_this_month_moves_no_number_yet(place, support, uma):
    """Whoever looks before and after somebody answered cannot tell what they said (S4)."""
    away(place, "travel", 11)
    before = cells(look(uma, support), "kept-away")
    soon = held(place, datetime(2026, 11, 20, 10, tzinfo=UTC), [])
    for n in range(9):
        person = cast.member(place, f"Late {n}", since=LONG_AGO)
        Answer.objects.create(session=soon, person=person, reply="no", why="travel")
    assert cells(look(uma, support), "kept-away") == before


def test_a_coordinator_says_what_an_organisation_is_and_the_figures_follow(
    place, support, signed_in
):
    dan = signed_in(cast.coordinator(place))
    body = Organisation.objects.get(name="umbrella body 0")
    page = f"/n/{place.slug}/organisations/{body.pk}/"
    form = dan.get(page).content.decode()
    assert "What it is" in form
    mark = form.split('name="mark"')[1].split('value="')[1].split('"')[0]
    said = {"region": "", "kind": "charity", "size": "1-9", "mark": mark}
    assert dan.post(page, said | {"kind": "circus"}).status_code == 422
    assert dan.post(page, said).status_code == 302
    body.refresh_from_db()
    assert (body.kind, body.size) == ("charity", "1-9")
    assert "1 to 9 people are paid" in dan.get(f"/n/{place.slug}/figures/").content.decode()
