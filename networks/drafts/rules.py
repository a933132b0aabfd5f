"""What a write box sends, how long and how many drafts may be, and when they are forgotten."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from peernet.lib.forms import tidy
from peernet.lib.pages import uuid_or_none, whole_number

LONGEST = 40_000  # characters: twice what a post may have, so that one too long is kept, too
LONGEST_TITLE = 1_000
MOST = 50  # of one person
FORGOTTEN = timedelta(days=90)  # since it was last written in
UNDO = timedelta(days=1)  # a discarded one can be taken back for so long
EXCERPT = 200


class Words(NamedTuple):
    """What is in a write box."""

    title: str
    text: str


class Sender(NamedTuple):
    """The form on somebody's screen that sends words: its key, the draft it goes on with (None:
    it began empty) in which version, and how many times it has sent by now."""

    key: uuid.UUID
    draft: int | None = None
    version: int = 0
    turn: int = 0


def words(data: Mapping[str, str]) -> Words:
    """What somebody typed, with line ends as they come back from a browser. A form that is wrong
    is kept as it is."""
    title, text = (tidy(data.get(name, "")).replace("\r\n", "\n") for name in ("title", "text"))
    return Words(title, text) if (title + text).strip() else Words("", "")


def sender(data: Mapping[str, str]) -> Sender:
    """Which form it was; one that does not say is a new one."""
    draft, version, turn = (whole_number(data.get(name)) for name in ("draft", "version", "turn"))
    return Sender(uuid_or_none(data.get("once")) or uuid.uuid4(), draft, version or 0, turn or 0)
