"""What a kind of message is, and the register of all kinds."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module

from django.conf import settings
from django.utils.module_loading import import_string

from peernet.lib.mail import Letter

from .models import Notice


@dataclass(frozen=True)
class Kind:
    """A kind of message: each room lists its own as KINDS in its notices.py.

    `still_true` answers "" while the message is worth sending, else the reason why not, in a
    sentence a coordinator may read. `render` makes the letter from what is true at that moment.
    `waits`: held back in quiet hours (reminders, digests, talk), unlike invitations and changes.
    `shown`: how the kind is called in "What we sent". `private`: there it is a number only, since
    who got it, or did not, would tell what nobody is to know (who has not answered a survey).
    """

    name: str
    shown: str
    still_true: Callable[[Notice], str]
    render: Callable[[Notice], Letter]
    waits: bool = False
    private: bool = False


@lru_cache
def kinds() -> dict[str, Kind]:
    """All kinds by name, from the rooms that settings.NOTICE_KINDS lists."""
    rooms = [import_module(path) for path in settings.NOTICE_KINDS]
    return {kind.name: kind for room in rooms for kind in room.KINDS}


def private_kinds() -> list[str]:
    """Names of the kinds of which no list shows who got them."""
    return [name for name, kind in kinds().items() if kind.private]


def may_hear(person_id: int, network_id: int) -> bool:
    """Whether the person still belongs where the message comes from (settings.NOTICE_GUARD)."""
    return import_string(settings.NOTICE_GUARD)(person_id, network_id)
