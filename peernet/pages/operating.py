"""What those who run the platform see of it: names, counts, times and codes; nobody's words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Count, IntegerField, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from members.audit.models import AuditEntry
from members.notices.models import Notice, NoticeState
from members.notices.notices import kinds
from members.people.models import Person
from networks.membership.models import Membership, Role
from networks.network.models import Network
from peernet.lib import words

from .sent import LOOKS

PAGE = 50
Row = TypeVar("Row", bound=Model)


def page(rows: QuerySet[Row], before: int | None) -> tuple[list[Row], int | None]:
    """Up to 50 rows, newest first, older than the key `before`; and the key for the next."""
    rows = rows.order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def networks() -> QuerySet[Network]:
    """Every network with `people` and `coordinators`: how many are in it now."""
    return Network.objects.annotate(
        people=_in_it_now(), coordinators=_in_it_now(role=Role.COORDINATOR)
    ).only("name", "opened_at", "closed_at")


def _in_it_now(**which: str) -> Coalesce:
    spells = Membership.objects.current().filter(
        network=OuterRef("pk"), person__is_active=True, **which
    )
    counted = spells.order_by().values("network").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def people(wanted: str) -> QuerySet[Person]:
    """Every account, or those whose name or address holds `wanted`."""
    rows = Person.objects.only("name", "email", "joined_at", "last_login", "is_active",
                               "is_operator")  # fmt: skip
    if wanted:
        rows = rows.filter(Q(name__icontains=wanted) | Q(email__icontains=wanted))
    return rows


def outbox() -> list[tuple[str, str, int]]:
    """How many messages are in each state: (code, its word, how many)."""
    counts = dict(Notice.objects.values_list("state").annotate(n=Count("pk")).order_by())
    return [(code, str(label), counts.get(code, 0)) for code, label in NoticeState.choices]


@dataclass(frozen=True)
class Mail:
    """One message as an operator sees it: its kind and its fate. `to` only where it failed."""

    pk: int
    what: str
    to: str
    at: datetime
    state: str
    look: str
    reason: str
    may_retry: bool


def mails(state: str, before: int | None) -> tuple[list[Mail], int | None]:
    """Messages in one state, newest first; and the key for the next 50."""
    rows = Notice.objects.filter(state=state).select_related("person")
    found, older = page(rows, before)
    return [_mail(row) for row in found], older


def _mail(row: Notice) -> Mail:
    kind = kinds().get(row.kind)
    private = kind is not None and kind.private
    lost = row.state in (NoticeState.FAILED, NoticeState.UNCERTAIN)
    return Mail(
        pk=row.pk,
        what=str(kind.shown) if kind else row.kind,
        to=(row.person.email if row.person else row.address) if lost and not private else "",
        at=row.settled_at or row.due_at,
        state=row.get_state_display(),
        look=LOOKS.get(row.state, "info"),
        reason=row.reason,
        may_retry=lost,
    )


def trail(before: int | None) -> tuple[list[dict[str, Any]], int | None]:
    """The audit trail as it is kept: codes and ids, newest first; and the key for the next 50."""
    found, older = page(AuditEntry.objects.all(), before)
    return [_entry(row) for row in found], older


def _entry(row: AuditEntry) -> dict[str, Any]:
    ids = {"by": row.actor_id, "network": row.network_id, "about": row.about_id, **row.detail}
    said = [f"{name}={value}" for name, value in ids.items() if value is not None]
    return {"deed": row.deed, "at": words.when(row.at), "ids": " · ".join([f"#{row.pk}", *said])}
