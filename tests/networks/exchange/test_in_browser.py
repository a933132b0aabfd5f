"""An ask, the offer that fits it, the talk about it, and that it was met: in Chromium, as two
people do it on their phones."""

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


def test_an_ask_finds_its_offer_and_is_met(reader, house):
    amina, fay = reader("member"), reader("facilitator")
    fay.open("/n/care/exchange/").sees("Nobody asks for anything just now")
    fay.follow("Offer something").type("In a few words", "Two minibuses on Fridays")
    fay.type("Say more", "They rest from noon on.").type("Tags", "Minibus, transport")
    fay.press("Put it up").sees("It is up.", "Offer", "until")

    amina.open("/n/care/").sees("Two minibuses on Fridays").follow("Asks and offers")
    amina.follow("Ask for something").type("In a few words", "To the day centre")
    amina.type("Say more", "Fourteen of us, **once**.").type("Tags", "minibus")
    amina.choose("For whom?", "Octopus Centre").press("Put it up")
    amina.sees("Octopus Centre", "This may help", "also tagged “minibus”")
    mine = amina.tab.url
    amina.follow("Two minibuses on Fridays").follow("Answer in the thread")
    amina.sees("This is an offer").type("Your reply", "May we have one this week?").press("Post")
    amina.sees("May we have one this week?")

    amina.open(mine).press("We are in talk").sees("In talk")
    amina.follow("Say what came of it").press("Take it off the list")
    amina.sees("There is a problem").tick("Met by somebody here")
    amina.type("Their name", house["facilitator"].name).press("Take it off the list")
    amina.sees("It has left the list", "Met by somebody here", "We have asked Fay Okoro")

    there = mine.removeprefix(amina.live.url)
    fay.open(there).sees("Amina Begum says that you met this").press("Yes, name me")
    fay.sees("The others read that it was you.")
    amina.open(there).sees("Met by", "Fay Okoro")
    amina.open("/n/care/exchange/").sees("Two minibuses").misses("To the day centre")
