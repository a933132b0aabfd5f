"""Two people who should know each other."""

from networks.introductions.actions import introduce
from networks.introductions.models import Introduction
from tests import cast
from tests.pages import DONE, Page, here, members, nobody


def introduction(world):
    """The member and the facilitator, whom the coordinator would like to know each other."""
    made = Introduction.objects.filter(network=world.place).first()
    if made is None:
        # In the other network one person is all of these.
        three = {world["member"], world["facilitator"], world["coordinator"]}
        by, one, other = (
            [world["coordinator"], world["member"], world["facilitator"]]
            if len(three) == 3
            else [*three, cast.member(world.place, "Ivo"), cast.member(world.place, "Una")]
        )
        made = introduce(world.place, one, other, why="Nights", by=by)
    return (world.place.slug, made.pk)


def there(world):
    """The page with one that waits for an answer."""
    introduction(world)
    return here(world)


ROWS = [
    Page("introductions", get=members(), post=members(DONE), args=there, look_as="member"),
    Page("introduced", post=nobody(member=DONE, facilitator=DONE, coordinator=DONE), args=introduction),
]  # fmt: skip
