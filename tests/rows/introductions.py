"""Two people who should know each other."""

from networks.introductions.actions import introduce
from networks.introductions.models import Introduction
from tests.pages import DONE, Page, here, members, nobody


def introduction(world):
    """The member and the facilitator, whom the coordinator would like to know each other."""
    made = Introduction.objects.filter(network=world.place).first()
    if made is None:
        pair = world["member"], world["facilitator"]
        made = introduce(world.place, *pair, why="Nights", by=world["coordinator"])
    return (world.place.slug, made.pk)


def there(world):
    """The page with one that waits for an answer."""
    introduction(world)
    return here(world)


ROWS = [
    Page("introductions", get=members(), post=members(DONE), args=there, look_as="member"),
    Page("introduced", post=nobody(member=DONE, facilitator=DONE, coordinator=DONE), args=introduction),
]  # fmt: skip
