"""Hand over a seat: Amina moves on, Grace follows, and the thread is not lost (issue 5)."""

from datetime import timedelta

import pytest

from networks.discussions import actions as talk
from networks.exchange.actions import put_up
from peernet.lib import clock
from tests import cast
from tests.conftest import Live
from tests.stories.people import Reader, ring


@pytest.fixture
def live(transactional_db):
    server = Live()
    yield server
    server.stop()


def test_somebody_hands_their_seat_over_and_who_follows_goes_on(browser, live):
    place = cast.network("Care", slug="care")
    cast.coordinator(place, "Dan Price", email="dan@example.org")
    amina = cast.member(place, "Amina Begum", email="amina@example.org", organisation="Octopus")
    seat = amina.holdings.get().seat
    talk.start_thread(place.rooms.get(), title="Room hire", words="By the day?", by=amina)
    put_up(place, kind="ask", title="A minibus", words="On Mondays", about="thing", tags=[],
           organisation=seat.organisation, by=amina)  # fmt: skip
    people = f"/n/care/organisations/{seat.organisation_id}/people/"

    one = Reader(browser, live, "amina@example.org").sign_in()
    one.open(people).follow("Hand over")
    one.type("Email address of who follows", "grace@example.org").type("Their name", "Grace Obi")
    one.press("Begin").sees("What you hand on", "Not yet: invited by mail")
    one.tick("Room hire").tick("A minibus (Ask)").press("Keep this choice")
    one.sees("Grace Obi")

    ring()
    two = Reader(browser, live, "grace@example.org")
    two.open(two.link("/join/", "invites you")).tick("I accept").press("Join")
    two.type_code() if "code" in two.page else two.sign_in()
    two.sees("Welcome to Care")
    ring()
    two.open(two.link("/n/care/handovers/", "hands to you"))
    two.sees("What was handed to you", "Room hire", "A minibus").press("Done").sees("Not done yet")

    dan = Reader(browser, live, "dan@example.org").sign_in()
    dan.open(people).sees("Being handed over", "Amina Begum to Grace Obi")

    clock.travel(clock.now() + timedelta(days=32))
    ring()
    two.open(people).sees("Grace Obi").misses("Being handed over", "Amina Begum")
    two.open("/n/care/talk/").follow("Room hire").sees("Amina Begum", "By the day?")
    for reader in (one, two, dan):
        reader.context.close()
