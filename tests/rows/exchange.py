"""Asks and offers."""

from datetime import timedelta

from networks.discussions.models import Post, Thread
from networks.exchange.actions import end, put_up
from networks.exchange.models import Entry, EntryTag
from peernet.lib import clock
from tests.pages import DONE, NO, Page, coordinators, here, members, nobody


def _entry(world):
    """What the member asks for, still open."""
    mine = Entry.objects.filter(network=world.place, by=world["member"], outcome="")
    return mine.first() or put_up(
        world.place, kind="ask", title="A minibus for a day", words="To the sea and back.",
        about="thing", tags=["minibus", "transport"], by=world["member"],
    )  # fmt: skip


def entry(world):
    return (world.place.slug, _entry(world).pk)


def met(world):
    """What the facilitator met, and is asked about."""
    host = world["facilitator"]
    mine = Entry.objects.filter(network=world.place, met_by=host).first()
    asker = world.place.memberships.current().exclude(person=host).first().person
    if mine is None:
        mine = put_up(
            world.place, kind="ask", title="A ladder", words="A long one.", about="thing",
            tags=["ladder"], by=asker,
        )  # fmt: skip
        end(mine, "met_here", met_by=host, by=asker)
    return (world.place.slug, mine.pk)


def more_entries(world, n):
    until = clock.now() + timedelta(days=20)
    whose = {"network": world.place, "author": world["member"]}
    threads = Thread.objects.bulk_create(
        Thread(room=world.room, title=f"A van {i}", posts_count=1, began_as="ask", **whose)
        for i in range(n)
    )
    posts = Post.objects.bulk_create(
        Post(thread=one, text="On Tuesday", html="<p>On Tuesday</p>", **whose) for one in threads
    )
    for thread, post in zip(threads, posts, strict=True):
        thread.last_post_id = post.pk
    Thread.objects.bulk_update(threads, ["last_post_id"])
    made = Entry.objects.bulk_create(
        Entry(thread=one, network=world.place, by=world["member"], kind="ask", about="thing",
              expires_at=until)
        for one in threads
    )  # fmt: skip
    EntryTag.objects.bulk_create(
        EntryTag(entry=one, network=world.place, word=f"van {n % 7}") for n, one in enumerate(made)
    )


OWN = nobody(member=DONE, facilitator=NO, coordinator=NO)

ROWS = [
    Page("exchange", get=members(), args=here, look_as="coordinator", grow=more_entries),
    Page("entry_new", get=members(), post=members(DONE), args=here, look_as="member", grow=more_entries),
    Page("ask_me", get=members(), post=members(DONE), args=here, look_as="member"),
    Page("exchange_export", post=coordinators(DONE), args=here),
    Page("entry", get=members(), args=entry, look_as="member"),
    Page("entry_edit", get=OWN, post=OWN, args=entry, look_as="member"),
    Page("entry_talk", post=OWN, args=entry, data=lambda w: {"on": "yes"}),
    Page("entry_keep", post=OWN, args=entry),
    Page("entry_end", get=OWN, post=OWN, args=entry, look_as="member"),
    Page("entry_reopen", post=OWN, args=entry),
    Page("entry_named", post=nobody(member=NO, facilitator=DONE, coordinator=NO), args=met, data=lambda w: {"answer": "yes"}),
]  # fmt: skip
