"""How talk is cut into pages, and what people are called in it."""

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from peernet.lib.rendered import Rendering

# What a post looks like: made(post, its files). Kept beside the post.
ARTICLE = Rendering("networks/discussions/_post.html", "post")
WORDS = "peernet_english"  # how words are compared: without accents, by English stems
THREADS_A_PAGE = 25
POSTS_A_PAGE = 50
POSTS_BEFORE_THE_NEW = 10  # read ones shown above the first new one, so that it makes sense
MOST_PINNED = 3  # in one room: a longer list of what comes first is no list of what comes first
QUOTED = 400  # characters of a post that a reply repeats
# One look for what is unread goes no further in each room, since what a page costs must not grow
# with what was ever said; the next page goes on from there. Home looks once.
LOOKED_THROUGH = 1_000
MOST_NEW = 99  # counted; more are "99+"
# A deleted post can be put back from the page that says so. The words wait in that page and
# nowhere else, so there is no hurry: some people need more than ten seconds to find a button
# (WCAG 2.2.1 asks for no limit, or for one over twenty hours).
UNDO = timedelta(hours=24)
# A new post waits a little: its writer may still change it, and what follows at once comes along.
MAIL_EVERY = timedelta(minutes=5)
SETTLES = timedelta(
    minutes=2
)  # longer than an outbox's lease: a mail that is leaving is left alone
IN_ONE_MAIL = 12_000  # bytes of people's words, so that a whole mail stays under 20 KB
THREADS_IN_WEEKLY = 8  # of one network


class Key(NamedTuple):
    """Where a page of threads ended: the last one's activity (aware) and its id."""

    at: datetime
    id: int


NEWEST = Key(datetime.max.replace(tzinfo=UTC), 2**62)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def written(key: Key) -> str:
    """The key as an address carries it: microseconds since 1970, a dash, the id."""
    return f"{(key.at - _EPOCH) // _MICROSECOND}-{key.id}"


def read(text: str | None) -> Key:
    """The key that an address carries; the top of the list for anything else."""
    at, dash, pk = (text or "").partition("-")
    if not dash or not all(_short_number(part) for part in (at, pk)):
        return NEWEST
    return Key(_EPOCH + int(at) * _MICROSECOND, int(pk))


def mail_due(now: datetime) -> datetime:
    """When a post written now (aware) is mailed: at the next five-minute mark that leaves it two
    minutes, so that several of one thread go in one mail."""
    return now + SETTLES + (_EPOCH - now - SETTLES) % MAIL_EVERY


def fitting(sizes: list[int]) -> list[bool]:
    """Which posts of these sizes in bytes a mail can hold whole, the first ones first."""
    room, fits = IN_ONE_MAIL, []
    for size in sizes:
        fits.append(size <= room)
        room -= size if size <= room else IN_ONE_MAIL // 20
    return fits


def _short_number(text: str) -> bool:
    # 17 digits of microseconds reach the year 5138: datetime and bigint hold both.
    return text.isascii() and text.isdigit() and len(text) <= 17


def says_something(text: str) -> bool:
    """Whether there is anything to read: spaces of width nought are no words."""
    return any(unicodedata.category(c)[0] in "LNPS" for c in text)


def called(name: str | None) -> str:
    """What a writer is called; None for somebody whose account is gone."""
    if name is None:
        return _("A former member")
    return name or _("Somebody without a name yet")


def how_many_new(unread: int) -> str:
    """ "3 new", or "99+ new"; empty for none."""
    if not unread:
        return ""
    if unread > MOST_NEW:
        return _("%(most)s+ new") % {"most": MOST_NEW}
    return _("%(unread)s new") % {"unread": unread}
