"""Open a second cohort: six people have met for months, twelve more come, and nobody who talked
among the six is overheard (issue 5)."""

from datetime import timedelta

from networks.discussions import actions as talk
from networks.discussions.models import Room, RoomKind
from peernet.lib import clock
from tests import cast
from tests.stories.people import ring

BEFORE = "My own board scares me"


def test_a_coordinator_opens_a_second_cohort_and_the_first_is_not_overheard(people):
    place = cast.network("Care", slug="care")
    cast.coordinator(place, "Dan Price", email="dan@example.org")
    amina = cast.member(place, "Amina Begum", email="amina@example.org")
    rants = Room.objects.create(network=place, name="Rants and wins", kind=RoomKind.TRUSTED)
    thread = talk.start_thread(rants, title=BEFORE, words="There, I said it", by=amina)
    cast.member(place, "Grace Obi", email="grace@example.org", since=clock.now())

    dan = people("dan").sign_in().open("/n/care/run/").follow("Cohorts").follow("Open a cohort")
    dan.fill(Name="Cohort 2", First_day=clock.today(place.zone).isoformat())
    dan.type("Words of welcome", "Bring a kettle.").press("Open the cohort")
    dan.type("Who comes in?", "grace@example.org").press("Put them in")
    dan.sees("They are in the cohort now.", "Grace Obi").misses("Amina Begum")

    ring()
    grace = people("grace").sign_in()
    assert "Bring a kettle." in grace.last_mail("Welcome to Cohort 2").body
    grace.open("/n/care/talk/").follow("Cohort 2")
    grace.sees("Only the 1 person in “Cohort 2” can read this.", "cannot read it")
    grace.open("/n/care/talk/").follow("Rants and wins").misses(BEFORE)
    assert grace.open(f"/n/care/talk/{thread.pk}/").status == 404

    amina = people("amina").sign_in().open(f"/n/care/talk/{thread.pk}/").sees(BEFORE)
    amina.sees("People who join later: cannot read it.")
    amina.type("Your reply", "And it went well").press("Post to 3 people").sees("And it went well")
    amina.open("/n/care/talk/").misses("Cohort 2")

    grace.open("/n/care/talk/").follow("Rants and wins")
    grace.follow("A thread that began before you came").sees("And it went well")
    grace.sees("Earlier posts were for those who were here then.").misses(BEFORE, "There, I said")

    # A session of theirs alone: Grace is asked, Amina never sees it.
    dan = people("dan").open("/n/care/run/").follow("Cohorts").follow("Cohort 2")
    dan.follow("Plan sessions for it")
    first = clock.today(place.zone) + timedelta(days=9)
    dan.fill(What_is_it_called="Our first circle", First_date=first.isoformat())
    dan.type("Time (London time)", "10:00").type("Place", "The kettle room")
    dan.press("Show me the dates").press("Plan these sessions and invite 1 person")
    ring()
    assert "Our first circle" in grace.last_mail("Our first circle").body
    grace.open("/n/care/sessions/").sees("Our first circle")
    amina.open("/n/care/sessions/").misses("Our first circle")
