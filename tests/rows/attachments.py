"""Rows of the files that people add to what they write."""

from tests.networks.files.things import picture, stored
from tests.pages import Page, members


def a_picture(world):
    return (world.place.slug, stored(world.post, world["member"], picture(), "tea.png").pk)


ROWS = [
    Page("file", get=members(), args=a_picture, look_as=None, why="a file"),
    Page("file_small", get=members(), args=a_picture, look_as=None, why="a picture"),
]
