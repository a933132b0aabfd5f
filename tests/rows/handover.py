"""A seat that is handed over."""

from datetime import timedelta

from networks.discussions.models import Post, Thread
from networks.handover.actions import begin_handover
from networks.handover.models import Handover, HandoverItem
from peernet.lib import clock
from tests.pages import DONE, NO, Page, nobody


def _holding(world):
    return world.place.seats.order_by("pk").first().holdings.current().order_by("pk").first()


def _held(world):
    held = _holding(world)
    return (world.place.slug, held.seat.organisation_id, held.pk)


def handed(world):
    """The member's, to the facilitator, who has not answered."""
    row = Handover.objects.standing().filter(network=world.place).first()
    if row is None:
        held, today = _holding(world), clock.today(world.place.zone)
        email = world["facilitator"].email
        days = {"starts_on": today, "ends_on": today + timedelta(days=30)}
        row = begin_handover(held, email=email, name="", **days, by=held.person)
    return (world.place.slug, row.pk)


def more_items(world, n):
    row, ann = Handover.objects.get(pk=handed(world)[1]), world["member"]
    said = {"network": world.place, "author": ann}
    threads = Thread.objects.bulk_create(
        Thread(room=world.room, title=f"Thread {i}", posts_count=1, **said) for i in range(n)
    )
    for post in Post.objects.bulk_create(Post(thread=one, text="a", html="a", **said)
                                         for one in threads):  # fmt: skip
        post.thread.last_post_id = post.pk
    Thread.objects.bulk_update(threads, ["last_post_id"])
    HandoverItem.objects.bulk_create(
        HandoverItem(handover=row, kind="thread", about_id=one.pk) for one in threads
    )


def _pack(_world):
    return {"deed": "pack"}  # the leaver's own: coordinators move the days, or call it off


ROWS = [
    Page("handover_new", get=nobody(member="200", facilitator=NO, coordinator="200"),
         post=nobody(member=DONE, facilitator=NO, coordinator=DONE), args=_held, look_as="member"),
    Page("handover", get=nobody(member="200", facilitator="200", coordinator="200"),
         post=nobody(member=DONE, facilitator=NO, coordinator=NO), args=handed, data=_pack,
         look_as="member", grow=more_items, queries=34, why="a pack reaches into five rooms"),
]  # fmt: skip
