"""How talk is cut into pages, and what people are called in it."""

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peernet.lib import words
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


# A room's history: what of it somebody reads who joined later. Each word is for those who were here
# when it was said, and, where the room lets them, for more: said since `cohorts_from`, for those
# whose cohort had begun by then; said since `all_from`, for everybody.
EVERYTHING, COHORT, JOINING = "everything", "cohort", "joining"  # each stricter than the last
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Opens(NamedTuple):
    """From which moments on (aware) a room's words are for those whose cohort had begun when they
    were said, and for everybody. ALWAYS and NEVER are moments like others."""

    cohorts_from: datetime
    all_from: datetime


OPENS = {
    EVERYTHING: Opens(ALWAYS, ALWAYS),
    COHORT: Opens(ALWAYS, NEVER),
    JOINING: Opens(NEVER, NEVER),
}


def history_of(opens: Opens) -> str:
    """Which rule holds for what is said now."""
    if opens.all_from < NEVER:
        return EVERYTHING
    return COHORT if opens.cohorts_from < NEVER else JOINING


def changed(opens: Opens, history: str, now: datetime) -> Opens:
    """The room under another rule, from now (aware). A stricter one holds for all that was said; a
    looser one for what is said from now on, so that nothing said before opens."""
    cohorts_from, all_from = (min(at, now) if at < NEVER else now for at in opens)
    if history == JOINING:
        return OPENS[JOINING]
    return Opens(cohorts_from, all_from if history == EVERYTHING else NEVER)


def reads_from(here_since: datetime, cohort_since: datetime | None, opens: Opens) -> datetime:
    """From which moment on somebody reads what is said in a room that they may enter.

    `here_since`: since when they are in the network (for a cohort's own room: in that cohort)
    without a break; `cohort_since`: when the first of their cohorts began.
    """
    with_cohort = max(cohort_since or NEVER, opens.cohorts_from)
    return min(here_since, with_cohort, opens.all_from)


# What `reads_from` and `Room.objects.visible_to` say: how somebody stands to a `room`. It
# joins `mine` (their spell), `inside` (that in the room's cohort) and `entry.reads_from`.
ENTRY = """
JOIN networks_membership mine ON mine.network_id = room.network_id
     AND mine.person_id = %(person)s AND mine.until IS NULL
LEFT JOIN networks_cohortspell inside ON inside.cohort_id = room.cohort_id
     AND inside.person_id = %(person)s AND inside.until IS NULL
CROSS JOIN LATERAL (SELECT least(
    coalesce(inside.since, mine.here_since, mine.since),
    greatest(coalesce((
        SELECT min(cohort.starts_at) FROM networks_cohortspell part
        JOIN networks_cohort cohort ON cohort.id = part.cohort_id
        WHERE part.person_id = %(person)s AND part.until IS NULL
          AND cohort.network_id = room.network_id
          AND cohort.id = coalesce(room.cohort_id, cohort.id)), 'infinity'), room.cohorts_from),
    room.all_from) AS reads_from) entry
"""
ENTERS = "(room.cohort_id IS NULL OR inside.id IS NOT NULL)"
# What `Thread.objects.visible_to` says, beside ENTRY.
VISIBLE = f"""({ENTERS} AND thread.last_post_id IS NOT NULL
    AND thread.last_post_at >= entry.reads_from)"""


def opens_no_more(goal: Opens, source: Opens) -> bool:
    """Whether nobody reads in `goal` what they could not read in `source`."""
    return goal.cohorts_from >= source.cohorts_from and goal.all_from >= source.all_from


def for_later(opens: Opens) -> str:
    """What people who join later can read of what is said now; stands where one writes."""
    return {
        EVERYTHING: _("People who join later: can read it too."),
        COHORT: _("People who join later: can read it from the start of their cohort."),
        JOINING: _("People who join later: cannot read it."),
    }[history_of(opens)]


def for_newcomers(opens: Opens) -> str:
    """What somebody who joined just now reads of all that was said so far."""
    if opens.all_from == ALWAYS:
        return _("Can read everything here, also what was written before they came.")
    if opens.all_from < NEVER:
        day = words.day(opens.all_from)
        return _("Can read what is said here from %(day)s on, and nothing older.") % {"day": day}
    if opens.cohorts_from < NEVER:
        return _("Can read what is said from the start of their cohort, and nothing older.")
    return _("Can read only what is said after they came.")


def subject(title: str, started_at: datetime, reads_from: datetime) -> str:
    """What a thread is called for somebody who reads from that moment on. A title was said with the
    first post, to those who were here then."""
    return title if started_at >= reads_from else _("A thread that began before you came")


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


def posted(count: int) -> str:
    """What is said after a reply: how many posts the thread has by now."""
    return ngettext(
        "Your reply is posted. %(n)s post in this thread.",
        "Your reply is posted. %(n)s posts in this thread.",
        count,
    ) % {"n": count}


def how_many_new(unread: int) -> str:
    """ "3 new", or "99+ new"; empty for none."""
    if not unread:
        return ""
    if unread > MOST_NEW:
        return _("%(most)s+ new") % {"most": MOST_NEW}
    return _("%(unread)s new") % {"unread": unread}
