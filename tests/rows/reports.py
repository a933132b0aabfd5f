"""The funder's page and its people, a network's own figures, and what its members may see of it."""

from networks.funding.models import FunderSeat
from tests import cast
from tests.pages import DONE, Page, coordinators, funders, here, members


def programme(world):
    return (world.programme.slug,)


def a_table(world):
    return (world.programme.slug, "networks")


def colleague(world):
    """Somebody at the funder who was asked and has not come yet."""
    seat, _new = FunderSeat.objects.get_or_create(
        funder=world.programme.funder, email="colleague@example.org", until=None
    )
    return (world.programme.slug, seat.pk)


def more_seats(world, n):
    FunderSeat.objects.bulk_create(
        FunderSeat(funder=world.programme.funder, email=f"seat{i}-{n}@example.org")
        for i in range(n)
    )


def more_organisations(world, n):
    for i in range(min(n, 40)):
        cast.member(world.place, f"Seated {i} {n}", organisation=f"Body {i} {n}")


def an_organisation(world):
    return (world.place.slug, world.place.seats.first().organisation_id)


ROWS = [
    Page("organisation", get=coordinators(), post=coordinators(DONE), args=an_organisation),
    Page("programme_table", get=funders(), args=a_table, look_as=None, why="a file"),
    Page("shared_figures", get=members(), args=here, look_as="member", kilobytes=80),
    Page(
        "network_figures", get=coordinators(), args=here, grow=more_organisations, kilobytes=80,
        queries=25,
    ),
    Page(
        "funder_people", get=funders(), post=funders(DONE), args=programme, look_as="funder",
        grow=more_seats,
    ),
    Page("funder_person_ask", post=funders(DONE), args=colleague),
    Page("funder_person_end", post=funders(DONE), args=colleague),
]  # fmt: skip
