"""The other network of tests/world.py, with the same things in it as the first one has."""

from dataclasses import replace
from datetime import timedelta

from networks.funding.models import FunderSeat
from networks.network.models import Network
from peernet.lib import clock
from sessions.cadence.models import SessionState
from tests import cast
from tests.world import World


def elsewhere(care: World) -> World:
    """The same things of the other network of tests/world.py, for whoever looks after it."""
    otto, place = care["other_coordinator"], Network.objects.get(slug="libraries")
    gone = cast.former_member(place, "Gil Gone")
    programme = care["other_funder"].funder_seats.get().funder.programmes.get()
    today = clock.today(place.zone)
    days = {"starts_on": today - timedelta(days=200), "ends_on": today - timedelta(days=9)}
    thread, post = cast.thread(place, otto, "What do you lend besides books?")
    past = cast.session(place, starts=clock.now() - timedelta(days=3), facilitator=otto)
    seats = {"member": otto, "facilitator": otto, "coordinator": otto, "former": gone}
    cast.member(place, "Bo Books", organisation="Books Trust")
    return replace(
        care,
        place=place,
        people=care.people | seats | {"funder": care["other_funder"]},
        programme=programme,
        grant=cast.grant(place, programme, **days),
        invitation=cast.invited(place, "Lib Asked"),
        session=cast.session(place, facilitator=otto),
        past=past,
        room=place.rooms.get(),
        batch=cast.sheet(place, otto),
        file=cast.attendance_file(past, otto),
        tentative=cast.session(
            place, starts=clock.now() + timedelta(days=400), state=SessionState.TENTATIVE
        ),
        seat=FunderSeat.objects.create(
            funder=programme.funder, email="new@funder.example", invited_for=place
        ),
        cadence=cast.cadence(place, first=today + timedelta(days=7)),
        thread=thread,
        post=post,
    )
