"""F17: organisations trade with each other, share services and tell of opportunities, as asks and
offers; what came of them is counted."""

import csv
import io
from datetime import UTC, datetime

import pytest

from networks.exchange.models import About, Entry
from tests import cast
from tests.networks.exchange.test_asks_and_offers import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(travel):
    travel(datetime(2026, 11, 23, 12, tzinfo=UTC))
    return cast.network("Pubs", slug="pubs")


@pytest.fixture
def ann(place):
    return cast.member(place, "Ann Lee", organisation="Octopus Centre")


@pytest.fixture
def bo(place):
    return cast.member(place, "Bo Dale", organisation="Harbour Trust")


def offers(person, title, about, organisation="", kind="offer"):
    """Through the form, for the organisation of this name that it lists."""
    client = browser(person)
    form = client.get(f"/n/pubs/exchange/new/?kind={kind}").content.decode()
    said = {"kind": kind, "title": title, "text": f"{title}: write here.", "weeks": "4"}
    if organisation:
        body = person.holdings.get().seat.organisation
        assert f'<option value="{body.pk}">{organisation}</option>' in form
        said["on_behalf"] = body.pk
    assert client.post("/n/pubs/exchange/new/", said | {"about": about}).status_code == 302
    return Entry.objects.get(thread__title=title)


def listed(person, **asked):
    return browser(person).get("/n/pubs/exchange/", asked).content.decode()


def test_one_organisation_sells_to_another_and_the_network_reads_what_came_of_it(place, ann, bo):
    entry = offers(ann, "Pies, wholesale", About.TRADE, "Octopus Centre")
    found = listed(bo, about=About.TRADE)
    assert "Pies, wholesale" in found
    assert "Octopus Centre" in found
    assert "Pies, wholesale" not in listed(bo, about=About.SERVICE)

    thread = f"/n/pubs/talk/{entry.pk}/"
    reply = browser(bo).get(thread).content.decode()
    assert "Pies, wholesale: write here." in reply
    browser(bo).post(thread, {"text": "We would take forty a week."})
    ended = {"outcome": "met_here", "met_by": bo.pk}
    assert browser(ann).post(f"/n/pubs/exchange/{entry.pk}/end/", ended).status_code == 302

    assert "Taken up by somebody here" in browser(bo).get(entry_page(entry)).content.decode()
    dan = browser(cast.coordinator(place))
    page = dan.get("/n/pubs/figures/").content.decode()
    month = page[page.index("Asks and offers in each month") :].partition("</table>")[0]
    numbers = [cell.partition("<")[0] for cell in month.split('<td class="num">')[1:4]]
    assert numbers == ["0", "1", "1"], "asks, offers, met"


def entry_page(entry):
    return f"/n/pubs/exchange/{entry.pk}/"


def test_a_back_office_is_shared_and_the_list_leaves_as_a_file(place, ann, bo):
    offers(bo, "Payroll for small teams", About.SERVICE, "Harbour Trust")
    offers(ann, "Somebody to share a bookkeeper", About.SERVICE, "Octopus Centre", kind="ask")
    found = listed(ann, about=About.SERVICE)
    assert found.index("Somebody to share a bookkeeper") < found.index("Payroll for small teams")
    dan = browser(cast.coordinator(place))
    file = b"".join(dan.post("/n/pubs/exchange/export/")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file)))
    payroll = next(row for row in rows if "Payroll for small teams" in row)
    assert "Harbour Trust" in payroll
    assert str(About.SERVICE.label) in payroll


def test_an_opportunity_from_outside_is_told_and_goes_when_its_time_is_over(place, ann, bo, travel):
    offers(ann, "A fund for pubs, until Friday", About.MONEY)
    assert "A fund for pubs" in listed(bo, about=About.MONEY)
    travel(datetime(2027, 1, 23, 12, tzinfo=UTC))
    assert "A fund for pubs" not in listed(bo, about=About.MONEY)


def test_nobody_offers_in_the_name_of_an_organisation_that_is_not_theirs(place, ann, bo):
    theirs = bo.holdings.get().seat.organisation
    said = {"kind": "offer", "title": "Boats", "text": "Cheap.", "about": "trade", "weeks": "4"}
    answer = browser(ann).post("/n/pubs/exchange/new/", said | {"on_behalf": theirs.pk})
    assert answer.status_code == 422
    assert not Entry.objects.exists()
