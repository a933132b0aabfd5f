"""What threads look like in a list. There are a few kinds of rows: each kind is rendered once, and
filled with what is a row's own."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from networks.discussions.queries import ThreadRow
from peernet.lib import words
from peernet.lib.jinja import url
from peernet.lib.rendered import Rendering, fill

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
