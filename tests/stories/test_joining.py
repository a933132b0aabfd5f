"""A visitor asks to join, is asked something back, and is welcomed: two browsers, from the front
door of the network to its first thread."""

import pytest

from networks.network.models import Network
from tests import cast
from tests.conftest import Live
from tests.stories.people import Reader, ring

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def live(transactional_db):
    server = Live()
    yield server
    server.stop()


@pytest.fixture
def reader(browser, live):
    """reader("nia@example.org"): a browser of their own."""
    made = []

    def enter(email):
        made.append(Reader(browser, live, email))
        return made[-1]

    yield enter
    for one in made:
        one.context.close()


def test_join_by_a_question_and_a_conversation(reader):
    place = cast.network("Community Libraries", slug="libraries")
    dan = cast.coordinator(place, "Dan Price")
    lead, nia = reader(dan.email).sign_in(), reader("nia@example.org")
    opens_the_door(lead)
    asks(nia)
    asks_back(lead)
    replies(nia)
    welcomes(lead)
    is_in(nia)
    assert Network.objects.get().entry == "question"


def opens_the_door(lead):
    lead.open("/n/libraries/settings/").tick("They answer a question")
    lead.type("The question you ask them", "What do you do, and where?").press("Save")
    lead.sees("Saved").follow("the page where they join")
    lead.sees("Community Libraries")


def asks(nia):
    nia.open("/n/libraries/").sees("Community Libraries", "House rules")
    nia.type("What do you do, and where?", "A library on a bus, in Totnes")
    nia.fill(Your_name="Nia Moss", Your_email_address=nia.email).press("Ask to join")
    nia.sees("There is a problem").tick("I have read the house rules").press("Ask to join")
    nia.type_code().sees("You ask to join Community Libraries", "A library on a bus")
    ring()


def asks_back(lead):
    lead.open("/n/libraries/run/").follow("1 person asks to join").follow("Nia Moss")
    lead.sees("A library on a bus").type("Your words", "Which bus?").press("Send").sees("Sent")
    ring()


def replies(nia):
    nia.open(nia.link("/n/libraries/requests/", about="has written to you")).sees("Which bus?")
    nia.type("Your words", "The 38").press("Send").sees("Sent")
    ring()


def welcomes(lead):
    lead.open(lead.link("/n/libraries/requests/", about="has written to you")).sees("The 38")
    lead.type("Your words", "Come aboard").press("Welcome them").sees("Nia Moss is in.")
    ring()


def is_in(nia):
    nia.open(nia.link("/n/libraries/", about="Welcome")).sees("Community Libraries", "Talk")
    nia.open("/n/libraries/people/").sees("Nia Moss", "Dan Price")
    nia.open("/n/libraries/join/").sees("Talk").misses("Ask to join")
