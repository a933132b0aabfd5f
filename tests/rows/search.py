"""Looking for what was said."""

from networks.discussions import actions as talk
from tests import cast
from tests.pages import Page, signed_in


def said(world):
    """A thread that the search of the page checks finds."""
    cast.thread(world.place, world["member"], title="Budgets for small halls", text="Halls cost.")


def more_threads(world, n):
    for i in range(n):
        thread, _post = cast.thread(world.place, world["member"], title=f"Halls {i:04}")
        talk.make_findable(thread)


ROWS = [
    Page(
        "search",
        get=signed_in(),
        look_as="member",
        data=lambda w: {"q": "halls"},
        grow=more_threads,
    ),
]
