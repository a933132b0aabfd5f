"""What else the funder's page tells, that it does not move from day to day, and its files."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup

from evaluation.reports.queries import _rate
from members.organisations.models import Organisation
from sessions.attendance.models import Attendance, Source
from sessions.cadence.models import SessionState
from tests import cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
SINCE = datetime(2026, 11, 3, tzinfo=UTC)
DATES = {"starts_on": date(2026, 1, 5), "ends_on": date(2026, 7, 31)}


@pytest.fixture(autouse=True)
def a_day_in_november(travel):
    travel(NOW)


@pytest.fixture
def support():
    return cast.programme("Peer Networks Programme")


def held(place, starts, people):
    made = cast.session(place, starts, state=SessionState.HELD, settled_at=starts)
    Attendance.objects.bulk_create(
        Attendance(session=made, person=one, source=Source.TICK) for one in people
    )
    return made


def a_network(support, name, people, until=date(2026, 7, 31), region="North"):
    """Everybody comes each third Tuesday until `until`; half of them once more in October."""
    place = cast.network(name)
    cast.grant(place, support, **DATES)
    members = [
        cast.member(place, f"{name} Person {n}", organisation=f"{name} {n}", since=LONG_AGO)
        for n in range(people)
    ]
    Organisation.objects.filter(name__startswith=f"{name} ").update(region=region)
    starts = datetime(2026, 1, 6, 10, tzinfo=UTC)
    while starts.date() <= until:
        held(place, starts, members)
        starts += timedelta(days=21)
    held(place, datetime(2026, 10, 6, 9, tzinfo=UTC), members[: people // 2])
    return place


@pytest.fixture
def libraries(support):
    return a_network(support, "Libraries", 24)


@pytest.fixture
def uma(signed_in, support):
    return signed_in(cast.funder_person(support))


def look(client, support):
    return BeautifulSoup(client.get(f"/programmes/{support.slug}/").content, "html.parser")


def cells(page, section):
    """The rows of a section's tables, as words."""
    part = page.select_one(f'section[aria-labelledby="{section}"]')
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")]
        for row in part.select("tbody tr")
        if row.find_parent("section") is part
    ]


def file(client, support, table):
    answer = client.get(f"/programmes/{support.slug}/tables/{table}/")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_what_is_at_risk_stands_before_the_details(libraries, support, uma):
    words = " ".join(look(uma, support).main.get_text(" ").split())
    assert "1 of 1 networks has lapsed : Libraries" in words
    assert words.index("What is at risk") < words.index("month by month")


def test_a_network_that_was_closed_has_not_lapsed(libraries, support, uma):
    libraries.closed_at = NOW - timedelta(days=20)
    libraries.save()
    words = " ".join(look(uma, support).main.get_text(" ").split())
    assert "1 network has closed: Libraries" in words
    assert "lapsed :" not in words
    table = uma.get(f"/programmes/{support.slug}/tables/networks/").content.decode()
    assert "closed" in table


def test_a_network_that_meets_has_not_lapsed_but_its_money_ends_soon(support, uma):
    place = cast.network("Pubs")
    cast.grant(place, support, starts_on=date(2026, 1, 5), ends_on=date(2027, 1, 31))
    held(place, NOW - timedelta(days=12), [])
    words = " ".join(look(uma, support).main.get_text(" ").split())
    assert "lapsed :" not in words
    assert "The money of 1 network ends within six months : Pubs, on Sunday 31 January" in words


def test_reach_by_region_and_who_comes_back_and_what_is_left_after_the_money(
    libraries, support, uma
):
    a_network(support, "Isle", 3, region="Isle of Nowhere")
    page = look(uma, support)
    assert "Isle of Nowhere" not in page.get_text()
    back = cells(page, "back")
    assert back[0][:2] == ["The next time round", "25 of 25"]
    assert [row[0] for row in back] == ["The next time round", "3 months later", "6 months later"]
    assert back[1][2] == "68 to 100%", "23 of 27 is within what was rounded away"
    after = cells(page, "after")
    assert [row[0] for row in after] == ["The 3 months before", "The first 3 months after"]
    assert after[0][1] == "2 of 2"
    assert after[1][1:3] == ["2 of 2", "2 of 2 100% of before"]
    assert after[1][3] == "15 of 25"


@pytest.mark.parametrize(("part", "whole"), [(7, 8), (5, 8), (48, 48), (12, 57), (130, 131)])
def test_the_range_of_a_share_holds_the_true_one_and_a_rounded_share_is_never_far_off(part, whole):
    rate = _rate(part, whole)
    low, high = rate.range
    assert low <= 100 * part / whole <= high
    assert rate.percent is None or abs(rate.percent - 100 * part / whole) < 9


def test_one_person_more_this_month_changes_no_number_of_people(libraries, support, uma):
    """Somebody who loads the page before and after a session cannot tell who came (S4)."""

    def people():
        page = look(uma, support)
        found = [cells(page, part) for part in ("months", "reach", "back", "after", "networks")]
        return [[row for row in part if "November" not in row[0]] for part in found]

    before = people()
    members = [spell.person for spell in libraries.memberships.all()]
    for n in range(8):
        newcomer = cast.member(libraries, f"New {n}", organisation=f"New {n}", since=SINCE)
        held(libraries, NOW - timedelta(days=2, hours=n), [*members, newcomer])
    after = people()
    for part, other in zip(before[:4], after[:4], strict=True):
        assert part == other
    assert before[4][0][3:5] == after[4][0][3:5], "people and organisations of the network"
    assert before[4][0][1] != after[4][0][1], "sessions are no people, and are shown at once"


def test_a_month_is_shown_once_it_is_over_and_a_week_has_passed(libraries, support, uma, travel):
    def october():
        return next(row for row in cells(look(uma, support), "months") if "October" in row[0])

    travel(datetime(2026, 11, 7, 12, tzinfo=UTC))
    assert october() == ["October 2026", "1 of 1", "from 8 Nov", "from 8 Nov", "from 8 Nov"]
    travel(datetime(2026, 11, 8, 12, tzinfo=UTC))
    assert october() == ["October 2026", "1 of 1", "10", "10", "25"]


def test_every_reader_sees_the_same_whatever_their_zone(libraries, support, uma, signed_in, travel):
    travel(datetime(2026, 11, 30, 23, 30, tzinfo=UTC))  # December in Auckland
    far = signed_in(cast.funder_person(support, "Kiri Far", zone="Pacific/Auckland"))
    assert cells(look(far, support), "months") == cells(look(uma, support), "months")


def test_a_figure_leads_to_its_definition_and_back(libraries, support, uma):
    page = look(uma, support)
    links = {a["href"] for a in page.select('main a[href^="/figures/"]')}
    assert len(links) == 12
    for link in links:
        definition = BeautifulSoup(uma.get(link).content, "html.parser")
        assert definition.select_one("a.back")["href"] == f"/programmes/{support.slug}/"
        assert definition.select_one("pre code") or "funding-left" in link
    for elsewhere in ("https://evil.org/", "//evil.org/programmes/x/", "/you/", "javascript:x"):
        other = BeautifulSoup(
            uma.get("/figures/sessions-held/", {"back": elsewhere}).content, "html.parser"
        )
        assert other.select_one("a.back")["href"] == "/"


# --- Files ---------------------------------------------------------------------------------------


def test_each_table_is_a_file_with_the_numbers_of_the_page_and_what_they_mean(
    libraries, support, uma
):
    a_network(support, "Farms", 3)
    page = look(uma, support)
    links = [a["href"] for a in page.select('a[href*="/tables/"]')]
    assert len(links) == 8
    months = file(uma, support, "months")
    assert months[0] == ["Month", "Sessions held", "Sessions due", "People", "Organisations",
                         "Members"]  # fmt: skip
    on_page = cells(page, "months")
    rows = months[1 : 1 + len(on_page)]
    assert [row[3] for row in rows[:-1]] == [row[2] for row in on_page[:-1]]
    assert rows[-1][3] == "not counted yet"
    networks = {row[0]: row for row in file(uma, support, "networks") if row}
    assert networks["Farms"][5:7] == ["not shown", "not shown"]
    assert networks["Farms"][4] == "lapsed"
    words = str(months)
    assert "Monday 23 November" in words
    assert "/figures/people-taking-part/" in words
    assert "Fewer than 5" in words
    for table in ("regions", "organisations", "kinds", "reasons", "back", "after"):
        assert len(file(uma, support, table)) > 4


def test_no_cell_of_a_file_is_a_formula(support, uma):
    place = a_network(support, "=HYPERLINK(1)", 3)
    assert place.name.startswith("=")
    rows = file(uma, support, "networks")
    assert "'=HYPERLINK(1)" in [row[0] for row in rows if row]
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


@pytest.mark.parametrize("table", ["people", "months.csv", "x" * 50])
def test_a_table_that_is_not_there_is_not_found(libraries, support, uma, table):
    assert uma.get(f"/programmes/{support.slug}/tables/{table}/").status_code == 404


def test_a_programme_without_figures_has_no_files(support, uma):
    assert uma.get(f"/programmes/{support.slug}/tables/months/").status_code == 404


# --- Little or nothing to show -----------------------------------------------------------------


def test_one_tiny_network_shows_no_number_of_people_anywhere(support, uma):
    a_network(support, "Farms", 3)
    page = look(uma, support)
    stats = [b.get_text().strip() for b in page.select(".stat b")]
    assert stats[1:3] == ["not shown", "not shown"]
    for section, first in (("months", 2), ("back", 1), ("reach", 1)):
        for row in cells(page, section):
            assert set(row[first:]) <= {"not shown", "no session", "from 8 Dec"}, row
    assert all(row[3] == "not shown" for row in cells(page, "after"))


def test_a_network_in_its_first_month_says_when_its_people_are_shown(support, uma):
    place = cast.network("New")
    cast.grant(place, support, starts_on=date(2026, 11, 2), ends_on=date(2027, 11, 1))
    people = [cast.member(place, f"Person {n}", organisation=f"Body {n}") for n in range(9)]
    held(place, NOW - timedelta(days=4), people)
    page = look(uma, support)
    assert [b.get_text().strip() for b in page.select(".stat b")][:2] == ["1 of 1", "from 8 Dec"]
    assert cells(page, "networks")[0][3] == "from 8 Dec"


# --- On paper ------------------------------------------------------------------------------------


HOUSE = Path(__file__).resolve().parents[3]


def test_fifteen_networks_print_on_a_first_sheet_and_an_appendix(support, uma, browser):
    for number in range(15):
        name, region = f"Network of community businesses {number}", f"Region {number % 9}"
        a_network(support, name, 5, until=date(2026, 2, 28), region=region)
    html = uma.get(f"/programmes/{support.slug}/").content
    tab = browser.new_page(color_scheme="dark")
    tab.route("**/*", lambda asked: answered(asked, html))
    tab.goto("http://peernet.test/")
    assert sheets(tab) == 2
    tab.emulate_media(media="print", color_scheme="dark")
    ground = "getComputedStyle(document.querySelector('.stat')).backgroundColor"
    assert tab.evaluate(ground) == "rgb(255, 255, 255)", "on paper there is no night"
    # Without its appendix the page is one sheet: the summary ends on the first.
    tab.evaluate("document.querySelector('.new-sheet').remove()")
    assert sheets(tab) == 1
    tab.close()


def answered(asked, html):
    """The page, or one of our own files whatever its name was hashed to."""
    path = re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", urlsplit(asked.request.url).path)
    if path == "/":
        asked.fulfill(body=html, content_type="text/html; charset=utf-8")
    elif (file := HOUSE / path.lstrip("/")).is_file():
        asked.fulfill(path=file)
    else:
        asked.fulfill(status=404)


def sheets(tab):
    return int(re.search(rb"/Type /Pages.{0,60}?/Count (\d+)", tab.pdf(format="A4"), re.DOTALL)[1])
