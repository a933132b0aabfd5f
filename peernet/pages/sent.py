"""What we sent: every message written on behalf of a network, and what came of it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from members.notices.models import Notice, NoticeState
from members.notices.notices import kinds, private_kinds
from members.notices.queries import sent_in
from networks.network.models import Network
from peernet.lib import words

PAGE = 50
LOOKS = {
    NoticeState.SENT: "ok",
    NoticeState.DROPPED: "",
    NoticeState.FAILED: "error",
    NoticeState.UNCERTAIN: "warn",
}


@dataclass(frozen=True)
class Line:
    """One message as a coordinator reads it."""

    pk: int
    what: str
    to: str
    at: datetime
    state: str
    look: str
    reason: str


def lines(network: Network, state: str, before: int | None) -> tuple[list[Line], int | None]:
    """Up to 50 messages, newest first, older than the key `before`; and the key for the next."""
    rows = sent_in(network.pk).exclude(kind__in=private_kinds())
    if state in NoticeState.values:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    older = found[PAGE - 1].pk if len(found) > PAGE else None
    abouts = _abouts(found)
    return [_line(row, abouts.get((row.kind, row.about_id), "")) for row in found[:PAGE]], older


def counted(network: Network) -> int:
    """How many messages there are of which no list shows who got them."""
    return Notice.objects.of_network(network).filter(kind__in=private_kinds()).count()


def _abouts(rows: list[Notice]) -> dict[tuple[str, int], str]:
    """What messages were about, by kind and id; as many queries as there are kinds, at most."""
    ids: dict[str, set[int]] = {}
    for row in rows:
        ids.setdefault(row.kind, set()).add(row.about_id)
    return {
        (name, pk): title
        for name, found in ids.items()
        if (kind := kinds().get(name)) and kind.about
        for pk, title in kind.about(found).items()
    }


def _line(row: Notice, about: str) -> Line:
    kind = kinds().get(row.kind)
    what = str(kind.shown) if kind else row.kind
    reason = row.reason
    if row.state == NoticeState.PENDING and not reason:
        reason = _("Goes on %(when)s.") % {"when": words.when(row.due_at)}
    return Line(
        pk=row.pk,
        what=_("%(what)s: %(about)s") % {"what": what, "about": about} if about else what,
        to=row.person.shown_name if row.person else row.address,
        at=row.settled_at or row.created_at,
        state=row.get_state_display(),
        look=LOOKS.get(row.state, "info"),
        reason=reason,
    )
