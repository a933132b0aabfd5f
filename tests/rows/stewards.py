"""Who can see a thing, and what each role may do."""

from tests.declared import more_members
from tests.pages import Page, everybody, members


def thread(world):
    return (world.place.slug, "thread", world.thread.pk)


ROWS = [
    Page("who_sees", get=members(), args=thread, look_as="member", grow=more_members),
    Page("roles", get=everybody(), look_as="anonymous"),
]  # fmt: skip
