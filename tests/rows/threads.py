"""Titles, rooms, closing and pinning of threads; muting, reading and who reads; drafts."""

from uuid import uuid4

from members.people.models import Person
from networks.drafts.models import Draft
from networks.membership.models import Membership
from networks.reading.actions import Mark
from networks.reading.forms import kept
from tests.pages import DONE, OK, Page, facilitators, here, members, nobody, signed_in


def thread(world):
    return (world.place.slug, world.thread.pk)


def room(world):
    return (world.place.slug, world.room.pk)


def draft(world):
    """Something that the member began to write."""
    made = Draft.objects.create(
        network=world.place,
        person=world["member"],
        thread=world.thread,
        text="By the day",
        box=uuid4(),
    )
    return (made.pk,)


def more_members(world, n):
    people = Person.objects.bulk_create(
        Person(email=f"r{i}-{n}@example.org", name=f"Reader {i:04}") for i in range(n)
    )
    Membership.objects.bulk_create(Membership(network=world.place, person=p) for p in people)


def more_drafts(world, n):
    Draft.objects.bulk_create(
        Draft(
            network=world.place, person=world["member"], thread=world.thread, text="a", box=uuid4()
        )
        for _ in range(n)
    )


ROWS = [
    Page("thread_rename", get=members(), post=members(DONE), args=thread, look_as="member"),
    Page("thread_move", get=facilitators(), post=facilitators(DONE), args=thread),
    Page("thread_close", post=facilitators(DONE), args=thread),
    Page("thread_reopen", post=facilitators(DONE), args=thread),
    Page("thread_pin", post=facilitators(DONE), args=thread),
    Page("thread_unpin", post=facilitators(DONE), args=thread),
    Page("talk_mute", post=members(DONE), args=here),
    Page("talk_unmute", post=members(DONE), args=here),
    Page("talk_read", post=members(DONE), args=here),
    Page("talk_unread", post=members(DONE), args=here, data=lambda w: {"kept": kept([Mark(w.thread.pk, None, w.post.pk)])}),
    Page("talk_readers", get=members(), args=here, look_as="member", grow=more_members),
    Page("room_mute", post=members(DONE), args=room),
    Page("room_unmute", post=members(DONE), args=room),
    Page("room_read", post=members(DONE), args=room),
    Page("room_readers", get=members(), args=room, look_as="member", grow=more_members),
    Page("thread_mute", post=members(DONE), args=thread),
    Page("thread_unmute", post=members(DONE), args=thread),
    Page("drafts", get=signed_in(OK), look_as="member", grow=more_drafts),
    Page("draft_save", post=members(DONE) | {"anonymous": "401"}, args=here, data=lambda w: {"text": "By the day"}),
    Page("draft_discard", post=nobody(member=DONE), args=draft),
    Page("draft_restore", post=nobody(member=DONE), args=draft),
]  # fmt: skip
