"""Choosing who sees what, and another member's view of it: in Chromium."""

import pytest

from tests.stories.people import Reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(browser, live, house):
    """reader("member"): the browser of the world's member, signed in."""
    known = []

    def find(role):
        made = Reader(browser, live, house[role].email)
        made.tab.set_default_timeout(60_000)
        made.context.add_cookies([live.cookie(house[role])])
        known.append(made)
        return made

    yield find
    for one in known:
        one.context.close()


def test_what_one_tells_is_seen_as_far_as_one_chose(reader, house):
    amina, fay = reader("member"), reader("facilitator")
    amina.open("/you/").follow("What others see of you")
    amina.type("Place", "Ledes").type("About you", "Quince jelly").press("Save")
    amina.sees("There is a problem", "Do you mean", "Leeds")
    amina.type("Place", "leeds").type("Phone number", "07700 900777")
    amina.choose("Who sees “Phone number”", "Coordinators of my networks").press("Save")
    amina.sees("This is how others see you", "Quince jelly", "Leeds").misses("07700")
    amina.follow("A coordinator").sees("07700 900777")
    amina.follow("Everybody").sees("They see nothing of you")

    card = f"/people/{house['member'].pk}/"
    fay.open(card).sees("Quince jelly", "Leeds").misses("07700")
    fay.open("/n/care/map/").sees("Leeds", "fewer than 3 people")
    fay.tab.get_by_role("link", name="Leeds on the map").press("Enter")
    assert fay.tab.evaluate("document.activeElement.id") == "pin-1"
    fay.tab.keyboard.press("Enter")
    assert fay.tab.evaluate("document.activeElement.id") == "place-1"

    amina.open("/you/profile/seen/").choose("Who sees “About you”", "Only me").press("Save")
    amina.sees("This is how others see you")
    fay.open(card).sees("Leeds").misses("Quince jelly")
