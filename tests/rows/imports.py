"""Notes of a session, and what was agreed in it."""

from datetime import date

from sessions.follow_up.models import AgreedAction, Notes
from tests.pages import DONE, NO, OK, Page, members


def past(world):
    return (world.place.slug, world.past.pk)


def agreed(world):
    """Something the member said she would do in the past session."""
    made, _new = AgreedAction.objects.get_or_create(
        session=world.past, what="Share the hire agreement", who=world["member"],
        defaults={"due": date(2026, 12, 1)},
    )  # fmt: skip
    Notes.objects.get_or_create(
        session=world.past, defaults={"text": "We *met*.", "html": "<p>We <em>met</em>.</p>"}
    )
    return (world.place.slug, world.past.pk, made.pk)


# The member had not said yes to that session, and nobody noted that she was there.
WRITERS = {"facilitator": OK, "coordinator": OK, "member": NO}
TO_WRITE = members() | WRITERS
DEED = members(DONE) | {"member": NO}

ROWS = [
    Page("session_notes", get=TO_WRITE, post=DEED, args=past),
    Page("agreed_new", get=TO_WRITE, post=DEED, args=past),
    Page("agreed_edit", get=TO_WRITE, post=DEED, args=agreed),
    Page("agreed_settle", get=members(DONE), post=members(DONE), args=agreed, look_as=None, why="leads back to the session"),
]  # fmt: skip
