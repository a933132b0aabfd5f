"""Organisations in a network, who speaks for them, and who was here on a day."""

from networks.invitations.models import Invitation
from peernet.lib import clock
from tests import cast
from tests.pages import DONE, OK, Page, coordinators, here, members


def _place(world):
    return (world.place.slug, world.place.seats.order_by("pk").first().organisation_id)


def _held(world):
    seat = world.place.seats.order_by("pk").first()
    row = seat.holdings.current().first()
    if row is None:  # a row of this table may have ended it
        row = cast.holds(world.place, world["member"], seat.organisation.name)
    return (world.place.slug, seat.organisation_id, row.pk)


def _ended(world):
    seat = world.place.seats.order_by("pk").first()
    day = clock.now()
    row = seat.holdings.create(person=world["former"], since=day, until=day, reason="moved")
    return (world.place.slug, seat.organisation_id, row.pk)


def _asked_for(world):
    seat = world.place.seats.order_by("pk").first()
    row, _new = world.place.invitations.get_or_create(
        email="asked@example.org", name="Asa Asked", organisation=seat.organisation, part="deputy",
        defaults={"invited_by": world["member"], "nomination": "waits"},
    )  # fmt: skip
    return (world.place.slug, seat.organisation_id, row.pk)


def _more_people(world, n):
    seat = world.place.seats.order_by("pk").first()
    for number in range(min(n, 40)):
        cast.member(world.place, f"Seated {number}", organisation=seat.organisation.name)
    world.place.invitations.bulk_create(
        Invitation(
            network=world.place,
            email=f"s{i}-{n}@example.org",
            name="Sam",
            nomination="waits",
            organisation=seat.organisation,
        )
        for i in range(min(n, 40))
    )


def _more_organisations(world, n):
    for number in range(min(n, 40)):
        cast.member(world.place, f"Alone {number} {n}", organisation=f"Body {number} {n}")


def _today(world):
    return {"day": str(clock.today(world.place.zone))}


ROWS = [
    Page("organisations", get=members(), args=here, look_as="member", grow=_more_organisations),
    Page("seat", get=members(), args=_place, grow=_more_people),
    # The member leads for the organisation, and so nominates its people.
    Page(
        "seat_ask", get=coordinators() | {"member": OK}, post=coordinators(DONE) | {"member": DONE},
        args=_place,
    ),
    Page("seat_asked", args=_asked_for, post=coordinators(DONE) | {"member": DONE},
         data=lambda _world: {"deed": "take_back"}),
    Page("holding", get=coordinators(), post=coordinators(DONE), args=_held),
    Page("holding_end", post=coordinators(DONE), args=_held, data=lambda world: {"reason": "back"}),
    Page("holding_resume", post=coordinators(DONE), args=_ended),
    Page("people_on", get=coordinators(), args=here, data=_today, grow=_more_organisations),
    Page("people_on_export", post=coordinators(DONE), args=here, data=_today, look_as=None,
         why="a file"),
]  # fmt: skip
