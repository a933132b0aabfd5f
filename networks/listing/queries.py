"""Pages of threads in a list, and what they look like. There are a few kinds of rows: each kind is
rendered once, and filled with what is a row's own."""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from members.people.models import Person
from networks.discussions import queries as discussions
from networks.discussions import rules
from networks.discussions.models import Room
from networks.discussions.queries import Key, ThreadRow
from peernet.lib import words
from peernet.lib.jinja import url
from peernet.lib.rendered import Rendering, fill

# How far one look for what is unread goes: the last thread that was looked at in every room.
LOOKED_TO = """
SELECT thread.last_post_at, thread.id
FROM unnest(%(networks)s::bigint[], %(rooms)s::bigint[], %(from)s::timestamptz[])
     AS place (network_id, room_id, reads_from)
CROSS JOIN LATERAL (
    SELECT * FROM networks_thread thread
    WHERE thread.network_id = place.network_id AND thread.room_id = place.room_id
      AND thread.last_post_id IS NOT NULL AND thread.last_post_at >= place.reads_from
      AND (thread.last_post_at, thread.id) < (%(at)s, %(id)s)
    ORDER BY thread.last_post_at DESC, thread.id DESC OFFSET %(window)s LIMIT 1
) thread
ORDER BY thread.last_post_at DESC, thread.id DESC LIMIT 1
"""

LINE = Rendering("networks/discussions/_row.html", "line")


def lines(rows: Sequence[ThreadRow], *, several: bool) -> list[Markup]:
    """The rows in their order. `several`: the list is of several rooms, so each names its own."""
    ages = words.ages(row.when for row in rows)
    return [_line(row, ago, several) for row, ago in zip(rows, ages, strict=True)]


def _line(row: ThreadRow, ago: str, several: bool) -> Markup:
    new = row.new
    said = [
        *_facts(row, ago),
        row.room_name if several else "",
        _("pinned") if row.pinned and new else "",
        _("closed") if row.closed else "",
        _("muted by you") if row.muted else "",
    ]
    own = {
        "title": row.title,
        "url": url("thread", row.slug, row.id) + ("#new" if row.unread else ""),
        "tag": new or _("Pinned"),
        "meta": " · ".join(part for part in said if part),
    }
    return fill(LINE.pattern(bool(new or row.pinned), bool(row.unread), row.muted), own)


def _facts(row: ThreadRow, ago: str) -> tuple[str, str]:
    """Who wrote last or first and when, and how many replied; of a thread that began before the
    reader came (nobody said who began it), how much was said since."""
    if not row.started_by:
        last = _("%(name)s replied %(when)s") % {"name": row.last_by, "when": ago}
        count = {"n": row.posts_count}
        return last, ngettext(
            "%(n)s post since you came", "%(n)s posts since you came", row.posts_count
        ) % count
    if not row.replies:
        start = _("Started by %(name)s") % {"name": row.started_by}
        return f"{start} {ago}", _("no replies yet")
    replies = ngettext("%(n)s reply", "%(n)s replies", row.replies) % {"n": row.replies}
    return _("%(name)s replied %(when)s") % {"name": row.last_by, "when": ago}, replies


def looked_to(within: Iterable[Room], person: Person, before: Key = rules.NEWEST) -> Key | None:
    """Where a look for what is unread from `before` on ended, so that the next goes on from there;
    None when it came to the end of each of these rooms."""
    ask = discussions.places_of(within, person) | {"at": before.at, "id": before.id}
    with connection.cursor() as cursor:
        cursor.execute(LOOKED_TO, ask | {"window": discussions.LOOKED_THROUGH - 1})
        row = cursor.fetchone()
    return row and Key(*row)


def page(
    found: list[ThreadRow], within: Iterable[Room], person: Person, before: Key, only_new: bool
) -> tuple[list[ThreadRow], Key | None]:
    """Of one more thread than a page has, those of the page, and where the next one begins."""
    shown = found[: rules.THREADS_A_PAGE]
    last = shown[-1].key if len(found) > len(shown) else None
    if only_new and (end := looked_to(within, person, before)):
        last = max(end, last or end)  # one room may have been looked through less far than others
        shown = [row for row in shown if row.key >= last]
    return shown, last
