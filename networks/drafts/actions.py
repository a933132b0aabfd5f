"""Keeping what somebody types. One rule stands above all: newer words are never overwritten by
older ones, and of two texts from two windows both are kept."""

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from members.people.models import Person
from peernet.lib import clock, once
from peernet.lib.errors import Refused

from . import rules
from .models import Draft
from .queries import Box, Place
from .rules import FORGOTTEN, LONGEST, LONGEST_TITLE, MOST, UNDO, Sender, Words


@transaction.atomic
def save(place: Place, words: Words, sender: Sender, *, by: Person) -> Draft | None:
    """Keep what somebody typed; the draft it is kept in, None when there is nothing to keep.

    A form that went on with a draft that was changed elsewhere meanwhile gets one of its own.
    """
    if len(words.text) > LONGEST or len(words.title) > LONGEST_TITLE:
        raise Refused(_("This is too long to be kept as a draft. Please keep a copy yourself."))
    draft = _draft_of(sender, by)
    if draft and not _goes_on(sender, draft):
        if not draft.gone_at and _words(draft) == words:
            return draft
        return _begun(place, words, sender, by, beside=draft)
    if draft is None:
        return _begun(place, words, sender, by)
    return _written(draft, place, words, sender)


def keep(place: Place, data: Mapping[str, str], *, by: Person) -> Box:
    """Keep what was sent in a form that did not go through; the box as it goes on from there."""
    sender = rules.sender(data)
    try:
        draft = save(place, rules.words(data), sender, by=by)
    except Refused:
        draft = None  # the page that says what is wrong holds the words, too
    if draft is None:
        return Box(draft=sender.draft or "", version=sender.version, turn=sender.turn)
    return Box(draft=draft.pk, version=draft.version, turn=sender.turn)


@transaction.atomic
def posted(place: Place, data: Mapping[str, str], *, by: Person) -> None:
    """The words went out: their draft goes. One that was changed elsewhere meanwhile stays."""
    sender, words = rules.sender(data), rules.words(data)
    draft = _draft_of(sender, by)
    if draft and (_goes_on(sender, draft) or _words(draft) == words):
        draft.title = draft.text = ""
        draft.gone_at, draft.version = clock.now(), draft.version + 1
        draft.box, draft.turn = sender.key, sender.turn
        draft.save()
    elif sender.turn > 1:
        # A saving may be on its way still: it must find that it comes too late.
        Draft.objects.create(
            network=place.network,
            person=by,
            thread=place.thread,
            box=sender.key,
            turn=sender.turn,
            gone_at=clock.now(),
        )


@transaction.atomic
def discard(draft: Draft, *, by: Person) -> None:
    """Throw one's own draft away. It can be taken back for a day."""
    Draft.objects.filter(pk=draft.pk, person=by, gone_at=None).update(gone_at=clock.now())


@transaction.atomic
def restore(draft: Draft, *, by: Person) -> None:
    """Take back what was discarded."""
    draft = Draft.objects.select_for_update().get(pk=draft.pk, person=by)
    if draft.gone_at and any(Words(draft.title, draft.text)):
        draft.gone_at = None
        draft.save(update_fields=["gone_at"])


def forget_old(limit: int = 10_000) -> int:
    """Delete what was posted or discarded a day ago, or not written in for three months; how
    many that were."""
    now = clock.now()
    gone = Draft.objects.filter(gone_at__lt=now - UNDO)
    old = Draft.objects.filter(saved_at__lt=now - FORGOTTEN)
    due = (gone | old).values("pk")[:limit]
    return Draft.objects.filter(pk__in=list(due.values_list("pk", flat=True))).delete()[0]


def _draft_of(sender: Sender, by: Person) -> Draft | None:
    """What this form wrote last, else what it went on with."""
    mine = Draft.objects.select_for_update().filter(person=by)
    own = mine.filter(box=sender.key).order_by("-pk").first()
    return own or (mine.filter(pk=sender.draft).first() if sender.draft else None)


def _goes_on(sender: Sender, draft: Draft) -> bool:
    """Whether what the form holds follows on from what the draft holds."""
    seen_last = draft.gone_at is None and draft.version == sender.version
    return draft.box == sender.key or seen_last


def _words(draft: Draft) -> Words:
    return Words(draft.title, draft.text)


def _begun(
    place: Place, words: Words, sender: Sender, by: Person, beside: Draft | None = None
) -> Draft | None:
    """A new draft, unless there is nothing to keep. `beside`: the one it must not touch."""
    here = {"network": place.network, "thread": place.thread, "person": by}
    if not any(words):
        return None
    known = Draft.objects.filter(**here, room=place.room, title=words.title, text=words.text)
    if same := known.waiting().first():
        return same
    if Draft.objects.filter(person=by).waiting().count() >= MOST:
        raise Refused(_("You have %(most)s drafts, which is the most we keep.") % {"most": MOST})
    # The same form twice at once makes one draft, not two.
    parts = [by.pk, beside.pk if beside else 0, beside.version if beside else 0]
    key = uuid.uuid5(sender.key, " ".join(str(part) for part in parts))
    values = {"title": words.title, "text": words.text, "room": place.room, "turn": sender.turn}
    draft, new = once.create(Draft, key, box=sender.key, **here, **values)
    return draft if new else _written(draft, place, words, sender)


def _written(draft: Draft, place: Place, words: Words, sender: Sender) -> Draft | None:
    """The draft with these words, unless they were overtaken on their way by later ones."""
    late = draft.box == sender.key and sender.turn < draft.turn
    if late or (draft.gone_at and _words(draft) == words):
        return None if draft.gone_at else draft
    draft.title, draft.text, draft.room = words.title, words.text, place.room
    draft.box, draft.turn, draft.version = sender.key, sender.turn, draft.version + 1
    draft.saved_at, draft.gone_at = clock.now(), None
    draft.save()
    return draft
