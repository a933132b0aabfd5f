"""What a kind of message is, the register of all kinds, and the links at a letter's foot."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from members.causes.models import Cause
from peernet.lib import pages, tokens
from peernet.lib.mail import Letter

from .models import Notice
from .queries import is_given_up
from .rules import Hearing, Scope


def _never(_notice: Notice) -> bool:
    return False


@dataclass(frozen=True)
class Kind:
    """A kind of message: each room lists its own as KINDS in its notices.py.

    `still_true` answers "" while the message is worth sending, else the reason why not, in a
    sentence a coordinator may read. `render` makes the letter from what is true at that moment.
    `waits`: held back in quiet hours (reminders, digests, talk), unlike invitations and changes;
    left out while somebody takes a break from the network.
    `reaches_break`: whether this one goes even to somebody who takes a break; the others wait.
    `shown`: how the kind is called in "What we sent". `about`: what such messages are about, by
    their `about_id`, for many at once in a fixed number of queries; nothing that is private.
    `private`: there it is a number only, since who got it, or did not, would tell what nobody is
    to know (who has not answered a survey).
    `for_funders`: it goes to people of a network's funder; whatever else somebody was told while
    they were in the network does not, once they are only that.
    `hears`: who is told, for a kind that is announced (members.causes): whoever was to hear of it
    when it happened, by what they have chosen since.
    """

    name: str
    shown: str
    still_true: Callable[[Notice], str]
    render: Callable[[Notice], Letter]
    waits: bool = False
    reaches_break: Callable[[Notice], bool] = _never
    about: Callable[[Collection[int]], dict[int, str]] | None = None
    private: bool = False
    for_funders: bool = False
    hears: Callable[[Cause], QuerySet] | None = None


@lru_cache
def kinds() -> dict[str, Kind]:
    """All kinds by name, from the rooms that settings.NOTICE_KINDS lists."""
    rooms = [import_module(path) for path in settings.NOTICE_KINDS]
    return {kind.name: kind for room in rooms for kind in room.KINDS}


def private_kinds() -> list[str]:
    """Names of the kinds of which no list shows who got them."""
    return [name for name, kind in kinds().items() if kind.private]


def hearing(person_id: int, network_id: int) -> Hearing:
    """How the person stands to where the message comes from (settings.NOTICE_GUARD)."""
    return import_string(settings.NOTICE_GUARD)(person_id, network_id)


def settings_link(person: Any, network_id: int = 0) -> str:
    """The page where the person chooses what we send them from a network, without signing in;
    0: when the weekly mail comes, and quiet hours. Dies with the person's `token_version`."""
    token = tokens.make("settings", network_id, person.pk, person.token_version)
    return pages.address("settings_by_mail", token)


def stop_link(person: Any, scope: Scope, about_id: int = 0) -> str:
    """Where one press stops this kind of mail, also by the mail program itself (RFC 8058).

    It never dies: an old mail must be as easy to stop as a new one. `about_id`: of the network,
    or of the thread.
    """
    return pages.address("stop_by_mail", tokens.make("stop", scope, about_id, person.pk))


def heard(notice: Notice) -> Hearing:
    """How whom it goes to hears of its network now."""
    if not notice.person_id or not notice.network_id:
        return Hearing.ALL
    return hearing(notice.person_id, notice.network_id)


def waits_for_a_break(notice: Notice, kind: Kind, heard: Hearing) -> bool:
    """Whether the break of whom it goes to must end first; what does not keep is left out."""
    return heard == Hearing.BREAK and not kind.waits and not kind.reaches_break(notice)


def why_not(notice: Notice, kind: Kind, heard: Hearing) -> str:
    """Why it is not to go any more; "" when it is."""
    if notice.person and not notice.person.is_active:
        return "The account is closed."
    if is_given_up(notice.person_id, notice.address):
        return "The mail server refused this address twice."
    if heard == Hearing.NOTHING or (heard == Hearing.FUNDER and not kind.for_funders):
        return "No longer in the network."
    if kind.waits and heard == Hearing.CLOSED:
        return "The network is closed."
    if kind.waits and heard == Hearing.BREAK and not kind.reaches_break(notice):
        return "They are taking a break."
    return kind.still_true(notice)


@contextmanager
def as_read_by(notice: Notice) -> Iterator[None]:
    """Words in the reader's language, times in the reader's zone."""
    zone = notice.person.zone if notice.person else settings.DEFAULT_ZONE
    language = notice.person.language if notice.person else settings.LANGUAGE_CODE
    with timezone.override(ZoneInfo(zone)), translation.override(language):
        yield
