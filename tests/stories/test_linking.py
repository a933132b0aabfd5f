"""Two networks are linked, and parted again, by two coordinators in browsers of their own."""

from datetime import timedelta

import pytest

from networks.links.tasks import tick_links
from networks.network.models import Network
from peernet.lib import clock
from tests import cast
from tests.stories.people import ring

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_networks_are_linked_and_parted_again(people):
    builders = cast.network("Network Builders", slug="builders")
    libraries = cast.network("Community Libraries", slug="libraries")
    lea, dan = cast.coordinator(builders, "Lea Lead"), cast.coordinator(libraries, "Dan Price")
    for number in range(6):
        cast.member(libraries, f"Reader {number}", organisation=f"Library {number % 3}")
    cast.session(libraries, starts=clock.now() + timedelta(days=3), title="Opening again")
    cast.thread(libraries, dan, "What nobody else reads")
    lead, builder = (people(one.email).sign_in() for one in (dan, lea))
    asks(builder)
    agrees(lead)
    sees_what_was_chosen(builder)
    is_made_of_them(builder, lead, dan)
    parts(lead, builder)


def asks(builder):
    builder.open("/n/builders/").follow("Linked networks").sees("No links yet")
    builder.follow("Link a network").type("Address of the network", "/n/libraries/").press("Go on")
    builder.tick("It is part of ours").tick("What it is for").type("A word", "Come in")
    builder.press("Ask them").sees("We have asked them", "No answer yet")
    builder.misses("Community Libraries")
    ring()


def agrees(lead):
    lead.open(lead.link("/n/libraries/linked/", about="asks to be linked"))
    lead.sees("Network Builders", "Come in", "what it is for").tick("The next session")
    lead.tick("Whether it meets").press("Yes, link us").sees("Linked.", "We are part of")
    ring()


def sees_what_was_chosen(builder):
    builder.open(builder.link("/n/builders/linked/", about="Linked with"))
    builder.sees("Community Libraries", "Opening again", "fewer than 5")
    builder.misses("What nobody else reads", "Reader 1", "Dan Price")
    builder.follow("Linked networks").follow("Our networks at a glance")
    builder.sees("Community Libraries", "Opening again", "not shared")
    builder.open("/n/libraries/")
    assert builder.status == 404


def is_made_of_them(builder, lead, dan):
    builder.open("/n/builders/linked/").follow("Who is a member here")
    builder.tick("The coordinators of the networks").press("Save").sees("Saved.")
    tick_links()
    ring()
    lead.open(lead.link("/n/builders/", about="Welcome")).sees("Network Builders")
    assert Network.objects.get(slug="builders").memberships.get(person=dan).came_by == "derived"


def parts(lead, builder):
    lead.open("/n/libraries/linked/").follow("Network Builders").follow("End this link")
    lead.type("A word", "We go our own way").press("End this link").sees("The link has ended")
    ring()
    assert "We go our own way" in builder.last_mail("has ended").body
    builder.open("/n/builders/networks/").sees("No network is part of this one")
    builder.misses("Opening again")
