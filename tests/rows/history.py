"""What people read who join later, and the cohorts they join in."""

from tests.pages import DONE, Page, coordinators


def room(world):
    return (world.place.slug, world.room.pk)


ROWS = [
    Page("room_history", get=coordinators(), post=coordinators(DONE), args=room,
         data={"history": "joining"}),
]  # fmt: skip
